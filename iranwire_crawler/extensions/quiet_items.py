"""No line of the log for each record."""

import logging
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.logformatter import LogFormatter


class QuietItems(LogFormatter):
    """Scrapy's own, but that a record is told of at DEBUG only where LOG_LEVEL asks for it.

    Else Scrapy makes such a line for each record that was scraped or dropped, and throws it away.
    """

    def __init__(self, *, debug: bool) -> None:
        self.debug = debug

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        level = crawler.settings["LOG_LEVEL"]
        return cls(debug=logging.getLevelNamesMapping().get(level, level) <= logging.DEBUG)

    def scraped(self, *given: Any) -> Any:
        return super().scraped(*given) if self.debug else None

    def dropped(self, *given: Any) -> Any:
        said = super().dropped(*given)
        return said if self.debug or said["level"] != logging.DEBUG else None
