"""What the runs before have: an unchanged text is dropped, a changed one is the next revision."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.errors import CrawlerError
from iranwire_crawler.domain.items import Article, Caption, Checked
from iranwire_crawler.pipelines.drops import KnownArticle, KnownCaption
from iranwire_crawler.stores.catalogue import Catalogue, open_catalogue

logger = logging.getLogger(__name__)


class Revise:
    """Numbers the revisions of an article by what the catalogue knew when the run started.

    A text is placed by `fetched_at` among those that are known: it is dropped where the text before it, or the
    one after it, is the same; else it is a revision and counts on from the one before it. `content_hash` decides,
    so that a changed card, section or address is no revision. Captions share their article's fate. `reread` marks the
    revision of a page that was read before: saved pages of this DATA_DIR's own runs, or of the moment of a known text.

    A `Checked` line keeps its validators (ETag, Last-Modified) only where the text that they are of is in a
    feed: else the site would answer 304 for a text that nobody has.
    """

    def __init__(self, catalogue: Catalogue | None, stats: StatsCollector) -> None:
        self.catalogue = catalogue
        self.stats = stats
        self.known: set[str] = set()
        self.kept: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert crawler.stats is not None
        catalogue = None
        if getattr(crawler.spider, "frozen", False):
            return cls(None, crawler.stats)
        try:
            catalogue = open_catalogue(Path(crawler.settings["DATA_DIR"]))
        except CrawlerError as error:
            logger.warning("Every article counts as new: %s", error)
        return cls(catalogue, crawler.stats)

    def close_spider(self) -> None:
        if self.catalogue is not None:
            self.catalogue.close()

    def process_item(self, item: Any) -> Any:
        match item:
            case Article():
                return self._revised(item)
            case Caption():
                if item.article_key in self.known:
                    raise KnownCaption(item.key, log_level="DEBUG")
            case Checked() if item.status == 200 and item.key not in self.known and item.key not in self.kept:
                return replace(item, etag=None, last_modified=None, page=None)
        return item

    def _revised(self, article: Article) -> Article:
        texts = self.catalogue.revisions(article.key) if self.catalogue is not None else []
        before = [text for text in texts if text.fetched_at <= article.fetched_at]
        beside = (*before[-1:], *texts[len(before) :][:1])
        if article.content_hash in {text.content_hash for text in beside}:
            self.known.add(article.key)
            self.stats.inc_value(stat_keys.KNOWN)
            raise KnownArticle(article.key, log_level="DEBUG")
        self.kept.add(article.key)
        if not before:
            return replace(article, reread=False) if article.reread else article
        # Read before, or taken at the moment of a known text: the reader has changed, not the site.
        last = before[-1]
        reread = article.reread or last.fetched_at == article.fetched_at
        return replace(article, revision=last.revision + 1, previous_hash=last.content_hash, reread=reread)
