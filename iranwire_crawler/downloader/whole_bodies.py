"""A packed body whose end is missing is no page: it is asked for again, and never read."""

import logging
import sys
import zlib
from collections.abc import Callable
from typing import Self

import brotli
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

from iranwire_crawler.downloader.refusal import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

logger = logging.getLogger(__name__)

_CHUNK = 65536
_GZIP = 31


class WholeBodies:
    """Looks at the body before Scrapy's `HttpCompressionMiddleware` unpacks it.

    That one gives what could be unpacked of a body that was cut off, so that half an article would pass
    for a whole one; and it raises its libraries' errors where the header names the wrong packing. Both are
    retried as a connection that broke, and then refused (`damaged`). A body that unpacks to more than
    DOWNLOAD_MAXSIZE is refused at once (`too_large`); no more than that is ever unpacked. Of packings
    inside packings the outermost alone is looked at.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        packings = b",".join(response.headers.getlist("Content-Encoding")).lower().split(b",")
        measure = _MEASURES.get(packings[-1].strip().decode("latin-1"))
        if measure is None or not response.body or request.method == "HEAD":
            return response
        try:
            size = measure(response.body, self._most)
        except (EOFError, zlib.error, brotli.error, zstd.ZstdError) as error:
            return self._again(request, f"the {packings[-1].decode('latin-1')} body is damaged: {error or 'cut off'}")
        if size > self._most:
            raise Refused("too_large", f"{len(response.body)} bytes unpack to more than {self._most}")
        return response

    def _again(self, request: Request, why: str) -> Request:
        assert self._crawler.spider is not None
        again = get_retry_request(request, spider=self._crawler.spider, reason="damaged body")
        if again is None:
            raise Refused("damaged", why)
        return again


def _gzip_size(body: bytes, most: int) -> int:
    """Bytes that the body unpacks to, or more than `most`. Raises EOFError where its end is missing."""
    size = 0
    while body:
        if size and not body.startswith(b"\x1f\x8b"):
            break  # padding behind the last member
        unpacker = zlib.decompressobj(_GZIP)
        size += _inflated(unpacker, body, most - size)
        if size > most:
            break
        body = unpacker.unused_data
    return size


def _deflate_size(body: bytes, most: int) -> int:
    try:
        return _inflated(zlib.decompressobj(), body, most)
    except zlib.error:  # some servers leave the zlib header out
        return _inflated(zlib.decompressobj(-zlib.MAX_WBITS), body, most)


def _inflated(unpacker: "zlib._Decompress", body: bytes, most: int) -> int:
    size = len(unpacker.decompress(body, _CHUNK))
    while not unpacker.eof and size <= most:
        part = unpacker.decompress(unpacker.unconsumed_tail, _CHUNK)
        if not part and not unpacker.eof:
            raise EOFError
        size += len(part)
    return size


def _brotli_size(body: bytes, most: int) -> int:
    unpacker = brotli.Decompressor()
    size = len(unpacker.process(body, output_buffer_limit=_CHUNK))
    while not unpacker.is_finished() and size <= most:
        part = unpacker.process(b"", output_buffer_limit=_CHUNK)
        if not part and not unpacker.is_finished():
            raise EOFError
        size += len(part)
    return size


def _zstd_size(body: bytes, most: int) -> int:
    size = 0
    while body and size <= most:
        unpacker = zstd.ZstdDecompressor()
        size += len(unpacker.decompress(body, _CHUNK))
        while not unpacker.eof and size <= most:
            if unpacker.needs_input:
                raise EOFError
            size += len(unpacker.decompress(b"", _CHUNK))
        body = unpacker.unused_data if unpacker.eof else b""
    return size


_MEASURES: dict[str, Callable[[bytes, int], int]] = {
    "gzip": _gzip_size,
    "x-gzip": _gzip_size,
    "deflate": _deflate_size,
    "br": _brotli_size,
    "zstd": _zstd_size,
}
