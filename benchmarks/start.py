"""What a run's start costs as the archive grows: `python benchmarks/start.py [ROWS …]`.

Makes a catalogue of so many articles (its rows directly, the feeds as empty files of the right size) and runs
`scrapy crawl news` over the bundled saved site beside it, in turns with a run beside none. Prints a Markdown table.
Needs about 900 MB of disk for a million rows.
"""

import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from iranwire_crawler.domain.recheck import Schedule
from iranwire_crawler.settings import RECHECK_SCHEDULE
from iranwire_crawler.stores.catalogue import FILE, Catalogue
from iranwire_crawler.stores.learning import rebuild
from iranwire_crawler.stores.run_folders import ARTICLES

ROOT = Path(__file__).parents[1]
SIZES = (1_000_000,)
A_RUN, A_LINE, BANDS = 10_000, 8_000, 8
YEARS = 20
TURNS = 5


def make(data_dir: Path, rows: int) -> None:
    """A catalogue of `rows` articles of the last twenty years, in runs of 10,000 lines."""
    chance = random.Random(rows)  # noqa: S311 - rows to measure, no secrets
    data_dir.mkdir(parents=True)
    rebuild(data_dir)
    database = sqlite3.connect(data_dir / FILE, isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;"
        "PRAGMA cache_size = -700000; BEGIN"
    )
    for first in range(0, rows, A_RUN):
        for table, values in run_rows(first, min(rows, first + A_RUN), chance, data_dir):
            marks = ", ".join("?" * len(values[0]))
            database.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)  # noqa: S608 - names of ours
    database.execute("COMMIT")
    database.execute("PRAGMA journal_mode = WAL")
    database.close()


def run_rows(
    first: int, end: int, chance: random.Random, data_dir: Path
) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    moment = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(hours=first // A_RUN)
    run, seen = f"news/{moment:%Y-%m-%dT%H%M%SZ}", f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    folder = data_dir / run
    folder.mkdir(parents=True)
    with (folder / ARTICLES).open("wb") as feed:
        feed.truncate((end - first) * A_LINE)
    yield "runs", [(run, "news", seen, seen, "sound", "finished")]
    yield "feeds", [(run, ARTICLES, (end - first) * A_LINE, end - first, 0)]
    articles, revisions, addresses, checks, bands = [], [], [], [], []
    for number in range(first, end):
        key = f"{('en', 'fa', 'ar')[number % 3]}/{number * 7919 % 100_000_007}"
        url, hashed = f"https://iranwire.com/{key[:2]}/features/{key[3:]}-a-slug/", sha256(key.encode()).digest()
        day = (datetime.now(UTC).date() - timedelta(days=chance.randrange(365 * YEARS))).isoformat()
        start = (number - first) * A_LINE
        shown = (url, "features", "article", f"The Well That Never Ran Dry, Part {number}", day)
        articles.append((key, key[:2], int(key[3:]), *shown, 1, hashed, seen, seen, run, start))
        revisions.append((key, 1, hashed, None, 0, seen, run, ARTICLES, start, A_LINE))
        addresses.append((key, url, seen, seen))
        page = (f"<urn:uuid:{hashed.hex()[:32]}>", url, seen)
        checks.append((key, seen, 200, f'"{key}"', None, *page, run, start))
        bands += [(chance.getrandbits(63), key) for _ in range(BANDS)]
    yield from (("articles", articles), ("revisions", revisions), ("addresses", addresses))
    yield from (("checks", checks), ("bands", bands))


def crawl(data_dir: Path) -> tuple[float, float]:
    """(seconds to "Spider opened", MiB held at most) of a run over the saved site."""
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "lang=ar", "-s", f"DATA_DIR={data_dir}"]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "-s", f"SAVED_PAGES={ROOT / 'tests' / 'saved_site'}"], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    opened = 0.0
    for line in process.stderr:
        if "Spider opened" in line:
            opened = time.perf_counter() - began
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    return opened, usage.ru_maxrss / 1024


def ask_due(data_dir: Path) -> tuple[float, int]:
    with Catalogue(data_dir) as catalogue:
        began = time.perf_counter()
        due = list(catalogue.due(Schedule.read(RECHECK_SCHEDULE), datetime.now(UTC)))
        return time.perf_counter() - began, len(due)


def measure(rows: int) -> str:
    with tempfile.TemporaryDirectory() as place:
        full = Path(place, "full")
        # In a process of its own: a child's peak of memory (ru_maxrss) counts its parent's at the fork.
        subprocess.run([sys.executable, __file__, "--make", str(full), str(rows)], check=True)
        size = (full / FILE).stat().st_size / 2**20
        with_all, with_none = [], []
        for turn in range(TURNS):
            with_all.append(crawl(full))
            with_none.append(crawl(Path(place, f"empty-{turn}")))
        seconds, due = ask_due(full)
    starts = [statistics.median(start for start, _ in runs) for runs in (with_all, with_none)]
    held = [statistics.median(memory for _, memory in runs) for runs in (with_all, with_none)]
    return (
        f"| {rows:,} | {size:.0f} MiB | {starts[0]:.2f} s | {starts[1]:.2f} s | {held[0]:.0f} MiB | {held[1]:.0f} MiB"
        f" | {held[0] - held[1]:.1f} MiB | {due:,} in {seconds:.2f} s |"
    )


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--make"]:
        make(Path(arguments[1]), int(arguments[2]))
        return
    print(
        "| articles | catalogue | start | beside none | memory | beside none | more memory | due for a recheck |\n|"
        + "---:|" * 8
    )
    for rows in [int(each) for each in arguments] or SIZES:
        print(measure(rows), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
