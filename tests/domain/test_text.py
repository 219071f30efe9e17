"""Cleaning keeps spelling and is idempotent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.domain.text import clean, fold, for_terminal, letters


@given(st.text())
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_clean_text_can_be_written_and_shown(text: str) -> None:
    line = clean(text)
    line.encode("utf-8")
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in line)


@given(st.text())
def test_folding_is_idempotent_for_comparing(text: str) -> None:
    assert fold(clean(text)) == fold(text)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("می\u200cشود", "می\u200cشود"),
        ("  a\u00a0 b\n c ", "a b c"),
        ("\u200c\u00a0", ""),
        ('“Curly” and "straight" ‘quotes’', '“Curly” and "straight" ‘quotes’'),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("\x1b[31mred\x07", "[31mred"),
        ("\u202eevil\u202c", "evil"),
        ("ي ك ٣ ۳", "ي ك ٣ ۳"),
        ("\ud800x", "x"),
    ],
)
def test_each_character_is_named(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_folded_lines_compare_across_spellings() -> None:
    assert fold("ایران‌وایر “X”") == fold('ايرانواير "x"')
    assert letters("US Begins: Strikes!") == "usbeginsstrikes"


def test_terminal_text_is_one_bounded_line() -> None:
    assert for_terminal("a\nb\x1b]0;x\x07" + "y" * 500).startswith("a b]0;x")
    assert len(for_terminal("y" * 500)) == 200
