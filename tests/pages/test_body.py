"""What stands in an article's body, and what only stands beside it."""

from datetime import UTC, datetime

import pytest

from iranwire_crawler.pages.article import ArticlePage, Fetch

URL = "https://iranwire.com/en/news/158901-the-ferry/"


def body_of(last: str) -> list[str]:
    page = (
        "<html><head><title>Ferry Captain Fined</title></head><body><h1>Ferry Captain Fined</h1>"
        f"<div>September 12, 2026</div><p>A captain was fined this week.</p>{last}</body></html>"
    )
    article = ArticlePage(page.encode(), Fetch(URL, datetime(2026, 11, 22, tzinfo=UTC), "saved")).article()
    return [block.text for block in article.body]


@pytest.mark.parametrize(
    "links",
    [
        (
            '<a href="https://x.com/share?url=https%3A%2F%2Firanwire.com%2Fen%2Fnews%2F158901-the-ferry%2F">X</a>'
            '<a href="https://t.me/share?u=https://iranwire.com/en/news/158901">Telegram</a>'
        ),
        '<a href="mailto:?body=https%3A%2F%2Firanwire.com%2Fen%2Fnews%2F158901%2F">Send it to a friend</a>',
    ],
)
def test_links_that_share_the_page_are_no_text(links: str) -> None:
    assert body_of(f"<div>{links}</div>") == ["A captain was fined this week."]


@pytest.mark.parametrize(
    "links",
    [
        '<a href="https://example.org/?id=158901">The court\'s list</a>',
        '<a href="https://example.org/?u=https://iranwire.com/en/news/158901">A copy</a> of this report was filed.',
    ],
)
def test_other_links_are(links: str) -> None:
    assert len(body_of(f"<div>{links}</div>")) == 2


def test_the_accountability_block_amid_the_body_is_left_out() -> None:
    block = '<p><a href="/fa/accountability/">بخش پاسخگویی: با مسئولان تماس بگیرید و پاسخ آنها را بخوانید</a></p>'
    after = "The ferry sailed again on Sunday, with another captain at its wheel."
    assert body_of(f"{block}<p>{after}</p>") == ["A captain was fined this week.", after]
