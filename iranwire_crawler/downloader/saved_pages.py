"""Crawling from saved pages: Scrapy's HTTP cache, answered from a folder, and no network behind it."""

import logging
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.http.headers import Headers
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings

from iranwire_crawler.stores.mirror import SavedPage, open_mirror

logger = logging.getLogger(__name__)


class SavedPagesAddon:
    """Wires `SavedPages` where the setting SAVED_PAGES is given; does nothing where it is not."""

    def update_settings(self, settings: BaseSettings) -> None:
        if not settings.get("SAVED_PAGES"):
            return
        open_mirror(Path(settings["SAVED_PAGES"]))  # a folder that cannot be used ends the run here
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


class SavedPages:
    """Cache storage over a folder of saved pages. An address that was not saved answers 404."""

    def __init__(self, settings: BaseSettings) -> None:
        self.pages = open_mirror(Path(settings["SAVED_PAGES"]))

    def open_spider(self, spider: Spider) -> None:
        logger.info("Reading %d saved pages in %s, no network", len(self.pages), self.pages.path)

    def close_spider(self, spider: Spider) -> None:
        pass

    def retrieve_response(self, spider: Spider, request: Request) -> Response:
        # Under SITE_URL the request goes to a test server; the page was saved under its public address.
        page = self.pages.find(request.meta.get("site_url", request.url))
        if page is None:
            if spider.crawler.stats is not None:
                spider.crawler.stats.inc_value("saved_pages/not_saved")
            return Response(request.url, status=404)
        body = page.body()
        headers = Headers({"Content-Type": _content_type(page, body)})
        response_class = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return response_class(request.url, status=200, headers=headers, body=body)

    def store_response(self, spider: Spider, request: Request, response: Response) -> None:
        """Saved pages are read only."""


def _content_type(page: SavedPage, body: bytes) -> str:
    """A mirror keeps no headers; no charset is claimed, so that the page's own bytes decide."""
    start = body[:512].lstrip().lower()
    if page.file.name == "robots.txt":
        return "text/plain"
    if (start.startswith(b"<?xml") and b"<html" not in start) or start.startswith((b"<rss", b"<urlset", b"<feed")):
        return "application/xml"
    return "text/html"
