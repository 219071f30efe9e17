"""What stands in an article's body, and what only stands beside it."""

from datetime import UTC, datetime

import pytest

from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.pages.pictures import MAX_PICTURES

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


def test_a_line_of_links_to_the_sites_own_pages_is_a_menu() -> None:
    links = '<a href="/en/pages/about/">About</a> <a href="/en/society/">Society</a>'
    assert body_of(f"<div>{links}</div>") == ["A captain was fined this week."]
    assert len(body_of(f"<div>{links} were asked for a comment.</div>")) == 2


def test_a_caption_that_stands_twice_amid_the_text_is_none_of_it() -> None:
    caption, after = "The ferry at its berth in Bushehr, two days before the fine", "It sails again on Sunday."
    assert body_of(f"<p>{caption}</p><p>{caption}</p><p>{after}</p>") == ["A captain was fined this week.", after]


def test_no_more_pictures_are_read_than_a_page_may_have() -> None:
    pictures = "".join(f"<img src={number}.jpg alt=x>" for number in range(MAX_PICTURES + 5))
    page = f"<h1>Ferry Captain Fined</h1><p>September 12, 2026</p>{pictures}<p>A captain was fined.</p>"
    article = ArticlePage(page.encode(), Fetch(URL, datetime(2026, 11, 22, tzinfo=UTC), "saved")).article()
    assert len(article.images) == MAX_PICTURES
    assert "page_too_large" in article.warnings
    assert [block.text for block in article.body] == ["A captain was fined."]


def test_a_poems_refrain_is() -> None:
    assert body_of("<p>O ferry, come home<br>O ferry, come home<br>to me</p>")[1:3] == ["O ferry, come home"] * 2
