"""Keeps every raw page of a probe."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from iranwire_crawler.domain.probe import ProbedPage


class KeepPages:
    """Writes `RUN_DIR/pages/0001.html`, … for each page of a probe that has a body. Of no use to another spider."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if crawler.spidercls.name != "probe" or not crawler.settings.get("RUN_DIR"):
            raise NotConfigured
        return cls(Path(crawler.settings["RUN_DIR"]) / "pages")

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, ProbedPage) or not item.body:
            return item
        name = f"{item.number:04d}.{_suffix(item)}"
        self.folder.mkdir(exist_ok=True)
        (self.folder / name).write_bytes(item.body)
        return replace(item, file=f"{self.folder.name}/{name}")


def _suffix(page: ProbedPage) -> str:
    return {"robots": "txt", "feed": "xml"}.get(page.kind, "html")
