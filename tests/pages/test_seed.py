"""A real page's text, laid out in unlike markups, comes out whole.

The text stands beside the project, not in it; without it these tests are skipped.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iranwire_crawler.domain.items import Article
from iranwire_crawler.pages.article import ArticlePage, Fetch

SEED = Path(__file__).parents[3] / "shared" / "seed-article.txt"
URL = (
    "https://iranwire.com/en/middle-east/124964-us-begins-retaliatory-strikes-against-irans-syrian-and-iraqi-militias/"
)
pytestmark = pytest.mark.skipif(not SEED.exists(), reason="shared/seed-article.txt is not beside this checkout")


@dataclass(frozen=True)
class Text:
    """The seed's parts, by the line numbers that its own layout fixes."""

    chrome: list[str]
    section: str
    headline: str
    date: str
    minutes: str
    captions: list[str]
    body: list[str]
    tail: list[str]
    card: list[str]


def seed() -> Text:
    lines = [line.strip() for line in SEED.read_text(encoding="utf-8").splitlines()]
    filled = [html.escape(line, quote=False) for line in lines if line]
    end = filled.index("visit the accountability section")
    return Text(filled[:3], filled[3], filled[4], filled[5], filled[6], filled[7:11], filled[11:end],
                filled[end : end + 4], filled[end + 4 :])  # fmt: skip


def semantic(t: Text) -> str:
    figures = "".join(
        f'<figure><img src="/media/{n}.jpg" alt="{html.escape(c)}"><figcaption>{c}</figcaption></figure>'
        for n, c in enumerate(t.captions[::2])
    )
    dialog = f"<dialog><button>{t.chrome[0]}</button><h2>{t.chrome[1]}</h2><p>{t.chrome[2]}</p></dialog>"
    paragraphs = "\n".join(f"<p>{p}</p>" for p in t.body)
    card = t.card
    return (
        f"<!doctype html><html lang=en><head><title>{t.headline} | IranWire</title></head><body>{dialog}"
        f'<header><nav><a href="/en/">Home</a></nav></header><main><article><a href="/en/middle-east/">{t.section}</a>'
        f"<h1>{t.headline}</h1><div><time>{t.date}</time><span>{t.minutes}</span></div>{figures}"
        f"<div>{paragraphs}</div></article><section><h3>{t.tail[0]}</h3><p>{t.tail[1]}</p><a>{t.tail[2]}</a></section>"
        f"<section><h3>{t.tail[3]}</h3></section><section><span>{card[0]}</span><h3>{card[1]}</h3><time>{card[2]}</time>"
        f'<span>{card[3]}</span><span>{card[4]}</span><img alt="{card[5]}" src="/c.jpg"></section></main></body></html>'
    )


def div_soup(t: Text) -> str:
    def div(lines: list[str], name: str) -> str:
        return "".join(f'<div class="css-{name}"><div>{line}</div></div>' for line in lines)

    return (
        f'<div class="css-1a">{div(t.chrome, "1b")}</div><div class="css-2a">{div([t.section], "2b")}'
        f'{div([t.headline], "2c")}<div class="css-2d"><span>{t.date}</span><span>{t.minutes}</span></div>'
        f'{div(t.captions, "3a")}<div class="css-4a">{div(t.body, "4b")}</div></div>'
        f'<div class="css-5a">{div(t.tail, "5b")}</div><div class="css-6a">{div(t.card, "6b")}</div>'
    )


def table(t: Text) -> str:
    def rows(lines: list[str]) -> str:
        return "".join(f"<tr><td><font size=2>{line}</font></td></tr>" for line in lines)

    return (
        f"<html><body><table>{rows(t.chrome)}</table><center><table width=760>{rows([t.section])}"
        f"<tr><td><font size=5><b>{t.headline}</b></font></td></tr><tr><td>{t.date}<br>{t.minutes}</td></tr>"
        f"{rows(t.captions)}<tr><td>{'<br><br>'.join(t.body)}</td></tr></table></center>"
        f"<table>{rows(t.tail)}</table><table>{rows(t.card)}</table></body></html>"
    )


def flat(t: Text) -> str:
    lines = [*t.chrome, t.section, t.headline, t.date, t.minutes, *t.captions, *t.body, *t.tail, *t.card]
    return "".join(f"<p>{line}</p>" for line in lines)


def bare_lines(t: Text) -> str:
    lines = [*t.chrome, t.section, t.headline, t.date, t.minutes, *t.captions, *t.body, *t.tail, *t.card]
    return f"<body>{'<br>'.join(lines)}"


def custom(t: Text) -> str:
    def line(name: str, lines: list[str]) -> str:
        return "".join(f"<{name}>{text}</{name}>" for text in lines)

    return (
        f"<iw-page><iw-light>{line('iw-line', t.chrome)}</iw-light><iw-article>{line('iw-section', [t.section])}"
        f"{line('iw-title', [t.headline])}<iw-meta>{line('iw-date', [t.date])}{line('iw-read', [t.minutes])}</iw-meta>"
        f"<iw-gallery>{line('iw-caption', t.captions)}</iw-gallery><iw-text>{line('iw-p', t.body)}</iw-text>"
        f"</iw-article>"
        f"<iw-tail>{line('iw-line', t.tail)}</iw-tail><iw-card>{line('iw-line', t.card)}</iw-card></iw-page>"
    )


def broken(t: Text) -> str:
    captions = "".join(f"<li><img src=/m{n}.jpg alt='{html.escape(c)}'><p>{c}" for n, c in enumerate(t.captions[::2]))
    return (
        f"<div><p>{'<p>'.join(t.chrome)}</div><div><b>{t.section}<h1>{t.headline}</h2></b><p>{t.date}<p>{t.minutes}"
        f"<ul>{captions}</ul><div><p>{'<p>'.join(t.body)}</div></span><div><p>{'<p>'.join(t.tail)}"
        f"</div><div><p>{'<p>'.join(t.card)}"
    )


def light(t: Text) -> str:
    lines = [t.section, f"<h1>{t.headline}</h1>", t.date, t.minutes, *t.captions, *t.body, *t.tail, *t.card]
    return "<pre>" + "\n".join(lines) + "</pre>"


LAYOUTS: list[Callable[[Text], str]] = [semantic, div_soup, table, flat, bare_lines, custom, broken, light]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_comes_out_whole(layout: Callable[[Text], str]) -> None:
    text = seed()
    fetch = Fetch(URL, datetime(2026, 11, 22, tzinfo=UTC), "saved")
    article = ArticlePage(layout(text).encode(), fetch).article()
    check(article, text)


def check(article: Article, text: Text) -> None:
    assert (article.section.slug, article.section.name) == ("middle-east", "Middle East")
    assert article.headline == text.headline
    assert article.authors == ()
    assert article.date_published == "2024-02-03"
    assert article.date_published_jalali == "1402-11-14"
    assert article.reading_time_minutes == 2
    assert [image.caption for image in article.images] == [html.unescape(line) for line in text.captions[::2]]
    assert [block.text for block in article.body] == [html.unescape(line) for line in text.body]
    assert len(article.body) == 14
    assert {block.type for block in article.body} == {"paragraph"}
    (related,) = article.related
    assert related.section is not None
    assert related.section.name == "Society & Culture"
    assert related.date_published == "2024-02-02"
    assert [author.name for author in related.authors] == ["IranWire"]
    assert article.warnings == ()
