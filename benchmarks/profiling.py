"""Where the processor time of a crawl goes: a stack every few milliseconds of it, by the part that it stands in."""

import json
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType

from benchmarks.crawling import ours
from benchmarks.environments import ROOT, environment
from benchmarks.site import served, write_addresses
from benchmarks.tables import table

_EVERY = 0.002
# The first of these that stands anywhere in a stack, as `file:function`, has the sample.
PARTS = {
    "importing modules": ("importlib._bootstrap",),
    "reading the page (`pages/`)": ("pages/article.py:article",),
    "raw pages as WARC": ("downloader/raw_pages.py",),
    "cleaning and validating": ("pipelines/clean.py", "pipelines/validate.py"),
    "finding reposts": ("pipelines/duplicates.py",),
    "learning the catalogue": ("commands/crawl.py:_learn",),
    "writing feeds": ("extensions/whole_lines.py",),
    "the rest of the project": (
        "iranwire_crawler/spiders", "iranwire_crawler/pipelines", "iranwire_crawler/extensions",
        "iranwire_crawler/downloader",
    ),
    "Scrapy: records through middlewares, pipelines and signals": (
        "scrapy/pipelines", "utils/signal.py", "core/spidermw.py", "utils/asyncio.py", "start_itemproc_async",
    ),
    "Scrapy and Twisted: requests, responses, event loop": ("",),
}  # fmt: skip
_TEXT = """\
`scrapy crawl articles` of {articles} articles of the made-up site, everything on, delays off, interrupted every few
milliseconds of processor time to see where it is ({samples} samples). Start-up and closing count.

{table}"""


def chapter(*, quick: bool, articles: int | None) -> str:
    count = 100 if quick else articles or 1000
    with tempfile.TemporaryDirectory() as place, served(count) as origin:
        addresses, shares = Path(place, "addresses.txt"), Path(place, "shares.json")
        write_addresses(count, addresses)
        _, _, _, *arguments = ours("articles", origin, Path(place, "data"), "-a", f"urls=@{addresses}")
        command = [sys.executable, "-m", "benchmarks.profiling", shares, *arguments]
        subprocess.run(command, cwd=ROOT, env=environment(network=True), capture_output=True, check=True)
        counted = Counter(json.loads(shares.read_text(encoding="utf-8")))
    total = counted.total()
    rows = [[part, f"{counted[part] / total:.1%}"] for part in PARTS]
    return _TEXT.format(articles=count, samples=total, table=table(["part", "share"], rows))


def sampled(shares: Path, arguments: list[str]) -> None:
    """Run `scrapy ARGUMENTS` and write how many samples each part had."""
    counted: Counter[str] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append(f"{frame.f_code.co_filename}:{frame.f_code.co_name}")
            frame = frame.f_back
        joined = "\n".join(stack)
        counted[next(part for part, marks in PARTS.items() if any(mark in joined for mark in marks))] += 1

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    sys.argv = ["scrapy", *arguments]
    try:
        from scrapy.cmdline import execute

        execute()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        shares.write_text(json.dumps(counted), encoding="utf-8")


if __name__ == "__main__":
    sampled(Path(sys.argv[1]), sys.argv[2:])
