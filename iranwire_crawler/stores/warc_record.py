"""One WARC record's bytes in, the page it holds out: transfer and content encoding undone."""

import re
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from iranwire_crawler.domain.errors import CrawlerError
from iranwire_crawler.stores.gzipped import MAX_BYTES, unpacked

Decode = Literal["none", "content", "transfer", "all"]

_DECODES: tuple[Decode, ...] = ("all", "transfer", "none")
_RAW_DEFLATE = -15
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,4096})?\r\n")
_GZIP = 31
_UNDONE = frozenset({b"content-encoding", b"transfer-encoding", b"content-length"})


class DamagedRecordError(CrawlerError):
    """A record cannot be used: torn, damaged, too large, or without the page it refers to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawPage:
    """A record as it stands in its file, and the one that a `revisit` refers to."""

    record: bytes
    referred: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What was answered: headers without those of the encodings that are undone in `body`."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def read_answer(raw: RawPage) -> Answer:
    """Raises DamagedRecordError."""
    try:
        record = _record(raw.record)
        if record.record_type != WarcRecordType.revisit:
            return _answer(raw.record)
        if raw.referred is None:
            raise DamagedRecordError("the page it refers to is not there")
        page = _answer(raw.referred)
        status = record.http_headers.status_code if record.http_headers is not None else None
        if status in (None, 304):
            return page
        # The same payload, answered anew: the headers are this answer's.
        return Answer(status=status or 0, headers=_without(record, _UNDONE), body=page.body)
    except (OSError, StopIteration, ValueError) as error:
        raise DamagedRecordError(str(error)[:200] or "no record stands there") from error


def _answer(raw: bytes) -> Answer:
    record = _record(raw)
    if record.http_headers is None or not record.is_http:
        body = unpacked(_read(record))
        return Answer(status=200, headers=((b"Content-Type", _content_type(record)),), body=body)
    status = record.http_headers.status_code
    if status is None:
        raise DamagedRecordError("it holds no HTTP status")
    encoded = _stored_body(raw)
    body = _decoded(raw, encoded, _declared(record))
    return Answer(status=status, headers=_without(record, _UNDONE), body=body)


def _record(raw: bytes, decode: Decode = "none") -> WarcRecord:
    return next(iter(ArchiveIterator(BytesIO(raw), auto_decode=decode, quirks_mode=True, stream_detect=True)))


def _stored_body(raw: bytes) -> bytes:
    """The body as it stands in the record. Raises DamagedRecordError where some of it is missing."""
    record = _record(raw)
    length = record.content_length
    body = _read(record)
    if len(body) != length:
        raise DamagedRecordError(f"it is torn: {len(body)} of {length} bytes are there")
    return body


def _decoded(raw: bytes, stored: bytes, declared: str) -> bytes:
    """The body with its encodings undone, as far as it has them: some archives keep pages unpacked, and the headers."""
    if not declared:
        return stored
    body = stored
    for decode in _DECODES:
        try:
            body = _read(_record(raw, decode))
            break
        except OSError:
            continue
    if decode == "all":
        return body
    if decode == "none" and "chunked" in declared and (whole := _without_chunks(stored)) is not None:
        # Chunks with extensions or trailers, which fastwarc takes for damage.
        encoding = declared.replace("chunked", "").strip(" ,")
        return _decoded(_as_record(whole, encoding), whole, encoding)
    # x-gzip, deflate without its wrapper: servers send both.
    window = _GZIP if body.startswith(b"\x1f\x8b") else _RAW_DEFLATE if "deflate" in declared else 0
    try:
        return _bounded(zlib.decompressobj(window).decompress(body, MAX_BYTES + 1)) if window else body
    except zlib.error:
        return body


def _without_chunks(stored: bytes) -> bytes | None:
    """The body out of its chunks; None where they do not follow one another to the last one."""
    parts: list[bytes] = []
    position = 0
    while (found := _CHUNK.match(stored, position)) is not None:
        length = int(found[1], 16)
        if not length:
            return b"".join(parts)
        position = found.end() + length
        parts.append(stored[found.end() : position])
        if stored[position : position + 2] != b"\r\n":
            return None
        position += 2
    return None


def _as_record(body: bytes, encoding: str) -> bytes:
    http = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\n\r\n".encode("latin-1", "replace") + body
    head = "WARC/1.1\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\n"
    return f"{head}Content-Length: {len(http)}\r\n\r\n".encode() + http


def _read(record: WarcRecord) -> bytes:
    return _bounded(record.reader.read(MAX_BYTES + 1) if record.reader else b"")


def _bounded(body: bytes) -> bytes:
    if len(body) > MAX_BYTES:
        raise DamagedRecordError(f"it is larger than {MAX_BYTES >> 20} MiB")
    return body


def _declared(record: WarcRecord) -> str:
    names = ("Content-Encoding", "Transfer-Encoding")
    return " ".join(record.http_headers.get(name) or "" for name in names).strip().lower()


def _without(record: WarcRecord, left_out: frozenset[bytes]) -> tuple[tuple[bytes, bytes], ...]:
    headers = record.http_headers.items_bytes() if record.http_headers is not None else ()
    return tuple((name, value) for name, value in headers if name.lower() not in left_out)


def _content_type(record: WarcRecord) -> bytes:
    return (record.headers.get("Content-Type") or "").encode("latin-1", "replace")
