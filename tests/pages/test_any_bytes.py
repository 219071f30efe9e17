"""Reading raises nothing but the documented error, whatever the bytes."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from saved_pages import saved_pages

from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.article import ArticlePage, Fetch

URL = "https://iranwire.com/en/news/122073-a-slug/"
BODIES = [page.body for page in saved_pages()]
TAGS = ["div", "p", "h1", "table", "td", "figure", "figcaption", "img alt='A b'", "a href='/en/news/5/'", "article",
        "a href='/en/accountability/'", "nav", "iw-x", "li", "br", "hr", "b", "span", "time", "form",
        "iframe src='//y'"]  # fmt: skip
WORDS = ["February 3, 2024", "2 min read", "A headline of words", "A caption", "A caption", "comments", "By A B",
         "Some longer sentence that a body would hold, and then some more of it.", "Society & Culture",
         "۱۴ بهمن ۱۴۰۲", "\u200c", "&nbsp;", "***"]  # fmt: skip
fragments = st.one_of(
    st.sampled_from(TAGS).map(lambda tag: f"<{tag}>"),
    st.sampled_from(TAGS).map(lambda tag: f"</{tag.split()[0]}>"),
    st.sampled_from(WORDS),
    st.text(max_size=20),
)


def read(body: bytes, url: str = URL, content_type: str | None = None) -> None:
    page = ArticlePage(body, Fetch(url, datetime(2026, 1, 1, tzinfo=UTC), "saved", content_type))
    try:
        article = page.article()
    except NotAnArticle as refusal:
        assert url in str(refusal)
        return
    assert article.headline == clean(article.headline)
    for block in article.body:
        assert block.text == clean(block.text)
        assert block.text or block.type == "divider"
    assert len({caption.key for caption in page.captions(article)}) == len(page.captions(article))


@given(st.binary(max_size=2000), st.one_of(st.none(), st.text(max_size=40)))
def test_any_bytes(body: bytes, content_type: str | None) -> None:
    read(body, content_type=content_type)


@given(st.lists(fragments, max_size=60).map("".join))
@settings(max_examples=400)
def test_any_markup(markup: str) -> None:
    read(markup.encode("utf-8", errors="replace"))


@given(st.sampled_from(BODIES), st.data())
@settings(max_examples=150)
def test_saved_pages_cut_and_spliced(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    read(body[:start] + data.draw(st.binary(max_size=30)) + body[end:])


def test_a_deep_page_is_bounded() -> None:
    read(b"<div>" * 200_000 + b"text")


def test_a_million_attributes() -> None:
    read(b"<p " + b" ".join(b"a%d=1" % number for number in range(1_000_000)) + b">text")
