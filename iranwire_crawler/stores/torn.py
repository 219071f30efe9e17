"""Half lines at the ends of a run's feeds, cut off by a crash: set aside, so that every line left is whole."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from iranwire_crawler.stores.durable import replace_whole

_CHUNK = 1 << 20


class Torn(NamedTuple):
    """What a crash left at a file's end. `moved_to` is None where it could not be set aside."""

    what: str
    file: str
    bytes: int
    moved_to: str | None

    def __str__(self) -> str:
        where = f"moved to {self.moved_to}" if self.moved_to else "could not be set aside"
        return f"{self.file}: {self.what} at its end ({self.bytes} bytes) {where}"


def set_torn_lines_aside(folder: Path, run: str) -> Iterator[Torn]:
    """Cut half a line off the end of each JSON Lines file of a run, and keep it beside it."""
    for file in sorted(folder.rglob("*.jsonl")):
        length, moved_to = 0, None
        with suppress(OSError):
            length = _torn_length(file)
            moved_to = f"{run}/{move_tail(file, length).relative_to(folder).as_posix()}" if length else None
        if length:
            yield Torn("half a line", f"{run}/{file.relative_to(folder).as_posix()}", length, moved_to)


def _torn_length(file: Path) -> int:
    """How many bytes stand after the last line break."""
    with file.open("rb") as feed:
        end = position = feed.seek(0, os.SEEK_END)
        while position:
            start = max(0, position - _CHUNK)
            feed.seek(start)
            at = feed.read(position - start).rfind(b"\n")
            if at >= 0:
                return end - (start + at + 1)
            position = start
    return end


def move_tail(file: Path, length: int) -> Path:
    """Cut the last `length` bytes off into a file of their own, and return that.

    Write it first and cut it off then: killed in between, it stands twice and never not at all.
    """
    with file.open("r+b") as feed:
        start = feed.seek(-length, os.SEEK_END)
        tail = feed.read()
        target = _free_name(file, tail)
        replace_whole(target, [tail])
        feed.truncate(start)
        os.fsync(feed.fileno())
    return target


def _free_name(file: Path, tail: bytes) -> Path:
    """`<feed>.torn`, or `<feed>.torn-2` where another tail stands in that one."""
    number, target = 1, Path(f"{file}.torn")
    while target.exists() and target.read_bytes() != tail:
        number += 1
        target = Path(f"{file}.torn-{number}")
    return target
