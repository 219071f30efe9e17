"""Writing that is done whole or not at all, and stands on the disk when it is done."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def append_whole(file: int, data: bytes) -> int:
    """Write at the end of a file that was opened with O_APPEND, and say at which byte it begins.

    Raises OSError where not all of it could be written (a full disk); what was written of it is cut off again.
    """
    start = os.fstat(file).st_size
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
    except OSError:
        with suppress(OSError):
            os.ftruncate(file, start)
        raise
    return start


def replace_whole(target: Path, parts: Iterable[bytes]) -> None:
    """Write a file in one step: who reads it sees the former one or this one, never half of it.

    Raises OSError where it cannot be written; the former one then still stands.
    """
    draft = target.with_name(f".{target.name}.draft")
    try:
        with draft.open("wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def sync(path: Path) -> None:
    """See to it that a file, or a folder's list of files, is on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
