"""Pages made to keep the reader busy: each ends within seconds, and what is left out is told."""

import time
from datetime import UTC, datetime

import pytest

from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import Article
from iranwire_crawler.pages.article import ArticlePage, Fetch

HEADER = "<h1>Ferry Captain Fined for Waiting</h1><p>September 12, 2026</p><p>2 min read</p>"
TEXT = "<p>A captain on the lower river was fined this week.</p>"
MANY = 2_000_000


def often(markup: str) -> str:
    return markup * (MANY // len(markup))


def json_ld(text: str) -> str:
    return f"<script type=application/ld+json>{text}</script>"


def attributes(separator: str) -> str:
    return separator.join(f"a{number}" for number in range(200_000))


HOSTILE = {
    **{markup: often(markup) for markup in (
        "<!--</", "<script></a", "<style></a", "<!--a</b", "</a <!--", "<title><!--</title>", "<a x='", '<a x="',
        "<script ",
        "<div></>", "<span>x</x>", "<b><p></i>", "<span><div></span></div>", "<table>", "<svg><title>", "<textarea>",
        "<p><b>May 12, 2025</b>" + " " * 20_000 + "<b>x</b></p>", "| ", " - ", "&nbsp;", "<br> ",
    )},
    "attributes": f"<a {attributes(' ')}>",
    "attributes of a script": f"<script {attributes(' ')}></script>",
    "attributes between slashes": f"<a {attributes('/')}>",
    "tags just below the bound": often("<a " + " ".join(f"a{number}" for number in range(990)) + "> "),
    "a picture of a thousand formats": "<picture>" + often("<img src=data: alt=x><source>"),
    "copies in one figure": "<figure>" + often("<noscript><img src=/a.jpg></noscript>"),
    "copies of copies": often("<img src=data: alt=x><noscript><img src=/a.jpg alt=x></noscript>"),
    "copies too long to be read": often(f"<img src=data: alt=x><noscript><img src=/a.jpg {'x ' * 10_000}></noscript>"),
    "huge styles": f"<figure><div style='{'background:' * 200_000}'></div>",
    "many styles": "<figure>" + often(f"<a style='{'background:url( ' * 130}'></a>"),
    "pictures behind pictures": "<figure>" + "<div role=img style='background:url(/a.jpg)'>" * 15_000 + TEXT,
    "dated chrome in chrome": "<aside>" * 1_500 + "May 12, 2025" + often("<p>some words</p>"),
    "pictures in chrome in chrome": "<nav>" * 1_500 + often("<figure><img></figure>"),
    "custom pictures in one another": "<i-w src=a alt=b>" * 1_500 + often("<p>some words</p>"),
    "players in one another": "<video>" * 1_500 + often("<p>x</p>"),
    "an endless set": f"<img data-srcset='{'/a 1w, ' * 300_000}'>",
    "an endless address": f"<img src='{'blank' * 400_000}' data-lazy='{'a.' * 400_000}' srcset='{' , ' * 100_000}'>",
    "days as headings": often("<h3>July 2, 2023 – Day</h3>"),
    "captions without pictures": often("<p>Mina Rad</p>"),
    "lines of one block": "<div>" + often("<span>A sentence of more than forty letters, in a span. </span>"),
    "links beside days": often("<p><a href=/en/news/5/>Two Poets</a></p><p>July 2, 2023</p><p>He is free.</p>"),
    "white space in JSON-LD": json_ld("//" + " " * MANY),
    "white space at the end of JSON-LD": json_ld("<!--" + " " * 200_000 + "x"),
    "slashes in JSON-LD": json_ld("// " * 600_000),
    "white space in a line": f"<p>February{' ' * MANY}3, 2024</p>",
    "white space in pieces": "<p>" + f"<b>x</b>{' ' * 100_000}|" * 20 + "</p>",
}  # fmt: skip


def read(markup: str) -> Article:
    fetch = Fetch("https://iranwire.com/en/news/158901/", datetime(2026, 11, 22, tzinfo=UTC), "saved")
    return ArticlePage(markup.encode(), fetch).article()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("place", ["before", "after"])
def test_hostile_pages_end(name: str, place: str) -> None:
    started = time.process_time()
    hostile = HOSTILE[name]
    try:
        read(hostile + HEADER + TEXT if place == "before" else HEADER + TEXT + hostile)
    except NotAnArticle:
        assert place == "before"
    assert time.process_time() - started < 20


@pytest.mark.parametrize("name", ["attributes", "attributes of a script", "attributes between slashes"])
def test_a_monstrous_tag_takes_nothing_else_with_it(name: str) -> None:
    article = read(HEADER + TEXT + HOSTILE[name] + "<p>He paid in coins.</p>")
    assert [block.text[:10] for block in article.body] == ["A captain ", "He paid in"]
    assert "page_too_large" in article.warnings


def test_a_large_page_is_read_whole() -> None:
    """Nothing of a comment, a script or an attribute's value is taken for a tag with too many attributes."""
    noise = "x y=z " * 3_000
    hidden = f"<!-- <a {noise} --><script>if (a<b {noise}) x()</script><div title='{noise}'>"
    paragraphs = "".join(f"<p>A captain was fined for waiting {number} minutes.</p>" for number in range(2_000))
    article = read(HEADER + hidden * 3 + paragraphs)
    assert len(article.body) == 2_000
    assert article.warnings == ()


@pytest.mark.parametrize(
    "wrapping",
    ["{}", "//<![CDATA[\n{}\n//]]>", "/*<![CDATA[*/{}/*]]>*/", "<![CDATA[{}]]>", "<!--\n{}\n-->", " <!-- {} //--> "],
)  # fmt: skip
def test_json_ld_in_wrappings(wrapping: str) -> None:
    declared = '{"@type":"NewsArticle","dateModified":"2026-09-13T08:00:00Z"}'
    assert read(json_ld(wrapping.format(declared)) + HEADER + TEXT).date_modified == "2026-09-13T08:00:00Z"
