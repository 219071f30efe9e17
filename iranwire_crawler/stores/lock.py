"""One run a DATA_DIR at a time: a lock that the kernel holds, and takes back when its owner dies."""

import fcntl
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self

from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal

FILE = ".lock"

_LONGEST_NOTE = 4096
# `holder` holds the lock for an instant to see whether it is free: a second look tells that from a run.
_TRIES = 4
_PAUSE = 0.05


class Holder(NamedTuple):
    """Who says to hold the lock."""

    pid: int
    spider: str
    started: str

    def __str__(self) -> str:
        return f"{for_terminal(self.spider, 100)} (process {self.pid}), started {for_terminal(self.started, 40)}"


@dataclass(slots=True)
class _Held:
    """The open lock file of a DATA_DIR, and how many in this process hold the lock."""

    file: int
    takers: int = 0


_of_this_process: dict[Path, _Held] = {}


class DataDirLock:
    """The lock of a DATA_DIR, held from `acquire` to `release`, or to the end of the process however it ends.

    A process is one owner: crawlers that run in it side by side hold the lock together, until the last lets go.

    It stands on the open file `DATA_DIR/.lock` (flock), not on the file's being there: the file stays, and
    one that a killed run left locks nobody out. A forked child that does not exec keeps it held.
    """

    def __init__(self, data_dir: Path, spider: str) -> None:
        self.data_dir = data_dir
        self.spider = spider
        self._held_as: Path | None = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self) -> None:
        """Raises ArgumentError, which names the holder, where it is held, or DATA_DIR cannot be written."""
        if self._held_as is not None:
            return
        place = self.data_dir.resolve()
        if place not in _of_this_process:
            _of_this_process[place] = _Held(self._opened())
        _of_this_process[place].takers += 1
        self._held_as = place

    def release(self) -> None:
        """Let go; nothing where it is not held."""
        if self._held_as is None:
            return
        place, self._held_as = self._held_as, None
        held = _of_this_process[place]
        held.takers -= 1
        if held.takers:
            return
        del _of_this_process[place]
        with suppress(OSError):
            os.ftruncate(held.file, 0)
        os.close(held.file)

    def _opened(self) -> int:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            file = os.open(self.data_dir / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise ArgumentError(f"DATA_DIR={self.data_dir}: cannot write there: {error.strerror or error}") from error
        try:
            self._take(file)
        except BaseException:
            os.close(file)
            raise
        return file

    def _take(self, file: int) -> None:
        try:
            free = _try_lock(file, fcntl.LOCK_EX)
            if free:
                _write_note(file, Holder(os.getpid(), self.spider, utc_text(datetime.now(UTC))))
        except OSError as error:
            raise ArgumentError(f"DATA_DIR={self.data_dir}: cannot be locked: {error.strerror or error}") from error
        if not free:
            raise ArgumentError(f"DATA_DIR={self.data_dir}: in use by {_read_note(file) or 'another process'}")


def holder(data_dir: Path) -> Holder | None:
    """Who holds the lock of a DATA_DIR now; None where nobody does, or it cannot be told."""
    try:
        file = os.open(data_dir / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if _try_lock(file, fcntl.LOCK_SH) else _read_note(file)
    except OSError:
        return None
    finally:
        os.close(file)


def _try_lock(file: int, kind: int) -> bool:
    for attempt in range(_TRIES):
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt < _TRIES - 1:
                time.sleep(_PAUSE)
        else:
            return True
    return False


def _write_note(file: int, note: Holder) -> None:
    os.ftruncate(file, 0)
    os.pwrite(file, json.dumps(note._asdict()).encode() + b"\n", 0)


def _read_note(file: int) -> Holder | None:
    try:
        note = json.loads(os.pread(file, _LONGEST_NOTE, 0))
        return Holder(int(note["pid"]), str(note["spider"]), str(note["started"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None
