"""What a web archive holds of a window of days: lists of captures first, then the captures that are wanted."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response

from iranwire_crawler.domain import stat_keys, urls
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.web_archive import Capture, CaptureSearch, Query, WebArchive
from iranwire_crawler.domain.window import Window
from iranwire_crawler.pages.captures import read_captures
from iranwire_crawler.spiders.other_ways import as_it_is
from iranwire_crawler.spiders.walking import Records, WalkingSpider

logger = logging.getLogger(__name__)


class Captures:
    """Asked once nothing is left to ask of the site: what is there need not be asked of the archive.

    `lacks`: whether a capture may bring what is not known of the article of a key. `parse`: what reads a capture.
    `tell`: takes how far it came, for the run's report. Raises `ArgumentError` where nothing may be asked.
    """

    def __init__(
        self,
        spider: WalkingSpider,
        crawler: Crawler,
        window: Window,
        *,
        lacks: Callable[[str], bool],
        parse: Callable[[Response], Records],
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        settings = crawler.settings
        if settings.get("SAVED_PAGES"):
            raise ArgumentError("-a source=wayback: a web archive is asked over the network; SAVED_PAGES shuts it off")
        self.spider = spider
        self.lacks = lacks
        self.parse = parse
        self.tell = tell
        self.archive = WebArchive.of(settings["CDX_URL"], settings["CAPTURE_URL"])
        self.search = CaptureSearch(
            window=window,
            languages=spider.languages,
            sections=spider.sections,
            lag=settings.getint("CDX_LAG"),
            limit=settings.getint("CDX_LIMIT"),
            today=datetime.now(UTC).date(),
        )
        settings.set("ARCHIVE_HOSTS", self.archive.hosts, priority="spider")
        crawler.signals.connect(self._begin, signal=signals.spider_idle)

    def _begin(self) -> None:
        if self.search.asked:
            return
        requests = list(self._lists(self.search.queries()))
        self._tell()
        assert self.spider.crawler.engine is not None
        for request in requests:
            self.spider.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _lists(self, queries: Sequence[Query]) -> Iterator[Request]:
        for query in queries:
            url = self.archive.list_address(query, self.search.limit)
            yield _of_archive(self.spider.request(url, self._parse_list, "captures", query=query))

    def _parse_list(self, response: Response, query: Query) -> Records:
        captures = read_captures(response.body) if response.status == 200 else None
        if captures is None:
            logger.warning("%s: no list of captures (HTTP %d)", for_terminal(response.url), response.status)
        yield from self.go_on(query, captures)

    def go_on(self, query: Query, captures: Sequence[Capture] | None) -> Records:
        """The shorter lists that a list leads to, or what is wanted of all of them; None: a list had no answer."""
        search = self.search
        yield from self._lists(search.tell(query, captures))
        self._tell()
        if search.is_done:
            logger.info("The web archive: %d captures of %d articles", search.seen, len(search.newest))
            for key, capture in search.newest.items():
                if capture.moment is not None and self.lacks(key):
                    yield self._capture_request(capture, capture.moment)

    def _capture_request(self, capture: Capture, moment: datetime) -> Request:
        address = urls.article_address(capture.url)
        assert address is not None
        self.spider.count(stat_keys.LISTED)
        self.spider.count(stat_keys.source("wayback"))
        request = self.spider.request(self.archive.capture_address(capture), self.parse, "article")
        request.meta["capture"] = {"url": address.url, "date": moment.isoformat()}
        return _of_archive(request)

    def _tell(self) -> None:
        search = self.search
        told = {
            "lists": search.asked,
            "captures": search.seen,
            "articles": len(search.newest),
            "unread": list(search.lost),
            "complete": search.is_done and not search.lost,
        }
        self.tell(told)


def _of_archive(request: Request) -> Request:
    """A request that may go to the web archive, and nowhere else."""
    request.meta["from_archive"] = True
    return as_it_is(request)
