"""Does it stay as fast and as small as it grows: one long run, the catalogue, and a run that finds nothing new."""

import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks import catalogue
from benchmarks.crawling import ours
from benchmarks.plot import plot
from benchmarks.processes import Sample, run, watch
from benchmarks.results import FILE
from benchmarks.site import served, write_addresses
from benchmarks.tables import table
from iranwire_crawler.stores.learning import learn_all

PLOT = FILE.with_name("growth.svg")
_STEPS = (1, 2, 5)
_TEXT = """\
### One run

`scrapy crawl articles` of the made-up site with everything on, delays off, looked at while it runs. Each line is what
was spent since the line before it; memory is what the process held then.

{run}
Per article, the last line took {time:.2f} times the first one's processor time, and memory grew by {memory:.1f} KB for
each article between them.

![Time and memory over a run's articles](growth.svg)

### The catalogue

Made-up runs of 10,000 lines each, learned in a process of its own and asked in another (`benchmarks/catalogue.py`).

{catalogue}
### A run that finds nothing new

`scrapy crawl news` a second time over {site} articles that all are known, with so many other articles in the archive
beside them.

{quiet}"""


def chapter(*, quick: bool, run_of: int | None, sizes: Sequence[int] | None, plotted: bool) -> str:
    """The chapter's text; its plot is drawn where it is to be kept."""
    articles = run_of or (200 if quick else 100_000)
    rows = sizes or ((2_000,) if quick else (10_000, 100_000, 1_000_000))
    samples = list(_steps(_one_run(articles, every=0.2 if quick else 1.0)))
    spent = [(b.cpu_seconds - a.cpu_seconds) * 1000 / (b.done - a.done) for a, b in pairwise(samples)]
    reached = samples[1:]
    if plotted:
        curves = (
            ("CPU ms an article", [(sample.done, ms) for sample, ms in zip(reached, spent, strict=True)]),
            ("MiB", [(sample.done, sample.mib) for sample in reached]),
        )
        PLOT.write_text(plot("One run", "articles", curves), encoding="utf-8")
    site = 60 if quick else 600
    return _TEXT.format(
        run=table(
            ["articles", "CPU ms an article", "memory MiB"],
            [[f"{at.done:,}", f"{ms:.2f}", f"{at.mib:.0f}"] for at, ms in zip(reached, spent, strict=True)],
        ),
        time=spent[-1] / spent[0],
        memory=(reached[-1].mib - reached[0].mib) * 1024 / max(1, reached[-1].done - reached[0].done),
        catalogue=table(catalogue.HEADS, [catalogue.measure(count) for count in rows]),
        site=site,
        quiet=table(
            ["articles in the archive", "CPU s", "requests", "peak MiB"],
            [_quiet(site, count) for count in (0, *rows)],
        ),
    )


def _one_run(articles: int, every: float) -> list[Sample]:
    with tempfile.TemporaryDirectory() as place, served(articles) as origin:
        addresses, data_dir = Path(place, "addresses.txt"), Path(place, "data")
        write_addresses(articles, addresses)
        counted = _Lines(data_dir)
        command = ours("articles", origin, data_dir, "-a", f"urls=@{addresses}")
        return watch(command, Path(place, "log"), counted, every)


class _Lines:
    """Counts the articles of the run that writes in a folder, without reading a line twice."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.lines, self.bytes = 0, 0

    def __call__(self) -> int:
        for feed in self.data_dir.glob("articles/*/articles.jsonl"):
            with feed.open("rb") as file:
                file.seek(self.bytes)
                new = file.read()
            self.bytes += len(new)
            self.lines += new.count(b"\n")
        return self.lines


def _steps(samples: list[Sample]) -> Iterator[Sample]:
    """The first sample with an article, then the first ones at or past 1,000, 2,000, 5,000, 10,000, …; the last."""
    wanted = iter(step * 10**power for power in range(2, 7) for step in _STEPS)
    threshold = 1
    last = None
    for sample in samples:
        if sample.done >= threshold:
            yield sample
            last = sample
            while threshold <= sample.done:
                threshold = next(wanted)
    # What comes after the last article is the end of the run.
    whole = next(sample for sample in samples if sample.done == samples[-1].done)
    if last is not None and whole.done > last.done * 1.2:
        yield whole


def _quiet(site: int, others: int) -> list[str]:
    with tempfile.TemporaryDirectory() as place, served(site) as origin:
        data_dir, log = Path(place, "data"), Path(place, "log")
        command = ours("news", origin, data_dir, "-a", "max_pages=99999")
        run(command, log)
        if others:
            catalogue.lay_out(data_dir, others)
            learn_all(data_dir)
        before = set(data_dir.glob("news/*/articles.jsonl"))
        cost = run(command, log)
        new = sum(feed.read_bytes().count(b"\n") for feed in set(data_dir.glob("news/*/articles.jsonl")) - before)
        if new:
            raise RuntimeError(f"the quiet run found {new} new articles")
        requests = next(
            line.split()[1] for line in log.read_text(encoding="utf-8").splitlines() if "  network " in line
        )
    return [
        f"{others + site:,}",
        f"{cost.cpu_seconds:.2f}",
        requests,
        f"{cost.peak_mib:.0f}",
    ]
