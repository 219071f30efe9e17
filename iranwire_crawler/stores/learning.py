"""How the catalogue comes to know the runs' feeds, and how it is made anew.

Whoever learns or rebuilds holds the lock of DATA_DIR (`stores.lock`), so that nobody else is writing to a
feed or to the catalogue.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from iranwire_crawler.domain.similarity import bands, texts_of
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import FEEDS_FAILED
from iranwire_crawler.stores.catalogue import FILE, Catalogue, CatalogueError
from iranwire_crawler.stores.catalogue_tables import SCHEMA, SCHEMA_VERSION
from iranwire_crawler.stores.database_files import remove, retire
from iranwire_crawler.stores.durable import sync
from iranwire_crawler.stores.feed_lines import ArticleLine, CheckLine, GoneLine, read_walk
from iranwire_crawler.stores.lost_captions import add_lost_captions
from iranwire_crawler.stores.run_folders import (
    ARTICLES,
    CHECKED,
    GONE,
    WALKED,
    feed_sizes,
    line_order,
    run_folders,
    run_name,
    started_at,
    told_of_folder,
)
from iranwire_crawler.stores.runs import ending, read_report
from iranwire_crawler.stores.torn import Torn, set_torn_lines_aside

_TOLD_A_FEED = 100


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


def learn_all(data_dir: Path) -> list[Learned]:
    """Learn what is not learned yet, oldest run first.

    The catalogue is made anew where it is missing, unusable, or knows of lines that are no longer on disk.
    """
    if not (data_dir / FILE).exists():
        return rebuild(data_dir)
    try:
        with LearningCatalogue(data_dir) as catalogue:
            if not catalogue.is_stale():
                return [catalogue.learn(folder) for folder in catalogue.unlearned()]
    except CatalogueError:
        pass
    return rebuild(data_dir)


def rebuild(data_dir: Path) -> list[Learned]:
    """Make the catalogue anew from the feeds and put it in the place of the old one in one step."""
    folders = run_folders(data_dir)
    draft = data_dir / f"{FILE}.new"
    with told_of_folder(data_dir):
        remove(draft)
        try:
            with LearningCatalogue(data_dir, _draft=True) as catalogue:
                learned = [catalogue.learn(folder) for folder in folders if feed_sizes(folder)]
                catalogue.complete_draft()
            retire(data_dir / FILE)
            sync(draft)
            draft.replace(data_dir / FILE)
            sync(data_dir)
        finally:
            remove(draft)
    return learned


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


class LearningCatalogue(Catalogue):
    """A catalogue that learns; one that is not there yet is made. Raises as `Catalogue` does."""

    def __init__(self, data_dir: Path, *, _draft: bool = False) -> None:
        self.data_dir = data_dir.resolve()
        self._is_draft = _draft
        self._open(self.data_dir / (f"{FILE}.new" if _draft else FILE), "rwc")

    def learn(self, run_folder: Path) -> Learned:
        """Take in the lines of a run that are not known yet, all or none of them.

        Reads on from where it stopped the last time. Half a line at a feed's end is moved to `<feed>.torn`
        beside it; a line that cannot be used is left out and told. A run without a finished `run.json` is
        learned as well.
        """
        run = run_name(self.data_dir, run_folder)
        folder = self.data_dir / run
        torn = tuple(set_torn_lines_aside(folder, run))
        with self._told():
            finished, reason, _ = ending(read_report(folder))
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
        finished, reason, state = ending(report)
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
        elif line_order(line.fetched_at, run, start) > line_order(*known[:3]):
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
        if known is None or line_order(line.checked_at, run, start) > line_order(*known):
            self._db.execute(
                "INSERT OR REPLACE INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*line.row(), run, start)
            )

    def _take_walk(self, record: Mapping[str, Any], run: str, start: int, length: int) -> None:
        walk = read_walk(record)
        row = (walk.section, run, start, walk.walked_at, walk.pages, walk.reached, walk.since)
        self._db.execute("INSERT INTO walks VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    # What it stands on.

    def _prepare(self) -> None:
        self._db.execute("PRAGMA foreign_keys = ON")
        if self._is_draft:
            # A draft that fails is thrown away: nothing in it need survive a crash.
            self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")
        else:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if (version, tables) == (0, 0):
            with self._transaction():
                for statement in SCHEMA.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        super()._prepare()

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

    def _position(self, run: str, file: str) -> tuple[int, int, int]:
        rows = self._rows("SELECT bytes, lines, skipped FROM feeds WHERE run = ? AND file = ?", run, file)
        return (rows[0]["bytes"], rows[0]["lines"], rows[0]["skipped"]) if rows else (0, 0, 0)


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
