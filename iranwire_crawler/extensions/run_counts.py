"""What a run has brought so far."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from iranwire_crawler.domain.coverage import FieldCoverage
from iranwire_crawler.domain.items import Article, Caption, Gone, Rejected, Unread


@dataclass
class RunCounts:
    """The items of a run, as they pass."""

    articles: int = 0
    revised: int = 0
    duplicates: int = 0
    gone: int = 0
    captions: int = 0
    rejected: int = 0
    unread: int = 0
    by_language: Counter[str] = field(default_factory=Counter)
    by_section: Counter[str] = field(default_factory=Counter)
    by_type: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    coverage: FieldCoverage = field(default_factory=FieldCoverage)

    def add(self, item: Any) -> None:
        match item:
            case Article():
                self._add_article(item)
            case Caption():
                self.captions += 1
            case Gone():
                self.gone += 1
            case Rejected():
                self.rejected += 1
            case Unread():
                self.unread += 1

    def _add_article(self, article: Article) -> None:
        self.articles += 1
        self.revised += article.revision > 1
        self.duplicates += article.duplicate_of is not None
        self.by_language[article.in_language] += 1
        self.by_section[article.section.slug or ""] += 1
        self.by_type[article.article_type] += 1
        self.warnings.update(article.warnings)
        self.coverage.add(article)
