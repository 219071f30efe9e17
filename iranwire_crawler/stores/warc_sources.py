"""Which WARC files saved pages are made of: files, folders of them, WACZ; each opened so that it can be searched."""

import gzip
import io
import lzma
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from iranwire_crawler.domain.errors import SavedPagesError
from iranwire_crawler.stores.warc_index import is_ours

_SUFFIXES = (".warc", ".warc.gz", ".wacz")
_ZIP, _GZIP, _WARC = b"PK\x03\x04", b"\x1f\x8b", b"WARC/"
_ARCHIVE = "archive/"
# Pages pack to a tenth, and a thousand times is possible: what unpacks to more than this is no archive of pages.
_MOST_TIMES = 200
_ALWAYS = 64 * 1024 * 1024
_MOST_MEMBERS = 10_000
_LOCAL_HEADER = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class WarcSource:
    """A WARC file, or one in a WACZ. `name` is what a record's `warc.file` says."""

    path: Path
    member: str | None = None
    name: str
    own: bool = False
    """Whether a run of this DATA_DIR wrote it."""
    fault: str = ""
    """Why it cannot be opened, where that is known already."""

    def state(self) -> tuple[int, int]:
        """Size and time of last change (ns) of the file: what an index of it holds for."""
        if self.fault:
            raise SavedPagesError(self.fault)
        found = self.path.stat()
        return found.st_size, found.st_mtime_ns

    def open(self) -> tuple[BinaryIO, int]:
        """The file and its size. Raises OSError, SavedPagesError."""
        if self.member is None:
            return self.path.open("rb"), self.path.stat().st_size
        return _open_member(self.path, self.member)


def warc_sources(given: Path, data_dir: Path) -> list[WarcSource]:
    """The WARC files of a path, in the order of their names; none where it is a folder without any.

    Raises SavedPagesError for a file that is neither WARC nor WACZ; in a folder, opening it does.
    """
    if given.is_file():
        return _of_file(given, _as_text(given.name), data_dir)
    found: list[WarcSource] = []
    for folder, subfolders, names in os.walk(given):
        subfolders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if name.endswith(_SUFFIXES) and not name.startswith("."):
                found += _in_folder(file, _as_text(file.relative_to(given).as_posix()), data_dir)
    return found


def unpacked(stream: BinaryIO, size: int) -> tuple[BinaryIO, int]:
    """A file that is one gzip member, unpacked into a temporary file without a name. Raises SavedPagesError."""
    stream.seek(0)
    with gzip.GzipFile(fileobj=stream) as packed:
        return _spool(cast(IO[bytes], packed), size)


def _as_text(name: str) -> str:
    """A file's name as records can hold it: bytes that are not UTF-8 as `\\xe9`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _in_folder(file: Path, name: str, data_dir: Path) -> list[WarcSource]:
    """As `_of_file`; one that cannot be used stands among the others and is told when it is opened."""
    try:
        if file.exists() and not file.is_file():  # a pipe would be waited for
            return [WarcSource(path=file, name=name, fault="not a regular file")]
        return _of_file(file, name, data_dir)
    except (OSError, RuntimeError) as error:  # a loop of links: OSError, before Python 3.13 RuntimeError
        return [WarcSource(path=file, name=name, fault=str(error))]
    except SavedPagesError as error:
        return [WarcSource(path=file, name=name, fault=str(error).partition(": ")[2] or str(error))]


def _of_file(file: Path, name: str, data_dir: Path) -> list[WarcSource]:
    place = file.resolve()
    if is_ours(place, data_dir):
        run = place.parent
        return [WarcSource(path=place, name=f"../../{run.parent.name}/{run.name}/{place.name}", own=True)]
    try:
        with file.open("rb") as stream:
            start = stream.read(5)
    except OSError as error:
        raise SavedPagesError(f"SAVED_PAGES={file}: cannot read it: {error.strerror or error}") from error
    if start.startswith(_ZIP):
        return [WarcSource(path=place, member=member, name=f"{name}/{member}") for member in _members(file)]
    if start and not start.startswith((_GZIP, _WARC)):
        raise SavedPagesError(f"SAVED_PAGES={file}: neither WARC (.warc, .warc.gz) nor WACZ, nor a folder")
    return [WarcSource(path=place, name=name)]


def _members(file: Path) -> Iterator[str]:
    """The WARC files in a WACZ. Their names are labels: nothing is ever unpacked to a path."""
    try:
        with zipfile.ZipFile(file) as wacz:
            names = [name for name in wacz.namelist() if name.startswith(_ARCHIVE) and name.endswith(_SUFFIXES[:2])]
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise SavedPagesError(f"SAVED_PAGES={file}: not a whole WACZ: {error}") from error
    if len(names) > _MOST_MEMBERS:
        raise SavedPagesError(f"SAVED_PAGES={file}: {len(names)} WARC files in one WACZ are too many")
    yield from sorted(names)


def _open_member(file: Path, member: str) -> tuple[BinaryIO, int]:
    try:
        with zipfile.ZipFile(file) as wacz:
            info = wacz.getinfo(member)
            if info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1:
                return _slice(file, info)
            with wacz.open(info) as packed:
                return _spool(packed, info.compress_size)
    except (KeyError, zipfile.BadZipFile, RuntimeError, EOFError, ValueError) as error:
        raise SavedPagesError(f"{file}: {member} cannot be read: {error}") from error


def _slice(file: Path, info: zipfile.ZipInfo) -> tuple[BinaryIO, int]:
    stream = file.open("rb")
    stream.seek(info.header_offset)
    header = stream.read(_LOCAL_HEADER)
    name, extra = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
    start = info.header_offset + _LOCAL_HEADER + name + extra
    return io.BufferedReader(_Slice(stream, start, info.file_size)), info.file_size


def _spool(packed: IO[bytes], packed_size: int) -> tuple[BinaryIO, int]:
    most = max(_ALWAYS, packed_size * _MOST_TIMES)
    whole = tempfile.TemporaryFile()  # noqa: SIM115 - handed out open
    size = 0
    try:
        # What is torn at its end is read as far as it goes; the scan tells.
        with suppress(EOFError):
            while chunk := packed.read(1 << 20):
                size += len(chunk)
                if size > most:
                    raise SavedPagesError(f"it unpacks to more than {most >> 20} MiB, and is not read")
                whole.write(chunk)
    except (zlib.error, lzma.LZMAError) as error:
        whole.close()
        raise SavedPagesError(f"it is damaged and cannot be unpacked: {error}") from error
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole, size


class _Slice(io.RawIOBase):
    """A part of a file as a file."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        self.stream, self.start, self.size, self.position = stream, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        self.position = max(0, base + offset)
        return self.position

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        wanted = max(0, min(len(buffer), self.size - self.position))
        self.stream.seek(self.start + self.position)
        data = self.stream.read(wanted)
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)

    def close(self) -> None:
        self.stream.close()
        super().close()
