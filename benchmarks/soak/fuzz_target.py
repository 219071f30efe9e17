"""One reader under atheris: `python -m benchmarks.soak.fuzz_target READER [libFuzzer's options] [corpus folders]`.

Runs in an environment of its own, which `benchmarks.soak.fuzzing` makes. A reader may raise what it documents and
nothing else; what it gives must be as clean as its tests ask. libFuzzer ends the process at the first that is not,
and at an input that takes longer (`-timeout`) or more memory (`-rss_limit_mb`) than it may.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import atheris

with atheris.instrument_imports(include=["iranwire_crawler"]):
    from iranwire_crawler.domain import dates, urls
    from iranwire_crawler.domain.errors import NotAnArticle, SavedPagesError
    from iranwire_crawler.domain.text import clean, fold, for_terminal
    from iranwire_crawler.downloader.retry_after import retry_after_seconds
    from iranwire_crawler.pages.article import ArticlePage, Fetch
    from iranwire_crawler.pages.captures import read_captures
    from iranwire_crawler.pages.embedded_article import EmbeddedArticlePage
    from iranwire_crawler.pages.feed import FeedPage
    from iranwire_crawler.pages.next_page import probe_address
    from iranwire_crawler.pages.section import SectionPage
    from iranwire_crawler.stores.warc_archive import WarcArchive
    from iranwire_crawler.stores.warc_record import DamagedRecordError, RawPage, read_answer
    from iranwire_crawler.stores.warc_scan import PackedAsOneError, Scan
    from iranwire_crawler.stores.warc_sources import WarcSource

AT = datetime(2026, 1, 1, tzinfo=UTC)
LANGUAGES = ("en", "fa", "ar")


def page(data: bytes, reader: type[ArticlePage] = ArticlePage) -> None:
    language = LANGUAGES[data[0] % 3] if data else "en"
    read = reader(data[1:], Fetch(f"https://iranwire.com/{language}/news/122073-the-goat/", AT, "saved", None))
    try:
        article = read.article()
    except NotAnArticle:
        return
    assert article.headline == clean(article.headline)
    assert article.article_body is not None or not article.body
    assert all(block.text == clean(block.text) for block in article.body)
    captions = read.captions(article)
    assert len({caption.key for caption in captions}) == len(captions)


def embedded(data: bytes) -> None:
    page(data, EmbeddedArticlePage)


def section(data: bytes) -> None:
    read = SectionPage(data, "https://iranwire.com/en/features/", None)
    assert all(card.url.startswith("https://iranwire.com/") for card in read.cards)
    assert all(urls.read_address(found.url) for found in (read.next_page(1), probe_address(read.url, 1)) if found)
    assert all(each.slug for each in read.sections)


def feed(data: bytes) -> None:
    read = FeedPage(data, "https://iranwire.com/en/feed/", None)
    assert all(item.url.startswith("https://iranwire.com/") and urls.split_key(item.key) for item in read.items)
    assert all(address.startswith("https://iranwire.com/") for address in read.sitemaps)
    assert all(isinstance(code, str) for code in read.warnings)


def date(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    found = dates.read_declared(text)
    assert found is None or datetime.fromisoformat(found.iso)
    day = dates.read_day(text)
    assert day is None or 1 <= day.year <= 9999
    retry_after_seconds(data, AT)


def address(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    found = urls.read_address(text)
    if found is not None:
        assert "/../" not in found.path or found.kind == "other"
        assert urls.read_address(found.url) is not None or len(found.url) > urls.MAX_ADDRESS_LENGTH
    if found is not None and found.kind == "article":
        again = urls.article_address(found.url)
        assert again is None or (again.key, again.url) == (found.key, found.url)
    joined = urls.web_address(text, "https://iranwire.com/en/")
    assert joined is None or (joined.startswith(("http://", "https://")) and not set(joined) & set(" \t\r\n\x1b"))


def text(data: bytes) -> None:
    given = data.decode("utf-8", "surrogatepass" if data[:1] == b"s" else "replace") if _decodes(data) else ""
    line = clean(given)
    assert clean(line) == line
    assert fold(line) == fold(given)
    shown = for_terminal(given)
    assert len(shown) <= 200
    assert shown.replace("\u200c", "").replace("\u200d", "").isprintable() or not shown.isascii()


def captures(data: bytes) -> None:
    for capture in read_captures(data) or ():
        assert all(isinstance(value, str) for value in (capture.timestamp, capture.url, capture.status, capture.mime))


class _Held(WarcSource):
    """A WARC file that is held in memory."""

    data = b""

    def state(self) -> tuple[int, int]:
        return len(self.data), 0

    def open(self) -> tuple[BinaryIO, int]:
        return BytesIO(self.data), len(self.data)


def warc(data: bytes) -> None:
    """Scanned and read; one in sixteen also through the table, which costs more than all the rest."""
    if len(data) % 16 == 0:
        _archive(data)
    scan = Scan(BytesIO(data), len(data))
    try:
        found = list(scan.captures())
    except PackedAsOneError:
        _archive(data)
        return
    records = [data[capture.offset : capture.offset + capture.length] for capture in found]
    for capture, record in zip(found, records, strict=True):
        assert all(value.encode() or True for value in capture if isinstance(value, str)), "SQLite could not hold it"
        assert all(0 <= value < 1 << 63 for value in capture if isinstance(value, int)), "SQLite could not hold it"
        for referred in (None, records[0]):
            with suppress(DamagedRecordError):
                read_answer(RawPage(record=record, referred=referred))


def _archive(data: bytes) -> None:
    _Held.data = data
    try:
        # No folder can be made there: the index is made in memory.
        archive = WarcArchive([_Held(path=Path("a.warc"), name="a.warc")], Path("/dev/null"))
    except SavedPagesError:
        return
    assert all(placed.capture.url for key, _ in archive.articles() for placed in archive.of_article(key))
    archive.find("https://iranwire.com/en/news/12-a/")
    assert all("\n" not in problem and "\x1b" not in problem for problem in archive.problems)
    archive.close()


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


READERS: dict[str, Callable[[bytes], None]] = {
    "page": page,
    "embedded": embedded,
    "section": section,
    "feed": feed,
    "date": date,
    "address": address,
    "text": text,
    "captures": captures,
    "warc": warc,
}


def timed(reader: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """The reader; tells what an input took in seconds of processor, where none took more before."""
    slowest = 0.001

    def read(data: bytes) -> None:
        nonlocal slowest
        began = time.process_time()
        reader(data)
        took = time.process_time() - began
        if took > slowest:
            slowest = took
            sys.stderr.write(f"slowest: {took:.4f}\n")

    return read


def main() -> None:
    reader = READERS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, timed(reader))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
