"""The light version of a listing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.pages.light import LightLink
from iranwire_crawler.pages.light_section import LightForm, LightSectionPage

PLAIN = "https://iranwire.com/en/features/"
FORMS = (
    "https://iranwire.com/light/en/features/",
    "https://iranwire.com/en/light/features/",
    "https://iranwire.com/en/features/light/",
    "https://light.iranwire.com/en/features/",
    "https://iranwire.com/en/features/?light=1",
)


@pytest.mark.parametrize("light", FORMS)
def test_the_light_version_is_the_one_that_the_listing_links_to(light: str) -> None:
    page = f'<p>Trouble loading? <a href="{light}">Switch to Iranwire Light instead</a></p>'.encode()
    assert LightLink(page, PLAIN).address_of_light() == light


@pytest.mark.parametrize(
    "href", ["/light/", "/light/en/", "/light/en/news/", "/en/features/", "/en/features/7-x/", "/en/a/b/c/features/"]
)
def test_another_page_is_no_light_version_of_it(href: str) -> None:
    assert LightLink(f'<a href="{href}">Iranwire Light</a>'.encode(), PLAIN).address_of_light() is None


@pytest.mark.parametrize("light", FORMS)
def test_its_cards_are_the_articles_and_its_pager_its_own(light: str) -> None:
    form = LightForm.of(PLAIN, light)
    assert form is not None
    second = "?light=1&page=2" if "?" in light else "?page=2"
    cards = "".join(
        f'<li><a href="{form.light(f"https://iranwire.com/en/features/{n}-x/")}">The Well of {n}</a></li>'
        for n in (1, 2)
    )
    page = LightSectionPage(f'<ul>{cards}</ul><a href="{second}">Older</a>'.encode(), light, None, form)
    assert [card.url for card in page.cards] == [f"https://iranwire.com/en/features/{n}-x/" for n in (1, 2)]
    following, guess = page.next_page(1), page.probe(1)
    assert following is not None
    assert guess is not None
    assert following.url == light.partition("?")[0] + second
    assert form.is_light(following.url)
    assert guess.url.startswith(light.partition("?")[0])
    assert "page=2" in guess.url


def test_links_to_plain_pages_and_elsewhere_stay_as_they_are() -> None:
    form = LightForm.of(PLAIN, FORMS[0])
    assert form is not None
    for url in (PLAIN, "https://example.com/light/en/", "mailto:x@example.com", "http://[", "https://iranwire.com"):
        assert form.plain(url) == url


@given(st.text(), st.text())
def test_no_address_is_too_odd(one: str, other: str) -> None:
    for form in (LightForm.of(PLAIN, f"https://iranwire.com/{one}"), LightForm.of(one, other)):
        if form is not None:
            assert isinstance(form.plain(form.light(PLAIN)), str)
