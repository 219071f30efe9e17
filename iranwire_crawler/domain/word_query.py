"""Words that a text must hold, all of them, however they are spelt."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import filter as matching
from typing import Self

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import fold, for_terminal, western_digits

_LONGEST = 1000
_WORD = re.compile(r"\w+")
_WANTED = re.compile(r"[\w*]+")


@dataclass(frozen=True, slots=True)
class WordQuery:
    """`evin prison`: texts that hold both words, in whatever order and wherever they stand.

    Words are compared as `domain.text.fold` folds them: case, joiners, vowel signs and the Arabic and Persian
    variants of a letter make no difference, nor do the three kinds of digits. A word is whole; `زندان*` is
    every word that begins so, `*زندان` every one that ends so.

    `fnmatch` gives back no letter that it has matched, so that no number of stars takes long on any word.
    """

    text: str
    _wanted: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ArgumentError for a query without a word."""
        words = [word for word in _WANTED.findall(_folded(text)) if word.strip("*_")]
        if not words or len(text) > _LONGEST:
            raise ArgumentError(f"--query {for_terminal(text)!r}: words are needed, at most {_LONGEST} characters")
        return cls(" ".join(text.split()), tuple(dict.fromkeys(words)))

    def matches(self, *texts: str) -> bool:
        """Whether each word stands in one of the texts."""
        words = set(_WORD.findall(_folded("\n".join(texts))))
        return all(_holds(words, wanted) for wanted in self._wanted)


def _folded(text: str) -> str:
    return western_digits(fold(text))


def _holds(words: Collection[str], wanted: str) -> bool:
    return bool(matching(words, wanted)) if "*" in wanted else wanted in words
