"""Where an address holds its page's number, and how another is set in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.pages.pager import numbering_of, page_number_of

LISTING = "https://iranwire.com/en/society/"


@pytest.mark.parametrize(
    ("second", "tenth"),
    [
        (f"{LISTING}?page=2", f"{LISTING}?page=10"),
        (f"{LISTING}?page=1", f"{LISTING}?page=9"),  # counted from 0
        (f"{LISTING}?sort=new&p=2", f"{LISTING}?sort=new&p=10"),
        (f"{LISTING}page/2/", f"{LISTING}page/10/"),
        (f"{LISTING}page/2/?sort=new", f"{LISTING}page/10/?sort=new"),
        (f"{LISTING}page-2", f"{LISTING}page-10"),
        (f"{LISTING}page:2", f"{LISTING}page:10"),
        (f"{LISTING}page-2.html", f"{LISTING}page-10.html"),
        (f"{LISTING}index_2.html", f"{LISTING}index_10.html"),
        (f"{LISTING[:-1]}.2.html", f"{LISTING[:-1]}.10.html"),
        (f"{LISTING},page,2", f"{LISTING},page,10"),
    ],
)
def test_another_number_is_set_where_the_first_stood(second: str, tenth: str) -> None:
    numbering = numbering_of(second)
    assert numbering is not None
    assert numbering.address(2) == second
    assert numbering.address(10) == tenth


@pytest.mark.parametrize(
    "second", [LISTING, f"{LISTING}?after=2", f"{LISTING}?page=7", f"{LISTING}?page=next", f"{LISTING}P2", "https://["]
)
def test_what_holds_no_second_pages_number(second: str) -> None:
    assert numbering_of(second) is None


@given(st.sampled_from([f"{LISTING}?page=2", f"{LISTING}page/2/", f"{LISTING}?a=b&pg=1"]), st.integers(2, 1 << 19))
def test_the_number_that_was_set_is_read_again(second: str, page: int) -> None:
    numbering = numbering_of(second)
    assert numbering is not None
    assert page_number_of(numbering.address(page)) == page + numbering.number - 2
