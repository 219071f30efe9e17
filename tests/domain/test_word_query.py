"""Words that must all stand in a text, however they are spelt."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.word_query import WordQuery


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("prison evin", "Evin Prison at night", True),
        ("prison evin", "Evin at night", False),
        ("prison", "She was imprisoned", False),
        ("*prison*", "She was imprisoned", True),
        ("im*ed", "She was imprisoned", True),
        ("im*on*ed", "She was imprisoned", True),
        ("im*ed*on", "She was imprisoned", False),
        ("a*a", "a", False),
        ("**a***", "a", True),
        ("*soned", "She was imprisoned", True),
        ("prison*", "PRISONERS walk", True),
        ("كتاب", "کتاب", True),
        ("می‌رود", "او میرود", True),
        ("مُعَلِّم", "معلم", True),
        ("۱۴۰۲", "in 1402", True),
        ("زندان*", "زندانیان", True),
        ("زندان", "زندانیان", False),
        ("a.c", "abc", False),
        ("a.c", "c and a", True),
        ("don't", "don’t", True),
    ],
)
def test_words(query: str, text: str, found: bool) -> None:
    assert WordQuery.read(query).matches(text) is found


def test_words_may_stand_in_different_texts_and_never_across_two() -> None:
    assert WordQuery.read("well dry").matches("The Well", "never ran dry")
    assert not WordQuery.read("welldry").matches("well", "dry")


@pytest.mark.parametrize("query", ["", " ", "***", "…", "_", "x" * 1001])
def test_a_query_without_words_is_told(query: str) -> None:
    with pytest.raises(ArgumentError, match="words are needed"):
        WordQuery.read(query)


@pytest.mark.parametrize("query", ["*a*a*a*a*a*a*a*a*b", "a*a*a*a*a*a*a*a*b*", f"{'*a' * 400}*b", f"*{'a' * 900}b*"])
def test_no_word_takes_long(query: str) -> None:
    began = time.process_time()
    assert not WordQuery.read(query).matches("a" * 20_000)
    assert time.process_time() - began < 5


@given(st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1), min_size=1), st.randoms())
def test_a_text_holds_its_own_words(words: list[str], random) -> None:
    shuffled = [*words]
    random.shuffle(shuffled)
    try:
        query = WordQuery.read(" ".join(shuffled))
    except ArgumentError:
        return  # letters that fold to nothing
    assert query.matches(" ".join(words))
