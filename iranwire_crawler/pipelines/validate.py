"""Checks each record against its JSON Schema; what does not fit becomes a `Rejected` line."""

import logging
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.items import Article, Caption, Rejected
from iranwire_crawler.domain.validation import rejected

logger = logging.getLogger(__name__)


class Validate:
    """Lets good records through and turns the others into `Rejected` ones, with every fault named.

    A spider that has `finishes_records` has checked its records, and yields `Rejected` ones itself.
    """

    def __init__(self, stats: StatsCollector, *, is_done: bool = False) -> None:
        self.stats = stats
        self.is_done = is_done

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert crawler.stats is not None
        return cls(crawler.stats, is_done=getattr(crawler.spider, "finishes_records", False))

    def process_item(self, item: Any) -> Any:
        found = item if isinstance(item, Rejected) else self._rejected(item)
        if found is None:
            return item
        self.stats.inc_value(stat_keys.rejected(found.record_type))
        paths = "; ".join(fault.path for fault in found.faults)
        logger.warning("%s %s rejected: %s", found.record_type, found.key, paths)
        return found

    def _rejected(self, item: Any) -> Rejected | None:
        return rejected(item) if isinstance(item, (Article, Caption)) and not self.is_done else None
