"""Crawling from saved pages: Scrapy's HTTP cache, answered from WARC files or a folder, and no network behind it."""

import logging
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.http.headers import Headers
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings

from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.stores.mirror import MirrorFolder, SavedPage
from iranwire_crawler.stores.saved_pages import SavedPagesStore, open_saved_pages
from iranwire_crawler.stores.warc_archive import Taken, WarcArchive

logger = logging.getLogger(__name__)

_TOLD = 20
# What the add-on opened for a crawler, until its cache storage takes it: each crawler of a process closes its own.
_waiting: dict[tuple[str, str], SavedPagesStore] = {}


class SavedPagesAddon:
    """Wires `SavedPages` where the setting SAVED_PAGES is given; does nothing where it is not."""

    def update_settings(self, settings: BaseSettings) -> None:
        if not settings.get("SAVED_PAGES"):
            if "at" in settings.getdict("SPIDER_ARGUMENTS"):
                raise ArgumentError("-a at=…: only saved pages have a past; -s SAVED_PAGES=… names them")
            return
        _waiting[_place(settings)] = _opened(settings)  # what cannot be used ends the run here
        values: dict[str, Any] = {
            "HTTPCACHE_ENABLED": True,
            "HTTPCACHE_STORAGE": "iranwire_crawler.downloader.saved_pages.SavedPages",
            "HTTPCACHE_POLICY": "scrapy.extensions.httpcache.DummyPolicy",
            # Whatever the cache does not answer fails: there is no handler that could open a socket.
            "HTTPCACHE_IGNORE_MISSING": True,
            "DOWNLOAD_HANDLERS": {"http": None, "https": None, "ftp": None, "s3": None, "data": None, "file": None},
            "DOWNLOAD_DELAY": 0,
            "AUTOTHROTTLE_ENABLED": False,
        }
        for name, value in values.items():
            settings.set(name, value, priority="cmdline")


def _opened(settings: BaseSettings) -> SavedPagesStore:
    """The saved pages, opened once a crawler. Raises SavedPagesError where they cannot be used."""
    given, data_dir = _place(settings)
    return _waiting.pop((given, data_dir), None) or open_saved_pages(given, Path(data_dir))


def _place(settings: BaseSettings) -> tuple[str, str]:
    return str(settings["SAVED_PAGES"]), str(settings["DATA_DIR"])


class SavedPages:
    """Cache storage over saved pages. An address that was not saved answers 404.

    Of several captures of an address the newest answers, or the one nearest to the day `spider.at`. For a page from a
    WARC file `request.meta["warc"]` says where it stands, as `RawPages` does: `file`, `record_id`, `offset`, `date`;
    and its `url` there, its `source` (`saved`, or `wayback` for one that a run took from a web archive), `own`,
    whether a run of this DATA_DIR kept it, and `rendered`, whether it is what a browser made of the page.
    """

    def __init__(self, settings: BaseSettings) -> None:
        self.pages = _opened(settings)
        self.day: Any = None
        self.told = 0

    def open_spider(self, spider: Spider) -> None:
        self.day = getattr(spider, "at", None)
        if isinstance(self.pages, MirrorFolder):
            logger.info("Reading %d saved pages in %s, no network", len(self.pages), self.pages.path)
        else:
            logger.info(
                "Reading saved pages at %d addresses in %d WARC records, no network",
                len(self.pages),
                self.pages.records,
            )
        self._tell_problems(spider)

    def close_spider(self, spider: Spider) -> None:
        if isinstance(self.pages, WarcArchive):
            self.pages.close()

    def retrieve_response(self, spider: Spider, request: Request) -> Response:
        # Under SITE_URL the request goes to a test server; the page was saved under its public address.
        url = str(request.meta.get("site_url", request.url))
        request.meta.pop("warc", None)
        if isinstance(self.pages, MirrorFolder):
            page = self.pages.find(url)
            return _not_saved(spider, request) if page is None else _from_mirror(request, page)
        found = self.pages.find(url, self.day)
        self._tell_problems(spider)
        if found is None:
            return _not_saved(spider, request)
        answer, taken = found
        request.meta["warc"] = told(taken)
        headers = Headers()
        for name, value in answer.headers:
            headers.appendlist(name, value)
        response_class = responsetypes.from_args(headers=headers, url=request.url, body=answer.body)
        return response_class(request.url, status=answer.status, headers=headers, body=answer.body)

    def store_response(self, spider: Spider, request: Request, response: Response) -> None:
        """Saved pages are read only."""

    def _tell_problems(self, spider: Spider) -> None:
        problems = self.pages.problems
        for problem in problems[self.told : _TOLD]:
            logger.warning("Saved pages: %s", for_terminal(problem, 500))
        if self.told <= _TOLD < len(problems):
            logger.warning("Saved pages: more is missing or damaged; `saved_pages/damaged` counts it")
        self.told = len(problems)
        if spider.crawler.stats is not None and self.told:
            spider.crawler.stats.set_value("saved_pages/damaged", self.told)


def told(taken: Taken) -> dict[str, Any]:
    """`request.meta["warc"]` of a page from a WARC file."""
    return {
        "file": taken.warc.file,
        "record_id": taken.warc.record_id,
        "offset": taken.warc.offset,
        "date": utc_text(taken.at),
        "source": taken.source,
        "own": taken.own,
        "url": taken.url,
        "rendered": taken.rendered,
    }


def _not_saved(spider: Spider, request: Request) -> Response:
    if spider.crawler.stats is not None:
        spider.crawler.stats.inc_value("saved_pages/not_saved")
    return Response(request.url, status=404)


def _from_mirror(request: Request, page: SavedPage) -> Response:
    body = page.body()
    headers = Headers({"Content-Type": _content_type(page, body)})
    response_class = responsetypes.from_args(headers=headers, url=request.url, body=body)
    return response_class(request.url, status=200, headers=headers, body=body)


def _content_type(page: SavedPage, body: bytes) -> str:
    """A mirror keeps no headers; no charset is claimed, so that the page's own bytes decide."""
    start = body[:512].lstrip().lower()
    if page.file.name == "robots.txt":
        return "text/plain"
    if (start.startswith(b"<?xml") and b"<html" not in start) or start.startswith((b"<rss", b"<urlset", b"<feed")):
        return "application/xml"
    return "text/html"
