"""In how many of the articles that should have a field it was read."""

from collections import Counter
from dataclasses import dataclass, field, fields
from operator import attrgetter

from iranwire_crawler.domain import verdict
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.verdict import Coverage

_FIELDS = tuple(each.name for each in fields(Article))
_VALUES = attrgetter(*_FIELDS)


@dataclass(slots=True)
class FieldCoverage:
    """Counts articles as they pass: how many there are of each type, and what fields of theirs are filled."""

    of_type: Counter[str] = field(default_factory=Counter)
    filled: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By type and field."""

    def add(self, article: Article) -> None:
        kind = article.article_type
        self.of_type[kind] += 1
        values = zip(_FIELDS, _VALUES(article), strict=True)
        self.filled.update([(kind, name) for name, value in values if verdict.filled(value)])

    def of_fields(self) -> dict[str, Coverage]:
        """By field, in the order of the record; a field that no article should have has 0 of 0."""
        return {name: self._of(name) for name in _FIELDS}

    def _of(self, name: str) -> Coverage:
        kinds = [kind for kind in self.of_type if verdict.expected(name, kind)]
        return Coverage(sum(self.filled[kind, name] for kind in kinds), sum(self.of_type[kind] for kind in kinds))
