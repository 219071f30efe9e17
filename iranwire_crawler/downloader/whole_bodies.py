"""A packed body whose end is missing is no page: it is asked for again, and never read."""

import sys
import zlib
from collections.abc import Callable

import brotli
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

from iranwire_crawler.downloader.refusal import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_GZIP = 31
# `unused_data` copies all that was handed over behind a member's end: of a body of empty members (20 bytes each), given
# whole, 2 MiB took 2.5 s, and 16 MiB would take minutes. It is given in pieces.
_CHUNK = 1024
_ERRORS = (EOFError, zlib.error, brotli.error, zstd.ZstdError)


class WholeBodies(HttpCompressionMiddleware):
    """Scrapy's `HttpCompressionMiddleware` that unpacks a body as a whole or not at all.

    Scrapy's gives what could be unpacked of a body that was cut off, so that half an article would pass
    for a whole one; and it raises its libraries' errors where the header names the wrong packing. Both are
    retried as a connection that broke, and then refused (`damaged`). A body that unpacks to more than
    DOWNLOAD_MAXSIZE is refused at once (`too_large`); no more than that is ever unpacked.
    """

    def __init__(self, *, crawler: Crawler) -> None:
        super().__init__(crawler=crawler)
        self._crawler = crawler

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        try:
            return super().process_response(request, response)
        except _ERRORS as error:
            packing = b", ".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
            return self._again(request, f"the {packing} body is damaged: {error or 'cut off'}")

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        # Scrapy has no public place to say how a body is unpacked. `tests/faults` shows that this one is used.
        if not body:
            return body
        most = max_size or sys.maxsize - 1
        unpacked = _UNPACKERS[encoding](body, most + 1)
        if len(unpacked) > most:
            raise Refused("too_large", f"{len(body)} bytes unpack to more than {most}")
        return unpacked

    def _again(self, request: Request, why: str) -> Request:
        assert self._crawler.spider is not None
        again = get_retry_request(request, spider=self._crawler.spider, reason="damaged body")
        if again is None:
            raise Refused("damaged", why)
        return again


def _gunzip(body: bytes, most: int) -> bytes:
    """What a body unpacks to, at most so many bytes of it. Raises EOFError where its end is missing."""
    unpacked: list[bytes] = []
    position = 0
    while position < len(body) and most > 0:
        if position and not body.startswith(b"\x1f\x8b", position):
            break  # padding behind the last member
        unpacker = zlib.decompressobj(_GZIP)
        while most > 0 and not unpacker.eof:
            packed = unpacker.unconsumed_tail or body[position : position + _CHUNK]
            if not packed:
                raise EOFError
            position += 0 if unpacker.unconsumed_tail else len(packed)
            unpacked.append(unpacker.decompress(packed, most))
            most -= len(unpacked[-1])
        position -= len(unpacker.unused_data)
    return b"".join(unpacked)


def _inflate(body: bytes, most: int) -> bytes:
    try:
        return _inflated(zlib.decompressobj(), body, most)
    except zlib.error:  # some servers leave the zlib header out
        return _inflated(zlib.decompressobj(-zlib.MAX_WBITS), body, most)


def _inflated(unpacker: "zlib._Decompress", body: bytes, most: int) -> bytes:
    unpacked = unpacker.decompress(body, most)
    if len(unpacked) < most and not unpacker.eof:
        raise EOFError
    return unpacked


def _unbrotli(body: bytes, most: int) -> bytes:
    unpacker = brotli.Decompressor()
    unpacked: list[bytes] = []
    while most > 0 and not unpacker.is_finished():
        part: bytes = unpacker.process(b"" if unpacked else body, output_buffer_limit=most)
        if not part and not unpacker.is_finished():
            raise EOFError
        unpacked.append(part)
        most -= len(part)
    return b"".join(unpacked)


def _unzstd(body: bytes, most: int) -> bytes:
    unpacked: list[bytes] = []
    position = 0
    while position < len(body) and most > 0:
        unpacker = zstd.ZstdDecompressor()
        while most > 0 and not unpacker.eof:
            packed = body[position : position + _CHUNK] if unpacker.needs_input else b""
            if unpacker.needs_input and not packed:
                raise EOFError
            position += len(packed)
            unpacked.append(unpacker.decompress(packed, most))
            most -= len(unpacked[-1])
        position -= len(unpacker.unused_data)
    return b"".join(unpacked)


_UNPACKERS: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"gzip": _gunzip,
    b"x-gzip": _gunzip,
    b"deflate": _inflate,
    b"br": _unbrotli,
    b"zstd": _unzstd,
}
