"""Cleaning that keeps Persian and Arabic spelling: every character touched is named here.

U+200C (ZWNJ) is spelling in Persian and stays; so do LRM and RLM between words, quotes,
digits and letters of every script. Line breaks, tabs and no-break spaces become one space.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

# C0/C1 controls but white space, lone surrogates (JSON can smuggle them in; UTF-8 cannot hold
# them), zero-width space, soft hyphen, byte order mark, object replacement, and the bidi
# embeddings, overrides and isolates: none is part of a word, all can turn a terminal or a
# spreadsheet upside down.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufffc\ufffe\uffff\ud800-\udfff]"
)
_EDGES = " \u200c\u200d\u200e\u200f\u061c"

# For comparing only, never for what is kept: joiners and marks go, quotes and Arabic/Persian
# letter variants become one.
_FOLDED = (
    *((joiner, "") for joiner in "\u200c\u200d\u200e\u200f\u061c\u0640"),
    *((quote, "'") for quote in "‘’‛"),
    *((quote, '"') for quote in "“”„"),
    *((dash, "-") for dash in "–—"),
    ("…", "..."),
    *((yeh, "ی") for yeh in "يى"),
    ("ك", "ک"),
    *((alef, "ا") for alef in "أإآٱ"),
    *((heh, "ه") for heh in "ةۀ"),
)
_MARKS = re.compile("[\u064b-\u065f\u0670]")
_DIGITS = tuple(zip("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789", strict=True))
# Characters of a line that may come again.
_REMEMBERED = 160
_NOT_WORD = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """One line of text as a reader sees it. Idempotent; an unseen character never adds a space."""
    # Printable is none of the characters named here, and no white space but the plain space; most
    # lines are done with that, Persian ones once their joiners are looked past. `rfind` takes half of the
    # time that `in` takes for two spaces.
    if text.rfind("  ") < 0 and (text.isprintable() or text.replace("\u200c", "").isprintable()):
        return text.strip(_EDGES)
    return " ".join(_UNWANTED.sub("", text).split()).strip(_EDGES)


def fold(text: str) -> str:
    """A key under which two spellings of one line are equal: case, joiners, quotes, letter variants."""
    return fold_cleaned(clean(text))


def fold_cleaned(line: str) -> str:
    """`fold` of a line that is clean already."""
    if line.isascii():
        return line.casefold()
    return _fold_remembered(line) if len(line) <= _REMEMBERED else _fold_other(line)


def _fold_other(line: str) -> str:
    return _MARKS.sub("", _replaced(line, _FOLDED)).casefold()


def _replaced(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A tenth of the time that str.translate takes with a table of such characters."""
    for variant, plain in pairs:
        if variant in text:
            text = text.replace(variant, plain)
    return text


# Lines of the interface, sections and captions come again, on one page and on the next.
_fold_remembered = lru_cache(maxsize=4096)(_fold_other)


def letters(text: str) -> str:
    """Letters and digits of `fold(text)` alone: what a slug keeps of a headline."""
    return _letters_remembered(text) if len(text) <= _REMEMBERED else _letters(text)


def _letters(text: str) -> str:
    return _NOT_WORD.sub("", fold(text))


# Headlines, names and labels are asked for again and again, on one page and on the next.
_letters_remembered = lru_cache(maxsize=4096)(_letters)


def western_digits(text: str) -> str:
    """Persian (U+06F0) and Arabic-Indic (U+0660) digits as ASCII."""
    return text if text.isascii() else _replaced(text, _DIGITS)


def for_terminal(text: str, width: int = 200) -> str:
    """Text from a page or an address, safe to print: no escape, no line break, bounded length."""
    line = clean(text)
    return line if len(line) <= width else line[: width - 1] + "…"
