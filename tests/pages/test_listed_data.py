"""Cards in the data of a listing's scripts."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.pages.embedded_section import EmbeddedSectionPage
from iranwire_crawler.pages.next_page import NextPage
from iranwire_crawler.pages.section import SectionLink

URL = "https://iranwire.com/en/features/"


def entry(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "title": f"The Well of {number}", "url": f"/en/features/{number}-the-well/", **more}


ENTRIES = [entry(number) for number in (11, 12, 13, 14)]


def read(data: Any, form: str = "window.anything = {};", url: str = URL) -> EmbeddedSectionPage:
    script = form.replace("{}", json.dumps(data))
    return EmbeddedSectionPage(
        f"<!DOCTYPE html><title>x</title><div id=app></div><script>{script}</script>".encode(), url
    )


def keys(page: EmbeddedSectionPage) -> list[str]:
    return [card.key for card in page.cards]


def with_address(address: str) -> list[dict[str, Any]]:
    return [{"headline": each["title"], "link": address.format(each["id"])} for each in ENTRIES]


@pytest.mark.parametrize(
    "data",
    [
        ENTRIES,
        {"props": {"page": {"items": ENTRIES}}},
        {"edges": [{"cursor": "c", "node": each, "more": {}} for each in ENTRIES]},
        {"Story:a": ENTRIES[0], "Story:b": ENTRIES[1], "Story:c": ENTRIES[2], "Story:d": ENTRIES[3], "ROOT": {}},
        {"lead": ENTRIES[0], "list": ENTRIES[1:]},
        {"state": json.dumps({"list": ENTRIES})},
        with_address("https://iranwire.com/en/features/{}-the-well/"),
        with_address("https://www.iranwire.com/en/features/{}/?ref=list"),
        with_address("//iranwire.com/en/features/{}"),
        with_address("en/features/{}-the-well"),
        with_address("./{}-the-well/"),
        {"@type": "ItemList", "itemListElement": [{"name": each["title"], "url": each["url"]} for each in ENTRIES]},
        [{"title": {"rendered": f"<b>{each['title']}</b>"}, "permalink": each["url"]} for each in ENTRIES],
        [{**each, "name": f"card-{each['id']}", "share": f"https://example.com/?u={each['url']}"} for each in ENTRIES],
    ],
    ids=lambda data: str(data)[:40],
)  # fmt: skip
def test_cards_are_found_by_their_shape(data: Any) -> None:
    page = read(data)
    assert keys(page) == ["en/11", "en/12", "en/13", "en/14"]
    assert [card.headline for card in page.cards] == [each["title"] for each in ENTRIES]


@pytest.mark.parametrize("form", ["x({})", "[1, {}]", "var a = {p: {}, now: Date.now()};", "JSON.parse('{}')"])
def test_data_is_found_in_any_script(form: str) -> None:
    assert keys(read(ENTRIES, form)) == ["en/11", "en/12", "en/13", "en/14"]


@pytest.mark.parametrize(
    "data",
    [
        {"menu": [{"title": name.title(), "url": f"/en/{name}/"} for name in ("features", "news", "about", "women")]},
        {"previous": ENTRIES[0], "next": ENTRIES[1]},
        {"ads": [{"title": "Buy now", "url": f"https://example.com/en/features/{n}-x/"} for n in range(5)]},
        {"most_read": [{"title": f"A {n} b", "url": f"/en/news/{n}/"} for n in range(5)]},
        {"other": [{"title": f"A {n} b", "url": f"/fa/features/{n}/"} for n in range(5)]},
        [each["url"] for each in ENTRIES],
        [{"url": each["url"]} for each in ENTRIES],
        [{"url": each["url"], "title": "Read more"} for each in ENTRIES],
        [{"title": each["title"], "size": "16/9", "date": "12/05", "kind": "image/png"} for each in ENTRIES],
        {"title": "One", "url": "/en/features/1/", "related": ENTRIES},
        [{"title": "x y", "url": f"/en/features/{n}/", "next_url": f"/en/features/{n + 1}/"} for n in range(4)],
    ],
    ids=lambda data: str(data)[:40],
)  # fmt: skip
def test_what_is_no_listing_brings_no_cards(data: Any) -> None:
    assert read(data).cards == ()


def test_no_card_is_made_of_a_front_page_s_odds_and_ends() -> None:
    data = [{"title": f"Ratio {n}", "ratio": f"{n}/9", "size": "1024/768"} for n in range(5)]
    assert read(data, url="https://iranwire.com/en/").cards == ()


def test_a_card_says_what_its_object_does() -> None:
    more = {"author": [{"name": "Mina Farhadi"}], "category": {"title": "Long Reads"}, "created_at": "2014-01-01"}
    dated = ({"date": "May 6, 2014"}, {"published_at": "2014-05-07T10:00:00Z"}, {"updated_at": "2014-05-09"})
    page = read([entry(number, **more, **date) for number, date in enumerate(dated)])
    first, second, third = page.cards
    assert first.section is not None
    assert (first.section.slug, first.section.name) == ("features", "Long Reads")
    assert [author.name for author in first.authors] == ["Mina Farhadi"]
    days = [card.date_published for card in (first, second, third)]
    assert days == ["2014-05-06", "2014-05-07T10:00:00Z", None]


@pytest.mark.parametrize(
    ("data", "url"),
    [
        ({"next": "https://iranwire.com/en/features/?page=2"}, "https://iranwire.com/en/features/?page=2"),
        ({"pagination": {"nextPage": {"href": "?page=2"}}}, "https://iranwire.com/en/features/?page=2"),
        ({"nextPageUrl": "/en/features/page/2/"}, "https://iranwire.com/en/features/page/2/"),
        ({"next_page": 2}, "https://iranwire.com/en/features/?page=2"),
        ({"next_page": 7}, None),
        ({"next": "/en/news/?page=2"}, None),
        ({"next": "/api/en/features/?page=2"}, None),
        ({"next": "https://example.com/en/features/?page=2"}, None),
        ({"next": {"title": "Next story", "url": "/en/features/99-x/"}}, None),
        ({"page": 1, "pages": 40, "url": "/en/features/?page=2"}, None),
    ],
)
def test_the_next_page_is_one_that_the_data_calls_so(data: dict[str, Any], url: str | None) -> None:
    found = read({**data, "items": ENTRIES}).next_page(1)
    assert found == (NextPage(url, "data") if url else None)


def test_sections_are_those_of_the_data_too() -> None:
    menu = [{"label": "News", "href": "/en/news/"}, {"label": "Log in", "href": "/en/login/"}, {"href": "/en/women/"}]
    page = read({"menu": menu, "items": ENTRIES}, url="https://iranwire.com/en/")
    assert page.sections == (SectionLink("news", "https://iranwire.com/en/news/", "News"),)
    assert keys(page) == ["en/11", "en/12", "en/13", "en/14"]


ADDRESSES = [
    "/en/features/7-x/", "/en/features/?page=2", "/en/news/", "https://elsewhere.example/en/features/8-x/",
    "https://elsewhere.example/en/news/", "//elsewhere.example/en/features/?page=2", "javascript:alert(1)", "title",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(ADDRESSES),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["title", "url", "next", "date", "author", "href"]) | st.text(max_size=5), inner
        )
    ),
    max_leaves=30,
)


@given(JSON, st.lists(st.sampled_from(ADDRESSES), max_size=4))
def test_any_data_gives_nothing_but_this_editions_own_pages(data: Any, addresses: list[str]) -> None:
    menu = [{"label": "News", "href": address} for address in addresses]
    page = read({"any": data, "next": (*addresses, data)[0], "menu": menu, "items": [*ENTRIES, data]})
    assert {"en/11", "en/12", "en/13", "en/14"} <= set(keys(page))
    assert all(card.key.startswith("en/") and card.headline for card in page.cards)
    following = page.next_page(1)
    assert following is None or following.url.startswith("https://iranwire.com/en/features/")
    for section in page.sections:
        assert section.url == f"https://iranwire.com/en/{section.slug}/"
