"""Gives each run a folder of its own and lays its feeds there."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from iranwire_crawler.domain.items import Article, Caption, Checked, Gone, Rejected, Unread, Walked
from iranwire_crawler.domain.probe import LINES, ProbedPage
from iranwire_crawler.domain.schema import exported
from iranwire_crawler.stores.runs import create_run_folder


class RunFolderAddon:
    """Sets RUN_DIR to `DATA_DIR/<spider>/<UTC start>` and FEEDS to the record types' files in it.

    Feeds given on the command line (`-o`, `-O`, `-s FEEDS=`) stay as they are, beside ours.
    """

    feeds: ClassVar[dict[str, type[Any]]] = {
        "articles.jsonl": Article,
        "captions.jsonl": Caption,
        "gone.jsonl": Gone,
        "checked.jsonl": Checked,
        "walked.jsonl": Walked,
        "rejected.jsonl": Rejected,
        "unread/index.jsonl": Unread,
    }
    # A spider named here writes these in the place of the record types' files.
    feeds_of: ClassVar[dict[str, dict[str, type[Any]]]] = {"probe": {LINES: ProbedPage}}

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RunFolderAddon":
        return cls(crawler)

    def update_settings(self, settings: BaseSettings) -> None:
        spider = self.crawler.spidercls.name
        folder = create_run_folder(Path(settings["DATA_DIR"]), spider, datetime.now(UTC))
        settings.set("RUN_DIR", str(folder), priority="cmdline")
        feeds: dict[Any, Any] = dict(settings.getdict("FEEDS"))
        for name, record in self.feeds_of.get(spider, self.feeds).items():
            feeds[folder / name] = {
                "format": "whole_lines",
                "encoding": "utf-8",
                "item_classes": [record],
                "fields": exported(record),
                "overwrite": False,
                "store_empty": True,
            }
        settings.set("FEEDS", feeds, priority="cmdline")
