"""What is wrong with a line of an archive or a data set, and the look at a line that both share."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from iranwire_crawler.domain.content import contradictions
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.records import captions_of, read_record
from iranwire_crawler.domain.validation import faults_of, validator

_SHOWN = 5
_LONGEST = 200


class Flaw(NamedTuple):
    """`line` is None where the whole file is meant; of a Parquet file it is a row."""

    file: str
    line: int | None
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" if self.line is not None else f"{self.file}: {self.what}"


@dataclass(slots=True)
class LookedAt:
    """How much was looked at."""

    rows: int = 0
    files: int = 0


class RecordCheck:
    """Whether records fit their schema and themselves."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Raises ValueError for what is no JSON Schema."""
        self._validator = validator(schema)

    def flaws(self, record: Any) -> Iterator[str]:
        """What does not fit the schema, the first five things of it."""
        for fault in faults_of(record, self._validator, most=_SHOWN):
            yield f"{fault.path}: {fault.message[:_LONGEST]}"

    def article(self, record: Any) -> tuple[Article | None, list[str]]:
        """The article, where it is one, and all that is wrong with it."""
        found = list(self.flaws(record))
        try:
            article = read_record(Article, record)
        except ValueError as error:
            return None, found or [str(error)[:_LONGEST]]
        return article, found or list(contradictions(article))


class CaptionCheck:
    """Whether captions are those of their articles: remembers a fingerprint of each one that should be there."""

    def __init__(self) -> None:
        self._articles: set[str] = set()
        self._wanted: Counter[bytes] = Counter()
        self._keys: dict[bytes, str] = {}

    def expect(self, article: Article) -> None:
        self._articles.add(article.key)
        for caption in captions_of(article):
            mark = _mark(orjson.loads(orjson.dumps(caption)))
            self._wanted[mark] += 1
            self._keys[mark] = caption.key

    def flaws(self, record: Mapping[str, Any]) -> Iterator[str]:
        """What is wrong with the record of a caption, which fits its schema."""
        mark = _mark(record)
        if record["article_key"] not in self._articles:
            yield f"its article {record['article_key']} is not there"
        elif not self._wanted[mark]:
            yield "not what its article says, or there twice"
        else:
            self._wanted[mark] -= 1

    def missing(self) -> list[str]:
        """Keys of the captions that articles have and that did not come."""
        return [self._keys[mark] for mark, count in self._wanted.items() for _ in range(count)]


def _mark(record: Mapping[str, Any]) -> bytes:
    return blake2b(orjson.dumps(record, option=orjson.OPT_SORT_KEYS), digest_size=12).digest()
