"""The spider behind `scrapy probe`: at most 25 requests that show what the site is like."""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.probe import ARTICLES, FIELDS, MAX_REQUESTS, NOT_ASKED, Kind, ProbedPage
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.pages.feed import FeedItem, FeedPage
from iranwire_crawler.pages.inspect import InspectedPage
from iranwire_crawler.pages.light_section import LightForm, LightSectionPage
from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.pages.section import NextPage, SectionPage
from iranwire_crawler.spiders.arguments import check_names, languages
from iranwire_crawler.spiders.other_ways import FallsShort, is_final
from iranwire_crawler.spiders.reading import Way, content_type, public_url, read_listing

logger = logging.getLogger(__name__)

Records = Iterator[Request | FallsShort | ProbedPage]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3
# One retry, of our own requests as of robots.txt's.
_RETRIES = 1
# robots.txt of a host not asked yet: the request, five redirects (RFC 9309), a retry.
_ROBOTS_COST = 6 + _RETRIES
_MAX_LISTINGS = 2
# Enough to show; a front page can link to thousands.
_MAX_NAMED = 100


@dataclass(frozen=True, slots=True)
class Ask:
    """One page that the tour wants. `way`: how a next page was found; `light`: what it is like where it is a light one;
    `known`: articles seen on the pages before."""

    kind: Kind
    language: str
    url: str
    way: str | None = None
    light: LightForm | None = None
    known: frozenset[str] = frozenset()
    redirects: tuple[tuple[int, str], ...] = ()

    @property
    def target(self) -> str:
        """The address to request: that of the last redirect, where there was one."""
        return self.redirects[-1][1] if self.redirects else self.url


@dataclass(slots=True)
class Seen:
    """A page as it was read: what goes to its line, and what the tour goes on from; none of an article."""

    facts: dict[str, Any]
    listing: SectionPage | None = None
    feed: FeedPage | None = None


@dataclass(slots=True)
class Edition:
    """What the tour knows of one edition."""

    language: str
    front: SectionPage | None = None
    feed: FeedPage | None = None
    listing: SectionPage | None = None
    following: SectionPage | None = None
    asked: set[str] = field(default_factory=set)
    sections: set[str] = field(default_factory=set)

    @property
    def lives(self) -> bool:
        return self.front is not None or self.feed is not None

    def listings(self) -> list[str]:
        """Sections to look at, the likeliest first: those that most of the front page's articles stand in."""
        known = list(site.EDITIONS[self.language].sections)
        named = [section.slug for section in self.front.sections] if self.front else []
        articles = Counter(_section(card) for card in self.front.cards) if self.front else Counter()
        slugs = list(dict.fromkeys([*named, *known] if named else known))
        return sorted(slugs, key=lambda slug: -articles[slug])  # a stable sort: else in the site's own order

    def next_article(self) -> str | None:
        """An article not read yet: of the listing first, then of a section not read yet, then any."""
        listed = list(self._from(self.listing.cards if self.listing else ()))
        others = [*listed, *self._from(self.front.cards if self.front else ())]
        others += self._from(self.following.cards if self.following else ())
        others += self._from(_newest_first(self.feed.items) if self.feed else ())
        first = listed if not self.sections else []
        found = next(iter([*first, *(item for item in others if _section(item) not in self.sections), *others]), None)
        if found is None:
            return None
        self.asked.add(found.key)
        self.sections.add(_section(found))
        return found.url

    def _from(self, items: Iterable[Listed | FeedItem]) -> Iterator[Listed | FeedItem]:
        """The articles of this edition among them that were not asked for."""
        for item in items:
            key = urls.split_key(item.key)
            if key is not None and key[0] == self.language and item.key not in self.asked:
                yield item


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
        self.tour = self._tour([Edition(language) for language in editions])
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

    def _tour(self, editions: list[Edition]) -> Generator[Ask, Seen, None]:
        """What is asked for, in order; each answer is sent back in."""
        for edition in editions:
            seen = yield Ask("front", edition.language, f"https://{site.HOST}/{edition.language}/")
            edition.front = seen.listing
        for edition in editions:
            declared = edition.front.feeds if edition.front else ()
            feed = next(iter(declared), f"https://{site.HOST}/{edition.language}/feed/")
            edition.feed = (yield Ask("feed", edition.language, feed)).feed
        for edition in editions:
            yield from self._listing(edition)
        for edition in editions:
            yield from self._next(edition)
        for _ in range(ARTICLES):
            for edition in editions:
                url = edition.next_article()
                if url is not None:
                    yield Ask("article", edition.language, url)

    def _listing(self, edition: Edition) -> Generator[Ask, Seen, None]:
        """A section page of an edition that answers; a second one where the first does not."""
        for slug in edition.listings()[:_MAX_LISTINGS] if edition.lives else ():
            address = urls.section_address(edition.language, slug)
            if address is None or edition.listing is not None:
                continue
            edition.listing = (yield Ask("listing", edition.language, address.url)).listing

    def _next(self, edition: Edition) -> Generator[Ask, Seen, None]:
        page = edition.listing
        following = _next_page(page) if page is not None else None
        if page is not None and following is not None:
            known = frozenset(card.key for card in page.cards)
            light = page.form if isinstance(page, LightSectionPage) else None
            ask = Ask("next", edition.language, following.url, following.way, light, known)
            edition.following = (yield ask).listing

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
                return _read_refusal(response)
            match ask.kind:
                case "feed":
                    return _read_feed(response)
                case "article":
                    return _read_article(response)
            return _read_listing(ask, response)
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
            "sitemaps": sorted(map(str, getattr(getattr(rules, "rp", None), "sitemaps", ())))[:_MAX_NAMED],
            "allowed": {path: rules.allowed(f"https://{site.HOST}{path}", agent) for path in paths},
        }


def _paths(language: str) -> list[str]:
    """Paths of each kind that a crawl of an edition asks for."""
    section = next(iter(site.EDITIONS[language].sections))
    stem = f"/{language}/{section}/"
    return [f"/{language}/", f"/{language}/feed/", stem, f"{stem}?page=2", f"{stem}124964-a-headline/"]


def _next_page(page: SectionPage) -> NextPage | None:
    return page.next_page(1) or page.probe(1)


def _section(item: Listed | FeedItem) -> str:
    address = urls.article_address(item.url)
    return (address.section if address else None) or ""


def _newest_first(items: tuple[FeedItem, ...]) -> list[FeedItem]:
    return sorted(items, key=lambda item: item.date_published or "", reverse=True)


def _seconds(response: Response | None) -> float | None:
    latency = response.meta.get("download_latency") if response is not None else None
    return round(float(latency), 3) if latency is not None else None


def _read_refusal(response: Response) -> Seen:
    """What a page that is none says for itself: a block page, a maintenance notice."""
    opening = InspectedPage(response.body, public_url(response), content_type(response)).opening()
    return Seen({"opening": opening} if opening else {})


def _read_feed(response: Response) -> Seen:
    page = FeedPage(response.body, public_url(response), content_type(response))
    dates = sorted(item.date_published for item in page.items if item.date_published)
    facts = {
        "articles": len(page.items),
        "oldest": dates[0] if dates else None,
        "newest": dates[-1] if dates else None,
        "warnings": list(page.warnings),
    }
    return Seen(facts, feed=page)


def _read_listing(ask: Ask, response: Response) -> Seen:
    """A front page, a section page or its second page."""
    page = read_listing(response)
    inspected = InspectedPage(response.body, public_url(response), content_type(response))
    mine = [card for card in page.cards if card.key.startswith(f"{ask.language}/")]
    facts: dict[str, Any] = {
        "articles": len(mine),
        "with_headline": sum(card.headline is not None for card in mine),
        "with_date": sum(card.date_published is not None for card in mine),
        "opening": inspected.opening(),
        "declared": asdict(inspected.declared()),
        "by": response.meta.get("way"),
    }
    if ask.kind == "front":
        facts["sections"] = [section.slug for section in page.sections][:_MAX_NAMED]
        facts["editions"] = list(page.editions)[:_MAX_NAMED]
    elif ask.kind == "listing":
        following = page.next_page(1)
        facts["next"] = asdict(following) if following else None
    else:
        facts["way"] = ask.way
        facts["new"] = sum(card.key not in ask.known for card in mine)
    return Seen(facts, listing=page)


def _read_article(response: Response) -> Seen:
    url = public_url(response)
    inspected = InspectedPage(response.body, url, content_type(response))
    facts: dict[str, Any] = {"opening": inspected.opening(), "declared": asdict(inspected.declared())}
    page = ArticlePage(response.body, Fetch(url, datetime.now(UTC), "live", content_type(response)))
    try:
        article = page.article()
    except NotAnArticle as refusal:
        return Seen({**facts, "reason": refusal.reason, "detail": refusal.detail})
    return Seen({**facts, **_article_facts(article, inspected), "captions": len(page.captions(article))})


def _article_facts(article: Article, inspected: InspectedPage) -> dict[str, Any]:
    ending = inspected.ending(article)
    return {
        "key": article.key,
        "article_type": article.article_type,
        "headline": article.headline,
        "date_published": article.date_published,
        "section": article.section.slug,
        "fields": {name: article.provenance.get(name) for name in FIELDS},
        "warnings": list(article.warnings),
        "blocks": len(article.body),
        "words": article.word_count,
        "images": len(article.images),
        "last_block": article.body[-1].text[-160:] if article.body else None,
        "tail": [asdict(line) for line in ending.lines],
        "tail_more": ending.more,
    }
