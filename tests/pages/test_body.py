"""What stands in an article's body, and what only stands beside it."""

import re
from datetime import UTC, datetime

import pytest

from iranwire_crawler.domain.items import Article
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


LONG = "A captain was fined on Tuesday for waiting eleven minutes for a passenger who had forgotten her papers at home."
AFTER = "The ferry sailed again on Sunday, with another captain at its wheel, and nobody was made to wait for it."
CARD = (
    '<aside><a href="/en/news/158900-x/"><h3>Two Poets Freed</h3></a><p>September 11, 2026</p><p>IranWire</p>'
    "<p>1 min read</p></aside>"
)


def article_of(body: str, url: str = URL, date: str = "September 12, 2026") -> Article:
    page = (
        "<html><head><title>Ferry Captain Fined</title></head><body><article><h1>Ferry Captain Fined</h1>"
        f"<div><span>{date}</span><span>Mina Rad</span></div><div>{body}</div></article>{CARD}</body></html>"
    )
    return ArticlePage(page.encode(), Fetch(url, datetime(2026, 11, 22, tzinfo=UTC), "saved")).article()


DAYS = [
    "<h3>July 2, 2023 – Day One</h3>",
    "<h3>July 2, 2023 - July 5, 2023</h3>",
    "<h3>On July 2, 2023</h3>",
    "<p><b>Published July 2, 2023 | Tehran</b></p>",
    "<p><strong>July 4, 2022</strong> — They came at noon.</p>",
    "<p><time>July 4, 2022</time> — They came at noon.</p>",
    "<h3>July 2, 2023</h3>",
    '<p><a href="/en/news/150000-x/">Read the full chronology</a></p><h3>July 2, 2023</h3>',
    '<h3><a href="/en/news/150000-x/">A widow waits</a></h3><p>July 2, 2023</p>',
    '<h3>July 2, 2023</h3><p><a href="/en/news/150000-x/">A widow waits in Zahedan</a></p>',
    '<h3><a href="/en/news/150000-x/">July 2, 2023</a></h3>',
]


@pytest.mark.parametrize("markup", DAYS)
@pytest.mark.parametrize("times", [1, 3])
def test_a_day_amid_a_text_stays_there(markup: str, times: int) -> None:
    article = article_of(f"<p>{LONG}</p>{markup}<p>{AFTER}</p>" * times)
    shown = [" ".join(re.sub("<[^>]*>", " ", part).split()) for part in re.findall(r"<(?:h3|p)>.*?</(?:h3|p)>", markup)]
    assert [block.text for block in article.body] == [LONG, *shown, AFTER] * times
    assert [card.headline for card in article.related] == ["Two Poets Freed"]


@pytest.mark.parametrize(
    ("url", "date", "day"),
    [
        ("https://iranwire.com/fa/features/108572/", "۱۲ بهمن ۱۴۰۲", "در ۱۱ بهمن ۱۴۰۲"),
        ("https://iranwire.com/ar/from-inside-iran/106595/", "3 أغسطس 2022", "في 2 أغسطس 2022"),
    ],
)
def test_a_days_heading_keeps_its_words(url: str, date: str, day: str) -> None:
    assert [block.text for block in article_of(f"<p>{LONG}</p><h3>{day}</h3><p>{AFTER}</p>", url, date).body] == [
        LONG, day, AFTER,
    ]  # fmt: skip


SIGNED = "<p>Maryam Karimi</p><p>July 4, 2022</p>"


def test_a_letter_is_signed_and_dated() -> None:
    article = article_of(f"<p>{LONG}</p>{SIGNED}<p>{AFTER}</p>{SIGNED}")
    assert [block.text for block in article.body] == [
        LONG,
        "Maryam Karimi",
        "July 4, 2022",
        AFTER,
        "Maryam Karimi",
        "July 4, 2022",
    ]
    assert [card.headline for card in article.related] == ["Two Poets Freed"]


def test_who_is_told_of_under_a_portrait_is_a_heading() -> None:
    article = article_of(
        f'<p>{LONG}</p><div><img src=1.jpg alt="Maryam"><h3>Maryam</h3><p>Tabriz, 34</p><p>{AFTER}</p></div>'
    )
    assert [block.text for block in article.body] == [LONG, "Maryam", "Tabriz, 34", AFTER]
    assert [image.credit for image in article.images] == [None]


@pytest.mark.parametrize("last", ["Photographs by Maryam Karimi for AFP", "Who Waits for Whom in Bushehr"])
def test_a_long_heading_may_be_the_last_line(last: str) -> None:
    assert article_of(f"<p>{LONG}</p><h3>{last}</h3>").body[-1].text == last


def test_a_bracketed_heading_is_nobodys_turn() -> None:
    assert [block.text for block in article_of(f"<h3>[Part Two]</h3><p>{LONG}</p>").body] == ["[Part Two]", LONG]
    assert [block.text for block in article_of(f"<p><b>[Mina]</b></p><p>{LONG}</p>").body] == [f"[Mina] {LONG}"]


@pytest.mark.parametrize(
    ("alt", "caption"),
    [
        ("The closed bakery", "The closed bakery."),
        ("The closed bakery in Yazd", "The closed bakery<br>in Yazd"),
        ("The closed bakery", "The closed bakery <span>(AFP)</span>"),
        ("The closed bakery in Ya…", "The closed bakery in Yazd"),
    ],
)
def test_a_caption_need_not_be_the_alt_word_for_word(alt: str, caption: str) -> None:
    article = article_of(f'<div><img src=1.jpg alt="{alt}"><div>{caption}</div></div><p>{LONG}</p>')
    assert [block.text for block in article.body] == [LONG]
    assert [image.caption for image in article.images] == [" ".join(re.sub("<[^>]*>", " ", caption).split())]


def test_a_caption_may_quote_the_text_above_or_below_it() -> None:
    figure = f'<figure><img src=1.jpg alt="{LONG}"><figcaption>{LONG}</figcaption></figure>'
    for body in (f"<p>{LONG}</p>{figure}<p>{AFTER}</p>", f"{figure}<p>{LONG}</p><p>{AFTER}</p>"):
        article = article_of(body)
        assert [block.text for block in article.body] == [LONG, AFTER]
        assert [image.caption for image in article.images] == [LONG]
