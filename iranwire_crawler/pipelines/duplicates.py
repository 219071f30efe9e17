"""Marks an article that repeats one that was known before it under another id."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import orjson
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from iranwire_crawler.domain.content import body_texts
from iranwire_crawler.domain.errors import CrawlerError
from iranwire_crawler.domain.items import Article, Duplicate
from iranwire_crawler.domain.similarity import MOST_ALIKE, bands, similarity, texts_of
from iranwire_crawler.stores.catalogue import Catalogue, open_catalogue
from iranwire_crawler.stores.run_folders import ARTICLES

# Bits: of the bands of a hundred thousand articles one in forty is taken for one that is known.
_FILTER = 1 << 25
_MOST_WAITING = 10_000


class Duplicates:
    """Sets `duplicate_of`; both articles are kept.

    Alike texts are found by bands of their MinHash, in the catalogue and among this run's own articles, and are
    compared word by word. A paragraph that also stands in another story is a series' fixed introduction, or the
    like, and counts for nothing. Editions are never compared with one another.
    """

    def __init__(self, catalogue: Catalogue | None, articles: Path, least: float) -> None:
        self.catalogue = catalogue
        self.least = least
        self.run = _RunLines(articles)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.get("RUN_DIR"):
            raise NotConfigured
        catalogue = None
        if not getattr(crawler.spider, "frozen", False):
            with suppress(CrawlerError):  # Revise has told.
                catalogue = open_catalogue(Path(crawler.settings["DATA_DIR"]))
        least = crawler.settings.getfloat("DUPLICATE_SIMILARITY")
        return cls(catalogue, Path(crawler.settings["RUN_DIR"]) / ARTICLES, least)

    def close_spider(self) -> None:
        self.run.close()
        if self.catalogue is not None:
            self.catalogue.close()

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Article):
            return item
        texts = body_texts(item.body)
        numbers = bands(item.in_language, texts, bytes.fromhex(item.content_hash))
        if not numbers:
            return item
        known = self.catalogue.article(item.key) if self.catalogue is not None else None
        found = self._find(item.key, texts, numbers, known.first_seen if known else None)
        if known is None:
            self.run.note(item.key, numbers)
        return replace(item, duplicate_of=found) if found else item

    def _find(self, key: str, texts: list[str], numbers: Sequence[int], first_seen: str | None) -> Duplicate | None:
        """The article that was known first, of those that are alike; `first_seen`: of this one, where it is known."""
        alike = {other: line for other, line in self._alike(numbers, first_seen) if other != key}
        stories = {other: _story(other, line) for other, line in alike.items()}
        # In how many other stories each paragraph stands: a story that was posted twice is one.
        told: Counter[str] = Counter()
        for _, text in {(stories[other], text) for other, line in alike.items() for text in texts_of(line)}:
            told[text] += 1
        shared = {text for text, count in told.items() if count > 1}
        scores = {other: similarity(texts, texts_of(line), shared) for other, line in alike.items()}
        if not scores:
            return None
        best = max(scores, key=lambda other: (scores[other], other))
        story = stories[best]
        if scores[best] < self.least or story == key:
            return None
        return Duplicate(key=story, similarity=round(scores[best], 4))

    def _alike(self, numbers: Sequence[int], first_seen: str | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for key in self.catalogue.alike(numbers) if self.catalogue is not None else ():
            assert self.catalogue is not None
            other = self.catalogue.article(key)
            if other is not None and (first_seen is None or other.first_seen < first_seen):
                # A feed that was taken away while the run goes on costs a mark, no article.
                with suppress(CrawlerError):
                    yield key, self.catalogue.line(self.catalogue.revisions(key)[-1])
        if first_seen is None:
            yield from self.run.alike(numbers)


def _story(key: str, line: Mapping[str, Any]) -> str:
    """Which story an article tells: that of the one it repeats."""
    repeated = line.get("duplicate_of")
    return str(repeated["key"]) if isinstance(repeated, Mapping) else key


class _RunLines:
    """This run's own `articles.jsonl`, read as far as it has grown, and the bands of its articles.

    Both are noted in a database that SQLite keeps in memory while it is small and on disk then: a run of a hundred
    thousand articles takes no more memory than one of a thousand. It is asked only where a filter says that it may
    know one of the bands.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.read = 0
        self.filter = bytearray(_FILTER >> 3)
        self.noted = 0
        self.waiting: list[tuple[int, int, str]] = []
        self.notes = sqlite3.connect("", isolation_level=None)
        self.notes.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE bands (band INTEGER, number INTEGER, key TEXT, PRIMARY KEY (band, number)) WITHOUT ROWID;"
            "CREATE TABLE lines (key TEXT PRIMARY KEY, start INTEGER, length INTEGER) WITHOUT ROWID;"
        )

    def close(self) -> None:
        self.notes.close()

    def note(self, key: str, numbers: Sequence[int]) -> None:
        self.noted += 1
        for number in numbers:
            self.filter[number % _FILTER >> 3] |= 1 << (number & 7)
            self.waiting.append((number, self.noted, key))
        if len(self.waiting) > _MOST_WAITING:
            self._write()

    def alike(self, numbers: Sequence[int]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The articles that share a band, those first that share most, with their records; see `Catalogue.alike`.

        Those that were not written are left out.
        """
        asked = [number for number in numbers if self.filter[number % _FILTER >> 3] >> (number & 7) & 1]
        if not asked:
            return
        self._write()
        shared: Counter[str] = Counter()
        for number in asked:
            query = "SELECT key FROM bands WHERE band = ? ORDER BY number LIMIT ?"
            shared.update(key for (key,) in self.notes.execute(query, (number, MOST_ALIKE)))
        for key, _ in shared.most_common(MOST_ALIKE):
            if line := self._find(key):
                yield key, line

    def _write(self) -> None:
        self.notes.execute("BEGIN")
        self.notes.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?, ?)", self.waiting)
        self.notes.execute("COMMIT")
        self.waiting.clear()

    def _find(self, key: str) -> Mapping[str, Any] | None:
        if not self.file.exists():
            return None
        with self.file.open("rb") as feed:
            feed.seek(self.read)
            for line in feed:
                if not line.endswith(b"\n"):
                    break
                place = (str(orjson.loads(line)["key"]), self.read, len(line))
                self.notes.execute("INSERT OR REPLACE INTO lines VALUES (?, ?, ?)", place)
                self.read += len(line)
            found = self.notes.execute("SELECT start, length FROM lines WHERE key = ?", (key,)).fetchone()
            if found is None:
                return None
            feed.seek(found[0])
            record: Mapping[str, Any] = orjson.loads(feed.read(found[1]))
            return record
