"""`scrapy crawl news`: from each edition's front page over its sections and feeds to the articles."""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from iranwire_crawler.domain import dates, site, stat_keys, urls
from iranwire_crawler.domain.items import Article, Caption, Unread
from iranwire_crawler.domain.text import for_terminal, letters
from iranwire_crawler.pages.feed import FeedItem, FeedPage
from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.pages.section import NextPage, SectionPage, probe_address
from iranwire_crawler.spiders.arguments import NewsArguments
from iranwire_crawler.spiders.reading import content_type, public_url, read_page, with_warnings

logger = logging.getLogger(__name__)

Records = Iterator[Request | Article | Caption | Unread]

# What names articles goes first: an article's facts from cards and feeds are known when its page comes.
_FEED, _FRONT, _SECTION, _ARTICLE = 400, 300, 200, 0
_MAX_SITEMAPS = 50
_MAX_SECTIONS = 1000


@dataclass(slots=True)
class Walk:
    """One section's listing on the way from page to page."""

    language: str
    slug: str
    seen: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    way: str | None = None

    @property
    def name(self) -> str:
        return f"{self.language}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Fact:
    """What a card or a feed said of an article before its page was read."""

    source: str
    headline: str | None
    date_published: str | None


class NewsSpider(Spider):
    """Walks the section pages of the chosen editions.

    Arguments: `lang` (en,fa,ar), `sections` (slugs), `max_pages` of a section (5), `since` (a day,
    ISO or Solar Hijri), `sample` (stop after about so many articles spread over the sections).
    """

    name = "news"

    def __init__(self, arguments: NewsArguments, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments
        self.requested: set[str] = set()
        self.facts: dict[str, list[Fact]] = defaultdict(list)
        self.walks: dict[str, Walk] = {}
        self.sitemaps: list[str] = []
        self.sitemaps_asked: set[str] = set()
        self.turns: dict[str, dict[str, int]] = {}
        self.articles = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, NewsArguments.read(kwargs), *args)
        crawler.signals.connect(spider._hear_robots, signal=signals.robots_parsed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        for language in self.arguments.languages:
            yield self._request(f"https://{site.HOST}/{language}/", self.parse_front, "front", language=language)
        if self.arguments.sample is None:
            for language in self.arguments.languages:
                feed = f"https://{site.HOST}/{language}/feed/"
                yield self._request(feed, self.parse_feed, "feed")

    def parse_front(self, response: Response, language: str) -> Records:
        """A front page names sections, feeds and articles."""
        yield from self._ask_sitemaps()
        slugs = {slug for slug in site.EDITIONS[language].sections if self._wanted(slug)}
        if response.status == 200:
            page = SectionPage(response.body, public_url(response), content_type(response))
            found = [section.slug for section in page.sections if self._wanted(section.slug)]
            logger.info("%s: the front page names %d sections: %s", language, len(found), ", ".join(found) or "none")
            yield from self._articles(page.cards, "front")
            yield from self._sections(language, [*found, *sorted(slugs - set(found))])
            for feed in page.feeds if self.arguments.sample is None else ():
                yield self._request(feed, self.parse_feed, "feed")
        else:
            logger.warning("%s: the front page answered %d; known sections are tried", language, response.status)
            yield from self._sections(language, sorted(slugs))

    def parse_section(self, response: Response, walk: Walk, number: int, way: str | None) -> Records:
        """A section's page: its articles, and the way to the next page."""
        url = public_url(response)
        if response.status != 200:
            if number == 1:
                logger.info("%s: no such section page (%d)", walk.name, response.status)
            self._end(walk, f"page {number} answered {response.status}")
            return
        page = SectionPage(response.body, url, content_type(response))
        mine = [card for card in page.cards if urls.split_key(card.key)]
        fresh = [card for card in mine if card.key not in walk.seen]
        walk.seen.update(card.key for card in mine)
        self._count(stat_keys.CARDS, len(fresh))
        if number > 1 and not fresh:
            self._end(walk, f"page {number} brings no other articles")
            return
        if way is not None and walk.way is None:
            walk.way = way
            self._count(stat_keys.way(way))
            logger.info("%s: the next page was found by %s", walk.name, way)
        yield from self._articles(fresh, "section")
        if number >= self.arguments.max_pages or self.arguments.sample is not None:
            self._end(walk, f"page {number} is the last that was asked for")
        elif self._all_older(fresh):
            self._end(walk, f"page {number} is older than {self.arguments.since}")
        else:
            yield from self._next(walk, page, url, number)

    def parse_feed(self, response: Response) -> Records:
        """A feed or a sitemap names articles, hundreds at once."""
        url = public_url(response)
        if response.status != 200:
            logger.info("%s: no feed there (%d)", for_terminal(url), response.status)
            return
        page = FeedPage(response.body, url, content_type(response))
        for code in page.warnings:
            logger.warning("%s: %s", for_terminal(url), code)
        logger.info("%s: names %d articles", for_terminal(url), len(page.items))
        yield from self._articles(page.items, response.meta["asked_for"])
        for sitemap in page.sitemaps:
            self._add_sitemap(sitemap)
        yield from self._ask_sitemaps()

    def parse_article(self, response: Response) -> Records:
        """An article's page, checked against what cards and feeds said of it."""
        read = read_page(self, response)
        if isinstance(read, Unread):
            yield read
            return
        article, captions = read
        article = self._checked(article)
        published = _day_of(article.date_published)
        if self.arguments.since and published and published < self.arguments.since:
            self._count(stat_keys.OUT_OF_RANGE)
            return
        if self.arguments.sample is not None and self.articles >= self.arguments.sample:
            raise CloseSpider("sample")
        self.articles += 1
        yield article
        yield from captions

    def failed(self, failure: Failure) -> None:
        """No answer: counted and logged; a walk ends there."""
        request: Request = failure.request  # type: ignore[attr-defined]
        kind = request.meta["asked_for"]
        self._count(stat_keys.failed(kind))
        logger.warning("%s: no answer: %s", for_terminal(request.url), for_terminal(str(failure.value)))
        walk = request.cb_kwargs.get("walk")
        if isinstance(walk, Walk):
            self._end(walk, "a page did not answer")

    def _wanted(self, slug: str) -> bool:
        return self.arguments.sections is None or slug in self.arguments.sections

    def _sections(self, language: str, slugs: list[str]) -> Iterator[Request]:
        named = sorted(self.arguments.sections or ())
        for slug in dict.fromkeys([*slugs, *named]):
            walk = Walk(language, slug)
            address = urls.section_address(language, slug)
            if address is None or walk.name in self.walks:
                continue
            self.walks[walk.name] = walk
            self._count(stat_keys.SECTIONS_TOTAL)
            walk.pages.add(address.url)
            yield self._request(address.url, self.parse_section, "section", walk=walk, number=1, way=None)

    def _next(self, walk: Walk, page: SectionPage, url: str, number: int) -> Iterator[Request]:
        """The request for the next page, by the first way that leads on; a probe only where none does."""
        following: NextPage | None = page.next_page(number)
        if following is None and (number == 1 or walk.way == "probe"):
            following = probe_address(url, number)
        if following is None:
            self._end(walk, f"page {number} names no next page")
            return
        if following.url in walk.pages:
            self._end(walk, f"page {number} leads back to a page seen before")
            return
        walk.pages.add(following.url)
        yield self._request(
            following.url, self.parse_section, "section", walk=walk, number=number + 1, way=following.way
        )

    def _end(self, walk: Walk, why: str) -> None:
        self._count(stat_keys.SECTIONS_DONE)
        logger.info("%s: done, %d articles named: %s", walk.name, len(walk.seen), why)

    def _articles(self, named: Sequence[Listed | FeedItem], source: str) -> Iterator[Request]:
        """Requests for articles not asked for yet; what is said of them is kept for the check."""
        for item in named:
            key = urls.split_key(item.key)
            if key is None or key[0] not in self.arguments.languages:
                continue
            self.facts[item.key].append(Fact(source, item.headline, item.date_published))
            if item.key in self.requested or self._too_old(item) or not self._in_sections(item.url):
                continue
            self.requested.add(item.key)
            self._count(stat_keys.LISTED)
            self._count(stat_keys.source(source))
            yield self._request(item.url, self.parse_article, "article", priority=self._turn(item.url))

    def _turn(self, url: str) -> int:
        """An article's priority: in a sample the first of every section, editions in turn, then the second, …"""
        address = urls.article_address(url)
        if self.arguments.sample is None or address is None:
            return _ARTICLE
        sections = self.turns.setdefault(address.language or "", {})
        taken = sections.get(address.section or "", 0)
        place = list(sections).index(address.section or "") if taken else len(sections)
        sections[address.section or ""] = taken + 1
        return _ARTICLE - taken * _MAX_SECTIONS - place

    def _in_sections(self, url: str) -> bool:
        address = urls.article_address(url)
        return address is not None and self._wanted(address.section or "")

    def _too_old(self, item: Listed | FeedItem) -> bool:
        day = _day_of(item.date_published)
        return self.arguments.since is not None and day is not None and day < self.arguments.since

    def _all_older(self, cards: list[Listed]) -> bool:
        """Whether a page's dated cards are all from before `since`."""
        dated = [card for card in cards if card.date_published]
        return bool(dated) and all(map(self._too_old, dated))

    def _checked(self, article: Article) -> Article:
        """The article with a warning for each card or feed that contradicts it, and a day it did not show."""
        codes: list[str] = []
        for fact in self.facts.get(article.key, ()):
            if fact.headline and not _same_words(fact.headline, article.headline):
                codes.append(f"headline_contradicted_by_{fact.source}")
            declared = dates.read_declared(fact.date_published) if fact.date_published else None
            shown = _day_of(article.date_published)
            if declared is None:
                continue
            if shown is None and article.date_published_raw is None:
                provenance = {**article.provenance, "date_published": "feed"}
                article = replace(
                    article,
                    date_published=declared.iso,
                    date_published_jalali=dates.jalali(declared.day),
                    provenance=provenance,
                )
            elif shown is not None and not declared.is_on(shown):
                codes.append(f"date_contradicted_by_{fact.source}")
        return with_warnings(article, codes)

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
            if url not in self.sitemaps_asked and self.arguments.sample is None:
                self.sitemaps_asked.add(url)
                yield self._request(url, self.parse_feed, "sitemap")

    def _request(
        self, url: str, callback: Callable[..., Records], kind: str, priority: int | None = None, **arguments: Any
    ) -> Request:
        default = {"front": _FRONT, "feed": _FEED, "sitemap": _FEED, "section": _SECTION}.get(kind, _ARTICLE)
        return Request(
            url,
            callback=callback,
            errback=self.failed,
            priority=default if priority is None else priority,
            cb_kwargs=arguments,
            meta={"asked_for": kind},
        )

    def _count(self, key: str, count: int = 1) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(key, count)


def _day_of(text: str | None) -> date | None:
    declared = dates.read_declared(text) if text else None
    return declared.day if declared else None


def _same_words(one: str, other: str) -> bool:
    """Whether two headlines agree; a card may cut a long one short."""
    first, second = letters(one), letters(other)
    return bool(first) and (first.startswith(second) or second.startswith(first))
