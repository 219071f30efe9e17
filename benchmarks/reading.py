"""What reading one page costs: every side on the same generated pages, in turns, CPU time."""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import pages
from benchmarks.environments import Worker, version_of
from benchmarks.tables import table

FLOOR, OURS, SLOWER = "lxml", "iranwire_crawler", "trafilatura"
_TEXT = """\
{count} generated pages of {smallest:.0f} to {largest:.0f} KB (median {middle:.0f}) in three languages and four kinds of
markup. {rounds} rounds; in each, every side in turn begins a process of its own, takes a pass over all pages to warm up
and one that counts, by the median of its pages' CPU times. A process for each round, since where its memory happens to
lie makes up to a sixth of its time. The table shows the median of the rounds, their range, and the median of the ratios
to lxml's parse in the same round; the peak memory of a process, the pages included; the CPU time that importing takes.

{table}
{marks}"""


@dataclass(frozen=True, slots=True)
class _Round:
    """What one process of a side took."""

    page_ms: float
    import_ms: float
    mib: float


def chapter(sides: list[str], *, quick: bool, rounds: int | None = None) -> str:
    """The chapter's text: how it was measured, the table, and the marks."""
    count, rounds = (6, 2) if quick else (48, rounds or 9)
    made = pages.generated(count)
    taken: dict[str, list[_Round]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as place:
        pages.lay_out(made, Path(place))
        for _ in range(rounds):
            for side in sides:
                taken[side].append(_round(side, Path(place)))
    passes = {side: [each.page_ms for each in rounds_of] for side, rounds_of in taken.items()}
    floor = passes[FLOOR]
    ratios = {
        side: statistics.median(ours / least for ours, least in zip(took, floor, strict=True))
        for side, took in passes.items()
    }
    rows = [
        [
            f"{side} {version_of(side)}".strip(),
            f"{statistics.median(passes[side]):.2f}",
            f"{min(passes[side]):.2f} - {max(passes[side]):.2f}",
            f"{ratios[side]:.1f}",
            f"{statistics.median(each.mib for each in taken[side]):.0f}",
            f"{statistics.median(each.import_ms for each in taken[side]):.0f}",
        ]
        for side in sides
    ]
    sizes = [len(page.body) / 1000 for page in made]
    return _TEXT.format(
        count=count,
        smallest=min(sizes),
        largest=max(sizes),
        middle=statistics.median(sizes),
        rounds=rounds,
        table=table(["side", "ms a page", "range", "times lxml", "peak MiB", "import ms"], rows),
        marks=_marks(ratios),
    )


def _round(side: str, folder: Path) -> _Round:
    with Worker(side, folder) as worker:
        worker.ask("pass")
        return _Round(statistics.median(worker.ask("pass")), worker.import_ms, worker.ask("memory"))


def _marks(ratios: dict[str, float]) -> str:
    ours = ratios[OURS]
    lines = [f"- At most 3 times lxml's parse: {'held' if ours <= 3 else '**not held**'} ({ours:.1f}).\n"]
    if SLOWER in ratios:
        faster = ratios[SLOWER] / ours
        held = "held" if faster >= 10 else "**not held**"
        lines.append(f"- At least 10 times faster than trafilatura: {held} ({faster:.1f}).\n")
    return "".join(lines)
