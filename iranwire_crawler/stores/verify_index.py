"""Whether `pages.cdxj` says of a run's WARC files where each answer stands in them, and of nothing else."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from fastwarc.warc import ArchiveIterator, WarcRecordType

from iranwire_crawler.stores.flaws import Flaw
from iranwire_crawler.stores.warc_index import INDEX, JOURNAL, warc_files
from iranwire_crawler.stores.warc_members import whole_length

_INDEXED = WarcRecordType.response | WarcRecordType.revisit
_LONGEST_LINE = 1 << 20


class _Record(NamedTuple):
    """`url` is None for a record that has no line: a request, a warcinfo, a conversion."""

    offset: int
    length: int
    url: str | None


def index_flaws(folder: Path, run: str, *, ended: bool) -> Iterator[Flaw]:
    """What is wrong with the index of a run that closed it. The next start makes that of one that was cut off.

    Lines wait for their records in a table that SQLite keeps on disk beyond 2 MiB, so memory does not grow.
    """
    files = warc_files(folder)
    if (folder / JOURNAL).exists():
        return
    if not (folder / INDEX).exists():
        if files and ended:
            yield Flaw(f"{run}/{INDEX}", None, "missing")
        return
    with closing(sqlite3.connect("")) as lines:
        lines.execute("CREATE TABLE lines (file TEXT, offset INTEGER, length INTEGER, url TEXT, number INTEGER)")
        yield from _read_lines(folder, f"{run}/{INDEX}", lines)
        lines.execute("CREATE INDEX by_place ON lines (file, offset)")
        for file in files:
            yield from _compared(file, run, lines)
        there = {file.name for file in files}
        for number, name, offset in lines.execute("SELECT number, file, offset FROM lines ORDER BY number"):
            what = f"no record of an answer stands at byte {offset} of" if name in there else "there is no"
            yield Flaw(f"{run}/{INDEX}", number, f"{what} {name}")


def _read_lines(folder: Path, index: str, lines: sqlite3.Connection) -> Iterator[Flaw]:
    with (folder / INDEX).open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE), b""), start=1):
            try:
                said = json.loads(line.split(b" ", 2)[2])
                row = str(said["filename"]), int(said["offset"]), int(said["length"]), str(said["url"]), number
                lines.execute("INSERT INTO lines VALUES (?, ?, ?, ?, ?)", row)
            except (ValueError, LookupError, TypeError, OverflowError):
                yield Flaw(index, number, "not a line of CDXJ")


def _compared(file: Path, run: str, lines: sqlite3.Connection) -> Iterator[Flaw]:
    """Each record of a file beside its line, which is taken out of the table."""
    end = 0
    for record in _records(file):
        end = record.offset + record.length
        if record.url is None:
            continue
        found = lines.execute(
            "SELECT rowid, number, length, url FROM lines WHERE file = ? AND offset = ? LIMIT 1",
            (file.name, record.offset),
        ).fetchone()
        if found is None:
            yield Flaw(f"{run}/{INDEX}", None, f"lacks the record at byte {record.offset} of {file.name}")
            continue
        row, number, *said = found
        lines.execute("DELETE FROM lines WHERE rowid = ?", (row,))
        if said != [record.length, record.url]:
            what = f"length or URL is not that of the record at byte {record.offset} of {file.name}"
            yield Flaw(f"{run}/{INDEX}", number, what)
    if end < file.stat().st_size:
        yield Flaw(f"{run}/{file.name}", None, f"cannot be read from byte {end} on")
        lines.execute("DELETE FROM lines WHERE file = ? AND offset >= ?", (file.name, end))


def _records(file: Path) -> Iterator[_Record]:
    """The whole records that follow one another from the start of a file."""
    with file.open("rb") as stream, file.open("rb") as again, suppress(OSError):
        held: _Record | None = None
        for record in ArchiveIterator(stream, parse_http=False):
            if held is not None:
                yield held._replace(length=record.stream_pos - held.offset)
            url = record.headers.get("WARC-Target-URI", "") if record.record_type & _INDEXED else None
            held = _Record(record.stream_pos, 0, url)
        # fastwarc gives a cut record as a short one without a word.
        if held is not None and (length := whole_length(again, held.offset)):
            yield held._replace(length=length)
