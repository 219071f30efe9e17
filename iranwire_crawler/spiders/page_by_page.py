"""From a section's first page to its last, one after the other."""

import logging
from collections.abc import Iterator, Sequence

from scrapy import Request
from scrapy.http import Response

from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.pages.next_page import NextPage
from iranwire_crawler.pages.section import SectionPage
from iranwire_crawler.spiders.other_ways import FallsShort, is_final
from iranwire_crawler.spiders.reading import read_listing
from iranwire_crawler.spiders.walking import MORE, Records, Walk, WalkingSpider

logger = logging.getLogger(__name__)

_ABSENT = frozenset({404, 410})


class PageByPageSpider(WalkingSpider):
    """Walks each section from page to page. `end_of` is its own to decide: whether a walk ends at a page."""

    def end_of(self, walk: Walk, number: int, fresh: Sequence[Listed]) -> str | None:
        """Why `walk` ends at page `number`; None where it goes on. `fresh`: cards that no page before it held."""
        return None

    def parse_section(self, response: Response, walk: Walk, number: int, way: str | None) -> Records:
        """A section's page: its articles, and the way to the next page."""
        if response.status != 200:
            self._note_status("section", response.status)
            if number == 1:
                logger.info("%s: no such section page (%d)", walk.name, response.status)
            if response.status in _ABSENT and (more := self.more(walk, way)):
                yield more
            else:
                self.end(walk, f"page {number} answered {response.status}")
            return
        page = read_listing(response)
        if not is_final(response) and (short := walk.falls_short(page, number)):
            yield short
            return
        fresh = self.fresh_cards(walk, page)
        following = page.next_page(number)
        if way == MORE and not fresh and (following is None or following.url in walk.pages):
            if is_final(response):
                self.end(walk, "page 1 names no next page, and no other way brings more")
            else:
                yield FallsShort("no_more_cards")
            return
        if number > 1 and not fresh:
            if more := self.more(walk, way):
                yield more
            else:
                self.end(walk, f"page {number} brings no other articles")
            return
        walk.came(response)
        walk.first = response if number == 1 and way != MORE and following is None else None
        self.tell_way(walk, response.meta["way"] if way == MORE else way)
        yield from self.ask_articles(fresh, "section")
        why = self.end_of(walk, number, fresh)
        if why is None and response.meta.get("way") == "browser" and following is None:
            why = f"page {number} names no next page, and its script brings no more"
        if why is None:
            yield from self.ask_next(walk, page, number)
        else:
            self.end(walk, why)

    def ask_next(self, walk: Walk, page: SectionPage, number: int) -> Iterator[Request]:
        """The request for the next page, by the first way that leads on; a probe only where none does."""
        following: NextPage | None = page.next_page(number)
        if following is None and (number == 1 or walk.way == "probe"):
            following = page.probe(number)
        if following is None:
            self.end(walk, f"page {number} names no next page")
        elif following.url in walk.pages:
            self.end(walk, f"page {number} leads back to a page seen before")
        else:
            yield self.ask_page(walk, following.url, number + 1, following.way)

    def ask_page(self, walk: Walk, url: str, number: int, way: str | None = None) -> Request:
        walk.pages.add(url)
        return walk.in_its_way(self.request(url, self.parse_section, "section", walk=walk, number=number, way=way))

    def ask_more(self, walk: Walk, url: str) -> Request:
        return self.request(url, self.parse_section, "section", walk=walk, number=1, way=MORE)
