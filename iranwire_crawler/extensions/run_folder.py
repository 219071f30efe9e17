"""Gives each run a folder of its own, under the lock of DATA_DIR, and lays its feeds there."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings

from iranwire_crawler.domain.items import Article, Caption, Checked, Gone, Rejected, Unread, Walked
from iranwire_crawler.domain.probe import LINES, ProbedPage
from iranwire_crawler.domain.schema import exported
from iranwire_crawler.stores.lock import DataDirLock
from iranwire_crawler.stores.run_folders import ARTICLES, CAPTIONS, CHECKED, GONE, REJECTED, UNREAD, WALKED
from iranwire_crawler.stores.runs import create_run_folder


class RunFolderAddon:
    """Sets RUN_DIR to `DATA_DIR/<spider>/<UTC start>` and FEEDS to the record types' files in it.

    Whoever starts the run, it holds the lock of DATA_DIR: to the end of the task that runs it, or of the process where
    no task does (Scrapy's `CrawlerProcess`). Scrapy's own commands that look at a page get neither folder nor lock.

    Feeds given on the command line (`-o`, `-O`, `-s FEEDS=`) stay as they are, beside ours.
    """

    feeds: ClassVar[dict[str, type[Any]]] = {
        ARTICLES: Article,
        CAPTIONS: Caption,
        GONE: Gone,
        CHECKED: Checked,
        WALKED: Walked,
        REJECTED: Rejected,
        UNREAD: Unread,
    }
    # A spider named here writes these in the place of the record types' files.
    feeds_of: ClassVar[dict[str, dict[str, type[Any]]]] = {"probe": {LINES: ProbedPage}}

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RunFolderAddon":
        return cls(crawler)

    def update_settings(self, settings: BaseSettings) -> None:
        if not _is_run(self.crawler):
            raise NotConfigured
        spider = self.crawler.spidercls.name
        lock = DataDirLock(Path(settings["DATA_DIR"]), spider)
        lock.acquire()
        if task := _running_task():
            task.add_done_callback(lambda _: lock.release())
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


def _is_run(crawler: Crawler) -> bool:
    """Whether a spider crawls: `shell` makes none, `fetch`, `view`, `parse` and `check` give it a `start` of theirs."""
    return crawler.spider is not None and not crawler.spidercls.start.__module__.startswith("scrapy.commands.")


def _running_task() -> asyncio.Task[object] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
