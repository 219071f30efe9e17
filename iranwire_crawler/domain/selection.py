"""What a data set is to hold: a window of days, editions, sections, types, words."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from iranwire_crawler.domain.dates import jalali, read_day
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.word_query import WordQuery

Revisions = Literal["latest", "all"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What was asked for. None or empty: all of it."""

    since: date | None = None
    until: date | None = None
    languages: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    query: WordQuery | None = None
    revisions: Revisions = "latest"
    excluded: frozenset[str] = frozenset()
    """Keys of articles that are to be left out, whatever else is asked for."""

    def takes(self, article: Article) -> bool:
        """Whether an article as it was read last is one that was asked for; `excluded` does not count."""
        if self.since is not None or self.until is not None:
            day = published_day(article)
            if day is None or not (self.since or date.min) <= day <= (self.until or date.max):
                return False
        return (
            (not self.languages or article.in_language in self.languages)
            and (not self.sections or article.section.slug in self.sections)
            and (not self.types or article.article_type in self.types)
            and (not self.sources or article.source in self.sources)
            and (self.query is None or self.query.matches(article.headline, article.article_body))
        )

    def described(self) -> dict[str, str]:
        """In words, by name of the option; the same for the same selection, whatever form it was given in."""
        return {
            "since": _day(self.since) or "the first article",
            "until": _day(self.until) or "the last article",
            "lang": ", ".join(self.languages) or "all editions",
            "section": ", ".join(self.sections) or "all sections",
            "type": ", ".join(self.types) or "all types",
            "source": ", ".join(self.sources) or "all sources",
            "query": f"all of the words: {self.query.text}" if self.query else "any words",
            "revisions": {"latest": "the latest one of each article", "all": "every one of each article"}[
                self.revisions
            ],
        }


def published_day(article: Article) -> date | None:
    """The day that the page shows; None where it shows none.

    `date_published` may be a moment in a zone in which it is still the day before: the day in the Solar Hijri
    calendar is always the shown one.
    """
    if article.date_published_jalali is not None and (day := read_day(article.date_published_jalali)) is not None:
        return day
    return read_day(article.date_published[:10]) if article.date_published is not None else None


def _day(day: date | None) -> str | None:
    if day is None:
        return None
    hijri = jalali(day)
    return f"{day} ({hijri})" if hijri else str(day)
