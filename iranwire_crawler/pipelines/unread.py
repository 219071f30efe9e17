"""Keeps the raw bytes of pages that could not be read, beside the line that says why."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler

from iranwire_crawler.domain.items import Unread


class KeepUnread:
    """Writes `RUN_DIR/unread/0001.html`, …; at most UNREAD_MAX pages, the lines go on."""

    def __init__(self, folder: Path, most: int) -> None:
        self.folder = folder
        self.most = most
        self.kept = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(Path(crawler.settings["RUN_DIR"]) / "unread", crawler.settings.getint("UNREAD_MAX"))

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Unread) or not item.body or self.kept >= self.most:
            return item
        self.kept += 1
        name = f"{self.kept:04d}.html"
        self.folder.mkdir(exist_ok=True)
        (self.folder / name).write_bytes(item.body)
        return replace(item, file=name)
