"""`scrapy crawl articles -a urls=…`: read the given articles, nothing else."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.items import Article, Caption, Checked, Gone, Unread
from iranwire_crawler.domain.urls import Address
from iranwire_crawler.spiders.arguments import article_addresses, check_names, day, positive
from iranwire_crawler.spiders.known import KnownArticles
from iranwire_crawler.spiders.reading import not_fetched, records


class ArticlesSpider(Spider):
    """Reads given articles.

    Arguments: `urls`, addresses parted by commas, or `@file`; `sample`, how many of them; `at`, of saved pages those
    nearest to that day.
    """

    name = "articles"
    addresses: list[Address]
    known: KnownArticles
    at: date | None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        check_names(kwargs, ("urls", "sample", "at"))
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.at = day("at", kwargs.get("at"))
        spider.addresses = article_addresses(kwargs.get("urls"))[: positive("sample", kwargs.get("sample"))]
        spider.known = KnownArticles(crawler)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        assert self.crawler.stats is not None
        self.crawler.stats.set_value(stat_keys.SECTIONS_TOTAL, 0)  # nothing more will be discovered
        for address in self.addresses:
            request = Request(address.url, callback=self.parse, errback=self.failed, cb_kwargs={"key": address.key})
            yield self.known.conditional(request, address.key)

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Article | Caption | Checked | Gone | Unread]:
        return self.known.heard(response, kwargs["key"], records(self, response))

    def failed(self, failure: Failure) -> Iterator[Unread]:
        if unread := not_fetched(failure):
            yield unread
