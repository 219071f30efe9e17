"""Pages that were kept as they were sent, packed, where nothing says so."""

import zlib

MAX_BYTES = 64 * 1024 * 1024
"""No more of a page than this is ever read: unpacked, and as it stands."""

_GZIP = 31


def unpacked(page: bytes) -> bytes:
    """A page that begins as gzip does, which no page does, unpacked up to `MAX_BYTES`; any other as it is.

    wget keeps what it was sent in its mirrors, and tools that make WARC files of mirrors keep that.
    """
    if not page.startswith(b"\x1f\x8b"):
        return page
    try:
        return zlib.decompressobj(_GZIP).decompress(page, MAX_BYTES)
    except zlib.error:
        return page
