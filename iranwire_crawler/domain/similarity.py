"""How alike two texts are, and by which numbers alike ones are found among many."""

import hashlib
import re
import struct
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rensa import RMinHash

# Eight bands of six rows find a text of which 80 % is the same in 91 of 100 cases, one of 90 % in 998 of 1,000;
# one of 50 % is looked at in one case of nine. Another number, seed or rensa ALGORITHM_VERSION makes other bands:
# a new version of the catalogue's tables then.
_BANDS, _ROWS, _SEED = 8, 6, 158_901
_SHINGLE = 3
# Less text than this (cartoons, galleries) says too little: two credit lines are alike.
MIN_WORDS = 40
# With how many others a text is compared at most: one that stands on every page (a wall, a notice) would take time
# that grows with the square of the pages.
MOST_ALIKE = 50
_WORD = re.compile(r"\w+")
# What stands beside words and between them in nearly all texts. To put a space for each takes half of the time that
# the expression takes to find the words.
_MARKS = ".,:;!?\"'()-/[]%«»،؛؟“”‘’–—…"
_ROW = struct.Struct(f"<{_ROWS}Q")
_BAND = struct.Struct(f"{_BANDS}q")
# Texts whose bands are kept: they are asked for when an article is met, and again when its line is learned.
_MOST_KEPT = 30_000
_kept: dict[tuple[str, bytes], bytes] = {}


def texts_of(record: Mapping[str, Any]) -> list[str]:
    """The body's texts of an article's record, as it stands in a feed; none of a faulty one."""
    body = record.get("body")
    blocks = [block for block in body if isinstance(block, Mapping)] if isinstance(body, Sequence) else []
    texts = (block.get("text") for block in blocks if block.get("type") not in ("divider", "embed"))
    return [text for text in texts if isinstance(text, str) and text]


def bands(language: str, texts: Sequence[str], content_hash: bytes = b"") -> tuple[int, ...]:
    """Numbers of which alike texts of one language most likely share one; none of a text that is too short.

    They are looked for when an article is met, and again when its line is learned: with the record's `content_hash`
    (SHA-256, 32 bytes) they are remembered.
    """
    kept = _kept.get((language, content_hash)) if content_hash else None
    if kept is not None:
        return _BAND.unpack(kept) if kept else ()
    numbers = _bands(language, texts)
    if content_hash:
        keep_bands(language, content_hash, numbers)
    return numbers


def keep_bands(language: str, content_hash: bytes, numbers: Sequence[int]) -> None:
    """Remember the bands of a text that were found in another process."""
    if len(_kept) < _MOST_KEPT:
        _kept[language, content_hash] = _BAND.pack(*numbers) if numbers else b""


def _bands(language: str, texts: Sequence[str]) -> tuple[int, ...]:
    words = _words(texts)
    if len(words) < MIN_WORDS:
        return ()
    minhash = RMinHash(num_perm=_BANDS * _ROWS, seed=_SEED)
    # One that stands twice changes nothing: a set would only take time.
    minhash.update(list(map(" ".join, zip(*(words[start:] for start in range(_SHINGLE)), strict=False))))
    digest = minhash.digest()
    return tuple(_number(language, band, digest[band * _ROWS : (band + 1) * _ROWS]) for band in range(_BANDS))


def _number(language: str, band: int, rows: Sequence[int]) -> int:
    """A band as one number, signed as SQLite's are."""
    name = f"{language} {band}".encode()
    return int.from_bytes(hashlib.blake2b(_ROW.pack(*rows), digest_size=8, person=name).digest(), signed=True)


def similarity(one: Sequence[str], other: Sequence[str], ignored: Collection[str] = ()) -> float:
    """Share of the runs of three words that two texts have in common (Jaccard), but for `ignored` paragraphs.

    0 where what is left of either is too short to tell.
    """
    words = [_words([text for text in texts if text not in ignored]) for texts in (one, other)]
    if min(map(len, words)) < MIN_WORDS:
        return 0.0
    first, second = map(_shingles, words)
    return len(first & second) / len(first | second)


def _words(texts: Sequence[str]) -> list[str]:
    """Words without case, punctuation and ZWNJ: what a repost may write in another way."""
    text = "\n".join(texts).replace("\u200c", "").casefold()
    for mark in _MARKS:
        text = text.replace(mark, " ")
    words = text.split()
    # What the expression finds in a word without marks is the word.
    return words if "".join(words).isalnum() else _WORD.findall(" ".join(words))


def _shingles(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))
