"""From each edition's front page over its sections, feeds and sitemaps to the articles they name."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from iranwire_crawler.domain import site, stat_keys, urls
from iranwire_crawler.domain.items import Article, Caption, Checked, Gone, Unread, Walked
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.pages.article import ArticlePage
from iranwire_crawler.pages.feed import FeedPage
from iranwire_crawler.pages.light_section import LightForm
from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.pages.section import SectionPage
from iranwire_crawler.spiders.claims import Claims, Named
from iranwire_crawler.spiders.other_ways import FallsShort, is_final
from iranwire_crawler.spiders.reading import (
    Way,
    asked_url,
    content_type,
    not_fetched,
    public_url,
    read_listing,
    read_page,
    why_not_fetched,
)

logger = logging.getLogger(__name__)

Records = Iterator[Request | Article | Caption | Checked | FallsShort | Gone | Unread | Walked]

# What names articles goes first: what cards and feeds say of an article is known when its page comes.
_PRIORITIES = {"feed": 400, "sitemap": 400, "front": 300, "section": 200, "captures": 100, "article": 0}
_MAX_SITEMAPS = 50
_CLOSED = frozenset({401, 403, 408, 429})
# ASSUMED: a listing of so many cards that leads nowhere goes on by script; a shorter one may be a whole section.
_FULL_PAGE = 8
# How a page is asked for that may hold more in another way than plain HTML.
MORE = "more"
_BY_SCRIPT = frozenset({"embedded", "browser"})


@dataclass(slots=True)
class Walk:
    """One section's listing on the way from page to page."""

    language: str
    slug: str
    seen: set[str] = field(default_factory=set)
    """Keys of the articles that its pages named."""
    pages: set[str] = field(default_factory=set)
    """Addresses of the pages that were asked for."""
    way: str | None = None
    """How its next page is found, once one was."""
    by: Way | None = None
    """Where its cards were not in plain HTML, the way that brought them."""
    light: LightForm | None = None
    """What its pages' addresses are like, where it is the light version that is walked."""
    first: Response | None = None
    """Its first page, as long as nothing but a guess leads on from there."""

    @property
    def name(self) -> str:
        return f"{self.language}/{self.slug}"

    def falls_short(self, page: SectionPage, number: int) -> FallsShort | None:
        """What there is to try for a page without cards; None where it has some, or is the listing's end."""
        if page.cards or (number > 1 and self.by not in _BY_SCRIPT):
            return None
        # The way that brought the page before it, and no other: a page without cards ends most listings.
        return FallsShort("no_cards") if number == 1 or self.by is None else FallsShort("no_cards", ways=(self.by,))

    def came(self, response: Response) -> None:
        """Note how a page that has cards was obtained."""
        way: Way | None = response.meta.get("way")
        if way is not None:
            self.by, self.light = way, response.meta.get("light_form") if way == "light" else None

    def in_its_way(self, request: Request) -> Request:
        """The request for a page of it, to be read as the light version that it is."""
        if self.light is not None and self.light.is_light(request.url):
            request.meta.update(way="light", light_form=self.light)
        return request


class WalkingSpider(Spider):
    """What spiders share that walk the site's listings. What is their own to decide:

    - `ask_page` and `ask_more`: how a page of a listing is asked for, and so what is done with it;
    - `wants`: whether an article that a card or a feed names is asked for, and with which request
      (`article_request`);
    - `keeps`: whether an article that was read belongs to what was asked for.
    """

    def __init__(
        self, languages: Sequence[str], sections: frozenset[str] | None, *, feeds: bool = True, **kwargs: Any
    ) -> None:
        """`sections`: slugs; None for all. `feeds`: whether feeds and sitemaps are asked for too."""
        super().__init__(**kwargs)
        self.languages = tuple(languages)
        self.sections = sections
        self.feeds = feeds
        self.claims = Claims()
        self.requested: set[str] = set()
        self.walks: dict[str, Walk] = {}
        self.sitemaps: list[str] = []
        self.sitemaps_asked: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._hear_robots, signal=signals.robots_parsed)
        return spider

    # To be decided by each spider.

    def ask_page(self, walk: Walk, url: str, number: int, way: str | None = None) -> Request:
        """The request for a page of a listing."""
        raise NotImplementedError

    def ask_more(self, walk: Walk, url: str) -> Request:
        """The request for a first page that may hold more in another way."""
        raise NotImplementedError

    def wants(self, named: Named) -> bool:
        """Whether an article of a wanted edition and section is asked for. Asked each time it is named, until it is."""
        return True

    def article_request(self, named: Named) -> Request:
        return self.request(named.url, self.parse_article, "article")

    def keeps(self, article: Article) -> bool:
        """Whether an article that was read is handed on."""
        return True

    # From page to page.

    async def start(self) -> AsyncIterator[Request]:
        for language in self.languages:
            yield self.request(f"https://{site.HOST}/{language}/", self.parse_front, "front", language=language)
        for language in self.languages if self.feeds else ():
            yield self.request(f"https://{site.HOST}/{language}/feed/", self.parse_feed, "feed")

    def parse_front(self, response: Response, language: str) -> Records:
        """A front page names sections, feeds and articles."""
        yield from self._ask_sitemaps()
        known = self._known_sections(language)
        if response.status == 200:
            page = read_listing(response)
            if not page.cards and not page.sections and not is_final(response):
                yield FallsShort("no_cards")
                return
            found = [section.slug for section in page.sections if self.wants_section(section.slug)]
            logger.info("%s: the front page names %d sections: %s", language, len(found), ", ".join(found) or "none")
            yield from self.ask_articles(page.cards, "front")
            yield from self._ask_sections(language, [*found, *known])
            for feed in page.feeds if self.feeds else ():
                yield self.request(feed, self.parse_feed, "feed")
        else:
            self._note_status("front", response.status)
            logger.warning("%s: the front page answered %d; known sections are tried", language, response.status)
            yield from self._ask_sections(language, known)

    def parse_feed(self, response: Response) -> Records:
        """A feed or a sitemap names articles, hundreds at once."""
        url = public_url(response)
        if response.status != 200:
            self._note_status(response.meta["asked_for"], response.status)
            logger.info("%s: no feed there (%d)", for_terminal(url), response.status)
            return
        page = FeedPage(response.body, url, content_type(response))
        for code in page.warnings:
            logger.warning("%s: %s", for_terminal(url), code)
        logger.info("%s: names %d articles", for_terminal(url), len(page.items))
        yield from self.ask_articles(page.items, response.meta["asked_for"])
        for sitemap in page.sitemaps:
            self._add_sitemap(sitemap)
        yield from self._ask_sitemaps()

    def parse_article(self, response: Response) -> Records:
        """An article's page, checked against what cards and feeds said of it."""
        read = read_page(self, response)
        if isinstance(read, Unread):
            yield read
            return
        article = self.claims.check(read[0])
        if self.keeps(article):
            yield article
            yield from ArticlePage.captions(article)

    def failed(self, failure: Failure) -> Records:
        """No answer: an article's page is listed as unread, a walk ends, known sections stand in for a front page."""
        request: Request = failure.request  # type: ignore[attr-defined]
        kind = request.meta["asked_for"]
        if kind == "article":
            if unread := not_fetched(failure):
                yield unread
            return
        reason, detail = why_not_fetched(failure.value)
        if reason != "forbidden":
            self.count(stat_keys.failed(kind))
        logger.warning("%s: no answer (%s): %s", for_terminal(asked_url(request)), reason, for_terminal(detail))
        walk = request.cb_kwargs.get("walk")
        if isinstance(walk, Walk):
            self.end(walk, f"page {request.cb_kwargs['number']} did not come")
        if kind == "front":
            yield from self._ask_sections(
                request.cb_kwargs["language"], self._known_sections(request.cb_kwargs["language"])
            )

    # What each of these steps is made of.

    def fresh_cards(self, walk: Walk, page: SectionPage) -> list[Listed]:
        """The articles that `page` names and no page of the walk did before it."""
        mine = [card for card in page.cards if urls.split_key(card.key)]
        fresh = [card for card in mine if card.key not in walk.seen]
        walk.seen.update(card.key for card in mine)
        self.count(stat_keys.CARDS, len(fresh))
        return fresh

    def tell_way(self, walk: Walk, way: str | None) -> None:
        """Note how a walk found its first next page."""
        if way is not None and walk.way is None:
            walk.way = way
            self.count(stat_keys.way(way))
            logger.info("%s: the next page was found by %s", walk.name, way)

    def more(self, walk: Walk, way: str | None) -> FallsShort | None:
        """The first page once more, where only a guess led on from it, in vain: there may be more in another way."""
        origin, walk.first = walk.first, None
        first = urls.section_address(walk.language, walk.slug)
        if origin is None or first is None or way != "probe" or len(walk.seen) < _FULL_PAGE:
            return None
        return FallsShort("no_next_page", origin, self.ask_more(walk, first.url), needed=False)

    def end(self, walk: Walk, why: str) -> None:
        walk.first = None
        self.count(stat_keys.SECTIONS_DONE)
        logger.info("%s: done, %d articles named: %s", walk.name, len(walk.seen), why)

    def ask_articles(self, named: Sequence[Named], source: str) -> Iterator[Request]:
        """Requests for articles not asked for yet; what is said of them is kept for the check."""
        for item in named:
            address = urls.article_address(item.url)
            if address is None or address.language not in self.languages:
                continue
            self.claims.hear(source, item)
            if item.key in self.requested or not self.is_mine(item) or not self.wants(item):
                continue
            self.requested.add(item.key)
            self.count(stat_keys.LISTED)
            self.count(stat_keys.source(source))
            yield self.article_request(item)

    def request(
        self, url: str, callback: Callable[..., Records], kind: str, priority: int | None = None, **arguments: Any
    ) -> Request:
        """`kind`: front, section, feed, sitemap or article. `arguments` go to the callback."""
        return Request(
            url,
            callback=callback,
            errback=self.failed,
            priority=_PRIORITIES[kind] if priority is None else priority,
            cb_kwargs=arguments,
            meta={"asked_for": kind},
        )

    def count(self, key: str, count: int = 1) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(key, count)

    def is_mine(self, named: Named) -> bool:
        """Whether an article is of an edition and a section that are walked."""
        address = urls.article_address(named.url)
        return address is not None and address.language in self.languages and self.wants_section(address.section or "")

    def wants_section(self, slug: str) -> bool:
        return self.sections is None or slug in self.sections

    def _known_sections(self, language: str) -> list[str]:
        return sorted(slug for slug in site.EDITIONS[language].sections if self.wants_section(slug))

    def _note_status(self, kind: str, status: int) -> None:
        """Count a page that names articles and did not come; one that is not there (404) names none."""
        if status >= 500 or status in _CLOSED:
            self.count(stat_keys.failed(kind))

    def _ask_sections(self, language: str, slugs: list[str]) -> Iterator[Request]:
        named = sorted(self.sections or ())
        for slug in dict.fromkeys([*slugs, *named]):
            walk = Walk(language, slug)
            address = urls.section_address(language, slug)
            if address is None or walk.name in self.walks:
                continue
            self.walks[walk.name] = walk
            self.count(stat_keys.SECTIONS_TOTAL)
            yield self.ask_page(walk, address.url, 1)

    def _hear_robots(self, robotparser: RobotParser, request: Request) -> None:
        """robots.txt names sitemaps; Scrapy tells of it once a host."""
        for sitemap in getattr(getattr(robotparser, "rp", None), "sitemaps", ()):
            self._add_sitemap(str(sitemap))

    def _add_sitemap(self, url: str) -> None:
        if urls.read_address(url) is not None and len(self.sitemaps_asked) + len(self.sitemaps) < _MAX_SITEMAPS:
            self.sitemaps.append(url)

    def _ask_sitemaps(self) -> Iterator[Request]:
        while self.sitemaps:
            url = self.sitemaps.pop(0)
            if url not in self.sitemaps_asked and self.feeds:
                self.sitemaps_asked.add(url)
                yield self.request(url, self.parse_feed, "sitemap")
