"""`DATA_DIR/catalogue.sqlite`: where each article and each of its revisions stands in the runs' feeds.

An index and nothing more: the feeds are the record. Every row follows from the run folders on disk alone,
whatever order they were learned in, so the catalogue can be deleted and made again, row for row
(`learning.py`). `docs/catalogue.md` describes the tables. Reading needs no lock.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson

from iranwire_crawler.domain.errors import ArgumentError, CrawlerError
from iranwire_crawler.domain.items import KeptPage
from iranwire_crawler.domain.reach import Reach
from iranwire_crawler.domain.recheck import Schedule
from iranwire_crawler.domain.similarity import MOST_ALIKE
from iranwire_crawler.stores.catalogue_tables import SCHEMA_VERSION
from iranwire_crawler.stores.database_files import LONGEST_WAIT, stands_still
from iranwire_crawler.stores.feed_lines import read_walk
from iranwire_crawler.stores.run_folders import feed_sizes, line_order, run_folders
from iranwire_crawler.stores.runs import ending, read_report

FILE = "catalogue.sqlite"

_SHARING = "SELECT key FROM (SELECT key FROM bands WHERE band = ? ORDER BY key LIMIT ?)"


class CatalogueError(CrawlerError):
    """The file is no catalogue of this version, or is damaged. `rebuild` makes it anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownArticle:
    """What the catalogue knows of an article; headline, section and so on are those of its newest line."""

    key: str
    language: str
    id: int
    url: str
    section: str | None
    article_type: str
    headline: str
    date_published: str | None
    revision: int
    content_hash: str
    first_seen: str
    last_seen: str
    """When its newest line was fetched."""
    checked_at: str | None
    """When it was asked for last, whether or not that gave a line; None where no run left a `checked.jsonl`."""
    etag: str | None
    last_modified: str | None
    page: KeptPage | None
    """The raw page that they are of."""
    gone_since: str | None
    """Since when it is gone; None for one that is there, or is there again."""


class Due(NamedTuple):
    """An article that is to be looked at again. `overdue`: intervals since it was looked at last, from 1 on."""

    key: str
    section: str | None
    overdue: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One text of an article, and where the line that brought it first stands."""

    key: str
    revision: int
    content_hash: str
    previous_hash: str | None
    reread: bool
    """Whether the reader has changed, and not the site."""
    fetched_at: str
    run: str
    file: str
    start: int
    length: int


def open_catalogue(data_dir: Path) -> "Catalogue | None":
    """The catalogue to read in; None where no run has left one. Raises as `Catalogue` does."""
    return Catalogue(data_dir) if (data_dir / FILE).exists() else None


class Catalogue:
    """An open catalogue, to be asked.

    Raises ArgumentError where there is none or it cannot be opened, CatalogueError where it must be rebuilt.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        path = self.data_dir / FILE
        if not path.exists():
            raise ArgumentError(f"DATA_DIR={data_dir}: no catalogue there yet; scrapy rebuild makes one")
        self._open(path, "ro&immutable=1" if stands_still(path) else "ro")

    def _open(self, path: Path, mode: str) -> None:
        self.path = path
        with self._told():
            self._db = sqlite3.connect(
                f"{path.as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=LONGEST_WAIT
            )
        try:
            with self._told():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bool(self._rows("SELECT 1 FROM articles WHERE key = ?", key))

    def article(self, key: str) -> KnownArticle | None:
        """What is known of an article; None for one that no feed holds."""
        rows = self._rows(
            "SELECT key, language, id, url, section, article_type, headline, date_published, revision, content_hash,"
            " first_seen, last_seen, checked_at, etag, last_modified, record_id, target_uri, date,"
            " (SELECT min(fetched_at) FROM gone WHERE gone.key = articles.key AND fetched_at >"
            "  max(last_seen, CASE WHEN status < 300 OR status = 304 THEN checked_at ELSE '' END)) AS gone_since"
            " FROM (SELECT articles.*, checked_at, coalesce(status, 999) AS status, etag, last_modified,"
            "       record_id, target_uri, date"
            "       FROM articles LEFT JOIN checks USING (key)) AS articles WHERE key = ?",
            key,
        )
        if not rows:
            return None
        (row,) = rows
        place = {name: row.pop(name) for name in ("record_id", "target_uri", "date")}
        page = KeptPage(**place) if place["record_id"] else None
        return KnownArticle(**{**row, "content_hash": row["content_hash"].hex(), "page": page})

    def revisions(self, key: str, *, newest_lines: bool = False) -> list[Revision]:
        """The texts that an article has had, oldest first, each with its number.

        A line that brings the text of the line before it is no revision. Numbers are the lines' own unless
        two texts claim one: then the later one counts on from the one before it. Each text stands at the line
        that brought it first; with `newest_lines` at the one that brought it last.
        """
        found: list[Revision] = []
        for row in self._lines_of(key):
            former = found[-1] if found else None
            number = _number(row["revision"], row["content_hash"].hex(), former)
            if former is None or number != former.revision:
                previous = row["previous_hash"]
                found.append(
                    Revision(
                        **{
                            **row,
                            "revision": number,
                            "content_hash": row["content_hash"].hex(),
                            "previous_hash": previous.hex() if previous is not None else None,
                            "reread": bool(row["reread"]),
                        }
                    )
                )
            elif newest_lines:
                place = {name: row[name] for name in ("fetched_at", "run", "file", "start", "length")}
                found[-1] = replace(former, **place)
        return found

    def addresses(self, key: str) -> list[str]:
        """The addresses that an article was read at, in canonical form, the one seen last at the end."""
        rows = self._rows("SELECT address FROM addresses WHERE key = ? ORDER BY last_seen, address", key)
        return [row["address"] for row in rows]

    def line(self, revision: Revision) -> dict[str, Any]:
        """The record as it stands in its feed. Raises CrawlerError where it stands there no longer."""
        file = self.data_dir / revision.run / revision.file
        try:
            with file.open("rb") as feed:
                feed.seek(revision.start)
                record = orjson.loads(feed.read(revision.length))
            if (record["key"], record["content_hash"]) == (revision.key, revision.content_hash):
                return record  # type: ignore[no-any-return]
        except OSError as error:
            raise CrawlerError(f"{file}: cannot read it: {error.strerror or error}") from error
        except (ValueError, LookupError, TypeError):
            pass
        raise CrawlerError(f"{file}: no longer holds what was learned from it; scrapy rebuild learns it anew")

    def alike(self, numbers: Sequence[int], most: int = MOST_ALIKE) -> list[str]:
        """Keys of the articles that share a band (`domain.similarity`), those first that share most.

        Of a band that more than `most` share, as a text does that stands under a thousand ids, not all are looked at.
        """
        if not numbers:
            return []
        of_each = " UNION ALL ".join([_SHARING] * len(numbers))
        rows = self._rows(of_each, *(value for number in numbers for value in (number, most)))
        found = Counter(row["key"] for row in rows)
        return sorted(found, key=lambda key: (-found[key], key))[:most]

    def reach(self, section: str) -> Reach | None:
        """How far the whole walks of a section (`en/features`) went; None where there was none."""
        rows = self._rows("SELECT * FROM walks WHERE section = ?", section)
        rows.sort(key=lambda row: line_order(row["walked_at"], row["run"], row["start"]))
        return Reach.of(read_walk(row) for row in rows)

    def due(self, schedule: Schedule, now: datetime) -> Iterator[Due]:
        """The articles that are to be looked at again, in no order."""
        oldest = (now - schedule.oldest - timedelta(days=1)).date().isoformat()
        rows = self._rows(
            "SELECT key, section, date_published, first_seen, max(last_seen, coalesce(checked_at, '')) AS checked"
            " FROM articles LEFT JOIN checks USING (key) WHERE date_published >= ? OR date_published IS NULL",
            oldest,
        )
        for row in rows:
            overdue = schedule.overdue(row["date_published"], row["first_seen"], row["checked"], now)
            if overdue >= 1:
                yield Due(row["key"], row["section"], overdue)

    def keys(self, after: str = "", most: int = 1000) -> list[str]:
        """The first keys behind `after`, in their order."""
        return [
            row["key"] for row in self._rows("SELECT key FROM articles WHERE key > ? ORDER BY key LIMIT ?", after, most)
        ]

    def sections(self) -> list[str]:
        """The sections that articles stand in, in any edition, in the order of their names."""
        rows = self._rows("SELECT DISTINCT section FROM articles WHERE section IS NOT NULL ORDER BY section")
        return [row["section"] for row in rows]

    def newest(self, until: date) -> KnownArticle | None:
        """The article published last, of those published by that day: pages with odd dates do not count."""
        rows = self._rows(
            "SELECT key FROM articles WHERE date_published < ? ORDER BY date_published DESC, key DESC LIMIT 1",
            f"{until.isoformat()}U",  # above "…T23:59:59", below the next day
        )
        return self.article(rows[0]["key"]) if rows else None

    def each(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows that a question of one's own has, as they are found: docs/catalogue.md names the tables."""
        with self._told():
            yield from self._db.execute(query, values)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read within is of one moment, whatever is learned meanwhile. A rebuild has to wait.

        One within another is of the outer one's moment.
        """
        if self._db.in_transaction:
            yield
            return
        with self._told():
            self._db.execute("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                self._db.execute("COMMIT")

    def unlearned(self) -> list[Path]:
        """The run folders of which something is not learned yet, oldest first."""
        learned, open_runs = self._learned(), self._unfinished()
        return [folder for folder in run_folders(self.data_dir) if self._is_new(folder, learned, open_runs)]

    def is_stale(self) -> bool:
        """Whether lines are known that are on disk no longer: a run folder is gone, or a feed has shrunk."""
        learned = self._learned()
        on_disk: dict[tuple[str, str], int] = {}
        for run in {run for run, _ in learned}:
            on_disk.update({(run, file): size for file, size in feed_sizes(self.data_dir / run).items()})
        return any(on_disk.get(feed, -1) < size for feed, size in learned.items())

    # What it stands on.

    def _prepare(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version != SCHEMA_VERSION:
            raise CatalogueError(
                f"{self.path}: a catalogue of version {version}, not {SCHEMA_VERSION}; scrapy rebuild makes it anew"
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the file system and of SQLite in one clear line."""
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            place = getattr(error, "filename", None) or self.path
            raise ArgumentError(f"{place}: {getattr(error, 'strerror', None) or error}") from error
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except sqlite3.DatabaseError as error:
            raise CatalogueError(f"{self.path}: {error}; scrapy rebuild makes it anew") from error

    def _rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self._told():
            cursor = self._db.execute(query, values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def _lines_of(self, key: str) -> list[dict[str, Any]]:
        rows = self._rows("SELECT * FROM revisions WHERE key = ?", key)
        return sorted(rows, key=lambda row: line_order(row["fetched_at"], row["run"], row["start"]))

    def _learned(self) -> dict[tuple[str, str], int]:
        """How many bytes of each feed are learned."""
        return {(row["run"], row["file"]): row["bytes"] for row in self._rows("SELECT run, file, bytes FROM feeds")}

    def _unfinished(self) -> set[str]:
        return {row["run"] for row in self._rows("SELECT run FROM runs WHERE finished IS NULL")}

    def _is_new(self, folder: Path, learned: Mapping[tuple[str, str], int], unfinished: set[str]) -> bool:
        run = f"{folder.parent.name}/{folder.name}"
        if any(learned.get((run, file), -1) != size for file, size in feed_sizes(folder).items()):
            return True
        return run in unfinished and ending(read_report(folder))[0] is not None


def _number(declared: int, content_hash: str, former: Revision | None) -> int:
    """The number of a text, after the one before it."""
    if former is None:
        return declared
    return former.revision if former.content_hash == content_hash else max(declared, former.revision + 1)
