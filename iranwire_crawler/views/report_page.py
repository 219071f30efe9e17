"""An archive's overview as one page of HTML that needs nothing else: no script, no network, no font."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import groupby
from typing import Any, NamedTuple

from iranwire_crawler.domain.difference import FieldDifference, Paragraph, is_unchanged
from iranwire_crawler.domain.overview import Overview
from iranwire_crawler.domain.tally import Tally
from iranwire_crawler.domain.version import VERSION
from iranwire_crawler.views.charts import HEIGHT, WIDTH, stacked
from iranwire_crawler.views.templates import render

_GENERATOR = '<meta name="generator" content="iranwire_crawler'

_LANGUAGES = {"en": "English", "fa": "Persian", "ar": "Arabic"}
_RIGHT_TO_LEFT = ("fa", "ar")
_SECTIONS = 8
_GAPS = 10
# A month's colour, by its share of the busiest month.
_LEVELS = 4
_LONGEST_PARAGRAPH = 1500


class Shown(NamedTuple):
    """A paragraph that has changed, or how many that have not stand between."""

    pieces: Paragraph
    unchanged: int


class Cell(NamedTuple):
    """A month of the calendar; `level` is 0 for one without articles, None for one outside of the archive."""

    month: str
    articles: int
    level: int | None


def is_report(start: bytes) -> bool:
    """Whether a file that begins so is a page of ours."""
    return _GENERATOR.encode() in start


def report_page(overview: Overview) -> str:
    """HTML; the same for the same overview."""
    tally = overview.tally
    style = files("iranwire_crawler.views").joinpath("report.css").read_text(encoding="utf-8")
    months = tally.months()
    languages = sorted(tally.by_language)
    coverage = {name: each for name, each in tally.coverage.of_fields().items() if each.expected}
    gaps = tally.gaps()
    return render(
        "report.html.j2",
        overview=overview,
        tally=tally,
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        generator=f'{_GENERATOR} {VERSION}">',
        crawler_version=VERSION,
        language_names=_LANGUAGES,
        languages=languages,
        months=months,
        month_rows=_month_rows(tally, months, languages),
        width=WIDTH,
        height=HEIGHT,
        by_language=stacked(months, [_of_language(tally, each) for each in languages]),
        by_section=_sections(tally, months),
        calendars={each: _calendar(tally, each, months) for each in languages if each in gaps},
        undated=[each for each in languages if each not in gaps],
        gaps={each: sorted(found, key=lambda gap: -gap.days) for each, found in gaps.items()},
        gaps_shown=_GAPS,
        filled=[name for name, each in coverage.items() if each.filled == each.expected],
        partly={name: each for name, each in coverage.items() if each.filled < each.expected},
        right_to_left=_RIGHT_TO_LEFT,
        shown=_shown,
    )


def _month_rows(tally: Tally, months: Sequence[str], languages: Sequence[str]) -> list[tuple[str, list[int]]]:
    """Months that have articles, newest first, and how many by edition."""
    rows = [(month, [tally.by_month[month, language] for language in languages]) for month in reversed(months)]
    return [row for row in rows if any(row[1])]


def _of_language(tally: Tally, language: str) -> dict[str, int]:
    return {month: count for (month, each), count in tally.by_month.items() if each == language}


def _sections(tally: Tally, months: Sequence[str]) -> list[dict[str, Any]]:
    """The sections with the most articles, each with a small chart; all have one scale."""
    largest = sorted(tally.by_section.items(), key=lambda item: (-item[1], item[0]))[:_SECTIONS]
    counts = {
        section: Counter(
            {month: count for (month, *each), count in tally.by_month_and_section.items() if tuple(each) == section}
        )
        for section, _ in largest
    }
    top = max((max(each.values(), default=0) for each in counts.values()), default=0)
    return [
        {
            "language": language,
            "slug": slug,
            "articles": articles,
            "busiest": max(counts[language, slug].items(), key=lambda item: (item[1], item[0]), default=("", 0)),
            "chart": stacked(months, [counts[language, slug]], top=top),
        }
        for (language, slug), articles in largest
    ]


def _calendar(tally: Tally, language: str, months: Sequence[str]) -> list[tuple[str, list[Cell]]]:
    """Each year, newest first, and its twelve months."""
    counts, inside = _of_language(tally, language), set(months)
    most = max(counts.values(), default=1)
    found = []
    for year in sorted({month[:4] for month in months}, reverse=True):
        cells = []
        for number in range(1, 13):
            month = f"{year}-{number:02}"
            count = counts.get(month, 0)
            level = -(-_LEVELS * count // most) if month in inside else None
            cells.append(Cell(month, count, level))
        found.append((year, cells))
    return found


def _shown(field: FieldDifference) -> Iterator[Shown]:
    """The paragraphs that have changed; those that have not are counted."""
    for unchanged, group in groupby(field.paragraphs, is_unchanged):
        paragraphs = list(group)
        if unchanged:
            yield Shown((), len(paragraphs))
        else:
            yield from (Shown(tuple(_bounded(paragraph)), 0) for paragraph in paragraphs)


def _bounded(paragraph: Iterable[Any]) -> Iterator[Any]:
    left = _LONGEST_PARAGRAPH
    for piece in paragraph:
        if left <= 0:
            return
        yield piece if len(piece.text) <= left else piece._replace(text=piece.text[:left] + "…")
        left -= len(piece.text)
