"""Keeps the raw bytes of pages that could not be read, beside the line that says why."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.statscollectors import StatsCollector

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.items import Unread
from iranwire_crawler.domain.text import for_terminal

logger = logging.getLogger(__name__)


class KeepUnread:
    """Counts and logs each, and writes `RUN_DIR/unread/0001.html`, …; at most UNREAD_MAX pages, the lines go on."""

    def __init__(self, stats: StatsCollector, folder: Path, most: int) -> None:
        self.stats = stats
        self.folder = folder
        self.most = most
        self.kept = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert crawler.stats is not None
        if not crawler.settings.get("RUN_DIR"):
            raise NotConfigured
        return cls(crawler.stats, Path(crawler.settings["RUN_DIR"]) / "unread", crawler.settings.getint("UNREAD_MAX"))

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Unread):
            return item
        self.stats.inc_value(stat_keys.unread(item.reason))
        logger.warning("%s: not read (%s): %s", for_terminal(item.url), item.reason, for_terminal(item.detail))
        if not item.body or self.kept >= self.most:
            return item
        self.kept += 1
        name = f"{self.kept:04d}.html"
        self.folder.mkdir(exist_ok=True)
        (self.folder / name).write_bytes(item.body)
        return replace(item, file=name)
