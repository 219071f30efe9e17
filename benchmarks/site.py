"""A made-up site of any number of articles, served on 127.0.0.1: `python -m benchmarks.site ARTICLES`.

Prints its origin. Each article is one of the generated pages with its own address, headline and paragraphs;
a section lists its articles newest first, twenty a page. Answers at once, packed with gzip for who takes that, over
connections that stay open.
"""

import asyncio
import gzip
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from html import escape
from pathlib import Path

from benchmarks import stories
from benchmarks.environments import ROOT, environment
from benchmarks.pages import generated_page
from benchmarks.stories import LANGUAGES, paragraph, words

# Beyond the ids of benchmarks/catalogue.py's lines.
FIRST_ID = 500_000_000
# A multiple of the number of languages and of markups, so that a page's number tells both.
TEMPLATES = 48
_A_PAGE = 20
_SECTION = {"en": "features", "fa": "features", "ar": "from-inside-iran"}
_ARTICLE = re.compile(r"/[a-z]{2}/[a-z-]+/(\d+)-")
_TAG = re.compile(r"<[^>]+>")
_LISTING = re.compile(r"/([a-z]{2})/[a-z-]+/(?:\?page=(\d+))?$")


def path_of(number: int) -> str:
    language = LANGUAGES[number % len(LANGUAGES)]
    return f"/{language}/{_SECTION[language]}/{FIRST_ID + number}-a-made-up-story/"


def addresses(count: int) -> list[str]:
    return [f"https://iranwire.com{path_of(number)}" for number in range(count)]


class Template:
    """One generated page, cut where its headline and its paragraphs stand; what tags are in those is kept."""

    def __init__(self, number: int) -> None:
        page = generated_page(number)
        assert page.facts is not None
        self.language, self.id = page.language, str(stories.FIRST_ID + number)
        marked = page.body.decode().replace(escape(page.facts.headline), "\0\0")
        for text in page.facts.body:
            told = re.compile(r"(?:\s|<[^>]+>)+".join(map(re.escape, escape(text, quote=False).split())))
            marked = told.sub(lambda found: f"\0 {' '.join(_TAG.findall(found[0]))}\0", marked)
        self.parts = marked.split("\0")

    def page(self, number: int, told: list[str]) -> bytes:
        rng = random.Random(number)  # noqa: S311 - the same page every time
        headline = words(rng, self.language, 8)
        filled = list(self.parts)
        for at in range(1, len(filled), 2):
            filled[at] = _tagged(rng.choice(told), _TAG.findall(filled[at])) if filled[at] else headline
        return "".join(filled).replace(self.id, str(FIRST_ID + number)).encode()


def _tagged(text: str, tags: list[str]) -> str:
    """A paragraph with these tags in it, one before every third word."""
    parts = text.split(" ")
    for number, tag in enumerate(tags, start=1):
        parts[3 * number] = tag + parts[3 * number]
    return " ".join(parts)


class Site:
    """What each address answers."""

    def __init__(self, articles: int) -> None:
        self.articles = articles

    @cached_property
    def templates(self) -> list[Template]:
        return [Template(number) for number in range(TEMPLATES)]

    @cached_property
    def paragraphs(self) -> dict[str, list[str]]:
        rng = random.Random(1)  # noqa: S311
        return {
            language: [escape(paragraph(rng, language), quote=False) for _ in range(3000)] for language in LANGUAGES
        }

    def answer(self, path: str, host: str) -> tuple[str, bytes] | None:
        """(content type, body); None where there is nothing."""
        if found := _ARTICLE.match(path):
            number = int(found[1]) - FIRST_ID
            if 0 <= number < self.articles:
                template = self.templates[number % TEMPLATES]
                return "text/html; charset=utf-8", template.page(number, self.paragraphs[template.language])
            return None
        if path == "/robots.txt":
            return "text/plain", b"User-agent: *\nDisallow: /admin/\n"
        if path == "/sitemap.xml":
            places = "".join(f"<url><loc>http://{host}{path_of(number)}</loc></url>" for number in range(self.articles))
            return "application/xml", f"<urlset>{places}</urlset>".encode()
        if (found := _LISTING.match(path)) and found[1] in LANGUAGES:
            return self._listing(found[1], int(found[2] or 1))
        if path.strip("/") in LANGUAGES:
            language = path.strip("/")
            link = f'<a href="/{language}/{_SECTION[language]}/">{_SECTION[language]}</a>'
            return "text/html; charset=utf-8", f"<html><body><nav>{link}</nav><h1>IranWire</h1></body></html>".encode()
        return None

    def _listing(self, language: str, page: int) -> tuple[str, bytes] | None:
        kinds = len(LANGUAGES)
        newest = self.articles - 1 - (self.articles - 1 - LANGUAGES.index(language)) % kinds
        mine = range(newest - (page - 1) * _A_PAGE * kinds, -1, -kinds)[:_A_PAGE]
        if not mine:
            return None
        cards = "".join(
            f'<div class="card"><a href="{path_of(number)}"><h3>'
            f"{words(random.Random(number), language, 8)}</h3></a></div>"  # noqa: S311
            for number in mine
        )
        following = f'<a rel="next" href="?page={page + 1}">next</a>'
        return "text/html; charset=utf-8", f"<html><body><main>{cards}{following}</main></body></html>".encode()


class _Connection(asyncio.Protocol):
    def __init__(self, site: Site) -> None:
        self.site = site
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self.received = (self.received + data).split(b"\r\n\r\n")
        for request in requests:
            first, *headers = request.decode("latin-1").split("\r\n")
            asked = dict(header.lower().split(": ", 1) for header in headers if ": " in header)
            kind, body = self.site.answer(first.split(" ", 2)[1], asked.get("host", "")) or ("text/plain", b"")
            head = f"HTTP/1.1 {'200 OK' if body else '404 Not Found'}\r\nContent-Type: {kind}\r\n"
            if "gzip" in asked.get("accept-encoding", ""):
                body = gzip.compress(body, 1)
                head += "Content-Encoding: gzip\r\n"
            self.transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


async def serve(articles: int) -> None:
    site = Site(articles)
    assert site.templates
    assert site.paragraphs
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(site), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


@contextmanager
def served(articles: int) -> Iterator[str]:
    """The origin of a site in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.site", str(articles)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def write_addresses(count: int, file: Path, origin: str | None = None) -> None:
    lines = (address.replace("https://iranwire.com", origin) if origin else address for address in addresses(count))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
