"""The articles of a selection, found by the catalogue's date index and read from the feeds by byte offset."""

import os
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson

from iranwire_crawler.domain.errors import CrawlerError
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.records import read_record
from iranwire_crawler.domain.selection import Selection
from iranwire_crawler.domain.validation import faults_of, validator_of
from iranwire_crawler.stores.catalogue import Catalogue, Revision

_OPEN_FEEDS = 64
_DAY = timedelta(days=1)


class Reading(NamedTuple):
    """One revision of an article."""

    line: bytes
    article: Article


class Chosen(NamedTuple):
    """An article that belongs to the selection: its revisions that were asked for, the latest one last."""

    readings: tuple[Reading, ...]
    gone: bool


class Excluded(NamedTuple):
    """An article that was asked for, and is to be left out by its key."""

    key: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that cannot be used."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


def selected(catalogue: Catalogue, selection: Selection) -> Iterator[Chosen | Excluded | LeftOut]:
    """The articles of a selection in the order of their dates, then of their keys; undated ones come first.

    A line is given as it stands in its feed, but for `revision` and `previous_hash`: where runs did not know
    of one another, the catalogue's count is right. One that its feed holds no longer, or that does not fit
    the schema, is left out and told, and with it nothing else.
    """
    with _Feeds(catalogue.data_dir) as feeds, catalogue.snapshot():
        query, values = _question(selection)
        for key, was_gone in catalogue.each(query, *values):
            readings: list[Reading] = []
            revisions = catalogue.revisions(key, newest_lines=True)
            wanted = revisions if selection.revisions == "all" else revisions[-1:]
            for place, revision in enumerate(wanted, start=len(revisions) - len(wanted)):
                former = revisions[place - 1].content_hash if place else revision.previous_hash
                try:
                    readings.append(feeds.read(revision, former))
                except CrawlerError as error:
                    yield LeftOut(f"{revision.run}/{revision.file}, byte {revision.start}", str(error))
            if not readings or not selection.takes(readings[-1].article):
                continue
            if key in selection.excluded:
                yield Excluded(key)
            else:
                known = catalogue.article(key) if was_gone else None
                yield Chosen(tuple(readings), known is not None and known.gone_since is not None)


def undated(catalogue: Catalogue, selection: Selection) -> int:
    """How many articles of the editions, sections and types have no date, and so belong to no window."""
    where, values = _conditions(selection)
    query = f"SELECT key FROM articles WHERE {' AND '.join(['date_published IS NULL', *where])}"  # noqa: S608
    return sum(key not in selection.excluded for (key,) in catalogue.each(query, *values))


def _question(selection: Selection) -> tuple[str, list[Any]]:
    """Keys, and whether `gone.jsonl` ever named them. Days are looked at again when the line is read:
    a moment with a zone may begin with the day before the shown one, or the day after."""
    where, values = _conditions(selection)
    if selection.since is not None:
        where.append("date_published >= ?")
        values.append(_shifted(selection.since, -1))
    if selection.until is not None:
        where.append("date_published < ?")
        values.append(_shifted(selection.until, 2))
    conditions = f" WHERE {' AND '.join(where)}" if where else ""
    query = (
        "SELECT key, EXISTS (SELECT 1 FROM gone WHERE gone.key = articles.key) FROM articles"  # noqa: S608 - our words
        f" INDEXED BY articles_by_date{conditions} ORDER BY date_published, key"
    )
    return query, values


def _conditions(selection: Selection) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []
    for column, names in (
        ("language", selection.languages),
        ("section", selection.sections),
        ("article_type", selection.types),
    ):
        if names:
            where.append(f"{column} IN ({', '.join('?' * len(names))})")
            values += names
    return where, values


def _shifted(day: date, days: int) -> str:
    try:
        return (day + days * _DAY).isoformat()
    except OverflowError:
        return day.isoformat()


class _Feeds:
    """Open feeds, those used last."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._open: OrderedDict[Path, int] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._open:
            os.close(self._open.popitem()[1])

    def read(self, revision: Revision, previous_hash: str | None) -> Reading:
        """The line of a revision. Raises CrawlerError where it is not there, or not what its schema says."""
        file = self.data_dir / revision.run / revision.file
        try:
            line = os.pread(self._feed(file), revision.length, revision.start)
        except OSError as error:
            raise CrawlerError(f"cannot read it: {error.strerror or error}") from error
        try:
            record = orjson.loads(line)
            if (record["key"], record["content_hash"]) != (revision.key, revision.content_hash):
                raise ValueError("another record")
        except (ValueError, LookupError, TypeError) as error:
            raise CrawlerError("no longer holds what was learned from it; scrapy rebuild learns it anew") from error
        if (record.get("revision"), record.get("previous_hash")) != (revision.revision, previous_hash):
            record |= {"revision": revision.revision, "previous_hash": previous_hash}
            line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
        for fault in faults_of(record, validator_of("article"), most=1):
            raise CrawlerError(f"does not fit the schema: {fault.path}: {fault.message[:300]}")
        return Reading(line, read_record(Article, record))

    def _feed(self, file: Path) -> int:
        handle = self._open.get(file)
        if handle is None:
            if len(self._open) >= _OPEN_FEEDS:
                os.close(self._open.popitem(last=False)[1])
            handle = self._open[file] = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        else:
            self._open.move_to_end(file)
        return handle
