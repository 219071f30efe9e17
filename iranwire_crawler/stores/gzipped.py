"""Pages that were kept as they were sent, packed, where nothing says so."""

import zlib

_GZIP = 31


def unpacked(page: bytes, most: int) -> bytes:
    """A page that begins as gzip does, which no page does, unpacked up to `most` bytes; any other as it is.

    wget keeps what it was sent in its mirrors, and tools that make WARC files of mirrors keep that.
    """
    if not page.startswith(b"\x1f\x8b"):
        return page
    try:
        return zlib.decompressobj(_GZIP).decompress(page, most)
    except zlib.error:
        return page
