"""Gzip members that hold a WARC record each: where one ends, and whether it is whole.

Readers cannot be asked: warcio and fastwarc give a cut record as a short one and stop without a word.
"""

import re
import zlib
from pathlib import Path
from typing import BinaryIO

_GZIP = 31
_CHUNK = 1 << 18
_LONGEST_HEAD = 1 << 16
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\nContent-Length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)


def whole_until(file: Path, start: int = 0) -> int:
    """The end of the last of the whole records that follow one another from `start`."""
    end = start
    with file.open("rb") as stream:
        while length := whole_length(stream, end):
            end += length
    return end


def whole_length(stream: BinaryIO, offset: int) -> int:
    """How long the gzip member at `offset` is, where it is whole and holds one whole record; else 0."""
    stream.seek(offset)
    unpacker = zlib.decompressobj(_GZIP)
    head, plain, taken = b"", 0, 0
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or stream.read(_CHUNK)
        if not packed:
            return 0
        taken += 0 if unpacker.unconsumed_tail else len(packed)
        try:
            piece = unpacker.decompress(packed, _CHUNK)
        except zlib.error:
            return 0
        plain += len(piece)
        head += piece[: _LONGEST_HEAD - len(head)]
    least = _least_length(head)
    return taken - len(unpacker.unused_data) if least and plain >= least else 0


def holds_many(stream: BinaryIO) -> bool:
    """Whether the gzip member at the start of a file holds more than one record."""
    stream.seek(0)
    unpacker = zlib.decompressobj(_GZIP)
    head, plain = b"", 0
    while not unpacker.eof and (packed := unpacker.unconsumed_tail or stream.read(_CHUNK)):
        try:
            piece = unpacker.decompress(packed, _CHUNK)
        except zlib.error:
            return False
        plain += len(piece)
        head += piece[: _LONGEST_HEAD - len(head)]
        least = _least_length(head) if len(head) == _LONGEST_HEAD or unpacker.eof else 0
        if least and plain > least + 2 * len(_HEAD_END):
            return True
    return False


def plain_length(stream: BinaryIO, offset: int, size: int) -> int:
    """How long the record at `offset` of an unpacked file is, line ends after it included; 0 where it is not whole."""
    stream.seek(offset)
    least = _least_length(stream.read(_LONGEST_HEAD))
    if not least or offset + least > size:
        return 0
    stream.seek(offset + least)
    after = stream.read(len(_HEAD_END))
    return least + len(after) - len(after.lstrip(b"\r\n"))


def _least_length(head: bytes) -> int:
    """Header and block of the record that begins so; 0 where none does."""
    end = head.find(_HEAD_END)
    length = _LENGTH.search(head[: end + 2])
    if not head.startswith(b"WARC/") or end < 0 or length is None:
        return 0
    return end + len(_HEAD_END) + int(length[1])
