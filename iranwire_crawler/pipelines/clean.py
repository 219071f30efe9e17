"""Cleans every text of a record, where that has not been done."""

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from iranwire_crawler.domain.cleaning import clean_article, clean_caption
from iranwire_crawler.domain.items import Article, Caption


class Clean:
    """`domain.cleaning` on each article and caption; a spider that has `finishes_records` does that itself."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if getattr(crawler.spider, "finishes_records", False):
            raise NotConfigured
        return cls()

    def process_item(self, item: Any) -> Any:
        match item:
            case Article():
                return clean_article(item)
            case Caption():
                return clean_caption(item)
        return item
