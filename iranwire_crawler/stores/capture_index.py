"""Where each of the site's pages stands in WARC files: a table made once a file, and kept in DATA_DIR/cache."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from iranwire_crawler.domain import urls
from iranwire_crawler.stores.mirror import identity
from iranwire_crawler.stores.warc_scan import Capture, PackedAsOneError, Scan
from iranwire_crawler.stores.warc_sources import WarcSource, unpacked

FILE = "saved-pages.sqlite"
SCHEMA_VERSION = 4

_SCHEMA = """
DROP TABLE IF EXISTS captures;
DROP TABLE IF EXISTS files;
CREATE TABLE files (
    file INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL,
    member TEXT NOT NULL,
    size INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    packed_as_one INTEGER NOT NULL,
    records INTEGER NOT NULL,
    problems TEXT NOT NULL,
    UNIQUE (path, member)
) STRICT;
CREATE TABLE captures (
    file INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    at TEXT NOT NULL,
    status INTEGER NOT NULL,
    mime TEXT NOT NULL,
    record_id TEXT NOT NULL,
    digest TEXT,
    refers_to TEXT,
    refers_to_url TEXT,
    refers_to_date TEXT,
    truncated INTEGER NOT NULL,
    wayback INTEGER NOT NULL,
    identity TEXT NOT NULL,
    key TEXT,
    has_query INTEGER NOT NULL,
    PRIMARY KEY (file, offset)
) STRICT, WITHOUT ROWID;
CREATE INDEX captures_by_identity ON captures (identity);
CREATE INDEX captures_by_key ON captures (key) WHERE key IS NOT NULL;
CREATE INDEX captures_by_record ON captures (record_id);
CREATE INDEX captures_by_digest ON captures (digest) WHERE digest IS NOT NULL;
"""

# The best capture of an address first: one that answered, whole, as near as can be to the day, the newest; of one
# moment what a browser made of it.
_BEST = (
    "CASE WHEN status = 200 OR (kind = 'revisit' AND status = 304) THEN 0 WHEN status BETWEEN 300 AND 399 THEN 1"
    " ELSE 2 END, truncated, has_query, abs(julianday(substr(at, 1, 10)) - coalesce(julianday(:day), 0)) *"
    " (:day IS NOT NULL), at DESC, kind = 'conversion' DESC, file DESC, offset DESC"
)
_PAGE = "(mime LIKE '%html%' OR mime IN ('', 'unk', 'text/plain', 'application/octet-stream') OR kind = 'revisit')"
_COLUMNS = ", ".join(Capture._fields)
# None of these statements holds anything but constants and named values (S608).
_PLACED = f"SELECT file, {_COLUMNS} FROM captures JOIN chosen USING (file) WHERE (%s) ORDER BY {_BEST}"  # noqa: S608
_ANSWERED = f"{_PAGE} AND (status = 200 OR (kind = 'revisit' AND status = 304))"
_ARTICLES = (
    f"SELECT key, file, {_COLUMNS} FROM"  # noqa: S608
    f" (SELECT *, row_number() OVER (PARTITION BY key ORDER BY {_BEST}) AS place"
    f" FROM captures JOIN chosen USING (file) WHERE key IS NOT NULL AND {_ANSWERED})"
    " WHERE place = 1 ORDER BY file, offset"
)
_COUNT_ARTICLES = f"SELECT count(DISTINCT key) FROM captures JOIN chosen USING (file) WHERE {_ANSWERED}"  # noqa: S608
_INSERT = f"INSERT OR IGNORE INTO captures VALUES ({', '.join('?' * (len(Capture._fields) + 4))})"  # noqa: S608
_BODIES = "kind IN ('response', 'resource')"
_ROWS_AT_ONCE = 1000
# Seconds to wait while another process writes.
_PATIENCE = 2


class Indexed(NamedTuple):
    """A file as the index knows it."""

    file: int
    packed_as_one: bool
    records: int
    problems: tuple[str, ...]


class Placed(NamedTuple):
    """A capture, and the file in which it stands."""

    file: int
    capture: Capture


class CaptureIndex:
    """The table. One that cannot be kept (a disk that is read only, a folder of another user) is made in memory.

    Any number of processes have it open at once, whether or not they hold the lock of DATA_DIR. Who reads waits for
    nobody (SQLite's WAL); one at a time writes, and takes nothing away but what files had that are gone or changed.
    """

    def __init__(self, data_dir: Path | None) -> None:
        self._db = (_kept(data_dir / "cache" / FILE) if data_dir else None) or _opened(":memory:")
        self._db.execute("CREATE TEMP TABLE chosen (file INTEGER PRIMARY KEY)")

    def close(self) -> None:
        self._db.close()

    def choose(self, source: WarcSource) -> Indexed:
        """Take a file's captures into what is asked, scanning it where that was not done in its present state.

        Raises SavedPagesError, OSError; sqlite3.Error where what was found cannot be kept.
        """
        state = (os.fsencode(source.path), source.member or "", *source.state())
        indexed = self._known(*state) or self._scanned(source, *state)
        self._db.execute("INSERT OR IGNORE INTO chosen VALUES (?)", (indexed.file,))
        return indexed

    def count(self) -> int:
        """How many of the site's addresses the chosen files hold."""
        (count,) = self._db.execute("SELECT count(DISTINCT identity) FROM captures JOIN chosen USING (file)").fetchone()
        return int(count)

    def captures(self, url: str, day: date | None = None) -> Iterator[Placed]:
        """The captures of an address in any form, the best one first; an article's at its other addresses too."""
        article = urls.article_address(url)
        key = article.key if article and not urlsplit(url).query else None
        return self._placed("identity = :identity OR key = :key", day, identity=identity(url), key=key)

    def of_article(self, key: str, day: date | None = None) -> Iterator[Placed]:
        """The captures of an article that answered with a page, the best one first."""
        return self._placed(f"key = :key AND {_PAGE}", day, key=key)

    def articles(self, day: date | None = None) -> Iterator[tuple[str, Placed]]:
        """Each article's key and its best capture, in the order in which they stand in the files."""
        for row in self._db.execute(_ARTICLES, {"day": day and day.isoformat()}):
            yield row[0], Placed(row[1], Capture(*row[2:]))

    def count_articles(self) -> int:
        return int(self._db.execute(_COUNT_ARTICLES).fetchone()[0])

    def referred(self, capture: Capture) -> Iterator[Placed]:
        """The records that may hold the page that a revisit refers to, the likeliest one first."""
        if capture.refers_to:
            yield from self._placed(f"record_id = :record AND {_BODIES}", record=capture.refers_to)
        page = identity(capture.refers_to_url or capture.url)
        if capture.refers_to_date:
            moment = capture.refers_to_date[:19] + "%"
            yield from self._placed(f"identity = :page AND at LIKE :at AND {_BODIES}", page=page, at=moment)
        if capture.status != 304 and capture.digest:
            yield from self._placed(f"digest = :digest AND {_BODIES}", digest=capture.digest)
        elif not capture.refers_to:
            before = f"identity = :page AND at <= :at AND status = 200 AND {_BODIES}"
            yield from self._placed(before, page=page, at=capture.at)

    def _placed(self, where: str, day: date | None = None, **values: Any) -> Iterator[Placed]:
        rows = self._db.execute(_PLACED % where, {"day": day and day.isoformat(), **values}).fetchall()
        return (Placed(row[0], Capture(*row[1:])) for row in rows)

    def _known(self, path: bytes, member: str, size: int, changed: int) -> Indexed | None:
        row = self._db.execute(
            "SELECT file, packed_as_one, records, problems FROM files"
            " WHERE (path, member, size, changed) = (?, ?, ?, ?)",
            (path, member, size, changed),
        ).fetchone()
        return Indexed(row[0], bool(row[1]), row[2], tuple(orjson.loads(row[3]))) if row else None

    def _scanned(self, source: WarcSource, path: bytes, member: str, size: int, changed: int) -> Indexed:
        with _writing(self._db):
            # Another process may have been at it until now.
            if known := self._known(path, member, size, changed):
                return known
            self._db.execute("DELETE FROM files WHERE (path, member) = (?, ?)", (path, member))
            (file,) = self._db.execute(
                "INSERT INTO files (path, member, size, changed, packed_as_one, records, problems)"
                " VALUES (?, ?, ?, ?, 0, 0, '[]') RETURNING file",
                (path, member, size, changed),
            ).fetchone()
            scan, packed_as_one = self._take_in(source, file)
            self._db.execute(
                "UPDATE files SET packed_as_one = ?, records = ?, problems = ? WHERE file = ?",
                (packed_as_one, scan.records, orjson.dumps(scan.problems).decode(), file),
            )
        return Indexed(file, packed_as_one, scan.records, tuple(scan.problems))

    def _take_in(self, source: WarcSource, file: int) -> tuple[Scan, bool]:
        stream, size = source.open()
        with stream:
            scan = Scan(stream, size)
            try:
                self._insert(file, scan)
            except PackedAsOneError:
                self._db.execute("DELETE FROM captures WHERE file = ?", (file,))
                whole, whole_size = unpacked(stream, size)
                with whole:
                    scan = Scan(whole, whole_size)
                    self._insert(file, scan)
                return scan, True
        return scan, False

    def _insert(self, file: int, scan: Scan) -> None:
        rows: list[Sequence[Any]] = []
        for capture in scan.captures():
            article = urls.article_address(capture.url)
            query = bool(urlsplit(capture.url).query)
            rows.append((file, *capture, identity(capture.url), article.key if article else None, query))
            if len(rows) == _ROWS_AT_ONCE:
                self._db.executemany(_INSERT, rows)
                rows.clear()
        self._db.executemany(_INSERT, rows)


def _kept(file: Path) -> sqlite3.Connection | None:
    """The database of a DATA_DIR, made anew where it is none at all; None where it cannot be had."""
    with suppress(OSError, sqlite3.Error):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _opened(file)
        except sqlite3.OperationalError:
            return None
        except sqlite3.DatabaseError:
            file.unlink()
            return _opened(file)
    return None


def _opened(file: Path | str) -> sqlite3.Connection:
    """The database, its tables made where they are missing or of another version. Raises sqlite3.Error."""
    database = sqlite3.connect(file, isolation_level=None, timeout=_PATIENCE)
    try:
        for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL"):
            database.execute(f"PRAGMA {pragma}")
        if not _is_current(database):
            with _writing(database):
                if not _is_current(database):
                    for statement in _SCHEMA.split(";"):
                        database.execute(statement)
                    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        _forget(database)
    except BaseException:
        database.close()
        raise
    return database


def _is_current(database: sqlite3.Connection) -> bool:
    return bool(database.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION)


@contextmanager
def _writing(database: sqlite3.Connection) -> Iterator[None]:
    """A transaction, as a whole or not at all. Raises sqlite3.OperationalError where another one takes too long."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


def _forget(database: sqlite3.Connection) -> None:
    """Files that are no longer there; some other time, where another process writes."""
    gone = [path for (path,) in database.execute("SELECT DISTINCT path FROM files") if not os.path.exists(path)]
    with suppress(sqlite3.OperationalError):
        database.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in gone])
