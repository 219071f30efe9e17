"""What a set of articles holds, counted as they pass: by month, section and language, and how well they were read."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from iranwire_crawler.domain.coverage import FieldCoverage
from iranwire_crawler.domain.gaps import Gap, gaps, months
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.selection import published_day

# Days. A shorter stretch may be a holiday; what the site's own rhythm is, is not known.
_A_GAP = 7


@dataclass(slots=True)
class Tally:
    """Grows with days, sections and codes, never with the number of articles."""

    articles: int = 0
    pictures: int = 0
    captions: int = 0
    with_pictures: int = 0
    """Articles that have a picture."""
    older_revisions: int = 0
    gone: int = 0
    words: int = 0
    undated: int = 0
    reread: int = 0
    duplicates: int = 0
    without_raw_page: int = 0
    by_language: Counter[str] = field(default_factory=Counter)
    by_section: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By language and slug; the slug is empty where none is known."""
    by_type: Counter[str] = field(default_factory=Counter)
    by_month: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By month (`2024-01`) and language."""
    by_month_and_section: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By month, language and slug."""
    by_source: Counter[str] = field(default_factory=Counter)
    by_version: Counter[str] = field(default_factory=Counter)
    """By the version of the crawler that read the page."""
    warnings: Counter[str] = field(default_factory=Counter)
    coverage: FieldCoverage = field(default_factory=FieldCoverage)
    days: dict[str, set[date]] = field(default_factory=dict)
    """The days on which each edition published something."""
    first_fetched: str | None = None
    last_fetched: str | None = None

    def add(self, article: Article, *, gone: bool = False) -> None:
        """Count an article as it was read last."""
        language = article.in_language
        self.articles += 1
        self.gone += gone
        self.words += article.word_count
        self.reread += article.reread
        self.duplicates += article.duplicate_of is not None
        self.without_raw_page += article.warc is None
        self.by_language[language] += 1
        self.by_section[language, article.section.slug or ""] += 1
        self.by_type[article.article_type] += 1
        self.warnings.update(article.warnings)
        self.coverage.add(article)
        day = published_day(article)
        if day is None:
            self.undated += 1
        else:
            self.by_month[f"{day:%Y-%m}", language] += 1
            self.by_month_and_section[f"{day:%Y-%m}", language, article.section.slug or ""] += 1
            self.days.setdefault(language, set()).add(day)
        self.with_pictures += bool(article.images)
        self._add_reading(article)

    def add_older(self, article: Article) -> None:
        """Count an earlier text of an article."""
        self.older_revisions += 1
        self._add_reading(article)

    def _add_reading(self, article: Article) -> None:
        self.by_source[article.source] += 1
        self.by_version[article.crawler_version] += 1
        self.pictures += len(article.images)
        self.captions += sum(1 for image in article.images if image.caption)
        fetched = article.fetched_at
        self.first_fetched = min(self.first_fetched or fetched, fetched)
        self.last_fetched = max(self.last_fetched or fetched, fetched)

    @property
    def first_day(self) -> date | None:
        return min((min(days) for days in self.days.values()), default=None)

    @property
    def last_day(self) -> date | None:
        return max((max(days) for days in self.days.values()), default=None)

    def months(self, since: date | None = None, until: date | None = None) -> list[str]:
        """Every month of the window, or from the first article's to the last one's, empty ones too."""
        first, last = since or self.first_day, until or self.last_day
        return list(months(first, last)) if first is not None and last is not None else []

    def gaps(self, since: date | None = None, until: date | None = None) -> dict[str, list[Gap]]:
        """By edition: stretches of a week and more without an article, in the window or between the ends."""
        first, last = since or self.first_day, until or self.last_day
        if first is None or last is None:
            return {}
        return {
            language: list(gaps(days, first, last, at_least=_A_GAP)) for language, days in sorted(self.days.items())
        }
