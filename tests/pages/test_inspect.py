"""What a person is shown of a page that was read: how it begins, what it declares, what stands after the body."""

from datetime import UTC, datetime

import pytest
from saved_pages import SavedPage, saved_pages

from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.pages.inspect import InspectedPage

ARTICLES = [page for page in saved_pages() if page.expected and "article" in page.expected]


@pytest.mark.parametrize("page", ARTICLES, ids=lambda page: page.name)
def test_the_tail_begins_after_the_body(page: SavedPage) -> None:
    facts = page.facts
    article = page.page().article()
    ending = InspectedPage(page.body, facts["url"], facts.get("content_type")).ending(article)
    texts = [line.text for line in ending.lines]
    prose = [block.text for block in article.body if len(block.text) > 60]
    assert not [text for text in prose if text in texts]
    # A card in the middle of the body is not after it.
    for card in article.related if "mid-card" not in page.name else ():
        assert any(card.headline in text or text in card.headline for text in texts) or ending.more


def test_what_is_inspected_is_bounded() -> None:
    many = "".join(f"<p>line {number}</p>" for number in range(500))
    head = "<p>Features</p><h1>Story of the Well</h1><p>May 12, 2025</p><p>2 min read</p><p>It was dug by hand.</p>"
    body = f"<main>{head}</main><div>{many}</div>".encode()
    url = "https://iranwire.com/en/features/141001/"
    read = ArticlePage(body, Fetch(url, datetime(2026, 11, 29, tzinfo=UTC), "saved")).article()
    ending = InspectedPage(body, url).ending(read)
    assert len(ending.lines) == 40
    assert ending.more > 400


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<" * 5000, b"<script type='application/ld+json'>{</script>"])
def test_any_bytes_can_be_inspected(body: bytes) -> None:
    page = InspectedPage(body, "https://iranwire.com/en/")
    assert page.opening() is not None
    assert page.declared().canonical is None
