"""The spider behind `scrapy probe`: at most 25 requests that show what the site is like."""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from iranwire_crawler.domain import site
from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.probe import MAX_REQUESTS, NOT_ASKED, ProbedPage
from iranwire_crawler.spiders.arguments import check_names, languages
from iranwire_crawler.spiders.other_ways import FallsShort, is_final
from iranwire_crawler.spiders.probe_facts import MAX_NAMED, see_article, see_feed, see_listing, see_refusal
from iranwire_crawler.spiders.probe_tour import Ask, Seen, tour
from iranwire_crawler.spiders.reading import Way, content_type, public_url

logger = logging.getLogger(__name__)

Records = Iterator[Request | FallsShort | ProbedPage]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3
# One retry, of our own requests as of robots.txt's.
_RETRIES = 1
# robots.txt of a host not asked yet: the request, five redirects (RFC 9309), a retry.
_ROBOTS_COST = 6 + _RETRIES


class ProbeSpider(Spider):
    """First contact. Argument: `lang` (en,fa,ar).

    One request at a time, in rounds over the editions: front pages, feeds, a listing each and its
    second page, three articles each; so that what a budget spent early costs is the last articles.
    Redirects are followed here, not by Scrapy, so that each is counted before it is made.
    """

    name = "probe"
    custom_settings = {  # noqa: RUF012 - declared by Scrapy, as an instance variable
        # A probe is judged by `scrapy probe`, in its own way, and takes no part in what runs of records do.
        "EXTENSIONS": {},
        "CONCURRENT_REQUESTS": 1,
        "RETRY_TIMES": _RETRIES,
        # A visitor who is asked to wait longer comes back another day.
        "RETRY_AFTER_MAX": 60,
    }

    def __init__(self, editions: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.languages = editions
        self.tour = tour(editions)
        self.number = 0
        self.sent = 0
        # robots.txt as answered, to be told of with the next page; and the hosts that were asked for it.
        self.robots: list[Response] = []
        self.rules: dict[str, RobotParser] = {}
        self.hosts: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        check_names(kwargs, ("lang",))
        spider = super().from_crawler(crawler, languages(kwargs.get("lang")), *args)
        crawler.signals.connect(spider._hear_request, signal=signals.request_reached_downloader)
        crawler.signals.connect(spider._hear_response, signal=signals.response_received)
        crawler.signals.connect(spider._hear_robots, signal=signals.robots_parsed)
        return spider

    async def start(self) -> AsyncIterator[Request | FallsShort | ProbedPage]:
        for record in self._ask(next(self.tour, None)):
            yield record

    def parse(self, response: Response, **kwargs: Any) -> Records:
        """Any page of the tour: its line, then the next request. A listing without cards: first its other ways."""
        ask: Ask = response.meta["ask"]
        yield from self._tell_robots()
        way: Way | None = response.meta.get("way")
        target = self._redirect(response, ask) if way is None else None
        if target is not None:
            yield self._request(target)
            return
        seen = self._read(ask, response)
        if not is_final(response) and (short := self._falls_short(ask, seen, way)):
            yield short
            return
        yield self._page(ask, response=response, facts=seen.facts)
        yield from self._ask(self._go_on(seen))

    def failed(self, failure: Failure) -> Records:
        """No answer; the tour goes on."""
        ask: Ask = failure.request.meta["ask"]  # type: ignore[attr-defined]
        yield from self._tell_robots(unreachable=not self.hosts)
        error = failure.value
        said = str(error) if isinstance(error, IgnoreRequest) else f"{type(error).__name__}: {error}"
        yield self._page(ask, error=said)
        yield from self._ask(self._go_on(Seen({})))

    def _go_on(self, seen: Seen) -> Ask | None:
        try:
            return self.tour.send(seen)
        except StopIteration:
            return None

    def _ask(self, ask: Ask | None) -> Records:
        """The request for a page; once the budget is spent only lines that say so."""
        while ask is not None and self._left(ask.target) < 1:
            yield self._page(ask, error=NOT_ASKED)
            ask = self._go_on(Seen({}))
        if ask is not None:
            yield self._request(ask)

    def _left(self, url: str) -> int:
        """Requests left, less those that robots.txt of the address's host can cost where it was not asked for yet."""
        return MAX_REQUESTS - self.sent - (0 if self._host(url) in self.hosts else _ROBOTS_COST)

    def _host(self, url: str) -> str:
        return urlsplit(self.crawler.settings.get("SITE_URL") or url).netloc

    def _request(self, ask: Ask) -> Request:
        retries = min(_RETRIES, self._left(ask.target) - 1)
        meta = {"ask": ask, "dont_redirect": True, "max_retry_times": retries, "dont_retry": not retries}
        if ask.light is not None:
            meta |= {"way": "light", "light_form": ask.light}
        return Request(ask.target, callback=self.parse, errback=self.failed, dont_filter=True, meta=meta)

    def _redirect(self, response: Response, ask: Ask) -> Ask | None:
        """What a redirect leads to, where it is to be followed."""
        location = response.headers.get("Location")
        if response.status not in _REDIRECTS or not location or len(ask.redirects) >= _MAX_REDIRECTS:
            return None
        try:
            url = urljoin(public_url(response), location.decode("utf-8", errors="replace"))
        except ValueError:
            return None
        if not url.startswith(("http://", "https://")) or self._left(url) < 1:
            return None
        return replace(ask, redirects=(*ask.redirects, (response.status, url)))

    def _falls_short(self, ask: Ask, seen: Seen, way: Way | None) -> FallsShort | None:
        """What there is to try for a listing without cards. No browser: what that would ask for is not counted."""
        page = seen.listing
        if ask.kind not in ("front", "listing", "next") or (page is None and way is None):
            return None
        if page is not None and (page.cards or (ask.kind == "front" and page.sections)):
            return None
        light = ask.kind != "next" and self._left(ask.target) >= 1
        return FallsShort("no_cards", ways=("light", "embedded") if light else ("embedded",))

    def _page(
        self,
        ask: Ask,
        response: Response | None = None,
        facts: Mapping[str, Any] | None = None,
        error: str | None = None,
    ) -> ProbedPage:
        self.number += 1
        return ProbedPage(
            number=self.number,
            kind=ask.kind,
            language=ask.language or None,
            url=ask.url,
            final_url=public_url(response) if response is not None else ask.target,
            redirects=ask.redirects,
            status=response.status if response is not None else None,
            error=error,
            seconds=_seconds(response),
            size=len(response.body) if response is not None else 0,
            content_type=content_type(response) if response is not None else None,
            fetched_at=utc_text(datetime.now(UTC)),
            facts=facts or {},
            body=response.body if response is not None else b"",
        )

    def _read(self, ask: Ask, response: Response) -> Seen:
        """What is read on a page. A reader that fails on markup nobody has seen is a finding, not the end."""
        try:
            if response.status != 200:
                return see_refusal(response)
            match ask.kind:
                case "feed":
                    return see_feed(response)
                case "article":
                    return see_article(response)
            return see_listing(ask, response)
        except Exception as error:
            logger.exception("The reader failed on %a", public_url(response))
            return Seen({"failed": f"{type(error).__name__}: {error}"})

    def _hear_request(self, request: Request) -> None:
        self.sent += 1

    def _hear_response(self, response: Response) -> None:
        if urlsplit(response.url).path == "/robots.txt":
            self.hosts.add(urlsplit(response.url).netloc)
            self.robots.append(response)

    def _hear_robots(self, robotparser: RobotParser, request: Request) -> None:
        self.rules[urlsplit(request.url).netloc] = robotparser

    def _tell_robots(self, unreachable: bool = False) -> Iterator[ProbedPage]:
        """The lines of the robots.txt files that were fetched since; one for none that could be had."""
        if unreachable and not self.robots and self.crawler.settings.getbool("ROBOTSTXT_OBEY"):
            ask = Ask("robots", "", f"https://{site.HOST}/robots.txt")
            self.hosts.add(self._host(ask.url))
            yield self._page(ask, error="no answer", facts={"unreachable": True})
        while self.robots:
            response = self.robots.pop(0)
            facts = self._robots_facts(self.rules.get(urlsplit(response.url).netloc))
            yield self._page(Ask("robots", "", public_url(response)), response=response, facts=facts)

    def _robots_facts(self, rules: RobotParser | None) -> dict[str, Any]:
        if rules is None:
            return {"unreachable": True}
        agent = self.crawler.settings["ROBOTSTXT_USER_AGENT"] or self.crawler.settings["USER_AGENT"]
        paths = [path for language in self.languages for path in _paths(language)]
        return {
            "crawl_delay": rules.crawl_delay(agent),
            "sitemaps": sorted(map(str, getattr(getattr(rules, "rp", None), "sitemaps", ())))[:MAX_NAMED],
            "allowed": {path: rules.allowed(f"https://{site.HOST}{path}", agent) for path in paths},
        }


def _paths(language: str) -> list[str]:
    """Paths of each kind that a crawl of an edition asks for."""
    section = next(iter(site.EDITIONS[language].sections))
    stem = f"/{language}/{section}/"
    return [f"/{language}/", f"/{language}/feed/", stem, f"{stem}?page=2", f"{stem}124964-a-headline/"]


def _seconds(response: Response | None) -> float | None:
    latency = response.meta.get("download_latency") if response is not None else None
    return round(float(latency), 3) if latency is not None else None
