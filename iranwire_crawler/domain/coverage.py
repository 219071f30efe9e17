"""In how many of the articles that should have a field it was read."""

from collections import Counter
from dataclasses import dataclass, field, fields

from iranwire_crawler.domain import verdict
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.verdict import Coverage

_FIELDS = tuple(each.name for each in fields(Article))


@dataclass(slots=True)
class FieldCoverage:
    """Counts articles as they pass."""

    filled: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)

    def add(self, article: Article) -> None:
        for name in _FIELDS:
            if verdict.expected(name, article.article_type):
                self.expected[name] += 1
                self.filled[name] += verdict.filled(getattr(article, name))

    def of_fields(self) -> dict[str, Coverage]:
        """By field, in the order of the record; a field that no article should have has 0 of 0."""
        return {name: Coverage(self.filled[name], self.expected[name]) for name in _FIELDS}
