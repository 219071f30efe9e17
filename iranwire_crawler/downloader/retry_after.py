"""A host that says 429 or 503 is left alone for as long as it asks; one that is down is waited for."""

import asyncio
import logging
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urljoin

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import BaseSettings
from scrapy.utils.asyncio import call_later

from iranwire_crawler.domain.verdict import OUTAGE
from iranwire_crawler.downloader.refusal import Refused

logger = logging.getLogger(__name__)

STATUSES = frozenset({429, 503})
LONGEST_BELIEVED = 366 * 24 * 3600.0
LOOK_EVERY = 1.0
# A host at which so many requests in a row have failed may be down.
_IN_A_ROW = 3
_SECONDS = re.compile(r"[0-9]{1,9}")


class RetryAfter(RetryMiddleware):
    """Stands in the place of Scrapy's `RetryMiddleware`.

    On 429 and 503 the whole downloader slot of the host pauses: what is queued there waits, and so does
    whatever joins the queue. A response already under way still arrives. Waiting requests count towards
    CONCURRENT_REQUESTS, so that other hosts may get no turn meanwhile.

    - `Retry-After` in seconds or as an HTTP date: that long, and then the request is sent again, as often
      as RETRY_TIMES allows. More than RETRY_AFTER_MAX: that request is given up at once, nothing pauses.
    - No header, or one that makes no sense: RETRY_BACKOFF seconds, doubled with each retry of that
      request, at most RETRY_BACKOFF_MAX.

    All other statuses are retried as Scrapy does, without a pause; network errors after RETRY_BACKOFF; pages on which
    the browser failed without a pause.
    Responses out of the HTTP cache never pause anything.

    Where a page would be given up, for 5xx or a network error, or three requests in a row have failed so (all pages
    that wait would fail first otherwise, as often as they may), and the host has answered before in this run,
    its robots.txt is asked for. An answer: the page is tried once more, and given up as broken. None, or 5xx: the
    host is down. Its slot then pauses, for RETRY_BACKOFF seconds and twice as long each time, at most
    RETRY_BACKOFF_MAX, and no page is given up, until it answers again (`outage/count`,
    `outage/seconds`). A host that is down for more than OUTAGE_PATIENCE seconds ends the run (finish
    reason `outage`).
    While the crawl is closing, requests in a paused slot are dropped
    (`Refused`, `retry_after/dropped`), so that a pause never holds up the end of a run.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._longest = settings.getfloat("RETRY_AFTER_MAX", 600.0)
        self._backoff = settings.getfloat("RETRY_BACKOFF", 1.0)
        self._longest_backoff = settings.getfloat("RETRY_BACKOFF_MAX", 60.0)
        self._patience = settings.getfloat("OUTAGE_PATIENCE", 600.0)
        self._answered: set[str] = set()
        self._failed: dict[str, int] = {}
        self._down_since: dict[str, float] = {}
        self._seconds_down = 0.0
        self._outage_pauses: dict[str, int] = {}
        self._closing: asyncio.Task[None] | None = None
        self._paused_until: dict[str, float] = {}
        self._seconds_paused = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        retry_after = super().from_crawler(crawler)
        crawler.signals.connect(retry_after._hold_back, signals.response_downloaded)
        return retry_after

    def _hold_back(self, request: Request, response: Response) -> None:
        # The downloader asks for the next page of a host before any middleware sees the answer; where that took
        # longer than DOWNLOAD_DELAY, at once. What is made of the answer then pauses the slot, or it goes on.
        if response.status in STATUSES:
            downloader = self.crawler.engine.downloader
            _, slot = downloader._get_slot(request)
            slot.latercall = slot.latercall or call_later(LOOK_EVERY, downloader._latercall, slot)

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        if "cached" in response.flags:
            return response
        if response.status < 500:
            self._note_answer(request)
        if response.status in STATUSES:
            return await self._asked_to_wait(request, response)
        outcome = super().process_response(request, response)
        if self._is_given_up(response, outcome):
            return await self._waited_for(request) or response
        return outcome if outcome is response else await self._held(request) or outcome

    async def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception, spider: Spider | None = None
    ) -> Request | Response | None:
        if not isinstance(exception, self.exceptions_to_retry) or request.meta.get("dont_retry"):
            return None
        if "render" in request.meta:
            # The browser failed on the page: that says nothing of the host.
            return super().process_exception(request, exception)
        again = super().process_exception(request, exception)
        if again is None:
            return await self._waited_for(request)
        self._pause(request, self._backoff_seconds(request))
        return await self._held(request) or again

    def _is_given_up(self, response: Response, outcome: Request | Response) -> bool:
        return outcome is response and response.status >= 500 and response.status in self.retry_http_codes

    async def _asked_to_wait(self, request: Request, response: Response) -> Request | Response:
        seconds = retry_after_seconds(response.headers.get("Retry-After"), datetime.now(UTC))
        if seconds is not None and seconds > self._longest:
            self.crawler.stats.inc_value("retry_after/too_long")
            logger.warning(
                "Gave up %s: status %d with Retry-After %d s, more than RETRY_AFTER_MAX (%g s)",
                request,
                response.status,
                seconds,
                self._longest,
                extra={"spider": self.crawler.spider},
            )
            return response
        outcome = super().process_response(request, response)
        if seconds is not None:
            self._pause(request, seconds)
        elif isinstance(outcome, Request):
            self._pause(request, self._backoff_seconds(request))
        if self._is_given_up(response, outcome):
            return await self._waited_for(request) or response
        return outcome if response.status < 500 or outcome is response else await self._held(request) or outcome

    # An outage.

    async def _held(self, request: Request) -> Request | None:
        """The request again, where it is not the first in a row to fail and its host is down; else None."""
        key = self.crawler.engine.downloader.get_slot_key(request)
        failed = self._failed[key] = self._failed.get(key, 0) + 1
        if failed < _IN_A_ROW or key not in self._answered:
            return None
        if await self._answers(request, key):
            self._failed[key] = 0
            return None
        return self._wait(request, key)

    async def _waited_for(self, request: Request) -> Request | None:
        """The request again, after a pause, where its host is down; None where the page alone is broken."""
        key = self.crawler.engine.downloader.get_slot_key(request)
        if request.meta.get("dont_retry") or key not in self._answered:
            return None
        if await self._answers(request, key):
            # It may have come back since the page was asked for: once more, and then the page is broken.
            return self._same(request) if self._is_up(key) or not request.meta.get("host_answered") else None
        return self._wait(request, key)

    def _wait(self, request: Request, key: str) -> Request | None:
        """The request again, after a pause; None where its host was waited for long enough."""
        now = time.monotonic()
        if key not in self._down_since:
            self._down_since[key] = now
            self.crawler.stats.inc_value("outage/count")
            logger.warning(
                "%s is down: waiting for it, at most %g s", key, self._patience, extra={"spider": self.crawler.spider}
            )
        if now - self._down_since[key] > self._patience:
            self._end_run(key)
            return None
        pauses = self._outage_pauses[key] = self._outage_pauses.get(key, -1) + 1
        self._pause(request, min(self._backoff * 2.0 ** min(pauses, 30), self._longest_backoff))
        return self._same(request, host_answered=False)

    def _same(self, request: Request, host_answered: bool = True) -> Request:
        return request.replace(dont_filter=True, meta={**request.meta, "host_answered": host_answered})

    async def _answers(self, request: Request, key: str) -> bool:
        """Whether the host answers at all. Its robots.txt did when the run began, or nothing would be asked for."""
        witness = Request(
            urljoin(request.url, "/robots.txt"),
            callback=NO_CALLBACK,
            dont_filter=True,
            # A slot of its own: the host's may be paused.
            meta={
                "dont_retry": True,
                "dont_obey_robotstxt": True,
                "dont_cache": True,
                "download_slot": f"{key} (down?)",
            },
        )
        try:
            response = await self.crawler.engine.download_async(witness)
        except Exception:
            return False
        return response.status < 500

    def _note_answer(self, request: Request) -> None:
        key = self.crawler.engine.downloader.get_slot_key(request)
        self._answered.add(key)
        self._failed[key] = 0
        self._is_up(key)

    def _is_up(self, key: str) -> bool:
        """Note that the host answers; whether it was known to be down."""
        since = self._down_since.pop(key, None)
        if since is None:
            return False
        self._outage_pauses.pop(key, None)
        seconds = round(time.monotonic() - since, 1)
        self._seconds_down += seconds
        self.crawler.stats.set_value("outage/seconds", round(self._seconds_down, 1))
        logger.warning("%s answers again after %g s", key, seconds, extra={"spider": self.crawler.spider})
        return True

    def _end_run(self, key: str) -> None:
        if self._closing is None:
            logger.warning(
                "%s did not answer for %g s: the run ends", key, self._patience, extra={"spider": self.crawler.spider}
            )
            self._closing = asyncio.get_running_loop().create_task(
                self.crawler.engine.close_spider_async(reason=OUTAGE)
            )

    # A pause.

    def _backoff_seconds(self, request: Request) -> float:
        doublings = min(request.meta.get("retry_times", 0), 30)
        return min(self._backoff * float(2**doublings), self._longest_backoff)

    def _pause(self, request: Request, seconds: float) -> None:
        # `Slot.latercall` is what the downloader itself sets to make a slot wait for its delay: as long
        # as it is set, nothing leaves the slot's queue (Downloader._process_queue).
        key, slot = self.crawler.engine.downloader._get_slot(request)
        now = time.monotonic()
        already = max(self._paused_until.get(key, now), now)
        until = now + seconds
        if until <= already:
            return
        self._paused_until[key] = until
        self._seconds_paused += until - already
        self.crawler.stats.inc_value("retry_after/waits")
        self.crawler.stats.set_value("retry_after/seconds", round(self._seconds_paused, 1))
        spider = self.crawler.spider
        logger.info("%s is left alone: no request for %.1f s", key, seconds, extra={"spider": spider})
        # Keeps an idle slot, and the pause with it, from the downloader's clean-up of old slots; the
        # slot's own delay is then counted from the end of the pause.
        slot.lastseen = max(slot.lastseen, until)
        if slot.latercall:
            slot.latercall.cancel()
        self._hold(key, slot)

    def _hold(self, key: str, slot: Slot) -> None:
        remaining = self._paused_until[key] - time.monotonic()
        slot.latercall = call_later(max(0.0, min(remaining, LOOK_EVERY)), self._look, key, slot)

    def _look(self, key: str, slot: Slot) -> None:
        engine = self.crawler.engine
        if engine._slot is None or engine._slot.closing is not None:
            while slot.queue:
                _, waiting = slot.queue.popleft()
                self.crawler.stats.inc_value("retry_after/dropped")
                waiting.errback(Refused("stopped", f"the crawl closed while {key} asked to wait"))
        if self._paused_until[key] > time.monotonic():
            self._hold(key, slot)
        else:
            engine.downloader._latercall(slot)


def retry_after_seconds(header: bytes | str | None, now: datetime) -> float | None:
    """Seconds to wait from a Retry-After header, or None for a missing or senseless one.

    Senseless: neither whole seconds nor a date; a date that has passed; more than a year.
    """
    if header is None:
        return None
    text = (header.decode("latin-1") if isinstance(header, bytes) else header).strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text)
    else:
        try:
            until = parsedate_to_datetime(text)
            # An HTTP date without a zone (the asctime form) is in UTC.
            seconds = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds()
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
    return seconds if 0 <= seconds <= LONGEST_BELIEVED else None
