"""What the catalogue costs as the archive grows: `python -m benchmarks.catalogue [ROWS …]`, or a part of `growth`.

Lays out runs of 10,000 made-up lines each, learns them all, and asks in a process of its own. Prints a
Markdown table. Needs about 1.3 GB of disk for a million rows.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT, environment
from benchmarks.tables import table

SIZES = (10_000, 100_000)
A_RUN = 10_000
HEADS = [
    "lines", "learn, run by run", "rebuild", "its peak memory", "catalogue", "`learn_all`, nothing new", "open",
    "first key", "each further key", "memory held",
]  # fmt: skip
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
BODY = " ".join(["The well was dug by hand, in a single winter, and has never once run dry."] * 4)


def lay_out(data_dir: Path, rows: int) -> None:
    for number, first in enumerate(range(0, rows, A_RUN)):
        moment = FIRST + timedelta(days=number)
        folder = data_dir / "news" / f"{moment:%Y-%m-%dT%H%M%SZ}"
        folder.mkdir(parents=True)
        with (folder / "articles.jsonl").open("w", encoding="utf-8") as feed:
            feed.writelines(lines(first, min(rows, first + A_RUN), moment))


def lines(start: int, end: int, moment: datetime) -> Iterator[str]:
    """Nine in ten are new articles, one in ten is a new text of one that is known; ids come in no order."""
    for number in range(start, end):
        revised = number % 10 == 9
        language, key = ("en", "fa", "ar")[number % 3], (number - 9 if revised else number) * 7919 % 100_000_007
        record = {
            "key": f"{language}/{key}",
            "url": f"https://iranwire.com/{language}/features/{key}/",
            "fetched_url": f"https://iranwire.com/{language}/features/{key}-the-well-that-never-ran-dry/",
            "section": {"slug": "features", "name": "Features"},
            "article_type": "article",
            "headline": f"The Well That Never Ran Dry, Part {number}",
            "date_published": f"{moment:%Y-%m-%d}",
            "body": [{"type": "paragraph", "text": BODY}],
            "content_hash": sha256(str(number).encode()).hexdigest(),
            "previous_hash": sha256(str(number - 9).encode()).hexdigest() if revised else None,
            "revision": 2 if revised else 1,
            "fetched_at": f"{moment + timedelta(seconds=number - start):%Y-%m-%dT%H:%M:%SZ}",
        }
        yield json.dumps(record) + "\n"


def memory() -> float:
    """MiB held now, and no more than the most ever held."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def ask(data_dir: Path) -> dict[str, float]:
    """What a run does when it starts, and what it asks while it goes."""
    from iranwire_crawler.stores.catalogue import Catalogue
    from iranwire_crawler.stores.learning import learn_all

    held, began = memory(), time.perf_counter()
    learned = learn_all(data_dir)
    started = time.perf_counter()
    assert not learned
    with Catalogue(data_dir) as catalogue:
        opened = time.perf_counter()
        first = catalogue.article("en/0")
        asked = time.perf_counter()
        assert first is not None
        keys = [f"{('en', 'fa', 'ar')[number % 3]}/{number * 7919 % 100_000_007}" for number in range(10_000)]
        many = time.perf_counter()
        for key in keys:
            catalogue.article(key)
        answered = time.perf_counter()
        held = memory() - held
    return {
        "start_ms": (started - began) * 1000,
        "open_ms": (opened - started) * 1000,
        "first_ms": (asked - opened) * 1000,
        "each_us": (answered - many) * 1e6 / len(keys),
        "memory_mib": held,
    }


def learn_once(data_dir: Path, what: str) -> dict[str, float]:
    from iranwire_crawler.stores.learning import LearningCatalogue, rebuild
    from iranwire_crawler.stores.run_folders import run_folders

    began = time.perf_counter()
    if what == "rebuild":
        rebuild(data_dir)
    else:
        with LearningCatalogue(data_dir) as catalogue:
            for folder in run_folders(data_dir):
                catalogue.learn(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - began, "peak_mib": peak}


def in_own_process(what: str, data_dir: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.catalogue", f"--{what}", str(data_dir)]
    done = subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def measure(rows: int) -> list[str]:
    with tempfile.TemporaryDirectory() as place:
        data_dir = Path(place)
        lay_out(data_dir, rows)
        grown = in_own_process("learn", data_dir)
        rebuilt = in_own_process("rebuild", data_dir)
        size = (data_dir / "catalogue.sqlite").stat().st_size / 2**20
        asked = in_own_process("ask", data_dir)
    return [
        f"{rows:,}",
        f"{grown['seconds']:.1f} s",
        f"{rebuilt['seconds']:.1f} s",
        f"{rebuilt['peak_mib']:.0f} MiB",
        f"{size:.0f} MiB",
        f"{asked['start_ms']:.0f} ms",
        f"{asked['open_ms']:.1f} ms",
        f"{asked['first_ms']:.2f} ms",
        f"{asked['each_us']:.0f} µs",
        f"{asked['memory_mib']:.1f} MiB",
    ]


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--ask"]:
        print(json.dumps(ask(Path(arguments[1]))))
    elif arguments and arguments[0].startswith("--"):
        print(json.dumps(learn_once(Path(arguments[1]), arguments[0].removeprefix("--"))))
    else:
        print(table(HEADS, [measure(int(each)) for each in arguments or SIZES]))


if __name__ == "__main__":
    main(sys.argv[1:])
