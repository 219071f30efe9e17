"""A host that says 429 or 503 is left alone for as long as it asks."""

import logging
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request, Spider
from scrapy.core.downloader import Slot
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.asyncio import call_later

logger = logging.getLogger(__name__)

STATUSES = frozenset({429, 503})
LONGEST_BELIEVED = 366 * 24 * 3600.0
LOOK_EVERY = 1.0
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

    All other statuses and network errors are retried as Scrapy does, without a pause. Responses out of
    the HTTP cache never pause anything. While the crawl is closing, requests in a paused slot are dropped
    (IgnoreRequest, `retry_after/dropped`), so that a pause never holds up the end of a run.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._longest = settings.getfloat("RETRY_AFTER_MAX", 600.0)
        self._backoff = settings.getfloat("RETRY_BACKOFF", 1.0)
        self._longest_backoff = settings.getfloat("RETRY_BACKOFF_MAX", 60.0)
        self._paused_until: dict[str, float] = {}
        self._seconds_paused = 0.0

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        if response.status not in STATUSES or "cached" in response.flags:
            return super().process_response(request, response)
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
        return outcome

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
        logger.info("%s asked to wait: no request for %.1f s", key, seconds, extra={"spider": spider})
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
                waiting.errback(IgnoreRequest(f"the crawl closed while {key} asked to wait"))
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
