"""What a WARC file holds of the site's pages, and where: one pass over it, whatever state it is in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO, Literal, NamedTuple, get_args

from fastwarc.warc import ArchiveIterator, WarcRecord

from iranwire_crawler.domain import urls
from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.errors import CrawlerError
from iranwire_crawler.stores.warc_members import holds_many, plain_length, whole_length

Kind = Literal["response", "revisit", "resource", "conversion"]

_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
_STARTS = re.compile(rb"\x1f\x8b\x08|WARC/[01]\.")
_LEAST_CHUNK, _CHUNK = 1 << 12, 1 << 20
_MOST_PROBLEMS = 1000
# A gzip header whose file name has no end sends its reader through the rest of the file, and one may stand every three
# bytes. What is read in search of records is at most so many times the file, and so much more.
_MOST_TIMES, _ALWAYS = 8, 1 << 30
# What the Wayback Machine keeps of a page is asked for by this address; only `id_` gives it as it was.
_WAYBACK = re.compile(r"https?://web\.archive\.org/web/([0-9]{14})id_/(https?://.+)", re.DOTALL)


class PackedAsOneError(CrawlerError):
    """The file is one gzip member of many records: nothing in it can be found by its place."""


class Capture(NamedTuple):
    """A record of one of the site's pages. `offset` and `length` are those of its gzip member, or of the record."""

    offset: int
    length: int
    kind: Kind
    url: str
    at: str
    """When it was taken, UTC, RFC 3339."""
    status: int
    mime: str
    record_id: str
    digest: str | None
    refers_to: str | None
    refers_to_url: str | None
    refers_to_date: str | None
    truncated: bool
    wayback: bool


@dataclass
class Scan:
    """One pass over a file: `captures()` once, then `problems`, each a stretch of it that cannot be read."""

    stream: BinaryIO
    size: int
    problems: list[str] = field(default_factory=list)
    records: int = 0
    _gone_through: int = 0
    _untold: int = 0

    def captures(self) -> Iterator[Capture]:
        """Raises PackedAsOneError. What is damaged is passed over and told."""
        if holds_many(self.stream):
            raise PackedAsOneError("it is packed as one")
        reached, fault = 0, ""
        start: int | None = 0
        while start is not None and start < self.size:
            ended = "no whole record"
            try:
                for capture, end in self._from(start):
                    self._pass_over(reached, start, fault)
                    reached, fault = end, ""
                    if capture is not None:
                        yield capture
            except OSError as error:
                ended = str(error)[:100]
            fault = fault or ended
            if self._gone_through > _ALWAYS + _MOST_TIMES * self.size:
                fault = "so much is damaged that the rest was not looked at"
                break
            start = self._next_start(max(reached, start + 1))
        self._pass_over(reached, self.size, fault)
        if self._untold:
            self.problems.append(f"{self._untold} more places cannot be read")

    def _pass_over(self, start: int, end: int, fault: str) -> None:
        if end <= start:
            return
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(f"{end - start} bytes at {start} cannot be read ({fault})")
        else:
            self._untold += 1

    def _from(self, start: int) -> Iterator[tuple[Capture | None, int]]:
        """The records that follow one another, each with its end."""
        self.stream.seek(start)
        records = iter(ArchiveIterator(self.stream, parse_http=False))
        held, last, fault = None, -1, None
        while True:
            try:
                record = next(records)
            except StopIteration:
                break
            except OSError as error:
                fault = error
                break
            offset = record.stream_pos
            if last >= 0:
                yield _ended(held, last, offset), offset
            last, held = offset, _capture(record)
            self.records += 1
        self._gone_through += self.stream.tell() - start
        if last >= 0:
            end = last + self._length(last)
            if end > last:
                yield _ended(held, last, end), end
        if fault is not None:
            raise fault

    def _length(self, offset: int) -> int:
        """How long the record at `offset` is; 0 where it is not whole. fastwarc gives a torn one as a short one."""
        self.stream.seek(offset)
        packed = self.stream.read(2) == b"\x1f\x8b"
        length = whole_length(self.stream, offset) if packed else plain_length(self.stream, offset, self.size)
        self._gone_through += self.stream.tell() - offset
        return length

    def _next_start(self, position: int) -> int | None:
        """Where something that looks like a record begins: looked for in longer and longer chunks."""
        overlap, length = 8, _LEAST_CHUNK
        while position < self.size:
            self.stream.seek(position)
            chunk = self.stream.read(length + overlap)
            if found := _STARTS.search(chunk):
                return position + found.start()
            position += length
            length = min(2 * length, _CHUNK)
        return None


def _ended(capture: Capture | None, start: int, end: int) -> Capture | None:
    return capture._replace(offset=start, length=end - start) if capture else None


def _capture(record: WarcRecord) -> Capture | None:
    """What the index takes from a record; None for one that holds no page of the site."""
    headers = record.headers
    kind = _KINDS.get((headers.get("WARC-Type") or "").lower())
    url = (headers.get("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")
    at: datetime | None = record.record_date
    wayback = _WAYBACK.fullmatch(url)
    if wayback:
        url, at = wayback[2], _moment(wayback[1])
    moment = _utc(at)
    if kind is None or moment is None or urls.read_address(url) is None:
        return None
    status, mime = 200, (headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind in ("response", "revisit"):
        try:
            record.parse_http(quirks_mode=True)
        except OSError:
            return None
        answered = record.http_headers
        status = (answered.status_code if answered is not None else None) or (304 if kind == "revisit" else 0)
        status = status if 0 < status < 1000 else 0  # HTTP has three digits; the index 64 bits
        mime = (
            ((answered.get("Content-Type") if answered is not None else None) or "").partition(";")[0].strip().lower()
        )
    if kind == "conversion" and "html" not in mime:
        return None  # the page's text, as Common Crawl's WET files hold it
    return Capture(
        offset=0,
        length=0,
        kind=kind,
        url=url,
        at=moment,
        status=status,
        mime=mime,
        record_id=headers.get("WARC-Record-ID") or "",
        digest=headers.get("WARC-Payload-Digest"),
        refers_to=headers.get("WARC-Refers-To"),
        refers_to_url=headers.get("WARC-Refers-To-Target-URI"),
        refers_to_date=headers.get("WARC-Refers-To-Date"),
        truncated="WARC-Truncated" in headers,
        wayback=wayback is not None,
    )


def _utc(at: datetime | None) -> str | None:
    """RFC 3339; None for a time at the calendar's ends, which has no UTC or no four digits."""
    try:
        return utc_text(at) if at is not None and at.year > 1000 else None
    except OverflowError:
        return None


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
