"""Raw pages out: `pages.warc.gz` in the run folder, a gzip member a record, and the index of what is written.

WARC 1.1 (ISO 28500:2017). fastwarc lays the records out; their members are made here, because its GzipWriter
puts all records of a stream into one member, which no reader can seek in.
"""

import os
import re
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from fastwarc.warc import WarcRecord, WarcRecordType

from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.stores.durable import append_whole
from iranwire_crawler.stores.warc_index import JOURNAL, close_index, digest_text, index_line, mime, sha1

FIRST = "pages.warc.gz"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

# A gzip member with its own header and checksum.
_GZIP = 31
# Level 6 takes 1.2 times level 1's time and saves a twentieth; what came compressed does not get smaller.
_LEVEL, _STORED = 1, 0
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
_CONTROL = dict.fromkeys((*range(32), 127))

# fastwarc reads no record whose HTTP head is longer than 32 KiB ("Maximum header length exceeded").
_LONGEST_HEAD = 24 * 1024
_BREAKS = re.compile(rb"[\r\n\0]+")

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """A request and what was answered. `body` is as it came: its Content-Encoding not undone."""

    target_uri: str
    at: datetime
    method: str
    request_headers: Headers
    request_body: bytes = b""
    status: int
    headers: Headers
    body: bytes
    protocol: str = "HTTP/1.1"
    ip_address: str | None = None
    truncated: str | None = None
    """WARC-Truncated: `disconnect`, `unspecified`, …"""


@dataclass(frozen=True, kw_only=True, slots=True)
class RefersTo:
    """The record that holds the page a 304 speaks of; what is not known is None."""

    record_id: str | None = None
    target_uri: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Where a record stands: file name in the folder, WARC-Record-ID, byte offset of its member."""

    file: str
    record_id: str
    offset: int


class WarcWriter:
    """Writes one run's raw pages. The first record makes the file; beyond `max_bytes` another is begun.

    A record stands on disk, and then in the index, when the call that writes it returns. A call that fails
    (OSError: disk full) leaves the file as it was before it.
    """

    def __init__(self, folder: Path, info: Mapping[str, str], max_bytes: int) -> None:
        self.folder = folder
        self.info = dict(info)
        self.max_bytes = max_bytes
        self.files = 0
        self.records = 0
        self.bytes = 0
        self._file: int | None = None
        self._journal: int | None = None
        self._name = ""
        self._end = 0
        self._info_id = ""

    def write_exchange(self, exchange: Exchange, refers_to: RefersTo | None = None) -> Written:
        """A `response` record, or a `revisit` for a 304, and its `request` before it."""
        record_id = new_record_id()
        revisit = exchange.status == HTTPStatus.NOT_MODIFIED
        answer = self._answer(exchange, record_id, refers_to)
        asked = _record(WarcRecordType.request, new_record_id(), exchange.at, exchange.target_uri)
        asked.headers["WARC-Concurrent-To"] = record_id
        asked.headers["Content-Type"] = "application/http; msgtype=request"
        asked.set_bytes_content(_request_head(exchange) + exchange.request_body)
        stored = _value(exchange.headers, b"content-encoding")
        digest = sha1(exchange.body)
        members = [
            _member(asked, _STORED, sha1(exchange.request_body)),
            _member(answer, _STORED if stored else _LEVEL, None if revisit else digest),
        ]
        written = self._append(members, record_id)
        line = index_line(
            exchange.target_uri,
            exchange.at,
            mime="warc/revisit" if revisit else mime(exchange.headers),
            status=exchange.status,
            digest=digest_text(digest),
            length=len(members[-1]),
            offset=written.offset,
            file=written.file,
        )
        try:
            self._note(line)
        except OSError:
            self._take_back(members)
            raise
        return written

    def write_conversion(
        self, target_uri: str, at: datetime, content: bytes, content_type: str, refers_to: str | None = None
    ) -> Written:
        """What a page was turned into (a browser's DOM as HTML); `refers_to` is the record ID of its response."""
        record_id = new_record_id()
        record = _record(WarcRecordType.conversion, record_id, at, target_uri)
        if refers_to:
            record.headers["WARC-Refers-To"] = refers_to
        record.headers["Content-Type"] = _plain(content_type)
        record.set_bytes_content(content)
        return self._append([_member(record, _LEVEL)], record_id)

    def close(self) -> None:
        """Sync the file, and put the index in the order in which other tools look things up."""
        if self._journal is not None:
            os.close(self._journal)
            self._journal = None
        self._close_file()
        if self.files:
            close_index(self.folder)

    def _answer(self, exchange: Exchange, record_id: str, refers_to: RefersTo | None) -> WarcRecord:
        revisit = exchange.status == HTTPStatus.NOT_MODIFIED
        kind = WarcRecordType.revisit if revisit else WarcRecordType.response
        record = _record(kind, record_id, exchange.at, exchange.target_uri)
        if revisit:
            record.headers["WARC-Profile"] = NOT_MODIFIED
            for name, value in _named(refers_to or RefersTo()):
                record.headers[name] = _plain(value)
        if exchange.ip_address:
            record.headers["WARC-IP-Address"] = exchange.ip_address
        kept = _that_fit(exchange.headers)
        if truncated := exchange.truncated or ("length" if len(kept) < len(exchange.headers) else None):
            record.headers["WARC-Truncated"] = truncated
        record.headers["Content-Type"] = "application/http; msgtype=response"
        record.set_bytes_content(_response_head(exchange, kept) + exchange.body)
        return record

    def _append(self, members: list[bytes], record_id: str) -> Written:
        """Write the members, all or none of them; the last one is the record that is meant."""
        if self._file is None or self._end >= self.max_bytes:
            self._begin_file()
        assert self._file is not None
        data = b"".join(members)
        self._end = append_whole(self._file, data) + len(data)
        self.bytes += len(data)
        self.records += len(members)
        return Written(self._name, record_id, self._end - len(members[-1]))

    def _take_back(self, members: list[bytes]) -> None:
        """Cut off what was written last: no record stands in the file that the index does not know."""
        assert self._file is not None
        length = sum(map(len, members))
        os.ftruncate(self._file, self._end - length)
        self._end -= length
        self.bytes -= length
        self.records -= len(members)

    def _begin_file(self) -> None:
        self._close_file()
        self._name = FIRST if not self.files else f"pages-{self.files + 1:05d}.warc.gz"
        self._file = os.open(self.folder / self._name, _APPEND | os.O_EXCL, 0o644)
        self.files += 1
        self._end = 0
        self._info_id = new_record_id()
        record = _record(WarcRecordType.warcinfo, self._info_id, datetime.now(UTC), None)
        record.headers["WARC-Filename"] = self._name
        record.headers["Content-Type"] = "application/warc-fields"
        fields = "".join(f"{name}: {_plain(value)}\r\n" for name, value in self.info.items())
        record.set_bytes_content(fields.encode())
        self._append([_member(record, _LEVEL)], self._info_id)

    def _close_file(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            try:
                os.fsync(file)
            finally:
                os.close(file)

    def _note(self, line: bytes) -> None:
        if self._journal is None:
            self._journal = os.open(self.folder / JOURNAL, _APPEND, 0o644)
        append_whole(self._journal, line)


def new_record_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _record(kind: WarcRecordType, record_id: str, at: datetime, target_uri: str | None) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(record_type=kind)
    record.headers["WARC-Record-ID"] = record_id
    record.headers["WARC-Date"] = utc_text(at)
    if target_uri is not None:
        record.headers["WARC-Target-URI"] = _plain(target_uri)
    return record


def _plain(text: str) -> str:
    """Text that stays on its line, and is UTF-8."""
    return text.translate(_CONTROL).encode("utf-8", "backslashreplace").decode()


def _named(refers_to: RefersTo) -> Iterable[tuple[str, str]]:
    if refers_to.record_id:
        yield "WARC-Refers-To", refers_to.record_id
    if refers_to.target_uri:
        yield "WARC-Refers-To-Target-URI", refers_to.target_uri
    if refers_to.date:
        yield "WARC-Refers-To-Date", refers_to.date


def _member(record: WarcRecord, level: int, payload_digest: bytes | None = None) -> bytes:
    """The record as a gzip member; the digest of its block, and of its payload, in its header."""
    plain = BytesIO()
    record.write(plain, checksum_data=True, payload_digest=payload_digest)
    packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    return packer.compress(plain.getbuffer()) + packer.flush()


def _request_head(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.target_uri)
    target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    host = [] if _value(exchange.request_headers, b"host") else [(b"Host", parts.netloc.encode("ascii", "replace"))]
    return _head(f"{exchange.method} {target} HTTP/1.1", [*host, *exchange.request_headers])


def _response_head(exchange: Exchange, headers: Headers) -> bytes:
    protocol = exchange.protocol if exchange.protocol.startswith("HTTP/") else "HTTP/1.1"
    return _head(f"{protocol} {exchange.status} {_phrase(exchange.status)}", headers)


def _head(first_line: str, headers: Headers) -> bytes:
    lines = [first_line.translate(_CONTROL).encode("utf-8", "replace")]
    lines += [name + b": " + _on_one_line(value) for name, value in headers]
    return b"\r\n".join([*lines, b"", b""])


def _that_fit(headers: Headers) -> Headers:
    """The headers but those for which a head has no room that can be read again."""
    left = _LONGEST_HEAD
    kept = []
    for name, value in headers:
        length = len(name) + len(value) + 4
        if length <= left:
            kept.append((name, value))
            left -= length
    return kept


def _on_one_line(value: bytes) -> bytes:
    return b" ".join(filter(None, map(bytes.strip, _BREAKS.split(value)))) if _BREAKS.search(value) else value


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _value(headers: Headers, wanted: bytes) -> bytes | None:
    return next((value for name, value in headers if name.lower() == wanted), None)
