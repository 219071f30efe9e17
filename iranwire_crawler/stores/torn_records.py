"""Records that a crash tore at the ends of a run's WARC files: set aside, so that every record left is whole."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from fastwarc.warc import ArchiveIterator, WarcRecordType

from iranwire_crawler.stores.durable import replace_whole
from iranwire_crawler.stores.run_folders import run_folders
from iranwire_crawler.stores.torn import Torn, move_tail
from iranwire_crawler.stores.warc_index import (
    INDEX,
    JOURNAL,
    close_index,
    digest_text,
    index_line,
    journal_lines,
    mime,
    sha1,
    warc_files,
)
from iranwire_crawler.stores.warc_members import whole_length, whole_until


class _Noted(NamedTuple):
    """A line of the journal, and what it says."""

    line: bytes
    file: str
    offset: int
    end: int


def mend_all(data_dir: Path) -> list[Torn]:
    """Mend the raw pages of every run that did not close them. Whoever calls holds the lock of DATA_DIR."""
    found: list[Torn] = []
    for folder in run_folders(data_dir):
        with suppress(OSError):
            found += set_torn_records_aside(folder, f"{folder.parent.name}/{folder.name}")
    return found


def set_torn_records_aside(folder: Path, run: str) -> Iterator[Torn]:
    """Mend the WARC files of a run that was cut off: a torn record goes into a file beside, the index is completed.

    Does nothing where there are none, or the run closed them. Where it cannot be done (a full disk), the journal stays,
    and the next start tries again.
    """
    if (folder / INDEX).exists() and not (folder / JOURNAL).exists():
        return
    files = warc_files(folder)
    if not files:
        return
    noted = list(_noted(folder))
    lines: list[bytes] = []
    mended = True
    for file in files:
        torn, moved_to = 0, None
        try:
            mine = _that_stand([each for each in noted if each.file == file.name], file)
            known = mine[-1].end if mine else 0
            whole = whole_until(file, known)
            torn = file.stat().st_size - whole
            if torn:
                moved_to = f"{run}/{move_tail(file, torn).name}"
            lines += [*(each.line for each in mine), *read_index_lines(file, known)]
        except OSError:
            mended = False
        if torn:
            yield Torn("a torn record", f"{run}/{file.name}", torn, moved_to)
    if mended:
        with suppress(OSError):
            replace_whole(folder / JOURNAL, lines)
            close_index(folder)


def read_index_lines(file: Path, start: int = 0) -> Iterator[bytes]:
    """The index of the whole records from `start` on."""
    with file.open("rb") as stream:
        stream.seek(start)
        for record in ArchiveIterator(stream, WarcRecordType.response | WarcRecordType.revisit):
            offset = record.stream_pos
            revisit = record.record_type == WarcRecordType.revisit
            headers = record.http_headers
            with file.open("rb") as again:
                length = whole_length(again, offset)
            yield index_line(
                record.headers["WARC-Target-URI"],
                record.record_date,
                mime="warc/revisit" if revisit else mime(headers.items_bytes()),
                status=headers.status_code or 0,
                digest=digest_text(sha1(record.reader.read() if record.reader else b"")),
                length=length,
                offset=offset,
                file=file.name,
            )


def _noted(folder: Path) -> Iterator[_Noted]:
    for line in journal_lines(folder):
        with suppress(ValueError, LookupError, TypeError):
            said = json.loads(line.split(b" ", 2)[2])
            offset, length = int(said["offset"]), int(said["length"])
            yield _Noted(line, said["filename"], offset, offset + length)


def _that_stand(noted: list[_Noted], file: Path) -> list[_Noted]:
    """Those up to the last one whose record is whole: a power cut may take what the journal has already."""
    with file.open("rb") as stream:
        while noted and whole_length(stream, noted[-1].offset) != noted[-1].end - noted[-1].offset:
            noted = noted[:-1]
    return noted
