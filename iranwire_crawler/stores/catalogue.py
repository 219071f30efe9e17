"""`DATA_DIR/catalogue.sqlite`: where each article and each of its revisions stands in the runs' feeds.

An index and nothing more: the feeds are the record. Every row follows from the run folders on disk alone,
whatever order they were learned in, so the catalogue can be deleted and made again, row for row
(`rebuild`). `docs/catalogue.md` describes the tables.

Whoever learns or rebuilds holds the lock of DATA_DIR (`stores.lock`), so that nobody else is writing to a
feed or to the catalogue. Reading needs no lock.
"""

import os
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from iranwire_crawler.domain.similarity import MOST_ALIKE, bands, texts_of
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import FEEDS_FAILED
from iranwire_crawler.stores.catalogue_tables import SCHEMA, SCHEMA_VERSION
from iranwire_crawler.stores.database_files import LONGEST_WAIT, remove, retire, stands_still, sync
from iranwire_crawler.stores.feed_lines import ArticleLine, CheckLine, GoneLine, read_walk
from iranwire_crawler.stores.lost_captions import add_lost_captions
from iranwire_crawler.stores.runs import read_report
from iranwire_crawler.stores.torn import Torn, set_torn_lines_aside

FILE = "catalogue.sqlite"
ARTICLES, GONE, CHECKED, WALKED = "articles.jsonl", "gone.jsonl", "checked.jsonl", "walked.jsonl"
FEEDS = (ARTICLES, GONE, CHECKED, WALKED)

_SPIDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")
_STAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z(?:-([0-9]{1,4}))?")
_TOLD_A_FEED = 100
_SHARING = "SELECT key FROM (SELECT key FROM bands WHERE band = ? ORDER BY key LIMIT ?)"


class CatalogueError(CrawlerError):
    """The file is no catalogue of this version, or is damaged. `rebuild` makes it anew."""


class Problem(NamedTuple):
    """A line of a feed that was left out."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """What one look at a run folder brought. `problems` names the first lines left out of each feed, at most 100."""

    run: str
    lines: int
    skipped: int
    problems: tuple[Problem, ...]
    torn: tuple[Torn, ...]
    captions: int
    """Captions that the run was killed before writing, written now."""


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


def run_folders(data_dir: Path) -> list[Path]:
    """The run folders under DATA_DIR, oldest first. What is not named like one is not one."""
    found = []
    with _told_of_folder(data_dir), os.scandir(data_dir) as spiders:
        for spider in spiders:
            if _SPIDER.fullmatch(spider.name) and spider.is_dir():
                with os.scandir(spider) as runs:
                    found += [f"{spider.name}/{run.name}" for run in runs if _STAMP.fullmatch(run.name)]
    return [data_dir / run for run in sorted(found, key=_run_order)]


def learn_all(data_dir: Path) -> list[Learned]:
    """Learn what is not learned yet, oldest run first.

    The catalogue is made anew where it is missing, unusable, or knows of lines that are no longer on disk.
    """
    if not (data_dir / FILE).exists():
        return rebuild(data_dir)
    try:
        with Catalogue(data_dir) as catalogue:
            if not catalogue.is_stale():
                return [catalogue.learn(folder) for folder in catalogue.unlearned()]
    except CatalogueError:
        pass
    return rebuild(data_dir)


def rebuild(data_dir: Path) -> list[Learned]:
    """Make the catalogue anew from the feeds and put it in the place of the old one in one step."""
    folders = run_folders(data_dir)
    draft = data_dir / f"{FILE}.new"
    with _told_of_folder(data_dir):
        remove(draft)
        try:
            with Catalogue(data_dir, _draft=True) as catalogue:
                learned = [catalogue.learn(folder) for folder in folders if _feed_sizes(folder)]
                catalogue.complete_draft()
            retire(data_dir / FILE)
            sync(draft)
            draft.replace(data_dir / FILE)
            sync(data_dir)
        finally:
            remove(draft)
    return learned


def open_catalogue(data_dir: Path) -> "Catalogue | None":
    """The catalogue to read in; None where no run has left one. Raises as `Catalogue` does."""
    return Catalogue(data_dir, read_only=True) if (data_dir / FILE).exists() else None


class Catalogue:
    """An open catalogue. One that is not there yet is made, but for `read_only`.

    Raises ArgumentError where it cannot be opened, CatalogueError where it must be rebuilt.
    """

    def __init__(self, data_dir: Path, *, read_only: bool = False, _draft: bool = False) -> None:
        self.data_dir = data_dir.resolve()
        self.path = self.data_dir / (f"{FILE}.new" if _draft else FILE)
        if read_only and not self.path.exists():
            raise ArgumentError(f"DATA_DIR={data_dir}: no catalogue there yet; scrapy rebuild makes one")
        with self._told():
            mode = "rwc" if not read_only else "ro&immutable=1" if stands_still(self.path) else "ro"
            self._db = sqlite3.connect(
                f"{self.path.as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=LONGEST_WAIT
            )
        try:
            with self._told():
                self._prepare(read_only=read_only, draft=_draft)
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    # Reading.

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
        rows.sort(key=lambda row: _line_order(row["walked_at"], row["run"], row["start"]))
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
        """All that is read within is of one moment, whatever is learned meanwhile. A rebuild has to wait."""
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
        on_disk: dict[tuple[str, str], int] = {}
        for run in {run for run, _ in self._learned()}:
            on_disk.update({(run, file): size for file, size in _feed_sizes(self.data_dir / run).items()})
        return any(on_disk.get(feed, -1) < size for feed, size in self._learned().items())

    # Learning.

    def learn(self, run_folder: Path) -> Learned:
        """Take in the lines of a run that are not known yet, all or none of them.

        Reads on from where it stopped the last time. Half a line at a feed's end is moved to `<feed>.torn`
        beside it; a line that cannot be used is left out and told. A run without a finished `run.json` is
        learned as well.
        """
        run = self._name(run_folder)
        folder = self.data_dir / run
        torn = tuple(set_torn_lines_aside(folder, run))
        with self._told():
            finished, reason, _ = _ending(read_report(folder))
            captions = add_lost_captions(folder) if finished is None or reason == FEEDS_FAILED else 0
        told: list[Problem] = []
        lines = skipped = 0
        with self._told(), self._transaction():
            self._learn_run(run, folder)
            for file, take in self._takers().items():
                feed = _Feed(run, file, *self._position(run, file))
                if (folder / file).exists():
                    self._learn_feed(feed, folder / file, take)
                lines, skipped, told = lines + feed.new, skipped + feed.new_skipped, told + feed.problems
        return Learned(run=run, lines=lines, skipped=skipped, problems=tuple(told), torn=torn, captions=captions)

    def complete_draft(self) -> None:
        """Make a draft what a catalogue is on disk."""
        with self._told():
            self._db.execute("PRAGMA journal_mode = WAL")

    def _takers(self) -> Mapping[str, "_Taker"]:
        return {
            ARTICLES: self._take_article,
            GONE: self._take_gone,
            CHECKED: self._take_check,
            WALKED: self._take_walk,
        }

    def _learn_run(self, run: str, folder: Path) -> None:
        report = read_report(folder)
        finished, reason, state = _ending(report)
        self._db.execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run) DO UPDATE SET"
            " finished = excluded.finished, state = excluded.state, finish_reason = excluded.finish_reason",
            (run, run.partition("/")[0], started_at(run), finished, state, reason),
        )

    def _learn_feed(self, feed: "_Feed", path: Path, take: "_Taker") -> None:
        with path.open("rb") as stream:
            stream.seek(feed.bytes)
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                try:
                    record = orjson.loads(line)
                    if not isinstance(record, dict):
                        raise ValueError("not an object")
                    take(record, feed.run, feed.bytes, len(line))
                except orjson.JSONDecodeError as error:
                    feed.skip(f"not JSON: {error}")
                except ValueError as error:
                    feed.skip(str(error))
                feed.advance(len(line))
        self._db.execute(
            "INSERT OR REPLACE INTO feeds VALUES (?, ?, ?, ?, ?)",
            (feed.run, feed.file, feed.bytes, feed.lines, feed.skipped),
        )

    def _take_article(self, record: Mapping[str, Any], run: str, start: int, length: int) -> None:
        line = ArticleLine.read(record)
        known = self._db.execute(
            "SELECT last_seen, run, start, revision, content_hash FROM articles WHERE key = ?", (line.key,)
        ).fetchone()
        self._db.execute(
            "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*line.revision_row(), run, ARTICLES, start, length),
        )
        if known is None:
            self._db.execute(
                "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(line.key, line.language, line.id, *line.shown()),
                    *(line.revision, line.content_hash, line.fetched_at, line.fetched_at, run, start),
                ),
            )
        elif _line_order(line.fetched_at, run, start) > _line_order(*known[:3]):
            number = known[3] if known[4] == line.content_hash else max(line.revision, known[3] + 1)
            self._db.execute(
                "UPDATE articles SET url = ?, section = ?, article_type = ?, headline = ?, date_published = ?,"
                " revision = ?, content_hash = ?, last_seen = ?, run = ?, start = ? WHERE key = ?",
                (*line.shown(), number, line.content_hash, line.fetched_at, run, start, line.key),
            )
        else:
            # A line older than one that is known: later texts may count on from another number now.
            number = self.revisions(line.key)[-1].revision
            self._db.execute(
                "UPDATE articles SET revision = ?, first_seen = min(first_seen, ?) WHERE key = ?",
                (number, line.fetched_at, line.key),
            )
        self._db.executemany(
            "INSERT INTO addresses VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)",
            [(line.key, address, line.fetched_at, line.fetched_at) for address in line.addresses],
        )

        self._db.executemany(
            "INSERT OR IGNORE INTO bands VALUES (?, ?)",
            [(band, line.key) for band in bands(line.language, texts_of(record), line.content_hash)],
        )

    def _take_gone(self, record: Mapping[str, Any], run: str, start: int, length: int) -> None:
        line = GoneLine.read(record)
        row = (line.key, line.reason, line.fetched_at, run, start, length)
        self._db.execute("INSERT INTO gone VALUES (?, ?, ?, ?, ?, ?)", row)

    def _take_check(self, record: Mapping[str, Any], run: str, start: int, length: int) -> None:
        line = CheckLine.read(record)
        known = self._db.execute("SELECT checked_at, run, start FROM checks WHERE key = ?", (line.key,)).fetchone()
        if known is None or _line_order(line.checked_at, run, start) > _line_order(*known):
            self._db.execute(
                "INSERT OR REPLACE INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*line.row(), run, start)
            )

    def _take_walk(self, record: Mapping[str, Any], run: str, start: int, length: int) -> None:
        walk = read_walk(record)
        row = (walk.section, run, start, walk.walked_at, walk.pages, walk.reached, walk.since)
        self._db.execute("INSERT INTO walks VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    # What it stands on.

    def _prepare(self, *, read_only: bool, draft: bool) -> None:
        self._db.execute("PRAGMA foreign_keys = ON")
        if draft:
            # A draft that fails is thrown away: nothing in it need survive a crash.
            self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")
        elif not read_only:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if (version, tables) == (0, 0) and not read_only:
            with self._transaction():
                for statement in SCHEMA.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version != SCHEMA_VERSION:
            raise CatalogueError(
                f"{self.path}: a catalogue of version {version}, not {SCHEMA_VERSION}; scrapy rebuild makes it anew"
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

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
        return sorted(rows, key=lambda row: _line_order(row["fetched_at"], row["run"], row["start"]))

    def _learned(self) -> dict[tuple[str, str], int]:
        """How many bytes of each feed are learned."""
        return {(row["run"], row["file"]): row["bytes"] for row in self._rows("SELECT run, file, bytes FROM feeds")}

    def _unfinished(self) -> set[str]:
        return {row["run"] for row in self._rows("SELECT run FROM runs WHERE finished IS NULL")}

    def _is_new(self, folder: Path, learned: Mapping[tuple[str, str], int], unfinished: set[str]) -> bool:
        run = f"{folder.parent.name}/{folder.name}"
        if any(learned.get((run, file), -1) != size for file, size in _feed_sizes(folder).items()):
            return True
        return run in unfinished and _ending(read_report(folder))[0] is not None

    def _position(self, run: str, file: str) -> tuple[int, int, int]:
        rows = self._rows("SELECT bytes, lines, skipped FROM feeds WHERE run = ? AND file = ?", run, file)
        return (rows[0]["bytes"], rows[0]["lines"], rows[0]["skipped"]) if rows else (0, 0, 0)

    def _name(self, run_folder: Path) -> str:
        """`news/2026-11-22T120000Z`. Raises ArgumentError for what is no run folder of this DATA_DIR."""
        folder = run_folder.resolve()
        spider, stamp = folder.parent.name, folder.name
        is_ours = folder.parent.parent == self.data_dir and _SPIDER.fullmatch(spider) and _STAMP.fullmatch(stamp)
        if not is_ours or not folder.is_dir():
            raise ArgumentError(f"{run_folder}: not a run folder of DATA_DIR={self.data_dir}")
        return f"{spider}/{stamp}"


_Taker = Callable[[Mapping[str, Any], str, int, int], None]


@dataclass(slots=True)
class _Feed:
    """How far a feed is learned."""

    run: str
    file: str
    bytes: int
    lines: int
    skipped: int
    problems: list[Problem]
    new: int
    new_skipped: int

    def __init__(self, run: str, file: str, learned_bytes: int, lines: int, skipped: int) -> None:
        self.run, self.file, self.bytes, self.lines, self.skipped = run, file, learned_bytes, lines, skipped
        self.problems, self.new, self.new_skipped = [], 0, 0

    def advance(self, length: int) -> None:
        self.bytes += length
        self.lines += 1
        self.new += 1

    def skip(self, reason: str) -> None:
        self.skipped += 1
        self.new_skipped += 1
        if len(self.problems) < _TOLD_A_FEED:
            self.problems.append(Problem(f"{self.run}/{self.file}", self.lines + 1, for_terminal(reason)))


def _number(declared: int, content_hash: str, former: Revision | None) -> int:
    """The number of a text, after the one before it."""
    if former is None:
        return declared
    return former.revision if former.content_hash == content_hash else max(declared, former.revision + 1)


def _run_order(run: str) -> tuple[str, int, str]:
    spider, _, stamp = run.partition("/")
    moment, _, number = stamp.partition("Z")
    return moment, int(number[1:] or 1), spider


def _line_order(fetched_at: str, run: str, start: int) -> tuple[str, tuple[str, int, str], int]:
    """Lines in the order in which their pages were fetched; of one second, in the order of the runs."""
    return fetched_at, _run_order(run), start


def started_at(run: str) -> str:
    """When a run started, by its name: `2026-11-22T12:00:00Z` of `news/2026-11-22T120000Z-2`."""
    match = _STAMP.fullmatch(run.rpartition("/")[2])
    assert match is not None
    return f"{match[1]}T{match[2]}:{match[3]}:{match[4]}Z"


def _ending(report: Mapping[str, Any] | None) -> tuple[str | None, str | None, str]:
    """(finished, finish reason, state) of a report; the state is `sound`, `look` or `unfinished`."""
    verdict = report.get("verdict") if report else None
    status = verdict.get("status") if isinstance(verdict, dict) else None
    if report is None or not isinstance(report.get("finished"), str) or not isinstance(status, str):
        return None, None, "unfinished"
    reason = report.get("finish_reason")
    return report["finished"], reason if isinstance(reason, str) else None, status


def _feed_sizes(folder: Path) -> dict[str, int]:
    """The sizes of the feeds that are there. A run that has none has nothing to be learned."""
    sizes = {}
    for file in FEEDS:
        with suppress(FileNotFoundError, NotADirectoryError):
            sizes[file] = (folder / file).stat().st_size
    return sizes


@contextmanager
def _told_of_folder(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArgumentError(f"DATA_DIR={data_dir}: {error.strerror or error}") from error


def problems_of(learned: Iterable[Learned]) -> list[str]:
    """One line for each thing that someone should know of what was learned."""
    said = []
    for each in learned:
        said += [str(torn) for torn in each.torn]
        if each.captions:
            said.append(f"{each.run}/captions.jsonl: {each.captions} lines added, which a crash had cut off")
        said += [str(problem) for problem in each.problems]
        if each.skipped > len(each.problems):
            said.append(f"{each.run}: {each.skipped - len(each.problems)} more lines were left out")
    return said
