"""A site of one edition over HTTP, on loopback: a front page, one section's long listing and the articles it names.

It counts what is asked for. Its pages say what the real site's do in the forms that it uses, in markup of our own.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from numbered_listing import Entry, Listing

Pager = Literal["query", "path", "cursor"]
_FIRST = "The council met behind closed doors and published no minutes of what was said there that day. " * 6
_SECOND = "Families of those who were taken away waited at the gate until the evening, and were told nothing. " * 6


@dataclass
class ListingSite:
    """`pager`: where a page's number stands in its address; `cursor`: the next page is named, and no number."""

    listing: Listing
    pager: Pager = "query"
    refused: dict[int, int] = field(default_factory=dict)
    """Pages of the listing that answer with an error."""
    asked: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def articles_asked(self) -> list[int]:
        """Ids of the articles that were asked for."""
        parts = [path.strip("/").split("/") for path in self.asked]
        return [int(each[2].split("-")[0]) for each in parts if len(each) == 3 and each[2][0].isdigit()]

    def answer(self, path: str) -> tuple[int, str]:
        self.asked.append(path)
        parts = urlsplit(path)
        match parts.path.strip("/").split("/"):
            case ["robots.txt"]:
                return 200, "User-agent: *\nDisallow:\n"
            case ["en"]:
                return 200, _page("Front", '<nav><a href="/en/society/">Society</a></nav><p>Welcome.</p>')
            case ["en", "society"]:
                query = parse_qs(parts.query)
                return self._listing(int(query.get("page", query.get("after", ["1"]))[0]))
            case ["en", "society", "page", number]:
                return self._listing(int(number))
            case ["en", "society", article]:
                return self._article(int(article.split("-")[0]))
        return 404, _page("Not found", "<p>Nothing here.</p>")

    def _listing(self, number: int) -> tuple[int, str]:
        if number in self.refused:
            self.listing.asked.append(number)
            return self.refused[number], _page("Error", "<p>Try again.</p>")
        entries = self.listing.page(number)
        if entries is None:
            return 404, _page("Not found", "<p>Nothing here.</p>")
        return 200, _page("Society", "".join(map(_card, entries)) + self._pager(number))

    def _pager(self, number: int) -> str:
        match self.pager:
            case "query":
                return f'<a rel="next" href="/en/society/?page={number + 1}">Next</a>'
            case "path":
                return f'<a href="/en/society/page/{number + 1}/">Older</a>'
        last = -(-len(self.listing.entries) // self.listing.size)
        return f'<a rel="next" href="/en/society/?after={number + 1}">Next</a>' if number < last else ""

    def _article(self, number: int) -> tuple[int, str]:
        found = next((e for e in (*self.listing.entries, *self.listing.on_every_page) if e.id == number), None)
        return (200, _article(found)) if found else (404, _page("Not found", "<p>Nothing here.</p>"))

    @staticmethod
    def page_of(entry: Entry) -> bytes:
        """An article's page, whether or not the site shows it."""
        return _article(entry).encode()


@contextmanager
def serving(site: ListingSite) -> Iterator[ListingSite]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                status, text = site.answer(self.path)
            body = text.encode()
            self.send_response(status)
            kind = "text/plain" if self.path == "/robots.txt" else "text/html; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    lock = threading.Lock()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def _page(title: str, body: str) -> str:
    return f"<!doctype html><html lang=en><title>{escape(title)}</title><body>{body}</body></html>"


def _article(entry: Entry) -> str:
    title = _headline(entry)
    byline = '<p><a href="/en/authors/samira-rad/">Samira Rad</a></p>'
    head = f'<a href="/en/society/">Society</a><h1>{title}</h1><p>{_shown(entry.day)}</p>{byline}<p>2 min read</p>'
    return _page(title, f"{head}<p>{_FIRST}</p><p>{_SECOND}</p>")


def _card(entry: Entry) -> str:
    day = f"<p>{_shown(entry.shown)}</p>" if entry.shown else ""
    return f'<article><a href="/en/society/{entry.id}-a-report/"><h3>{_headline(entry)}</h3></a>{day}</article>'


def _headline(entry: Entry) -> str:
    return f"A report from the provinces, number {entry.id}"


def _shown(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
