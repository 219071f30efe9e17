"""What has changed between two texts, word by word, paragraph by paragraph.

Words are what white space parts: ZWNJ, vowel signs and the shaping of a right-to-left word are never taken
apart, and every text stays in its logical order. White space alone is no change.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

Kind = Literal["same", "removed", "added"]

# Words of one paragraph, or paragraphs; beyond, all of it counts as replaced. Half a second at the limit.
_COMPARED_UP_TO = 20_000
# Paragraphs are paired by likeness where so many comparisons do; else in their order.
_PAIRED_UP_TO = 10_000
_ALIKE = 0.4
_BREAK = re.compile(r"\s*\n\s*")


class Piece(NamedTuple):
    """Words, parted by one space."""

    kind: Kind
    text: str


Paragraph = tuple[Piece, ...]


class FieldDifference(NamedTuple):
    """A field that has changed, whole: its unchanged paragraphs are here too.

    The paragraphs of both texts stand in reading order, a removed one before what has taken its place. The pieces that
    are `same` or `removed` are the old text's words, those `same` or `added` the new one's.
    """

    field: str
    paragraphs: tuple[Paragraph, ...]


def record_difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FieldDifference, ...]:
    """The fields of an article's record that a reader sees and that have changed.

    Takes any two records: what is not of the form it should be counts as empty.
    """
    found = []
    for name, read in _FIELDS.items():
        before, after = read(old), read(new)
        if before != after:
            found.append(FieldDifference(name, _difference(before, after)))
    return tuple(found)


def is_unchanged(paragraph: Paragraph) -> bool:
    return all(piece.kind == "same" for piece in paragraph)


def marked(paragraph: Paragraph) -> str:
    """One line: `kept [-removed-] {+added+}`. The marks have no direction of their own, whatever they stand in."""
    forms: Mapping[Kind, str] = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return " ".join(forms[piece.kind].format(piece.text) for piece in paragraph)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in _BREAK.split(text.strip()) if part]


def _difference(old: Sequence[str], new: Sequence[str]) -> tuple[Paragraph, ...]:
    found: list[Paragraph] = []
    for tag, start, end, new_start, new_end in _operations(old, new):
        if tag == "equal":
            found += [(Piece("same", text),) for text in old[start:end]]
        else:
            found += _changed(old[start:end], new[new_start:new_end])
    return tuple(found)


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """Paragraphs that are alike are one that has changed, the others were removed or added."""
    for before, after in _pairs(old, new):
        if before is None or after is None:
            yield (Piece("removed", before),) if before is not None else (Piece("added", after or ""),)
        else:
            yield tuple(_word_difference(before.split(), after.split()))


def _word_difference(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for tag, start, end, new_start, new_end in _operations(old, new):
        if tag == "equal":
            yield Piece("same", " ".join(old[start:end]))
            continue
        if start < end:
            yield Piece("removed", " ".join(old[start:end]))
        if new_start < new_end:
            yield Piece("added", " ".join(new[new_start:new_end]))


def _operations(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if max(len(old), len(new)) > _COMPARED_UP_TO:
        return [("replace", 0, len(old), 0, len(new))]
    # difflib leaves frequent words out as anchors from 200 words on: without that, a text of one word said a
    # thousand times took 26 s.
    return SequenceMatcher(None, old, new).get_opcodes()


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Old and new paragraphs side by side, in order, the likest ones together; None where one has no partner."""
    if len(old) * len(new) > _PAIRED_UP_TO:
        shared = min(len(old), len(new))
        yield from zip(old[:shared], new[:shared], strict=True)
        yield from ((text, None) for text in old[shared:])
        yield from ((None, text) for text in new[shared:])
        return
    best, alike = _alignment(old, new)
    row = column = 0
    while row < len(old) or column < len(new):
        here = best[row][column]
        if row < len(old) and column < len(new) and alike[row][column] and here == (
            best[row + 1][column + 1] + alike[row][column]
        ):  # fmt: skip
            yield old[row], new[column]
            row, column = row + 1, column + 1
        elif row < len(old) and here == best[row + 1][column]:
            yield old[row], None
            row += 1
        else:
            yield None, new[column]
            column += 1


def _alignment(old: Sequence[str], new: Sequence[str]) -> tuple[list[list[float]], list[list[float]]]:
    """How alike each two paragraphs are, and the most likeness that can be had from each two on."""
    counted = [Counter(text.split()) for text in new]
    alike = [[_likeness(words, other) for other in counted] for words in (Counter(text.split()) for text in old)]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for row in range(len(old) - 1, -1, -1):
        for column in range(len(new) - 1, -1, -1):
            best[row][column] = max(
                best[row + 1][column + 1] + alike[row][column], best[row + 1][column], best[row][column + 1]
            )
    return best, alike


def _likeness(words: Counter[str], other: Counter[str]) -> float:
    """The share of words that two paragraphs have in common; 0 where it is so low that they are not one."""
    share = 2 * (words & other).total() / (words.total() + other.total())
    return share if share >= _ALIKE else 0.0


def _lines(*texts: Any) -> list[str]:
    return [paragraph for text in texts if isinstance(text, str) for paragraph in _paragraphs(text)]


def _parts(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = record.get(name)
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, (list, tuple)) else []


def _section(record: Mapping[str, Any]) -> list[str]:
    section = record.get("section")
    return _lines(section.get("name")) if isinstance(section, Mapping) else []


_FIELDS: Mapping[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "headline": lambda record: _lines(record.get("headline")),
    "description": lambda record: _lines(record.get("description")),
    "section": _section,
    "authors": lambda record: _lines(*(author.get("name") for author in _parts(record, "authors"))),
    "date_published": lambda record: _lines(record.get("date_published")),
    "body": lambda record: _lines(
        *(block.get("text") for block in _parts(record, "body") if block.get("type") != "embed")
    ),
    "captions": lambda record: _lines(*(image.get("caption") for image in _parts(record, "images"))),
}
