"""What has changed between two texts: no word lost, none invented, right-to-left words whole."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.domain.difference import (
    FieldDifference,
    Paragraph,
    Piece,
    is_unchanged,
    marked,
    record_difference,
)


def words_of(paragraphs: tuple[Paragraph, ...], *kinds: str) -> list[list[str]]:
    found = [[word for piece in each if piece.kind in kinds for word in piece.text.split()] for each in paragraphs]
    return [words for words in found if words]


def difference(old: str, new: str) -> tuple[Paragraph, ...]:
    """Of a record's text; nothing where it has not changed."""
    changed = record_difference({"description": old}, {"description": new})
    return changed[0].paragraphs if changed else ()


def shown(old: str, new: str) -> list[str]:
    return [marked(paragraph) for paragraph in difference(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("a b c", "a b c", []),
        ("the old well", "the new well", ["the [-old-] {+new+} well"]),
        ("a b", "a x y b", ["a {+x y+} b"]),
        ("a b c\n\nd e f", "a b c", ["a b c", "[-d e f-]"]),
        ("a b c", "d e f\n\na b c", ["{+d e f+}", "a b c"]),
        ("a b c d\n\nk l m n", "a b c x\n\nq q q\n\nk l m y", ["a b c [-d-] {+x+}", "{+q q q+}", "k l m [-n-] {+y+}"]),
        ("a\u00a0b   c\n", "a b c", []),
        ("a\u00a0b   c\nd", "a b c\ne", ["a b c", "[-d-]", "{+e+}"]),
        # One letter with the joiner, one without: a change of that word and of no part of it.
        ("او می‌رود تند", "او میرود تند", ["او [-می‌رود-] {+میرود+} تند"]),
        ("ذَهَبَ الولد", "ذهب الولد", ["[-ذَهَبَ-] {+ذهب+} الولد"]),
    ],
)
def test_a_difference_reads_as_expected(old: str, new: str, expected: list[str]) -> None:
    assert shown(old, new) == expected


words = st.sampled_from(["well", "dry", "dug", "می‌رود", "ذَهَبَ", "[-", "-]", "\u202eover", "\u200f", "۱۴۰۲"])
texts = st.lists(st.lists(words, max_size=6).map(" ".join), max_size=6).map("\n\n".join) | st.text(max_size=60)


@given(texts, texts)
def test_both_texts_can_be_read_out_of_the_difference(old: str, new: str) -> None:
    found = difference(old, new)

    def paragraphs(text: str) -> list[list[str]]:
        return [part.split() for part in text.split("\n") if part.split()]

    assert difference(old, old) == ()
    if not found:
        assert paragraphs(old) == paragraphs(new)
        return
    assert words_of(found, "same", "removed") == paragraphs(old)
    assert words_of(found, "same", "added") == paragraphs(new)
    assert all("\n" not in marked(paragraph) for paragraph in found)
    assert not all(is_unchanged(paragraph) for paragraph in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 50_000, "a x " * 25_000),
        ("a " * 900, "a x " * 450),
        ("\n".join(f"w{n} x" for n in range(5000)), "\n".join(f"v{n} x" for n in range(5000))),
        ("\n".join(["a"] * 30_000), "\n".join(["a", "b"] * 15_000)),
    ],
    ids=["words", "one word", "paragraphs", "many paragraphs"],
)
def test_no_text_takes_long(old: str, new: str) -> None:
    began = time.process_time()
    assert difference(old, new)
    assert time.process_time() - began < 10


def test_the_fields_of_a_record_that_have_changed() -> None:
    old: dict[str, Any] = {
        "headline": "Old",
        "section": {"slug": "a", "name": "A"},
        "authors": [{"name": "Mona"}],
        "body": [{"type": "paragraph", "text": "One."}, {"type": "embed", "text": "https://x/1"}],
        "images": [{"caption": "A well."}, {"caption": None}],
        "url": "https://iranwire.com/en/a/1/",
    }
    new = {
        **old,
        "headline": "New",
        "section": {"slug": "b", "name": "A"},
        "authors": [{"name": "Mona"}, {"name": "Reza"}],
        "body": [{"type": "paragraph", "text": "One."}, {"type": "embed", "text": "https://x/2"}],
        "images": [{"caption": "A deep well."}],
        "url": "https://iranwire.com/en/b/1/",
    }
    assert record_difference(old, old) == ()
    assert record_difference(old, new) == (
        FieldDifference("headline", ((Piece("removed", "Old"),), (Piece("added", "New"),))),
        FieldDifference("authors", ((Piece("same", "Mona"),), (Piece("added", "Reza"),))),
        FieldDifference("captions", ((Piece("same", "A"), Piece("added", "deep"), Piece("same", "well.")),)),
    )


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
fields = st.sampled_from(["headline", "section", "authors", "body", "images", "description", "date_published"])


@given(st.dictionaries(fields, anything), st.dictionaries(fields, anything))
def test_no_record_is_too_odd(old: dict[str, Any], new: dict[str, Any]) -> None:
    record_difference(old, new)
