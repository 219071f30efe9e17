"""Getting it right: what every side reads on pages of which a person, or their maker, knows what they say."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

from benchmarks import pages
from benchmarks.environments import Worker
from benchmarks.extractors import EXTRACTORS, Fields
from benchmarks.pages import Page
from benchmarks.reading import FLOOR, OURS
from benchmarks.scoring import Score, score
from benchmarks.tables import table

_COUNTED = ("headline", "date", "authors", "section", "captions_once")
_EXAMPLE_LENGTH = 70
_TEXT = """\
Headline, date, authors, section, captions once: articles read right; `-` where a side does not offer the field (a
caption may then stand in its text, once). Body: mean precision and recall of word 4-grams; no text, no precision.
Leaked: articles with a line of the site's menus, notices or other articles' cards in their text. Joiners kept: articles
whose spelling needs U+200C and still has one. Refused: pages that are no article and of which no text was given out.
White space and lost joiners make no difference to any other column.

### The tests' saved pages

Hand-made, in a dozen kinds of markup, each read by a person; our reader was built on them. Fundus, whose parsers are
written for one publisher's markup, is here with the one for the generated pages, which does not fit.

{saved}
- Ours right on every page and field: {held}.

For each side and field, one of the saved pages on which it went wrong:

{wrong}
### Generated pages

Clean markup of four kinds. Fundus has a publisher written for them.

{generated}"""


def chapter(sides: list[str], *, quick: bool) -> str:
    readers = [side for side in sides if side != FLOOR]
    on_saved, examples = _scored(readers, pages.saved()[:: 5 if quick else 1])
    on_generated, _ = _scored(readers, pages.generated(6 if quick else 48))
    held = "held" if _all_right(on_saved[OURS]) else "**not held**"
    wrong = "".join(f"- {line}\n" for line in examples)
    return _TEXT.format(saved=_table(on_saved), held=held, wrong=wrong, generated=_table(on_generated))


def _scored(sides: list[str], given: list[Page]) -> tuple[dict[str, list[Score]], list[str]]:
    with tempfile.TemporaryDirectory() as place:
        pages.lay_out(given, Path(place))
        scores, examples = {}, []
        for side in sides:
            with Worker(side, Path(place)) as worker:
                read: list[Fields] = worker.ask("extract")
            scores[side] = [
                score(page, fields, EXTRACTORS[side].offers) for page, fields in zip(given, read, strict=True)
            ]
            examples += _examples(side, given, read, scores[side])
    return scores, examples


def _table(scores: dict[str, list[Score]]) -> str:
    heads = [
        "side", "headline", "date", "authors", "section", "captions once", "body precision", "body recall", "leaked",
        "joiners kept", "refused",
    ]  # fmt: skip
    rows = []
    for side, given in scores.items():
        counted = [_share([getattr(each, name) for each in given]) for name in _COUNTED]
        body = [_mean([getattr(each, name) for each in given]) for name in ("precision", "recall")]
        others = [_share([getattr(each, name) for each in given]) for name in ("leaked", "joiners", "refused")]
        rows.append([side, *counted, *body, *others])
    return table(heads, rows)


def _share(values: Sequence[bool | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known)}/{len(known)}" if known else "-"


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{mean(known):.3f}" if known else "-"


def _all_right(scores: list[Score]) -> bool:
    return all(
        each.refused is not False
        and all(getattr(each, name) is not False for name in (*_COUNTED, "joiners"))
        and each.precision in {None, 1.0}
        and each.recall in {None, 1.0}
        and not each.leaked
        for each in scores
    )


def _examples(side: str, given: list[Page], read: list[Fields], scores: list[Score]) -> Iterator[str]:
    for name in ("headline", "date", "authors"):
        wrong = [at for at, each in enumerate(scores) if getattr(each, name) is False]
        if wrong:
            middle = wrong[len(wrong) // 2]
            page, fields = given[middle], read[middle]
            assert page.facts is not None
            got = fields.get("failed") or ("nothing" if "refused" in fields else _quoted(fields.get(name)))
            yield f"{side}, {name}: `{page.name}` says {_quoted(getattr(page.facts, name))}, read {got}"


def _quoted(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")
    text = " ".join(text.replace("|", "/").replace("`", "'").split())
    return f"“{text[:_EXAMPLE_LENGTH]}{'…' if len(text) > _EXAMPLE_LENGTH else ''}”" if text else "nothing"
