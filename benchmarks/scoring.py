"""How right a side read a page, field by field."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.extractors import Fields
from benchmarks.pages import Facts, Page

_SHINGLE = 4
ZWNJ = "\u200c"


@dataclass(frozen=True, slots=True)
class Score:
    """What a side made of one page; None where it does not offer the field, or the page has none.

    A page that is no article has only `refused`. A side that failed on a page, or gave out no text, has no
    precision there and a recall of 0.
    """

    headline: bool | None = None
    date: bool | None = None
    authors: bool | None = None
    section: bool | None = None
    captions_once: bool | None = None
    precision: float | None = None
    recall: float | None = None
    leaked: bool | None = None
    joiners: bool | None = None
    refused: bool | None = None


def score(page: Page, read: Fields, offers: Sequence[str]) -> Score:
    facts = page.facts
    if facts is None:
        return Score(refused=not (read.get("body") or "").strip())
    text = read.get("body") or ""
    body, right_body = plain(text), plain("\n".join(facts.body))
    precision, recall = precision_and_recall(words(body), words(right_body))
    right = {
        "headline": plain(read.get("headline") or "") == plain(facts.headline),
        "date": (read.get("date") or "")[:10] == (facts.date or "")[:10],
        "authors": list(map(plain, read.get("authors") or ())) == list(map(plain, facts.authors)),
        "section": plain(read.get("section") or "") == plain(facts.section or ""),
    }
    return Score(
        **{name: is_right for name, is_right in right.items() if name in offers},
        captions_once=_captions_once(facts, read, body, right_body, "captions" in offers) if facts.captions else None,
        precision=precision,
        recall=recall,
        leaked=_leaked(facts, body, right_body),
        joiners=ZWNJ in text if any(ZWNJ in line for line in facts.body) else None,
    )


def plain(text: str) -> str:
    """Text in which white space, joiners and marks of direction make no difference."""
    text = unicodedata.normalize("NFC", text)
    return " ".join(re.sub("[\u200b-\u200f\u061c\xad\ufeff]", "", text).split())


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def precision_and_recall(read: list[str], right: list[str]) -> tuple[float | None, float | None]:
    """Shares of word 4-grams, counted as often as they stand; None where there is nothing to share."""
    got, wanted = _shingles(read), _shingles(right)
    common = (got & wanted).total()
    return common / got.total() if got else None, common / wanted.total() if wanted else None


def _shingles(text: list[str]) -> Counter[tuple[str, ...]]:
    size = min(_SHINGLE, len(text))
    return Counter(tuple(text[at : at + size]) for at in range(len(text) - size + 1)) if text else Counter()


def _captions_once(facts: Facts, read: Fields, body: str, right_body: str, in_field: bool) -> bool:
    """Each caption once: in the side's field for them, else in its text beyond what the body itself says."""
    if in_field:
        return sorted(map(plain, read.get("captions") or ())) == sorted(map(plain, facts.captions))
    wanted = Counter(map(plain, facts.captions))
    return all(body.count(text) - right_body.count(text) == count for text, count in wanted.items())


def _leaked(facts: Facts, body: str, right_body: str) -> bool:
    lines = map(plain, facts.boilerplate)
    return any(line in body and line not in right_body for line in lines if len(line) > 3)
