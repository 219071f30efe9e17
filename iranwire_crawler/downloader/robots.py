"""robots.txt obeyed by every request, as RFC 9309 asks, and its Crawl-delay kept."""

import asyncio
import logging
from collections import defaultdict
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from iranwire_crawler.downloader.refusal import Refused

logger = logging.getLogger(__name__)

PARSED_BYTES = 512 * 1024
REDIRECTS = 5
NOTHING = b"User-agent: *\nDisallow: /\n"
EVERYTHING = b""


class RobotsTxt(RobotsTxtMiddleware):
    """Stands in the place of Scrapy's `RobotsTxtMiddleware`; needs the asyncio event loop (the default).

    What differs from Scrapy 2.14-2.19:

    - Requests that wait for robots.txt get its rules. In Scrapy all waiters but the first get None,
      which means "allowed": up to 13 of the first 20 requests to a forbidden host were sent.
    - A robots.txt that cannot be had (network error, 5xx, 429, a redirect that leads to a refused host,
      to nowhere, or more than five times onward) forbids the host for this run; any other 4xx allows
      everything. Scrapy allows everything after an error, and reads the body of an error page as rules.
    - `Crawl-delay` is kept: every downloader slot that serves the host waits at least that long between
      requests, without jitter, and AutoThrottle cannot go below it. At most CRAWL_DELAY_MAX seconds.
    - Only the first 512 KiB are parsed.

    Where a redirected robots.txt may lead is judged by the middlewares that judge pages (`OwnHosts`);
    it has the rights of the request that caused it.

    Others learn of the rules through Scrapy's signal `scrapy.signals.robots_parsed`, sent once for each
    host whose robots.txt was read or is absent (4xx), not for one that is unreachable:

        def robots_parsed(self, robotparser, request):      # request: the first one to that host
            list(robotparser.rp.sitemaps)                   # `rp` is Protego, Scrapy's default parser
            robotparser.crawl_delay(user_agent)             # as written, before CRAWL_DELAY_MAX

    A handler may be a coroutine and may download from that very host; other requests wait for it.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, RobotParser] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._crawl_delays: dict[str, float] = {}
        self._slot_floors: dict[str, float] = {}
        self._longest_delay = crawler.settings.getfloat("CRAWL_DELAY_MAX", 60.0)
        # Runs after AutoThrottle's handler of the same signal: extensions are built, and so connected,
        # before the engine builds its middlewares. tests/downloader/test_robots.py holds that.
        crawler.signals.connect(self._keep_floor, signal=signals.response_downloaded)

    async def robot_parser(self, request: Request) -> RobotParser:
        """The rules for the request's host and port; the first caller fetches them, others wait."""
        netloc = urlparse_cached(request).netloc
        if netloc not in self._rules:
            async with self._asking[netloc]:
                if netloc not in self._rules:
                    await self._ask(request, netloc)
        self._slow_down(request, netloc)
        return self._rules[netloc]

    def forbids(self, url: str) -> bool:
        """Whether the rules of a host that was asked for them forbid an address: for what a rendered page asks for."""
        rules = self._rules.get(urlsplit(url).netloc)
        return rules is not None and not rules.allowed(url, self._robotstxt_useragent or self._default_useragent)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise Refused("forbidden", str(error)) from error

    async def _ask(self, request: Request, netloc: str) -> None:
        body = await self._fetch(request, netloc)
        if body is None:
            self._stats.inc_value("robotstxt/unreachable")
            self._rules[netloc] = self._parse(NOTHING)
            return
        # Known before the signal is sent, so that a handler may download from this host.
        rules = self._rules[netloc] = self._parse(body)
        self._note_crawl_delay(netloc, rules)
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=rules, request=request
        )

    async def _fetch(self, request: Request, netloc: str) -> bytes | None:
        """The lines to obey; None if nobody can know them."""
        robots_request = Request(
            f"{urlparse_cached(request).scheme}://{netloc}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            callback=NO_CALLBACK,
            dont_filter=request.dont_filter,
            meta={
                "dont_obey_robotstxt": True,
                "allow_offsite": request.meta.get("allow_offsite", False),
                "redirect_ttl": REDIRECTS,
            },
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(robots_request)
        except Exception as error:
            if not isinstance(error, IgnoreRequest):
                self._stats.inc_value(f"robotstxt/exception_count/{type(error)}")
            self._tell_unreachable(netloc, f"{type(error).__name__}: {error}")
            return None
        self._stats.inc_value("robotstxt/response_count")
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if 200 <= response.status < 300:
            return whole_lines(response.body)
        # RFC 9309 lets a crawler proceed after any 4xx; 429 says "not now", which we take as a no.
        if 400 <= response.status < 500 and response.status != 429:
            return EVERYTHING
        self._tell_unreachable(netloc, f"status {response.status}")
        return None

    def _tell_unreachable(self, netloc: str, reason: str) -> None:
        logger.warning(
            "robots.txt of %s cannot be had (%a): nothing of that host is fetched in this run",
            netloc,
            reason,
            extra={"spider": self.crawler.spider},
        )

    def _parse(self, body: bytes) -> RobotParser:
        rules: RobotParser = build_from_crawler(self._parserimpl, self.crawler, body)
        return rules

    def _note_crawl_delay(self, netloc: str, rules: RobotParser) -> None:
        asked = rules.crawl_delay(self._robotstxt_useragent or self._default_useragent)
        if not asked or not asked > 0:  # NaN too
            return
        if asked > self._longest_delay:
            logger.warning(
                "robots.txt of %s asks for a Crawl-delay of %g s; CRAWL_DELAY_MAX makes it %g s",
                netloc,
                asked,
                self._longest_delay,
                extra={"spider": self.crawler.spider},
            )
        self._crawl_delays[netloc] = min(asked, self._longest_delay)
        self._stats.max_value("robotstxt/crawl_delay", self._crawl_delays[netloc])

    def _slow_down(self, request: Request, netloc: str) -> None:
        """Give the slot that will serve the request the host's Crawl-delay."""
        downloader = self.crawler.engine.downloader
        key = downloader.get_slot_key(request)
        crawl_delay = self._crawl_delays.get(netloc, 0.0)
        if crawl_delay <= self._slot_floors.get(key, 0.0):
            return
        configured = downloader.per_slot_settings.get(key, {})
        delay = max(crawl_delay, configured.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY")))
        self._slot_floors[key] = delay
        # For a slot yet to be made: Scrapy forgets one that stood idle for a minute.
        downloader.per_slot_settings[key] = {**configured, "delay": delay, "jitter": 0.0}
        if slot := downloader.slots.get(key):
            slot.delay = max(slot.delay, delay)
            slot.jitter = 0.0

    def _keep_floor(self, request: Request) -> None:
        key = request.meta.get("download_slot", "")
        slot = self.crawler.engine.downloader.slots.get(key)
        if slot and key in self._slot_floors:
            slot.delay = max(slot.delay, self._slot_floors[key])


def whole_lines(body: bytes) -> bytes:
    """The lines that end within the first 512 KiB; half a `Disallow:` line would forbid too much."""
    if len(body) <= PARSED_BYTES:
        return body
    head = body[:PARSED_BYTES]
    return head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1]
