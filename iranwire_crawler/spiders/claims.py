"""What cards and feeds said of articles before their pages were read."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from iranwire_crawler.domain import dates
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.text import letters
from iranwire_crawler.pages.feed import FeedItem
from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.spiders.reading import with_warnings

Named = Listed | FeedItem


@dataclass(frozen=True, slots=True)
class _Claim:
    source: str
    headline: str | None
    date_published: str | None


class Claims:
    """Kept by article's key, and compared with the article once its page was read. The page wins."""

    def __init__(self) -> None:
        self._claims: dict[str, list[_Claim]] = defaultdict(list)

    def hear(self, source: str, named: Named) -> None:
        """`source`: what kind of page it stood on: front, section, feed, sitemap."""
        self._claims[named.key].append(_Claim(source, named.headline, named.date_published))

    def check(self, article: Article) -> Article:
        """The article with a warning for each card or feed that contradicts it, and a day it did not show."""
        codes: list[str] = []
        for claim in self._claims.get(article.key, ()):
            if claim.headline and not _same_words(claim.headline, article.headline):
                codes.append(f"headline_contradicted_by_{claim.source}")
            declared = dates.read_declared(claim.date_published) if claim.date_published else None
            shown = day_of(article.date_published)
            if declared is None:
                continue
            if shown is None and article.date_published_raw is None:
                provenance = {**article.provenance, "date_published": "feed"}
                article = replace(
                    article,
                    date_published=declared.iso,
                    date_published_jalali=dates.jalali(declared.day),
                    provenance=provenance,
                )
            elif shown is not None and not declared.is_on(shown):
                codes.append(f"date_contradicted_by_{claim.source}")
        return with_warnings(article, codes)


def day_of(text: str | None) -> date | None:
    """The day of a date, or date-time, as records hold it."""
    declared = dates.read_declared(text) if text else None
    return declared.day if declared else None


def _same_words(one: str, other: str) -> bool:
    """Whether two headlines agree; a card may cut a long one short."""
    first, second = letters(one), letters(other)
    return bool(first) and (first.startswith(second) or second.startswith(first))
