"""`scrapy crawl archive`: every article published in a window of days, from wherever in the listings it lies."""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from iranwire_crawler.domain import stat_keys, urls
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.seek import Card, Seek
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.pages.feed import FeedItem
from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.pages.pager import Numbering, numbering_of
from iranwire_crawler.pages.section import SectionPage
from iranwire_crawler.spiders.arguments import ArchiveArguments
from iranwire_crawler.spiders.claims import Named, day_of
from iranwire_crawler.spiders.known import KnownArticles
from iranwire_crawler.spiders.other_ways import FallsShort, is_final
from iranwire_crawler.spiders.reading import read_listing
from iranwire_crawler.spiders.walking import MORE, Records, Walk, WalkingSpider
from iranwire_crawler.spiders.wayback import Captures

logger = logging.getLogger(__name__)

# A listing, a feed and a page may show one moment as different days.
_SLACK = 1
# Articles that are read to place a page of the search whose cards show no dates.
_SAMPLE = 3
# Before other articles: a listing waits for them.
_AWAITED = 100
# Of this many cards of the listing's own section on a page, cards of others are a box beside it.
_FEW = 3


@dataclass(slots=True)
class _Listing:
    """One section's listing on the way to the window."""

    walk: Walk
    first: str
    seek: Seek | None = None
    """From the first page on, which says how pages are numbered."""
    numbering: Numbering | None = None
    way: str | None = None
    addresses: dict[int, str] = field(default_factory=dict)
    """Where pages lie that are not numbered, as the pages before them say."""
    awaited: set[str] = field(default_factory=set)
    """Articles that must be read before the page can be placed."""
    named: list[Listed] = field(default_factory=list)
    """What the page names that waits to be placed."""


class ArchiveSpider(WalkingSpider):
    """Brings what was published from `since` to `until`, both included (ISO or Solar Hijri; one may be left out).

    Further arguments: `lang` (en,fa,ar), `sections` (slugs), `refresh` (`yes`: known articles are fetched again),
    `source` (`site`, `wayback` or both).
    """

    name = "archive"
    archived: KnownArticles

    def __init__(self, arguments: ArchiveArguments, **kwargs: Any) -> None:
        super().__init__(arguments.languages, arguments.sections, **kwargs)
        self.arguments = arguments
        self.window = arguments.window
        self.near = arguments.window.widened(_SLACK)
        self.days: dict[str, date | None] = {}
        """The days of articles that were read, in this run or before; None where the page shows none."""
        self.known: set[str] = set()
        self.brought: set[str] = set()
        self.listings: dict[str, _Listing] = {}
        self.waiting: dict[str, list[_Listing]] = defaultdict(list)
        self.captures: Captures | None = None
        since, until = self.window.since, self.window.until
        self.reached: dict[str, Any] = {
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "source": sorted(arguments.sources),
            "sections": {},
        }

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, ArchiveArguments.read(kwargs), *args)
        spider.archived = KnownArticles(crawler)
        if "wayback" in spider.arguments.sources:
            spider.captures = Captures(
                spider,
                crawler,
                spider.near,
                lacks=spider._lacks,
                parse=spider.parse_capture,
                tell=spider._tell_captures,
            )
        return spider

    async def start(self) -> AsyncIterator[Request]:
        if "site" in self.arguments.sources:
            async for request in super().start():
                yield request
        elif self.crawler.stats is not None:
            self.crawler.stats.set_value(stat_keys.SECTIONS_TOTAL, 0)

    # Which articles are asked for, and kept.

    def wants(self, named: Named) -> bool:
        day = self._day(named)
        if day is None and isinstance(named, FeedItem):
            # A sitemap says when a page was changed last: an article that was never changed was published then.
            day = day_of(named.date_modified)
        return day is not None and day in self.near and not self._is_known(named.key)

    def article_request(self, named: Named, priority: int | None = None) -> Request:
        request = self.request(named.url, self.parse_article, "article", priority, key=named.key)
        return self.archived.conditional(request, named.key)

    def keeps(self, article: Article) -> bool:
        day = self.days[article.key] = day_of(article.date_published)
        if day is not None and day in self.window:
            self.brought.add(article.key)
            return True
        self.count(stat_keys.OUT_OF_RANGE)
        if day is None:
            self.count(stat_keys.UNDATED)
            logger.warning("%s: left out: it shows no date", for_terminal(article.url))
        return False

    def _day(self, named: Named) -> date | None:
        """The day on which an article was published, by its page if that was ever read, else as it is named."""
        return self._known_day(named.key) or day_of(named.date_published)

    def _known_day(self, key: str) -> date | None:
        if key not in self.days:
            known = self.archived.find(key)
            if known is not None and known.date_published:
                self.days[key] = day_of(known.date_published)
                self.known.add(key)
        return self.days.get(key)

    def _is_known(self, key: str) -> bool:
        """Whether the archive has a sound record of an article, so that it need not be fetched."""
        if self.arguments.refresh or key not in self.known:
            return False
        if key not in self.requested:
            self.requested.add(key)
            day = self.days[key]
            self.count(stat_keys.KNOWN if day and day in self.window else stat_keys.OUT_OF_RANGE)
        return True

    def _lacks(self, key: str) -> bool:
        """Whether a capture may bring what neither the site nor a run before has brought."""
        day = self._known_day(key)
        if key in self.brought or self._is_known(key):
            return False
        return day is None or day in self.window

    # From page to page of a listing.

    def ask_page(self, walk: Walk, url: str, number: int, way: str | None = None) -> Request:
        listing = self.listings.setdefault(walk.name, _Listing(walk, url))
        request = self.request(url, self.parse_page, "section", listing=listing, number=number)
        # A listing may have moved since a page was asked for: it is asked for again.
        return walk.in_its_way(request.replace(dont_filter=True))

    def ask_more(self, walk: Walk, url: str) -> Request:
        listing = self.listings[walk.name]
        return self.request(url, self.parse_page, "section", listing=listing, number=1, way=MORE)

    def parse_page(self, response: Response, listing: _Listing, number: int, way: str | None = None) -> Records:
        """A page of a listing: it names articles, and its dates say where the window lies."""
        walk = listing.walk
        if response.status != 200:
            yield from self._no_page(listing, number, f"HTTP {response.status}", missing=response.status in (404, 410))
            return
        page = read_listing(response)
        if not is_final(response) and (short := walk.falls_short(page, number)):
            yield short
            return
        fresh, following = self.fresh_cards(walk, page), page.next_page(number)
        if way == MORE:
            if not fresh and following is None:
                yield from self._go_on(listing) if is_final(response) else [FallsShort("no_more_cards")]
                return
            # What was found out of a listing of one page holds no more.
            listing.seek = None
        if page.cards:
            walk.came(response)
        if listing.seek is None:
            self._begin(listing, page, guess=way != MORE)
        assert listing.seek is not None
        if number > 1 and fresh:
            self.tell_way(walk, listing.way)
            walk.first = None
        elif number == 1 and way != MORE and following is None:
            walk.first = response
        if following is not None:
            listing.addresses[number + 1] = following.url
        yield from self.ask_articles(page.cards, "section")
        listing.named = _own_cards(page, walk)
        yield from self._date(listing)
        if not listing.awaited:
            yield from self._place(listing)

    def failed(self, failure: Failure) -> Records:
        yield from super().failed(failure)
        request: Request = failure.request  # type: ignore[attr-defined]
        listing, key = request.cb_kwargs.get("listing"), request.cb_kwargs.get("key")
        if self.captures is not None and "query" in request.cb_kwargs:
            yield from self.captures.go_on(request.cb_kwargs["query"], None)
        if isinstance(listing, _Listing):
            yield from self._no_page(listing, request.cb_kwargs["number"], "no answer", missing=False)
        if key is not None:
            yield from self._arrived(key)

    def parse_article(self, response: Response, key: str) -> Records:  # type: ignore[override]
        yield from self.archived.heard(response, key, super().parse_article(response))
        yield from self._arrived(key)

    def parse_capture(self, response: Response) -> Records:
        """A raw capture of a web archive is read like any page, under the site's own address."""
        yield from super().parse_article(response)

    def _begin(self, listing: _Listing, page: SectionPage | None, *, guess: bool = False) -> None:
        """The first page says how the others are found; where it does not, there is a `guess` to try."""
        following = (page.next_page(1) or (page.probe(1) if guess else None)) if page else None
        listing.way = following.way if following else None
        listing.numbering = numbering_of(following.url) if following else None
        listing.seek = Seek(self.near, numbered=listing.numbering is not None)
        self._tell(listing)

    def _no_page(self, listing: _Listing, number: int, why: str, *, missing: bool) -> Records:
        if number == 1 and missing and listing.seek is None:
            logger.info("%s: no such section page (%s)", listing.walk.name, why)
            del self.listings[listing.walk.name]
            self.count(stat_keys.SECTIONS_DONE)
            return
        if listing.seek is None:
            self._begin(listing, None)
        assert listing.seek is not None
        logger.info("%s: page %d: %s", listing.walk.name, number, why)
        if missing:
            listing.seek.tell(())
        else:
            listing.seek.unanswered()
        yield from self._go_on(listing)

    def _date(self, listing: _Listing) -> Iterator[Request]:
        """Where cards show too few dates, the articles themselves are asked: all on a page of the window, else some."""
        assert listing.seek is not None
        undated = [card for card in listing.named if self._day(card) is None and card.key not in self.days]
        few = len(undated) * 2 > len(listing.named)
        if listing.seek.phase == "search":
            undated = _spread(undated, _SAMPLE) if few else []
        for card in undated:
            if few:
                listing.awaited.add(card.key)
                self.waiting[card.key].append(listing)
            if card.key not in self.requested:
                self.requested.add(card.key)
                self.count(stat_keys.LISTED)
                self.count(stat_keys.source("section"))
                yield self.article_request(card, _AWAITED)

    def _arrived(self, key: str) -> Records:
        """An article was read, or cannot be: its day is as known as it will be."""
        self.days.setdefault(key, None)
        for listing in self.waiting.pop(key, ()):
            listing.awaited.discard(key)
            if not listing.awaited:
                yield from self._place(listing)

    def _place(self, listing: _Listing) -> Records:
        assert listing.seek is not None
        listing.seek.tell([Card(card.key, self._day(card)) for card in listing.named])
        listing.named = []
        yield from self._go_on(listing)

    def _go_on(self, listing: _Listing) -> Records:
        """The request for the page that is to come next; the end of the walk where there is none."""
        seek = listing.seek
        assert seek is not None
        while seek.page is not None:
            url = self._address(listing, seek.page)
            if url is not None:
                yield self.ask_page(listing.walk, url, seek.page)
                return
            # What no page leads to is not there, if the page before it was: it names no next page.
            if seek.page - 1 in seek.reached.unread:
                seek.unanswered()
            else:
                seek.tell(())
        if more := self.more(listing.walk, listing.way):
            yield more
            return
        self.end(listing.walk, str(seek.reached))
        self._tell(listing)

    def _address(self, listing: _Listing, number: int) -> str | None:
        if number == 1:
            return listing.first
        return listing.numbering.address(number) if listing.numbering else listing.addresses.get(number)

    # What is told of it.

    def _tell(self, listing: _Listing) -> None:
        """For the run's report and its verdict: how the window was reached, and whether its edges were seen."""
        assert listing.seek is not None
        way = listing.walk.way if listing.numbering is None else f"seek by {listing.way}"
        assert self.crawler.stats is not None
        self.crawler.stats.set_value(stat_keys.WINDOW, self.reached)
        self.reached["sections"][listing.walk.name] = {"way": way, **listing.seek.reached.report()}

    def _tell_captures(self, told: dict[str, Any]) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.set_value(stat_keys.WINDOW, self.reached)
        self.reached["captures"] = told


def _own_cards(page: SectionPage, walk: Walk) -> list[Listed]:
    """The cards of the listing itself, where they can be told from those of boxes beside it."""
    mine = [card for card in page.cards if card.key.startswith(f"{walk.language}/")]
    own = [card for card in mine if (address := urls.article_address(card.url)) and address.section == walk.slug]
    return own if len(own) >= _FEW else mine


def _spread(cards: Sequence[Listed], count: int) -> list[Listed]:
    """So many cards from all over a page: the first may be pinned."""
    step = max(1, len(cards) // count)
    return list(cards[step // 2 :: step][:count])
