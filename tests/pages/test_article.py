"""Every saved page reads as it should, and as a person said it should."""

import re

import pytest
from saved_pages import SavedPage, difference, saved_pages

PAGES = saved_pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_reads_as_accepted(page: SavedPage) -> None:
    assert difference(page) == ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_reads_what_a_person_reads(page: SavedPage) -> None:
    facts, read = page.facts, page.read()
    if "not_an_article" in facts:
        assert "not_an_article" in read
        return
    assert {name: read["article"][name] for name in facts["article"]} == facts["article"]
    assert [caption["caption"] for caption in read["captions"]] == facts["captions"]


def test_the_set_is_as_wide_as_promised() -> None:
    markups = {re.sub(r"^.*--", "", page.name) for page in PAGES}
    languages = {page.name[:2] for page in PAGES}
    assert len(PAGES) >= 40
    assert len(markups) >= 5
    assert languages == {"en", "fa", "ar"}
