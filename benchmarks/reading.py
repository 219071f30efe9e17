"""What reading one page costs: every side on the same generated pages, in turns, CPU time."""

import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks import pages
from benchmarks.environments import Worker, version_of
from benchmarks.tables import table

FLOOR, OURS, SLOWER = "lxml", "iranwire_crawler", "trafilatura"
_TEXT = """\
{count} generated pages of {smallest:.0f} to {largest:.0f} KB (median {middle:.0f}) in three languages and four kinds of
markup. Each side in a process of its own takes a pass over all pages in turn; {rounds} rounds after one to warm up. A
pass counts as the median of its pages' CPU times; the table shows the median of the passes, their range, and the median
of the ratios to lxml's parse in the same round. Peak memory is the process's, the pages included; importing is CPU time
in a fresh process, the median of {starts}.

{table}
{marks}"""


def chapter(sides: list[str], *, quick: bool, rounds: int | None = None) -> str:
    """The chapter's text: how it was measured, the table, and the marks."""
    count, rounds, starts = (6, 2, 1) if quick else (48, rounds or 7, 5)
    made = pages.generated(count)
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        pages.lay_out(made, folder)
        imports = {side: statistics.median(_import_ms(side, folder) for _ in range(starts)) for side in sides}
        workers = [stack.enter_context(Worker(side, folder)) for side in sides]
        passes: dict[str, list[float]] = {side: [] for side in sides}
        for turn in range(rounds + 1):
            for worker in workers:
                took = statistics.median(worker.ask("pass"))
                if turn:  # the first pass warms up
                    passes[worker.side].append(took)
        memory = {worker.side: worker.ask("memory") for worker in workers}
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
            f"{memory[side]:.0f}",
            f"{imports[side]:.0f}",
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
        starts=starts,
        table=table(["side", "ms a page", "range", "times lxml", "peak MiB", "import ms"], rows),
        marks=_marks(ratios),
    )


def _import_ms(side: str, folder: Path) -> float:
    with Worker(side, folder) as worker:
        return worker.import_ms


def _marks(ratios: dict[str, float]) -> str:
    ours = ratios[OURS]
    lines = [f"- At most 3 times lxml's parse: {'held' if ours <= 3 else '**not held**'} ({ours:.1f}).\n"]
    if SLOWER in ratios:
        faster = ratios[SLOWER] / ours
        held = "held" if faster >= 10 else "**not held**"
        lines.append(f"- At least 10 times faster than trafilatura: {held} ({faster:.1f}).\n")
    return "".join(lines)
