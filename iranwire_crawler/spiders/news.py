"""`scrapy crawl news`: from each edition's front page over its sections and feeds to the articles."""

from collections.abc import Sequence
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from iranwire_crawler.domain import stat_keys, urls
from iranwire_crawler.domain.items import Article
from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.spiders.arguments import NewsArguments
from iranwire_crawler.spiders.claims import Named, day_of
from iranwire_crawler.spiders.walking import Walk, WalkingSpider

_MAX_SECTIONS = 1000


class NewsSpider(WalkingSpider):
    """Walks the section pages of the chosen editions.

    Arguments: `lang` (en,fa,ar), `sections` (slugs), `max_pages` of a section (5), `since` (a day,
    ISO or Solar Hijri), `sample` (stop after about so many articles spread over the sections).
    """

    name = "news"

    def __init__(self, arguments: NewsArguments, **kwargs: Any) -> None:
        super().__init__(arguments.languages, arguments.sections, feeds=arguments.sample is None, **kwargs)
        self.arguments = arguments
        self.turns: dict[str, dict[str, int]] = {}
        self.articles = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        return super().from_crawler(crawler, NewsArguments.read(kwargs), *args)

    def end_of(self, walk: Walk, number: int, fresh: Sequence[Listed]) -> str | None:
        if number >= self.arguments.max_pages or self.arguments.sample is not None:
            return f"page {number} is the last that was asked for"
        dated = [card for card in fresh if card.date_published]
        if dated and all(map(self._too_old, dated)):
            return f"page {number} is older than {self.arguments.since}"
        return None

    def wants(self, named: Named) -> bool:
        return not self._too_old(named)

    def article_request(self, named: Named) -> Request:
        return self.request(named.url, self.parse_article, "article", priority=self._turn(named.url))

    def keeps(self, article: Article) -> bool:
        published = day_of(article.date_published)
        if self.arguments.since and published and published < self.arguments.since:
            self.count(stat_keys.OUT_OF_RANGE)
            return False
        if self.arguments.sample is not None and self.articles >= self.arguments.sample:
            raise CloseSpider("sample")
        self.articles += 1
        return True

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
