"""`scrapy crawl news`: from each edition's front page over its sections and feeds to the articles."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from heapq import nlargest
from itertools import islice
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from iranwire_crawler.domain import stat_keys, urls
from iranwire_crawler.domain.ages import moment
from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.items import Article, Walked
from iranwire_crawler.domain.recheck import Schedule
from iranwire_crawler.pages.feed import FeedItem
from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.spiders.arguments import NewsArguments
from iranwire_crawler.spiders.claims import Named, day_of
from iranwire_crawler.spiders.extent import Extent
from iranwire_crawler.spiders.known import KnownArticles, answers
from iranwire_crawler.spiders.page_by_page import PageByPageSpider
from iranwire_crawler.spiders.reading import why_not_fetched
from iranwire_crawler.spiders.walking import Records, Walk
from iranwire_crawler.stores.catalogue import KnownArticle

logger = logging.getLogger(__name__)

_MAX_SECTIONS = 1000
_FIRST_PAGES = 5
# Rechecks that are asked for at a time, when all else is done.
_AT_A_TIME = 50
# Why an article's page did not come, where it would not come tomorrow either.
_WILL_NOT_COME = frozenset({"forbidden", "not_fetched", "leads_elsewhere", "too_large"})


class NewsSpider(PageByPageSpider):
    """Walks the section pages of the chosen editions, and looks at known articles again.

    Arguments: `lang` (en,fa,ar), `sections` (slugs), `max_pages` of a section, `since` (a day, ISO or Solar
    Hijri), `sample` (stop after about so many articles spread over the sections), `recheck` (due, all, none),
    `at` (of saved pages those nearest to that day).
    """

    name = "news"
    known: KnownArticles
    schedule: Schedule

    def __init__(self, arguments: NewsArguments, **kwargs: Any) -> None:
        super().__init__(arguments.languages, arguments.sections, feeds=arguments.sample is None, **kwargs)
        self.arguments = arguments
        self.at = arguments.at
        self.turns: dict[str, dict[str, int]] = {}
        self.articles = 0
        self.extents: dict[str, Extent] = {}
        self.rechecks = self._rechecks()
        self.passed: set[str] = set()
        """Keys of known articles that were named and not asked for."""
        self.unanswered: set[str] = set()
        """Keys of articles that were asked for and have not been dealt with, for now or for good."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        saved = bool(crawler.settings.get("SAVED_PAGES"))
        spider = super().from_crawler(crawler, NewsArguments.read(kwargs, saved_pages=saved), *args)
        spider.schedule = Schedule.read(crawler.settings["RECHECK_SCHEDULE"])
        spider.known = KnownArticles(crawler)
        crawler.signals.connect(spider._on_idle, signal=signals.spider_idle)
        return spider

    # Which articles are asked for.

    def wants(self, named: Named) -> bool:
        if self._too_old(named):
            return False
        known = self.known.find(named.key)
        if known is None or (self.arguments.recheck != "none" and _changed_since(named, known)):
            return True
        if named.key not in self.passed:
            self.passed.add(named.key)
            self.count(stat_keys.KNOWN)
        return False

    def article_request(self, named: Named) -> Request:
        return self._ask(named.key, named.url, self._turn(named.url))

    def _ask(self, key: str, url: str, priority: int | None = None) -> Request:
        self.unanswered.add(key)
        if key in self.passed:
            self.passed.remove(key)
            self.count(stat_keys.KNOWN, -1)
        request = self.request(url, self.parse_asked, "article", priority=priority, key=key)
        return self.known.conditional(request, key)

    def parse_asked(self, response: Response, key: str) -> Records:
        """The answer to the request for an article, known or not."""
        yield from self.known.heard(response, key, self.parse_article(response))
        if answers(response):
            self.unanswered.discard(key)
        yield from self._whole_walks(key)

    def failed(self, failure: Failure) -> Records:
        yield from super().failed(failure)
        arguments = failure.request.cb_kwargs  # type: ignore[attr-defined]
        if isinstance(walk := arguments.get("walk"), Walk):
            self._extent(walk).broken = True
        reason, _ = why_not_fetched(failure.value)
        if reason in _WILL_NOT_COME and (key := arguments.get("key")):
            self.unanswered.discard(key)
            yield from self._whole_walks(key)

    def keeps(self, article: Article) -> bool:
        published = day_of(article.date_published)
        if self.arguments.since and published and published < self.arguments.since:
            self.count(stat_keys.OUT_OF_RANGE)
            return False
        if self.arguments.sample is not None and self.articles >= self.arguments.sample:
            raise CloseSpider("sample")
        self.articles += 1
        return True

    # Where a walk ends.

    def parse_section(self, response: Response, walk: Walk, number: int, way: str | None) -> Records:
        if response.status != 200 and (number == 1 or response.status not in (404, 410)):
            self._extent(walk).broken = True
        yield from super().parse_section(response, walk, number, way)
        yield from self._whole_walks()

    def end_of(self, walk: Walk, number: int, fresh: Sequence[Listed]) -> str | None:
        if self.arguments.sample is not None:
            return f"page {number} is the last that was asked for"
        extent = self._extent(walk)
        mine = [card for card in fresh if self.is_mine(card)]
        dated = [card for card in mine if card.date_published]
        covered = bool(mine) and all(self._is_covered(card, extent) for card in mine)
        return extent.end_at(number, covered=covered, too_old=bool(dated) and all(map(self._too_old, dated)))

    def end(self, walk: Walk, why: str) -> None:
        super().end(walk, why)
        extent = self._extent(walk)
        extent.ended = True
        if extent.reached == "max_pages" and not extent.whole:
            logger.warning("%s: stopped before it came to what is known: a gap may be left behind it", walk.name)

    def _extent(self, walk: Walk) -> Extent:
        if walk.name not in self.extents:
            catalogue, since = self.known.catalogue, self.arguments.since
            self.extents[walk.name] = Extent(
                reach=catalogue.reach(walk.name) if catalogue is not None else None,
                max_pages=self.arguments.max_pages,
                since=since.isoformat() if since else None,
                first_pages=_FIRST_PAGES,
                gap_pages=self.settings.getint("GAP_MAX_PAGES"),
            )
        return self.extents[walk.name]

    def _is_covered(self, card: Listed, extent: Extent) -> bool:
        known = self.known.find(card.key)
        return self._too_old(card) or (known is not None and extent.is_covered(known.first_seen))

    def _whole_walks(self, key: str | None = None) -> Iterator[Walked]:
        """The walks, of those that named `key`, that have become whole: ended, and all their articles dealt with."""
        if self.arguments.sample is not None or self.known.saved:
            return  # Pages that were not saved are no listing's end.
        for name, walk in self.walks.items():
            extent = self.extents.get(name)
            if extent is None or extent.told or not extent.whole or (key is not None and key not in walk.seen):
                continue
            if walk.seen.isdisjoint(self.unanswered):
                extent.told = True
                now = utc_text(datetime.now(UTC))
                yield Walked(
                    section=name,
                    walked_at=now,
                    pages=extent.pages,
                    reached=extent.reached,
                    since=extent.since if extent.reached == "since" else None,
                )

    # Looking again.

    def _on_idle(self) -> None:
        """When all that is new is done, known articles are looked at again, some at a time."""
        requests = list(islice(self.rechecks, _AT_A_TIME))
        for request in requests:
            assert self.crawler.engine is not None
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _rechecks(self) -> Iterator[Request]:
        for key in self._to_recheck():
            known = self.known.find(key)
            if known is not None and key not in self.requested:
                self.requested.add(key)
                yield self._ask(key, known.url)

    def _to_recheck(self) -> Iterator[str]:
        catalogue = self.known.catalogue
        if catalogue is None or self.arguments.recheck == "none" or self.arguments.sample is not None:
            return
        if self.arguments.recheck == "all":
            after = ""
            while keys := catalogue.keys(after):
                after = keys[-1]
                found = filter(None, map(self.known.find, keys))
                yield from (article.key for article in found if self._in_range(article.key, article.section))
            return
        due = [
            article
            for article in catalogue.due(self.schedule, datetime.now(UTC))
            if article.key not in self.requested and self._in_range(article.key, article.section)
        ]
        most = self.settings.getint("RECHECK_MAX")
        logger.info("Known articles to be looked at again: %d are due, RECHECK_MAX is %d", len(due), most)
        yield from (article.key for article in nlargest(most, due, key=lambda article: article.overdue))

    # Ranges.

    def _in_range(self, key: str, section: str | None) -> bool:
        return key[:2] in self.languages and self.wants_section(section or "")

    def _too_old(self, named: Named) -> bool:
        day = day_of(named.date_published)
        return self.arguments.since is not None and day is not None and day < self.arguments.since

    def _turn(self, url: str) -> int | None:
        """An article's priority: in a sample the first of every section, editions in turn, then the second, …"""
        address = urls.article_address(url)
        if self.arguments.sample is None or address is None:
            return None
        sections = self.turns.setdefault(address.language or "", {})
        taken = sections.get(address.section or "", 0)
        place = list(sections).index(address.section or "") if taken else len(sections)
        sections[address.section or ""] = taken + 1
        return -taken * _MAX_SECTIONS - place


def _changed_since(named: Named, known: KnownArticle) -> bool:
    """Whether a feed or a sitemap says that an article was changed after it was looked at last."""
    if not isinstance(named, FeedItem) or named.date_modified is None or "T" not in named.date_modified:
        return False
    changed, looked = moment(named.date_modified), moment(max(known.last_seen, known.checked_at or ""))
    return changed is not None and looked is not None and looked < changed <= datetime.now(UTC)
