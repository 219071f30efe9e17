"""Raw pages in: the site's pages in WARC files and WACZ, whoever made them."""

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from iranwire_crawler.domain.errors import SavedPagesError
from iranwire_crawler.domain.items import Source, WarcLocation
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.urls import absolute
from iranwire_crawler.stores.capture_index import CaptureIndex, Placed
from iranwire_crawler.stores.gzipped import MAX_BYTES
from iranwire_crawler.stores.mirror import identity
from iranwire_crawler.stores.warc_record import Answer, DamagedRecordError, RawPage, read_answer
from iranwire_crawler.stores.warc_sources import WarcSource, unpacked

_OPEN_FILES = 16
_MOST_REFERRED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """Where and when a page was taken from the site."""

    url: str
    at: datetime
    source: Source
    warc: WarcLocation
    own: bool
    """Whether a run of this DATA_DIR kept it: then it has been read before."""
    rendered: bool = False
    """Whether it is what a browser made of the page (`conversion`)."""


class WarcArchive:
    """The chosen files. Raises SavedPagesError where they hold no page of the site."""

    def __init__(self, sources: Sequence[WarcSource], data_dir: Path) -> None:
        self.problems: list[str] = []
        self.records = 0
        self._sources: dict[int, tuple[WarcSource, bool]] = {}
        self._open: OrderedDict[int, BinaryIO] = OrderedDict()
        self._index = CaptureIndex(data_dir)
        try:
            self._choose(sources)
        except sqlite3.Error:  # the disk is full, or another process writes the index for long
            self._index.close()
            self._index = CaptureIndex(None)
            self._choose(sources)
        if not self._index.count():
            self.close()
            told = f": {self.problems[0]}" if self.problems else ""
            raise SavedPagesError(f"SAVED_PAGES: {len(sources)} WARC files hold no page of iranwire.com{told}")

    def __len__(self) -> int:
        return self._index.count()

    def close(self) -> None:
        for stream in self._open.values():
            stream.close()
        self._open.clear()
        self._index.close()

    def find(self, url: str, day: date | None = None) -> tuple[Answer, Taken] | None:
        """The page that an address had, in whatever form either of them stands: the newest, or the nearest to a day.

        A capture that cannot be used is noted in `problems`, and the next best one taken.
        """
        for placed in self._index.captures(url, day):
            try:
                raw, taken = self.raw(placed)
                answer = read_answer(raw)
            except DamagedRecordError as error:
                self.note(placed, error)
                continue
            if not _leads_back(answer, placed.capture.url):
                return answer, taken
        return None

    def captures(self, url: str) -> Iterator[Placed]:
        """The captures of an address in any form."""
        return self._index.captures(url)

    def articles(self, day: date | None = None) -> Iterator[tuple[str, Placed]]:
        """Each article's key and its best capture, in the order of the files."""
        return self._index.articles(day)

    def of_article(self, key: str, day: date | None = None) -> Iterator[Placed]:
        """An article's captures, the best one first."""
        return self._index.of_article(key, day)

    def count_articles(self) -> int:
        return self._index.count_articles()

    def raw(self, placed: Placed) -> tuple[RawPage, Taken]:
        """A capture's record as it stands, and where and when it was taken. Raises DamagedRecordError."""
        capture = placed.capture
        if capture.kind != "revisit":
            return RawPage(record=self._bytes(placed)), self._taken(placed, placed)
        record = self._bytes(placed)
        for _, referred in zip(range(_MOST_REFERRED), self._index.referred(capture), strict=False):
            with suppress(DamagedRecordError):
                page = RawPage(record=record, referred=self._bytes(referred))
                # A 304 says that the page is the one that was taken then.
                return page, self._taken(referred if capture.status == 304 else placed, placed)
        raise DamagedRecordError("the page that it refers to is not there")

    def taken(self, placed: Placed) -> Taken:
        """Where and when a capture was taken, whether or not its page can be had."""
        return self._taken(placed, placed)

    def note(self, placed: Placed, error: DamagedRecordError) -> None:
        source = self._sources[placed.file][0]
        self.problems.append(f"{source.name}: record at {placed.capture.offset}: {for_terminal(str(error))}")

    def _choose(self, sources: Sequence[WarcSource]) -> None:
        self.problems, self.records, self._sources = [], 0, {}
        for source in sources:
            try:
                indexed = self._index.choose(source)
            except (OSError, SavedPagesError) as error:
                self.problems.append(f"{source.name}: cannot be read: {for_terminal(str(error))}")
                continue
            self._sources[indexed.file] = (source, indexed.packed_as_one)
            self.records += indexed.records
            self.problems += [f"{source.name}: {for_terminal(problem)}" for problem in indexed.problems]

    def _taken(self, page: Placed, placed: Placed) -> Taken:
        capture, source = page.capture, self._sources[page.file][0]
        return Taken(
            url=placed.capture.url,
            at=datetime.fromisoformat(capture.at),
            source="wayback" if capture.wayback else "saved",
            warc=WarcLocation(file=source.name, record_id=capture.record_id, offset=capture.offset),
            own=source.own,
            rendered=capture.kind == "conversion",
        )

    def _bytes(self, placed: Placed) -> bytes:
        capture = placed.capture
        if capture.length > MAX_BYTES:
            raise DamagedRecordError(f"it is larger than {MAX_BYTES >> 20} MiB")
        try:
            stream = self._stream(placed.file)
            stream.seek(capture.offset)
            data = stream.read(capture.length)
        except (OSError, SavedPagesError) as error:
            raise DamagedRecordError(str(error)) from error
        if len(data) != capture.length:
            raise DamagedRecordError("the file has become shorter")
        return data

    def _stream(self, file: int) -> BinaryIO:
        if file in self._open:
            self._open.move_to_end(file)
            return self._open[file]
        source, packed_as_one = self._sources[file]
        stream, size = source.open()
        if packed_as_one:
            with stream:
                stream, _ = unpacked(stream, size)
        self._open[file] = stream
        if len(self._open) > _OPEN_FILES:
            self._open.popitem(last=False)[1].close()
        return stream


def _leads_back(answer: Answer, url: str) -> bool:
    """Whether it redirects to its own page: http to https, a slash added, another of the site's hosts."""
    if not 300 <= answer.status < 400:
        return False
    location = next((value for name, value in answer.headers if name.lower() == b"location"), None)
    if location is None:
        return False
    return identity(absolute(location.decode("utf-8", "replace"), url)) == identity(url)
