"""Keeps the raw response of every page that is fetched, as WARC in the run folder."""

import asyncio
import logging
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import scrapy
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response

from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.version import VERSION
from iranwire_crawler.stores.warc_writer import Exchange, RefersTo, WarcWriter, Written

logger = logging.getLogger(__name__)

# The reason with which a run ends that cannot keep what it fetches.
FAILED = "raw_pages_failed"
_TRUNCATED = {"partial": "disconnect", "dataloss": "disconnect", "download_stopped": "unspecified"}


class RawPages:
    """Writes each answer of the network, and what was asked, to `RUN_DIR/pages.warc.gz`.

    Stands next to the network: pages, redirects, errors, robots.txt, listings and feeds come by, their bodies
    still compressed. `response.meta["warc"]` then holds where the record stands: `file` (name in the run folder),
    `record_id`, `offset`, and `date`, its WARC-Date. A 304 becomes a `revisit` record, which names the page that has
    not changed where `request.meta["warc_refers_to"]` does (`record_id`, `target_uri`, `date`; any may be missing).

    A browser's DOM is no answer of the network (`meta["render"]`): it becomes a `conversion` record, which refers to
    the response that it was made from, where `meta["rendered_from"]` holds its record ID.

    A record that cannot be written (disk full) stops the run: what cannot be kept is not fetched.

    SAVE_RAW=no, and a run that reads saved pages, write nothing.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if not settings.getbool("SAVE_RAW", True) or settings.get("SAVED_PAGES"):
            raise NotConfigured
        if not settings.get("RUN_DIR"):
            raise NotConfigured
        self.crawler = crawler
        # Under SITE_URL a test server stands in for the site: its pages are kept under their public address.
        self.stands_in = bool(settings.get("SITE_URL"))
        folder = Path(settings["RUN_DIR"])
        self.writer = WarcWriter(folder, describe(crawler, folder), settings.getint("WARC_MAX_BYTES"))
        self.stopping: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        pages = cls(crawler)
        crawler.signals.connect(pages.close, signals.engine_stopped)
        return pages

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Response:
        request.meta.pop("warc", None)  # of the answer that redirected here, or of an earlier try
        if "cached" in response.flags:
            return response
        if "render" in request.meta:
            if response.status == 200:
                refers_to = request.meta.get("rendered_from")
                request.meta["warc"] = self._keep_conversion(self._public(request), response.body, refers_to)
            return response
        now = datetime.now(UTC)
        unchanged = RefersTo(**request.meta.get("warc_refers_to") or {}) if response.status == 304 else None
        try:
            written = self.writer.write_exchange(self._exchange(request, response, now), unchanged)
        except OSError as error:
            self._stop(error)
            raise IgnoreRequest("its raw page could not be kept") from error
        request.meta["warc"] = self._told(written, now)
        return response

    def _keep_conversion(self, url: str, content: bytes, refers_to: str | None) -> dict[str, Any]:
        """Keep the page that a browser made of the response with the record ID `refers_to`."""
        now = datetime.now(UTC)
        try:
            written = self.writer.write_conversion(url, now, content, "text/html; charset=utf-8", refers_to)
        except OSError as error:
            self._stop(error)
            raise IgnoreRequest("its rendered page could not be kept") from error
        return self._told(written, now)

    def close(self) -> None:
        try:
            self.writer.close()
        except OSError as error:
            logger.error("%s: raw pages could not be closed: %s", self.writer.folder, error.strerror or error)

    def _public(self, request: Request) -> str:
        return str(request.meta.get("site_url", request.url)) if self.stands_in else request.url

    def _exchange(self, request: Request, response: Response, now: datetime) -> Exchange:
        return Exchange(
            target_uri=self._public(request),
            at=now,
            method=request.method,
            request_headers=_pairs(request.headers),
            request_body=request.body,
            status=response.status,
            headers=_pairs(response.headers),
            body=response.body,
            protocol=response.protocol or "HTTP/1.1",
            ip_address=str(response.ip_address) if response.ip_address else None,
            truncated=next((_TRUNCATED[flag] for flag in response.flags if flag in _TRUNCATED), None),
        )

    def _told(self, written: Written, now: datetime) -> dict[str, Any]:
        stats = self.crawler.stats
        stats.set_value("warc/record_count", self.writer.records)
        stats.set_value("warc/file_count", self.writer.files)
        stats.set_value("warc/bytes", self.writer.bytes)
        return {
            "file": written.file,
            "record_id": written.record_id,
            "offset": written.offset,
            "date": utc_text(now),
        }

    def _stop(self, error: OSError) -> None:
        if self.stopping is None:
            place = self.writer.folder
            logger.error("%s: raw pages cannot be kept (%s); the run stops", place, error.strerror or error)
            closing = self.crawler.engine.close_spider_async(reason=FAILED)
            self.stopping = asyncio.get_running_loop().create_task(closing)


def describe(crawler: Crawler, folder: Path) -> dict[str, str]:
    """The fields of warcinfo: which crawl this was, and whom to ask."""
    settings = crawler.settings
    arguments = [f"{name}={value}" for name, value in settings.getdict("SPIDER_ARGUMENTS").items()]
    described = {
        "software": f"iranwire_crawler/{VERSION} Scrapy/{scrapy.__version__} Python/{platform.python_version()}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": f"{folder.parent.name}/{folder.name}",
        "description": " ".join([f"scrapy crawl {crawler.spidercls.name}", *(f"-a {each}" for each in arguments)]),
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "http-header-user-agent": str(settings["USER_AGENT"]),
    }
    if contact := settings.get("CONTACT"):
        described["operator"] = str(contact)
    if stand_in := settings.get("SITE_URL"):
        described["fetched-from"] = str(stand_in)
    return described


def _pairs(headers: Any) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in headers.items() for value in values]
