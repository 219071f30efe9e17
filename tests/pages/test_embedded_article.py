"""Articles whose text stands in their page's scripts, in the shapes in which data has it."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import Article
from iranwire_crawler.pages.article import Fetch
from iranwire_crawler.pages.embedded_article import EmbeddedArticlePage

URL = "https://iranwire.com/en/society/64055-the-lamp-that-stayed-dark/"
TEXTS = (
    "The keeper of the northern lighthouse said on Monday that the lamp had been dark for nine nights in a row.",
    "Nobody in the harbour had been told, and two boats came home a day late, the council wrote.",
    "Oil for the spring was promised again.",
)
HTML = "".join(f"<p>{text}</p>" for text in TEXTS)
STORY: dict[str, Any] = {
    "id": 64055,
    "title": "The Lamp That Stayed Dark",
    "body": HTML,
    "published_at": "2014-05-06T10:00:00+00:00",
    "updated_at": "2014-05-07T08:00:00+00:00",
    "author": {"name": "Mina Farhadi"},
    "category": {"title": "Society & Culture"},
    "slides": [{"image": "/media/1.jpg", "image_title": "The lamp, dark"}, {"image": "/media/2.jpg"}],
    "tags": ["sea", {"name": "light"}],
    "summary": "Nine nights.",
}


def page(script: str, title: str = "The Lamp That Stayed Dark | IranWire") -> bytes:
    return f"<!DOCTYPE html><title>{title}</title><div id=app></div>{script}".encode()


def read(body: bytes, url: str = URL) -> Article:
    return EmbeddedArticlePage(body, Fetch(url, datetime(2026, 11, 22, tzinfo=UTC), "live")).article()


def script(data: Any, form: str) -> str:
    text = json.dumps(data, ensure_ascii=form == "escaped")
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return {
        "escaped": f"<script>x = {text};</script>",
        "typed": f'<script id="any" type="application/json">{text}</script>',
        "ld": f'<script type="application/ld+json">{text}</script>',
        "assigned": f"<script>(function(){{window.__any__ = {text};}})()</script>",
        "literal": f"<script>window.any = {{page: {text}, now: Date.now()}};</script>",
        "parsed": f"<script>var any = JSON.parse({json.dumps(text)});</script>",
        "parsed, single quotes": f"<script>var any = JSON.parse('{quoted}');</script>",
        "pushed": f"<script>any.push([1,{json.dumps('5:[null,' + text + ']' + chr(10) + '6:{}')}])</script>",
        "in a string": f'<script type="text/json">{json.dumps({"state": text})}</script>',
    }[form]


FORMS = ("typed", "ld", "assigned", "literal", "parsed", "parsed, single quotes", "pushed", "in a string")


@pytest.mark.parametrize("form", FORMS)
def test_data_is_found_under_any_name(form: str) -> None:
    article = read(page(script({"props": {"page": {"single": STORY, "related": []}}}, form)))
    assert article.headline == "The Lamp That Stayed Dark"
    assert [block.text for block in article.body] == list(TEXTS)
    assert article.date_published == "2014-05-06T10:00:00+00:00"
    assert article.date_modified == "2014-05-07T08:00:00+00:00"
    assert [author.name for author in article.authors] == ["Mina Farhadi"]
    assert article.section.name == "Society & Culture"
    assert [(image.url, image.caption) for image in article.images] == [
        ("https://iranwire.com/media/1.jpg", "The lamp, dark"),
        ("https://iranwire.com/media/2.jpg", None),
    ]
    assert article.tags == ("sea", "light")
    assert article.description == "Nine nights."
    assert set(article.provenance.values()) == {"address", "embedded"}
    assert article.warnings == ("date_published_not_shown",)


BLOCKS = [
    {"type": "heading", "value": "A dark lamp"},
    {"type": "paragraph", "value": f"<p>{TEXTS[0]} <a href='https://example.org/'>Here</a></p>"},
    {"type": "image", "value": {"url": "/media/3.jpg", "caption": "The harbour"}},
    {"type": "quote", "data": {"text": TEXTS[1]}},
    {"type": "list", "data": {"style": "unordered", "items": ["one thing", "another thing"]}},
    {"type": "delimiter", "data": {}},
    {"type": "paragraph", "data": {"text": TEXTS[2]}},
]
TREE = {
    "type": "doc",
    "content": [
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "A dark lamp"}]},
        {
            "type": "paragraph",
            "content": [
                {"type": "text", "text": f"{TEXTS[0]} "},
                {
                    "type": "text",
                    "text": "Here",
                    "marks": [{"type": "link", "attrs": {"href": "https://example.org/"}}],
                },
            ],
        },
        {"type": "image", "attrs": {"src": "/media/3.jpg", "alt": "The harbour"}},
        {"type": "blockquote", "content": [{"type": "paragraph", "content": [{"type": "text", "text": TEXTS[1]}]}]},
        {
            "type": "bulletList",
            "content": [
                {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]}
                for text in ("one thing", "another thing")
            ],
        },
        {"type": "horizontalRule"},
        {"type": "paragraph", "content": [{"type": "text", "text": TEXTS[2]}]},
    ],
}
PORTABLE = [
    {"_type": "block", "style": "h2", "children": [{"_type": "span", "text": "A dark lamp"}]},
    {"_type": "block", "style": "normal", "children": [{"_type": "span", "text": TEXTS[0]}]},
    {"_type": "block", "style": "blockquote", "children": [{"_type": "span", "text": TEXTS[1]}]},
]


@pytest.mark.parametrize(
    "body", [BLOCKS, {"blocks": BLOCKS}, TREE, json.dumps(TREE)], ids=["list", "object", "tree", "JSON"]
)
def test_lists_and_trees_of_blocks(body: Any) -> None:
    article = read(page(script({**STORY, "body": body}, "assigned")))
    assert [(block.type, block.text) for block in article.body] == [
        ("subheading", "A dark lamp"),
        ("paragraph", f"{TEXTS[0]} Here"),
        ("quote", TEXTS[1]),
        ("list_item", "one thing"),
        ("list_item", "another thing"),
        ("divider", ""),
        ("paragraph", TEXTS[2]),
    ]
    assert [(link.url, link.text) for link in article.links] == [("https://example.org/", "Here")]
    assert [(image.caption, image.in_body) for image in article.images][-1] == ("The harbour", True)


def test_blocks_whose_kind_is_a_style() -> None:
    article = read(page(script({**STORY, "body": PORTABLE}, "typed")))
    assert [block.type for block in article.body] == ["subheading", "paragraph", "quote"]


@pytest.mark.parametrize(
    "body",
    ["\n\n".join(TEXTS), "<br><br>".join(TEXTS), HTML.replace("<", "&lt;").replace(">", "&gt;"), list(TEXTS)],
    ids=["lines", "breaks", "escaped", "list"],
)
def test_texts_without_blocks(body: Any) -> None:
    article = read(page(script({**STORY, "body": body}, "typed")))
    assert [block.text for block in article.body] == list(TEXTS)


def test_a_date_in_the_edition_s_own_form_is_shown() -> None:
    story = {**STORY, "published_at": "۱۱ بهمن ۱۴۰۲"}
    article = read(page(script(story, "typed")), "https://iranwire.com/fa/features/64055/")
    assert (article.date_published, article.date_published_raw) == ("2024-01-31", "۱۱ بهمن ۱۴۰۲")
    assert article.provenance["date_published"] == "embedded"


def refused(data: Any, url: str = URL, title: str = "x") -> str:
    with pytest.raises(NotAnArticle) as refusal:
        read(page(script(data, "assigned"), title), url)
    return refusal.value.reason


def test_another_article_s_data_is_not_this_one_s() -> None:
    assert refused({**STORY, "url": "/en/society/99-other/"}) == "no_data"
    unproved = [{**STORY, "id": 1, "title": "One thing"}, {**STORY, "id": 2, "title": "Another thing"}]
    assert refused(unproved) == "no_data"
    article = read(page(script([*unproved, STORY], "assigned")))
    assert article.headline == STORY["title"]


def test_what_is_no_prose_is_no_article() -> None:
    assert refused({"title": "The Lamp That Stayed Dark", "body": "x" * 5000}) == "no_data"
    assert refused({"title": "The Lamp That Stayed Dark", "body": "a{b:c;}" * 500}) == "no_data"
    assert refused({"title": "The Lamp That Stayed Dark", "summary": HTML}) == "no_data"


def test_a_text_without_a_date_is_refused_as_on_a_plain_page() -> None:
    assert refused({**STORY, "published_at": None, "updated_at": None}) == "no_date"


HOSTILE = {
    "deep": '<script>x = ' + '{"body":' * 3000 + '""' + "}" * 3000 + "</script>",
    "deep envelopes": '<script>x = {"a":{"body":' + '{"data":' * 900 + '"x"' + "}" * 900 + ',"title":"a b"}}</script>',
    "long white space": script({**STORY, "body": "x" + " " * 1_500_000 + "y\nz"}, "assigned"),
    "angle brackets": script({**STORY, "body": "<p" * 500_000}, "assigned"),
    "deep arrays": "<script>x = " + "[" * 100_000 + "</script>",
    "many starts": "<script>" + '={"a":' * 200_000 + "</script>",
    "long failures": "<script>" + '=["' + "a " * 900_000 + "</script>",
    "many stories": script([{**STORY, "id": n, "title": f"Story {n}"} for n in range(4000)], "assigned"),
    "nested bodies": script(json.loads('{"title":"a b","body":' * 50 + json.dumps(HTML * 500) + "}" * 50), "assigned"),
    "surrogates": script({**STORY, "title": "\ud800 x", "body": "\udfff word " * 100, "link": "/en/\ud800"}, "escaped"),
    "quotes": "<script>JSON.parse('" + "\\'" * 200_000 + "</script>",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_data_is_bounded(name: str) -> None:
    # Without its bounds the reader takes hours, or all memory.
    with suppress(NotAnArticle):
        read(page(HOSTILE[name]))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([HTML, *TEXTS, URL]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*STORY, "type", "text", "children", "content", "marks", "url"]), inner)
    ),
    max_leaves=25,
)


@settings(max_examples=150)
@given(JSON)
def test_any_data_is_read_or_refused(data: Any) -> None:
    with suppress(NotAnArticle):
        read(page(script(data, "assigned")))
