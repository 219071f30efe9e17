"""`README.md` of a data set: what was asked, what is in it, what is not, and what the fields mean."""

from collections.abc import Sequence
from itertools import groupby

from iranwire_crawler.domain.columns import flat_columns
from iranwire_crawler.domain.dataset_files import TABLES, Description
from iranwire_crawler.domain.field_tables import field_tables
from iranwire_crawler.domain.gaps import Gap
from iranwire_crawler.domain.schema import RECORDS
from iranwire_crawler.domain.version import VERSION
from iranwire_crawler.views.templates import render

# Longest gaps and commonest warnings: enough to judge by, and no page of them.
_SHOWN = 20


def dataset_readme(described: Description) -> str:
    """Markdown; the same for the same description."""
    selection, tally = described.selection, described.tally
    languages = selection.languages or tuple(sorted(tally.by_language))
    silent, found = _gaps(described)
    return render(
        "dataset_readme.md.j2",
        described=described,
        selection=selection,
        tally=tally,
        crawler_version=VERSION,
        formats={file.format for file in described.files},
        languages=languages,
        months=_months(described, languages),
        sections=sorted(tally.by_section.items(), key=lambda item: (item[0][0], -item[1], item[0][1])),
        narrowed=bool(selection.sections or selection.types or selection.sources or selection.query),
        silent=silent,
        gaps=found[:_SHOWN],
        more_gaps=max(0, len(found) - _SHOWN),
        coverage={name: each for name, each in tally.coverage.of_fields().items() if each.expected},
        warnings_shown=_SHOWN,
        tables={table: RECORDS[kind] for table, kind in TABLES.items()},
        field_tables=field_tables,
        flat_columns=flat_columns,
    )


def _months(described: Description, languages: Sequence[str]) -> list[tuple[str, list[int]]]:
    """Each month and its articles by edition; three and more empty months in a row are one line."""
    selection, tally = described.selection, described.tally
    counted = [
        (month, [tally.by_month[month, language] for language in languages])
        for month in tally.months(selection.since, selection.until)
    ]
    rows = []
    for any_found, group in groupby(counted, lambda row: any(row[1])):
        together = list(group)
        if any_found or len(together) < 3:
            rows += together
        else:
            rows.append((f"{together[0][0]} to {together[-1][0]}", together[0][1]))
    return rows


def _gaps(described: Description) -> tuple[list[str], list[tuple[Gap, str]]]:
    """The editions of which nothing was found, and the gaps of the others, longest first."""
    selection, tally = described.selection, described.tally
    by_language = tally.gaps(selection.since, selection.until)
    found = [(gap, language) for language, gaps in by_language.items() for gap in gaps]
    silent = [language for language in selection.languages if language not in tally.days]
    return silent, sorted(found, key=lambda item: (-item[0].days, item[0].first, item[1]))
