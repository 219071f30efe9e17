"""Alike texts share a band, and the share of what they have in common is what a person would say."""

import random

import pytest
import rensa

from iranwire_crawler.domain.similarity import bands, similarity, texts_of

ALGORITHM_VERSION = 2
FIRST_BANDS = [-6957653647123229118, 457944058088007435]
WORDS = [f"word{number}" for number in range(3000)]


def text(seed: int, words: int = 300) -> list[str]:
    chosen = random.Random(seed).choices(WORDS, k=words)
    return [" ".join(chosen[start : start + 50]) for start in range(0, words, 50)]


def reworded(texts: list[str], every: int) -> list[str]:
    words = [word for paragraph in texts for word in paragraph.split()]
    return [" ".join("another" if number % every == 0 else word for number, word in enumerate(words))]


def test_bands_are_always_the_same() -> None:
    # The catalogue keeps them: other ones want a new version of its tables (stores.catalogue_tables.SCHEMA_VERSION).
    assert rensa.RMinHash.ALGORITHM_VERSION == ALGORITHM_VERSION
    assert list(bands("en", text(1))[:2]) == FIRST_BANDS


def test_alike_texts_share_a_band_and_others_do_not() -> None:
    found = sum(bool({*bands("en", text(seed))} & {*bands("en", reworded(text(seed), 60))}) for seed in range(50))
    assert found >= 48
    every = [set(bands("en", text(seed))) for seed in range(100)]
    assert sum(bool(one & other) for one in every for other in every if one is not other) == 0


def test_editions_share_no_band() -> None:
    assert not {*bands("en", text(1))} & {*bands("fa", text(1))}


def test_short_texts_have_none() -> None:
    assert bands("en", ["Four words of text"] * 9) == ()
    assert len(bands("en", text(1, 40))) == 8


@pytest.mark.parametrize(("every", "least", "most"), [(1000, 0.95, 1), (60, 0.85, 0.95), (10, 0.4, 0.7), (1, 0, 0.01)])
def test_the_share_in_common(every: int, least: float, most: float) -> None:
    assert least <= similarity(text(1), reworded(text(1), every)) <= most


def test_case_punctuation_and_zwnj_make_no_difference() -> None:
    one = ["می\u200cخواهم بروم، «خانه» کجاست؟ " * 15]
    assert similarity(one, [one[0].replace("\u200c", "").replace("«", '"').replace("»", '"')]) == 1


def test_ignored_paragraphs_count_for_nothing() -> None:
    series = text(9, 400)
    one, other = [*series, *text(1, 60)], [*series, *text(2, 60)]
    assert similarity(one, other) > 0.7
    assert similarity(one, other, set(series)) == 0
    assert similarity(series, series, set(series)) == 0


@pytest.mark.parametrize(
    "body", [None, 3, "text", [3], [{"type": "paragraph"}], [{"type": "embed", "text": "https://x"}]]
)
def test_faulty_records_have_no_texts(body: object) -> None:
    assert texts_of({"body": body}) == []
