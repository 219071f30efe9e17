"""Where the processor time of a crawl, and of reading a page, goes: a stack every few milliseconds, by its part."""

import json
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from benchmarks import pages
from benchmarks.crawling import ours
from benchmarks.environments import ROOT, environment
from benchmarks.extractors import EXTRACTORS
from benchmarks.site import served, write_addresses
from benchmarks.tables import table

Parts = Mapping[str, tuple[str, ...]]

_EVERY = 0.002
# The first of these that stands anywhere in a stack, as `file:function`, has the sample.
PARTS: Parts = {
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
# The same of reading one page.
STEPS: Parts = {
    "the walk over the tree": ("pages/walk.py",),
    "decoding, scripts cut out of the head": ("pages/decoding.py", "pages/head.py"),
    "the parser's tree, made and freed": ("pages/document.py",),
    "what the page declares": ("pages/embedded.py",),
    "lines, dates, reading times": ("pages/lines.py:read_lines",),
    "headline and byline": ("pages/header.py:find_header",),
    "next article's card and others": ("pages/cards.py:find_cards",),
    "pictures and captions": ("pages/pictures.py",),
    "body": ("pages/body.py:read_body",),
    "the record": ("",),
}
_TEXT = """\
### A crawl

`scrapy crawl articles` of {articles} articles of the made-up site, everything on, delays off, interrupted every few
milliseconds of processor time to see where it is ({samples} samples). Start-up and closing count.

{table}
### Reading a page

{pages} generated pages, read again and again ({looks} samples).

{steps}"""


def chapter(*, quick: bool, articles: int | None) -> str:
    count = 100 if quick else articles or 1000
    with tempfile.TemporaryDirectory() as place, served(count) as origin:
        addresses, shares = Path(place, "addresses.txt"), Path(place, "shares.json")
        write_addresses(count, addresses)
        _, _, _, *arguments = ours("articles", origin, Path(place, "data"), "-a", f"urls=@{addresses}")
        command = [sys.executable, "-m", "benchmarks.profiling", shares, *arguments]
        subprocess.run(command, cwd=ROOT, env=environment(network=True), capture_output=True, check=True)
        counted = Counter(json.loads(shares.read_text(encoding="utf-8")))
    made = pages.generated(12 if quick else 48)
    looks = _reading(made, passes=5 if quick else 60)
    return _TEXT.format(
        articles=count, samples=counted.total(), table=_shares(PARTS, counted),
        pages=len(made), looks=looks.total(), steps=_shares(STEPS, looks),
    )  # fmt: skip


def _shares(parts: Parts, counted: Counter[str]) -> str:
    return table(["part", "share"], [[part, f"{counted[part] / counted.total():.1%}"] for part in parts])


def _reading(made: list[pages.Page], passes: int) -> Counter[str]:
    read = EXTRACTORS["iranwire_crawler"].load()
    with _samples(STEPS) as counted:
        for page in made * passes:
            read(page.body, page.url, page.content_type)
    return counted


@contextmanager
def _samples(parts: Parts) -> Iterator[Counter[str]]:
    """Counts what part the program is in, every few milliseconds of its processor time."""
    counted: Counter[str] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append(f"{frame.f_code.co_filename}:{frame.f_code.co_name}")
            frame = frame.f_back
        joined = "\n".join(stack)
        counted[next(part for part, marks in parts.items() if any(mark in joined for mark in marks))] += 1

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    try:
        yield counted
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def sampled(shares: Path, arguments: list[str]) -> None:
    """Run `scrapy ARGUMENTS` and write how many samples each part had."""
    sys.argv = ["scrapy", *arguments]
    with _samples(PARTS) as counted:
        try:
            from scrapy.cmdline import execute

            execute()
        finally:
            shares.write_text(json.dumps(counted), encoding="utf-8")


if __name__ == "__main__":
    sampled(Path(sys.argv[1]), sys.argv[2:])
