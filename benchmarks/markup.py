"""Four ways in which a news site may mark one story up, with the menus, scripts and styles that come along."""

import json
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote

from benchmarks.stories import Story, words
from iranwire_crawler.domain.site import EDITIONS


def semantic(story: Story, near: list[Story]) -> str:
    """`article`, `h1`, `time`, `figure`; JSON-LD."""
    figures = "".join(
        f'<figure><img src="https://iranwire.com/media/{story.id}-{n}.jpg" alt="{escape(text)}"><figcaption>{escape(text)}</figcaption>'
        "</figure>"
        for n, text in enumerate(story.captions)
    )
    authors = "".join(f'<a rel="author" href="/{story.language}/author/{n}/">{a}</a>' for n, a in _authors(story))
    body = "".join(f"<{tag}>{_inline(story, text)}</{tag}>\n" for tag, text in story.body())
    cards = "".join(
        f'<article class="card"><a href="{each.path}"><h3>{escape(each.headline)}</h3></a>'
        f"<time>{each.shown_date}</time></article>"
        for each in near
    )
    main = (
        f'<main><article class="story"><a class="label" href="/{story.language}/{story.section}/">'
        f"{escape(story.section_name)}</a>"
        f'<h1>{escape(story.headline)}</h1><div class="meta"><time datetime="{story.day}">{story.shown_date}</time>'
        f'<span class="by">{authors}</span><span>{story.shown_minutes}</span></div>'
        f'<div class="lead">{figures}</div><div class="story-text">{body}</div></article>'
        f"{_tail(story, 'section', 'p')}<aside>{cards}</aside></main>"
    )
    return _document(story, _json_ld(story), main, _menu(story, "header", "nav"), "footer")


def soup(story: Story, near: list[Story]) -> str:
    """Nothing but `div` and `span` with hashed class names; OpenGraph only; lazy pictures."""
    slides = "".join(
        f'<div class="css-sl"><div class="css-im"><img src="data:image/gif;base64,R0lGOD" '
        f'data-src="https://iranwire.com/media/{story.id}-{n}.jpg" alt="{escape(text)}"></div><div class="css-cp"><span>{escape(text)}'
        "</span></div></div>"
        for n, text in enumerate(story.captions)
    )
    authors = "".join(f"<span>{a}</span>" for _, a in _authors(story))
    body = "".join(
        f'<div class="css-{"p1x" if tag == "p" else "h2x"}"><span>{_inline(story, text)}</span></div>\n'
        for tag, text in story.body()
    )
    cards = "".join(
        f'<div class="css-card"><div class="css-77z">{escape(each.section_name)}</div>'
        f'<div class="css-0k9"><a href="{each.path}">{escape(each.headline)}</a></div>'
        f'<div class="css-1q8a"><span>{each.shown_date}</span></div></div>'
        for each in near
    )
    main = (
        f'<div class="css-col"><div class="css-77z"><a href="/{story.language}/{story.section}/">'
        f'{escape(story.section_name)}</a></div><div class="css-0k2"><span>{escape(story.headline)}</span></div>'
        f'<div class="css-1q8a"><span>{story.shown_date}</span>{authors}<span>{story.shown_minutes}</span></div>'
        f'<div class="css-sw">{slides}</div><div class="css-body">{body}</div>{_tail(story, "div", "div")}{cards}</div>'
    )
    return _document(story, _open_graph(story), main, _menu(story, "div", "div"), "div")


def next_app(story: Story, near: list[Story]) -> str:
    """Server-rendered React: wrappers in wrappers, the text a second time as JSON in scripts."""
    figures = "".join(
        f'<div class="relative"><div class="aspect"><figure><span><img src="https://iranwire.com/_next/image?url={story.id}-{n}.jpg&w=1080" '
        f'alt="{escape(text)}"></span><figcaption><p>{escape(text)}</p></figcaption></figure></div></div>'
        for n, text in enumerate(story.captions)
    )
    authors = "".join(f'<a href="/{story.language}/writers/name-{n}/"><span>{a}</span></a>' for n, a in _authors(story))
    body = "".join(
        f'<div class="w-full"><div class="prose">{f"<{tag}>{_inline(story, text)}</{tag}>"}</div></div>\n'
        for tag, text in story.body()
    )
    cards = "".join(
        f'<div class="grid"><a href="{each.path}"><div><h4>{escape(each.headline)}</h4></div></a>'
        f"<div><span>{each.shown_date}</span><span>{each.shown_minutes}</span></div></div>"
        for each in near
    )
    flight = json.dumps([[tag, None, {"children": text}] for tag, text in story.body()], ensure_ascii=False)
    main = (
        '<div id="__next"><div class="layout"><div class="container"><div class="flex"><div class="chip">'
        f'<a href="/{story.language}/{story.section}/">{escape(story.section_name)}</a></div>'
        f'<h1 class="text-4xl"><span>{escape(story.headline)}</span></h1>'
        f'<div class="flex"><div>{story.shown_date}</div><div>{authors}</div><div>{story.shown_minutes}</div></div></div>'
        f'<div class="swiper">{figures}</div><div class="content">{body}</div>{_tail(story, "div", "p")}{cards}</div>'
        f"</div></div><script>self.__next_f=[];self.__next_f.push([1,{json.dumps(flight, ensure_ascii=False)}])</script>"
    )
    return _document(story, _open_graph(story) + _json_ld(story), main, _menu(story, "header", "nav"), "footer")


def cms(story: Story, near: list[Story]) -> str:
    """As a WordPress theme lays it out: post classes, share buttons, a newsletter box, a JSON-LD graph."""
    figures = "".join(
        f'<div class="wp-caption"><img class="size-full" src="https://iranwire.com/uploads/{story.id}-{n}.jpg" alt="{escape(text)}">'
        f'<p class="wp-caption-text">{escape(text)}</p></div>'
        for n, text in enumerate(story.captions)
    )
    authors = "".join(
        f'<span class="author vcard"><a href="/{story.language}/author/{n}/">{a}</a></span>' for n, a in _authors(story)
    )
    body = "".join(f"<{tag}>{_inline(story, text)}</{tag}>\n" for tag, text in story.body())
    cards = "".join(
        f'<li class="related-post"><h3><a href="{each.path}">{escape(each.headline)}</a></h3>'
        f'<span class="date">{each.shown_date}</span></li>'
        for each in near
    )
    share = "".join(
        f'<a class="share" href="https://{host}/share?url={quote(story.url, safe="")}">{name}</a>'
        for host, name in (("x.com", "X"), ("facebook.com", "Facebook"), ("t.me", "Telegram"))
    )
    main = (
        f'<div class="site-content"><div id="post-{story.id}" class="post type-post"><div class="entry-header">'
        f'<a class="cat" href="/{story.language}/{story.section}/">{escape(story.section_name)}</a>'
        f'<h1 class="entry-title">{escape(story.headline)}</h1><div class="entry-meta">'
        f'<span class="posted-on">{story.shown_date}</span>{authors}<span>{story.shown_minutes}</span></div></div>'
        f'{figures}<div class="entry-content">{body}</div><div class="share">{share}</div>{_tail(story, "div", "p")}'
        f'<ul class="related-posts">{cards}</ul></div></div>'
    )
    return _document(story, _json_ld(story) + _open_graph(story), main, _menu(story, "header", "nav"), "footer")


MARKUPS: Mapping[str, Callable[[Story, list[Story]], str]] = {
    "semantic": semantic,
    "soup": soup,
    "next": next_app,
    "cms": cms,
}


def boilerplate(story: Story, near: list[Story]) -> list[str]:
    """Lines around the story that are no part of it."""
    edition = EDITIONS[story.language]
    return [*edition.chrome, *edition.tail[:3], story.shown_minutes, "Telegram", *(each.headline for each in near)]


def _authors(story: Story) -> list[tuple[int, str]]:
    return list(enumerate(story.authors, start=11))


def _inline(story: Story, text: str) -> str:
    """Now and then a link, a stress: the text stays what it is."""
    chance = story.rng.random()
    if chance > 0.2 or text.count(" ") < 8:
        return escape(text, quote=False)
    before, middle, after = text.split(" ", 2)
    tag, attributes = ("a", f' href="https://example.org/{story.id}"') if chance < 0.1 else ("em", "")
    return f"{before} <{tag}{attributes}>{middle}</{tag}> {escape(after, quote=False)}"


def _tail(story: Story, box: str, line: str) -> str:
    texts = EDITIONS[story.language].tail[:4]
    return f'<{box} class="promo">' + "".join(f"<{line}>{text}</{line}>" for text in texts) + f"</{box}>"


def _menu(story: Story, outer: str, inner: str) -> str:
    """The light-version dialog and the menus, with icons drawn in the page."""
    close, switch, question, trouble = EDITIONS[story.language].chrome
    icon = '<svg viewBox="0 0 24 24"><path d="M3 6h18M3 12h18M3 18h18"/></svg>'
    links = "".join(
        f'<li class="m{n}"><a href="/{story.language}/s{n}/" class="nav-link">{icon}<span>'
        f"{words(story.rng, story.language, 2)}</span></a></li>"
        for n in range(40)
    )
    return (
        f'<div role="dialog"><button>{close}</button><div>{question}</div><div>{trouble}</div></div>'
        f'<{outer} class="top"><button>{switch}</button><{inner} role="navigation"><ul>{links}</ul></{inner}></{outer}>'
    )


def _json_ld(story: Story) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline,
        "datePublished": f"{story.day}T08:30:00+00:00",
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "mainEntityOfPage": story.url,
        "publisher": {"@type": "Organization", "name": "IranWire"},
    }
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def _open_graph(story: Story) -> str:
    pairs = {
        "og:type": "article",
        "og:title": story.headline,
        "og:url": story.url,
        "article:published_time": f"{story.day}T08:30:00+00:00",
    }
    return "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in pairs.items())


def _document(story: Story, metadata: str, main: str, menu: str, foot: str) -> str:
    rng = story.rng
    scripts = "".join(
        f"<script>window._{n}={[round(rng.random(), 9) for _ in range(rng.randint(130, 200))]};</script>"
        for n in range(rng.randint(12, 30))
    )
    style = "".join(f".css-{n}{{margin:{n}px;color:#{n:06x};display:flex}}\n" for n in range(rng.randint(300, 450)))
    links = [f"<li><a href=/{story.language}/f{n}/>{words(rng, story.language, 2)}</a></li>" for n in range(40)]
    columns = "".join(f"<div><ul>{''.join(links[n : n + 8])}</ul></div>" for n in range(0, 40, 8))
    direction = "ltr" if story.language == "en" else "rtl"
    return (
        f'<!DOCTYPE html><html lang="{story.language}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{escape(story.headline)} | IranWire</title>{metadata}<style>{style}</style>{scripts}</head><body>"
        f'{menu}{main}<{foot} class="bottom">{columns}</{foot}></body></html>'
    )
