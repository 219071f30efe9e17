"""What the runs before know of an article, and what its page's answer says against it."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.errors import CrawlerError
from iranwire_crawler.domain.items import Article, Checked, Gone
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.urls import read_address
from iranwire_crawler.spiders.reading import checked, public_url
from iranwire_crawler.stores.catalogue import KnownArticle, open_catalogue

logger = logging.getLogger(__name__)

_Record = TypeVar("_Record")
# Answers that say nothing of the article: the site, or the way to it, is in trouble.
_NO_ANSWER = frozenset({403, 408, 429})


class KnownArticles:
    """The catalogue as it was when the run started, for spiders that ask for articles.

    `catalogue` is None where there is none yet, or none that can be read: then nothing is known.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.saved = bool(crawler.settings.get("SAVED_PAGES"))
        try:
            self.catalogue = open_catalogue(Path(crawler.settings["DATA_DIR"]))
        except CrawlerError as error:
            self.catalogue = None
            logger.warning("Nothing counts as known: %s", for_terminal(str(error), 1000))
        crawler.signals.connect(self.close, signal=signals.spider_closed)

    def close(self) -> None:
        if self.catalogue is not None:
            self.catalogue.close()

    def find(self, key: str) -> KnownArticle | None:
        return self.catalogue.article(key) if self.catalogue is not None else None

    def conditional(self, request: Request, key: str) -> Request:
        """The request, and that the page need not be sent where it is what was sent the last time.

        Scrapy would drop a redirect to a page that was asked for already, as the front page, without a word.
        """
        request.dont_filter = True
        known = self.find(key)
        if known is not None and known.etag:
            request.headers["If-None-Match"] = known.etag
        if known is not None and known.last_modified:
            request.headers["If-Modified-Since"] = known.last_modified
        if known is not None and known.page is not None:
            # For the `revisit` record that a 304 becomes (`RawPages`).
            request.meta["warc_refers_to"] = asdict(known.page)
        return request

    def heard(self, response: Response, key: str, read: Iterable[_Record]) -> Iterator[_Record | Checked | Gone]:
        """What the answer to the request for an article brings; `read` gives the page's own records.

        A page that is not sent (304) is not read. An article that is gone is told once; its records stay. The
        `Checked` line comes last: it says that all that it stands for is written.
        """
        known = self.find(key)
        if known is not None and response.status == 304:
            self._count(stat_keys.KNOWN)
            line = checked(response, key)
            yield replace(
                line,
                etag=line.etag or known.etag,
                last_modified=line.last_modified or known.last_modified,
                page=known.page,
            )
            return
        reason = None if known is None or self.saved else _gone(response)
        if known is not None and reason is not None:
            if known.gone_since is None:
                logger.info("%s: gone (%s); its records stay", key, reason)
                line = _elsewhere(response, key)
                yield Gone(key=key, url=known.url, reason=reason, status=line.status, fetched_at=line.checked_at)
            yield _elsewhere(response, key)
            return
        found = None
        for record in read:
            if isinstance(record, Article):
                found = record.key
            yield record
        if found is not None:
            yield checked(response, found)
        if known is not None and found != key and answers(response):
            # Not an article any more, or another one: asked for again when its time has come.
            yield _elsewhere(response, key)

    def _count(self, key: str) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(key)


def answers(response: Response) -> bool:
    """Whether an answer says anything of the page that was asked for."""
    return response.status < 500 and response.status not in _NO_ANSWER


def _gone(response: Response) -> str | None:
    """Why an article that was there is gone, as a stable code."""
    if response.status in (404, 410):
        return f"http_{response.status}"
    address = read_address(public_url(response)) if response.meta.get("redirect_times") else None
    to_front = address is not None and (address.kind == "front" or address.path == "/")
    return "redirected_to_front" if to_front and response.status == 200 else None


def _elsewhere(response: Response, key: str) -> Checked:
    """That an answer was not the article's text: under the status of the redirect, where it came by one."""
    reasons = response.meta.get("redirect_reasons") or [response.status]
    status = reasons[-1] if isinstance(reasons[-1], int) else 302  # "meta refresh"
    return replace(checked(response, key), status=status, etag=None, last_modified=None, page=None)
