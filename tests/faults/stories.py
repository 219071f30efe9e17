"""A made-up site, in our own words: articles by number, listings that name them, feeds."""

from collections.abc import Iterable
from html import escape

TEXT = (
    "The ferry was late for the third time this week, and the harbor office had no answer for those who "
    "waited on the landing stage with their baskets, their bicycles and one very patient goat."
)


def path(number: int, section: str = "news") -> str:
    return f"/en/{section}/{number}-the-ferry-of-day-{number}/"


def url(number: int, section: str = "news") -> str:
    return f"https://iranwire.com{path(number, section)}"


def headline(number: int) -> str:
    return f"The Ferry of Day {number}"


def article(number: int, *, title: str | None = None, caption: str | None = None, extra: str = "") -> bytes:
    shown = escape(title or headline(number))
    picture = f'<img src="/i/{number}.jpg" alt="{caption}"><p>{caption}</p><p>{caption}</p>' if caption else ""
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{shown}</title>{extra}</head><body>
<nav><a href="/en/">Home</a> <a href="/en/news/">News</a></nav>
<main><article><a href="/en/news/">News</a><h1>{shown}</h1>
<div>September 12, 2026</div><div>Mina Harbor</div><div>1 min read</div>{picture}
<p>{TEXT}</p><p>It was day {number} of the new timetable. {TEXT}</p></article></main>
</body></html>""".encode()


def listing(numbers: Iterable[int], *, following: str | None = None, section: str = "news") -> bytes:
    cards = "\n".join(
        f'<div class="card"><a href="{path(number, section)}"><h3>{headline(number)}</h3></a>'
        "<span>September 12, 2026</span></div>"
        for number in numbers
    )
    onward = f'<a rel="next" href="{following}">Next</a>' if following else ""
    return f"""<!doctype html><html lang="en"><head><title>News</title></head><body><nav><a href="/en/">Home</a>
<a href="/en/{section}/">News</a></nav><h1>News</h1>{cards}{onward}</body></html>""".encode()


def feed(numbers: Iterable[int]) -> bytes:
    items = "".join(
        f"<item><title>{headline(number)}</title><link>{url(number)}</link>"
        "<pubDate>Sat, 12 Sep 2026 08:00:00 +0000</pubDate></item>"
        for number in numbers
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()


def front(sections: Iterable[str]) -> bytes:
    links = " ".join(f'<a href="/en/{section}/">{section.title()}</a>' for section in sections)
    return f"<!doctype html><html lang='en'><title>Ours</title><body><nav>{links}</nav></body></html>".encode()
