"""Cleans every text of a record, where that has not been done."""

from typing import Any, Self

from scrapy.crawler import Crawler

from iranwire_crawler.domain.cleaning import clean_article, clean_caption
from iranwire_crawler.domain.items import Article, Caption


class Clean:
    """`domain.cleaning` on each article and caption; a spider that has `finishes_records` does that itself."""

    def __init__(self, *, is_done: bool = False) -> None:
        self.is_done = is_done

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(is_done=getattr(crawler.spider, "finishes_records", False))

    def process_item(self, item: Any) -> Any:
        match item:
            case Article() if not self.is_done:
                return clean_article(item)
            case Caption() if not self.is_done:
                return clean_caption(item)
        return item
