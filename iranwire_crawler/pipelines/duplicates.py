"""Marks an article that repeats one that was known before it under another id."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import orjson
from scrapy.crawler import Crawler

from iranwire_crawler.domain.errors import ArgumentError, CrawlerError
from iranwire_crawler.domain.items import Article, Duplicate
from iranwire_crawler.domain.similarity import MOST_ALIKE, bands, similarity, texts_of
from iranwire_crawler.stores.catalogue import Catalogue, open_catalogue


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
        self.bands: dict[int, list[str]] = defaultdict(list)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        least = crawler.settings.getfloat("DUPLICATE_SIMILARITY")
        if not 0 < least <= 1:
            raise ArgumentError(f"DUPLICATE_SIMILARITY={least}: a share above 0, at most 1")
        catalogue = None
        if not getattr(crawler.spider, "frozen", False):
            with suppress(CrawlerError):  # Revise has told.
                catalogue = open_catalogue(Path(crawler.settings["DATA_DIR"]))
        return cls(catalogue, Path(crawler.settings["RUN_DIR"]) / "articles.jsonl", least)

    def close_spider(self) -> None:
        if self.catalogue is not None:
            self.catalogue.close()

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Article):
            return item
        texts = [block.text for block in item.body if block.text and block.type not in ("divider", "embed")]
        numbers = bands(item.in_language, texts)
        if not numbers:
            return item
        known = self.catalogue.article(item.key) if self.catalogue is not None else None
        found = self._find(item.key, texts, numbers, known.first_seen if known else None)
        if known is None:
            for number in numbers:
                if len(keys := self.bands[number]) < MOST_ALIKE:
                    keys.append(item.key)
        return replace(item, duplicate_of=found) if found else item

    def _find(self, key: str, texts: list[str], numbers: list[int], first_seen: str | None) -> Duplicate | None:
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

    def _alike(self, numbers: list[int], first_seen: str | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for key in self.catalogue.alike(numbers) if self.catalogue is not None else ():
            assert self.catalogue is not None
            other = self.catalogue.article(key)
            if other is not None and (first_seen is None or other.first_seen < first_seen):
                # A feed that was taken away while the run goes on costs a mark, no article.
                with suppress(CrawlerError):
                    yield key, self.catalogue.line(self.catalogue.revisions(key)[-1])
        if first_seen is None:
            shared = Counter(key for number in numbers for key in self.bands.get(number, ()))
            for key, _ in shared.most_common(MOST_ALIKE):
                if line := self.run.find(key):
                    yield key, line


def _story(key: str, line: Mapping[str, Any]) -> str:
    """Which story an article tells: that of the one it repeats."""
    repeated = line.get("duplicate_of")
    return str(repeated["key"]) if isinstance(repeated, Mapping) else key


class _RunLines:
    """This run's own `articles.jsonl`, read as far as it has grown."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.read = 0
        self.places: dict[str, tuple[int, int]] = {}

    def find(self, key: str) -> Mapping[str, Any] | None:
        """The record of an article; None where it was not written."""
        if not self.file.exists():
            return None
        with self.file.open("rb") as feed:
            feed.seek(self.read)
            for line in feed:
                if not line.endswith(b"\n"):
                    break
                self.places[str(orjson.loads(line)["key"])] = (self.read, len(line))
                self.read += len(line)
            if key not in self.places:
                return None
            start, length = self.places[key]
            feed.seek(start)
            found: Mapping[str, Any] = orjson.loads(feed.read(length))
            return found
