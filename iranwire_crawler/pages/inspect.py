"""What a page declares about itself, and how it begins and ends: for a first look at markup nobody has seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.text import clean, fold
from iranwire_crawler.pages.blocks import Document, Line
from iranwire_crawler.pages.document import read_document
from iranwire_crawler.pages.embedded import Metadata, read_metadata
from iranwire_crawler.pages.lines import read_lines
from iranwire_crawler.pages.page import Page

MAX_TAIL = 40
MAX_OPENING = 8
MAX_KINDS = 30
_LONGEST_LINE = 160
_LONGEST_KIND = 60
_SHORTEST_END = 20
_NEAR = 12

TailKind = Literal["known", "card", "date", "read_time", "picture", "region", "unknown"]


@dataclass(frozen=True, slots=True)
class Declared:
    """Which metadata a page carries, by kind; names alone, no values but addresses of the site."""

    json_ld: tuple[str, ...]
    """The types of its JSON-LD entities; `unreadable` where there is JSON-LD and none can be read."""
    opengraph: tuple[str, ...]
    """Names of OpenGraph and Twitter properties."""
    meta: tuple[str, ...]
    """Other meta names that say something of an article."""
    canonical: str | None
    hreflang: tuple[str, ...]
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TailLine:
    """One line after the body. `region`: the part of the page (footer, nav, …) it stands in."""

    kind: TailKind
    text: str
    region: str | None


@dataclass(frozen=True, slots=True)
class Ending:
    """The lines after the body's last block, and how many more there are than are kept."""

    lines: tuple[TailLine, ...]
    more: int


class InspectedPage:
    """One page, article or not. Never raises, on any bytes."""

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        self.address = urls.read_address(url) or urls.Address("other", "/")
        language = self.address.language or ""
        self.document: Document = read_document(body, content_type, language)
        self.metadata: Metadata = read_metadata(self.document, self.address)
        self.lines: list[Line] = read_lines(self.document, language)
        self.base = urls.absolute(self.document.base, url) if self.document.base else url

    def declared(self) -> Declared:
        document = self.document
        opengraph = [name for name, _ in document.meta if name.startswith(("og:", "article:", "twitter:"))]
        types = self.metadata.types - {clean(content) for name, content in document.meta if name == "og:type"}
        scripts = any(kind.startswith("application/ld+json") for kind, _ in document.scripts)
        return Declared(
            json_ld=_kinds(sorted(types)) or (("unreadable",) if scripts else ()),
            opengraph=_kinds(opengraph),
            meta=_kinds([name for name, _ in document.meta if name in ("description", "author", "keywords", "robots")]),
            canonical=self._canonical(),
            hreflang=_kinds([link["hreflang"].lower() for link in document.links if link.get("hreflang")]),
            feeds=tuple(dict.fromkeys(url for link in document.links if (url := self._feed(link))))[:MAX_KINDS],
        )

    def opening(self) -> tuple[str, ...]:
        """The first lines of text, menus and dialogs included."""
        texts = [line.text for line in self.lines if line.kind == "text"]
        return tuple(_cut(text) for text in texts[:MAX_OPENING])

    def ending(self, article: Article) -> Ending:
        """What stands after the last line of `article`'s body, as the reader sees it."""
        edition = site.EDITIONS.get(article.in_language)
        page = Page(self.lines, self.address, edition, self.base, self.metadata, self.document)
        cards = _card_texts(article)
        tail = [
            TailLine(_kind(page, line, cards), _cut(line.text), page.region(line))
            for line in self.lines[_body_end(self.lines, article) :]
            if line.text and line.kind in ("text", "image")
        ]
        return Ending(tuple(tail[:MAX_TAIL]), max(0, len(tail) - MAX_TAIL))

    def _canonical(self) -> str | None:
        for link in self.document.links:
            if "canonical" in link.get("rel", "").lower().split() and link.get("href"):
                return urls.web_address(link["href"], self.base)
        return None

    def _feed(self, link: dict[str, str]) -> str | None:
        kind = link.get("type", "").lower()
        alternate = "alternate" in link.get("rel", "").lower().split()
        return (
            urls.web_address(link.get("href"), self.base) if alternate and ("rss" in kind or "atom" in kind) else None
        )


def _kinds(names: Sequence[str]) -> tuple[str, ...]:
    cleaned = (clean(name)[:_LONGEST_KIND] for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if name))[:MAX_KINDS]


def _cut(text: str) -> str:
    text = clean(text)
    return text if len(text) <= _LONGEST_LINE else text[: _LONGEST_LINE - 1] + "…"


def _body_end(lines: list[Line], article: Article) -> int:
    """The first line after the body: its blocks are looked up in order, from the headline on."""
    headline = fold(article.headline)
    at = next((number + 1 for number, line in enumerate(lines) if line.folded == headline), 0)
    at = _header_end(lines, at)
    end = at
    for block in article.body:
        found = _find(lines, end, block.text)
        end = end if found is None else found + 1
    return end


def _find(lines: list[Line], start: int, text: str) -> int | None:
    """Where a block of the body stands: that very line, or near by one with the same end.

    The reader cuts off bullets and joins a speaker's name and words, so that only the ends agree.
    """
    texts = [(number, line.text) for number, line in enumerate(lines[start:], start) if line.kind == "text"]
    exact = next((number for number, shown in texts if shown == text), None)
    if exact is not None or len(text) < _SHORTEST_END:
        return exact
    near = (number for number, shown in texts[:_NEAR] if len(shown) >= _SHORTEST_END and _same_end(shown, text))
    return next(near, None)


def _same_end(one: str, other: str) -> bool:
    return one.endswith(other) or other.endswith(one)


def _header_end(lines: list[Line], at: int) -> int:
    """Past the date line and reading time that follow a headline."""
    for number in range(at, min(at + 8, len(lines))):
        if lines[number].shown is not None or lines[number].minutes is not None:
            at = number + 1
    return at


def _card_texts(article: Article) -> frozenset[str]:
    texts: list[str] = []
    for card in article.related:
        texts.append(card.headline)
        texts.extend(author.name for author in card.authors)
        if card.section is not None and card.section.name:
            texts.append(card.section.name)
    return frozenset(map(fold, texts))


def _kind(page: Page, line: Line, cards: frozenset[str]) -> TailKind:
    if line.shown is not None:
        return "date"
    if line.minutes is not None:
        return "read_time"
    if page.is_tail(line) or page.is_interface(line):
        return "known"
    if line.folded in cards or page.foreign(line) is not None:
        return "card"
    if line.kind == "image":
        return "picture"
    return "region" if page.region(line) is not None else "unknown"
