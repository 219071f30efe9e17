"""`scrapy crawl articles -a urls=…`: read the given articles, nothing else."""

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import Article, Caption
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.urls import Address
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.spiders.arguments import article_addresses, check_names

logger = logging.getLogger(__name__)


class ArticlesSpider(Spider):
    """Reads given articles. Argument: `urls`, addresses parted by commas, or `@file`."""

    name = "articles"
    addresses: list[Address]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        check_names(kwargs, ("urls",))
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.addresses = article_addresses(kwargs.get("urls"))
        return spider

    async def start(self) -> AsyncIterator[Request]:
        for address in self.addresses:
            yield Request(address.url, callback=self.parse, meta={"handle_httpstatus_all": True})

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Article | Caption]:
        return read_article(self, response)


def read_article(spider: Spider, response: Response) -> Iterator[Article | Caption]:
    """The article and the captions of a response; a page that is none is logged and counted."""
    assert spider.crawler.stats is not None
    stats = spider.crawler.stats
    url = response.meta.get("site_url", response.url)
    if response.status != 200:
        stats.inc_value(stat_keys.UNREAD)
        stats.inc_value(stat_keys.unread(f"http_{response.status}"))
        logger.warning("%s: not read: HTTP status %d", for_terminal(url), response.status)
        return
    content_type = response.headers.get("Content-Type")
    fetch = Fetch(
        url=url,
        fetched_at=datetime.now(UTC),
        source="saved" if spider.settings.get("SAVED_PAGES") else "live",
        content_type=content_type.decode("latin-1") if content_type else None,
    )
    page = ArticlePage(response.body, fetch)
    try:
        article = page.article()
    except NotAnArticle as refusal:
        stats.inc_value(stat_keys.UNREAD)
        stats.inc_value(stat_keys.unread(refusal.reason))
        logger.warning("%s", for_terminal(str(refusal), 500))
        return
    stats.inc_value(stat_keys.ARTICLES_READ)
    yield article
    yield from page.captions(article)
