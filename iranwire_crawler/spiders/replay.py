"""`scrapy crawl replay -s SAVED_PAGES=…`: every article page found in raw pages, read anew."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.items import Article, Caption, Rejected, Unread
from iranwire_crawler.domain.similarity import keep_bands
from iranwire_crawler.domain.switches import is_on
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.urls import article_address
from iranwire_crawler.spiders.arguments import check_names, day, positive
from iranwire_crawler.spiders.reread import Job, Reading, processes_for, read, read_all
from iranwire_crawler.stores.capture_index import Placed
from iranwire_crawler.stores.mirror import MirrorFolder, SavedPage
from iranwire_crawler.stores.saved_pages import SavedPagesStore, open_saved_pages
from iranwire_crawler.stores.warc_archive import WarcArchive
from iranwire_crawler.stores.warc_record import DamagedRecordError, RawPage

logger = logging.getLogger(__name__)

_Record = Article | Caption | Rejected | Unread


class ReplaySpider(Spider):
    """Reads the kept page of every article, without network, section pages or robots.txt.

    Arguments: `at` (of several pages of an article the one nearest to that day; default the newest), `processes`
    (default: as many as there are cores), `frozen` (yes: what the archive knows is left out of account, so that the
    same pages and the same version give the same lines to the byte).
    """

    name = "replay"
    # For the pipelines that clean and validate: the processes that read the pages have done it.
    finishes_records = True

    at: date | None
    processes: int | None
    frozen: bool

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        check_names(kwargs, ("at", "processes", "frozen"))
        if not crawler.settings.get("SAVED_PAGES"):
            raise ArgumentError("replay reads saved pages: name them with -s SAVED_PAGES=…")
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.at = day("at", kwargs.get("at"))
        spider.processes = positive("processes", kwargs.get("processes"))
        spider.frozen = is_on("-a frozen", kwargs.get("frozen", "no"))
        return spider

    async def start(self) -> AsyncIterator[_Record]:
        store = open_saved_pages(str(self.settings["SAVED_PAGES"]), Path(self.settings["DATA_DIR"]))
        try:
            async for record in self._records(store):
                yield record
        finally:
            if isinstance(store, WarcArchive):
                store.close()

    async def _records(self, store: SavedPagesStore) -> AsyncIterator[_Record]:
        assert self.crawler.stats is not None
        stats = self.crawler.stats
        pages = _count(store)
        processes = processes_for(pages, self.processes)
        stats.set_value(stat_keys.PAGES_TOTAL, pages)
        logger.info("%d articles' pages to read, on %d processes", pages, processes or 1)
        async for job, reading in read_all(self._jobs(store), processes, partial(_light, store)):
            stats.inc_value(stat_keys.PAGES_READ)
            found = job, reading
            if reading.damaged and isinstance(store, WarcArchive):
                found = self._next_best(store, job, reading)
            for record in self._heard(*found):
                yield record

    def _jobs(self, store: SavedPagesStore) -> Iterator[Job]:
        if isinstance(store, MirrorFolder):
            now = datetime.now(UTC)
            yield from (self._of_file(key, page, now) for key, page in store.articles())
            return
        for key, placed in store.articles(self.at):
            yield _job(store, key, placed)

    def _of_file(self, key: str, page: SavedPage, now: datetime) -> Job:
        address = article_address(page.url)
        assert address is not None
        job = Job(key=key, url=address.url, at=now, source="saved", page=b"")
        try:
            return replace(job, at=self._moment(page, now), page=page.body())
        except OSError as error:
            return replace(job, fault=f"{page.file}: cannot be read: {error.strerror}")

    def _moment(self, page: SavedPage, now: datetime) -> datetime:
        """A mirror does not say when a page was taken; its file's time is no more than the same every time."""
        return datetime.fromtimestamp(page.file.stat().st_mtime, UTC) if self.frozen else now

    def _next_best(self, archive: WarcArchive, job: Job, reading: Reading) -> tuple[Job, Reading]:
        """An article's next capture that can be used, where its best one cannot; told."""
        logger.warning("%s: its page cannot be used: %s", for_terminal(job.url), for_terminal(reading.damaged))
        self.crawler.stats.inc_value("saved_pages/damaged")
        for placed in archive.of_article(job.key, self.at):
            other = _job(archive, job.key, placed)
            found = read(other)
            if not found.damaged and found.status == 200:
                return other, found
        return job, reading

    def _heard(self, job: Job, reading: Reading) -> Iterator[_Record]:
        if reading.records:
            self.crawler.stats.inc_value(stat_keys.ARTICLES_READ)
            article = reading.records[0]
            if isinstance(article, Article):
                keep_bands(article.in_language, bytes.fromhex(article.content_hash), reading.bands)
            yield from reading.records
            return
        yield Unread(
            url=job.url,
            reason=reading.reason or "damaged",
            detail=reading.detail or reading.damaged,
            status=None if reading.damaged else reading.status,
            file=None,
            fetched_at=utc_text(job.at),
            body=reading.body(),
        )


def _count(store: SavedPagesStore) -> int:
    return sum(1 for _ in store.articles()) if isinstance(store, MirrorFolder) else store.count_articles()


def _job(archive: WarcArchive, key: str, placed: Placed) -> Job:
    try:
        raw, taken = archive.raw(placed)
        fault = ""
    except DamagedRecordError as error:
        raw, taken, fault = RawPage(record=b""), archive.taken(placed), str(error)
    return Job(
        key=key,
        url=taken.url,
        at=taken.at,
        source=taken.source,
        page=raw,
        fault=fault,
        warc=taken.warc,
        reread=taken.own,
        rendered=taken.rendered,
    )


def _light(store: SavedPagesStore, job: Job, reading: Reading) -> Job | None:
    """The kept light version of an article whose page lacks its text: the capture that is nearest to the page's."""
    if not reading.light:
        return None
    if isinstance(store, MirrorFolder):
        page = store.find(reading.light)
        with suppress(OSError):
            return replace(job, page=page.body(), light_url=reading.light) if page is not None else None
        return None
    captures = [placed for placed in store.captures(reading.light) if placed.capture.status in (200, 304)]
    if not captures:
        return None
    nearest = min(captures, key=lambda placed: abs(datetime.fromisoformat(placed.capture.at) - job.at))
    return replace(_job(store, job.key, nearest), url=job.url, light_url=reading.light)
