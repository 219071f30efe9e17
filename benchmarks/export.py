"""What an export costs as the archive grows: `python benchmarks/export.py [ARTICLES …]`.

Lays out an archive of 270 made-up articles a day in runs of 10,000 lines, with its catalogue, and exports one month
of it as a user does, in a process of its own. Prints a Markdown table. A million articles need about 4 GB of disk.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import orjson

from iranwire_crawler.domain.dates import jalali
from iranwire_crawler.domain.version import SCHEMA_VERSION, VERSION
from iranwire_crawler.stores.learning import LearningCatalogue

SIZES = (10_000, 100_000, 1_000_000)
A_RUN, A_DAY = 10_000, 270
FIRST = date(2013, 1, 1)
# The last whole month of the smallest archive: all archives hold it, and the same articles in it.
SINCE, UNTIL = date(2013, 1, 1), date(2013, 1, 31)
PARAGRAPH = " ".join(["The well was dug by hand, in a single winter, and has never once run dry."] * 8)
BODY = [{"type": "paragraph", "text": PARAGRAPH}] * 3
ROOT = Path(__file__).parents[1]


_REVISION = (
    "INSERT INTO revisions (key, revision, content_hash, previous_hash, fetched_at, run, file, start, length, reread)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
)


class Cost(NamedTuple):
    """Seconds from the start of the process (wall and processor), and MiB at the most."""

    first_byte: float
    first_byte_processor: float
    done: float
    processor: float
    memory: float
    written: float


def record(number: int) -> dict[str, object]:
    day = FIRST + timedelta(days=number // A_DAY)
    language = ("en", "fa", "ar")[number % 3]
    url = f"https://iranwire.com/{language}/features/{number}/"
    text = "\n\n".join(block["text"] for block in BODY)
    return {
        "schema_version": SCHEMA_VERSION,
        "key": f"{language}/{number}",
        "id": number,
        "in_language": language,
        "url": url,
        "fetched_url": url,
        "section": {"slug": "features", "name": "Features"},
        "article_type": "article",
        "headline": f"The Well That Never Ran Dry, Part {number}",
        "description": None,
        "authors": [{"name": "Mona Zarrinkub", "url": None}],
        "date_published": day.isoformat(),
        "date_published_raw": day.isoformat(),
        "date_published_jalali": jalali(day),
        "date_modified": None,
        "reading_time_minutes": 2,
        "article_body": text,
        "body": BODY,
        "word_count": len(text.split()),
        "images": [{"url": None, "caption": "The well.", "credit": None, "position": 1, "in_body": False}],
        "links": [],
        "tags": [],
        "related": [],
        "content_hash": sha256(str(number).encode()).hexdigest(),
        "revision": 1,
        "previous_hash": None,
        "reread": False,
        "duplicate_of": None,
        "fetched_at": "2026-11-01T12:00:00Z",
        "source": "live",
        "warc": None,
        "crawler_version": VERSION,
        "provenance": {"headline": "shown", "body": "shown"},
        "warnings": [],
    }


def lay_out(data_dir: Path, articles: int) -> None:
    """Runs, feeds and catalogue. Its rows are put in directly: learning a million lines takes minutes."""
    data_dir.mkdir()
    LearningCatalogue(data_dir).close()
    import sqlite3

    database = sqlite3.connect(data_dir / "catalogue.sqlite", isolation_level=None)
    database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN;")
    for number, start in enumerate(range(0, articles, A_RUN)):
        stamp = FIRST + timedelta(days=number)
        run = f"news/{stamp}T120000Z"
        (data_dir / run).mkdir(parents=True)
        database.execute(
            "INSERT INTO runs VALUES (?, 'news', ?, NULL, 'unfinished', NULL)", (run, f"{stamp}T12:00:00Z")
        )
        with (data_dir / run / "articles.jsonl").open("wb") as feed:
            rows = list(_rows(feed, run, range(start, min(articles, start + A_RUN))))
            size = feed.tell()
        database.execute("INSERT INTO feeds VALUES (?, 'articles.jsonl', ?, ?, 0)", (run, size, len(rows)))
        database.executemany(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [row[0] for row in rows]
        )
        database.executemany(_REVISION, [row[1] for row in rows])
    database.execute("COMMIT")
    database.close()


def _rows(feed, run: str, numbers: range) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:  # type: ignore[no-untyped-def]
    for number in numbers:
        made, start = record(number), feed.tell()
        line = orjson.dumps(made, option=orjson.OPT_APPEND_NEWLINE)
        feed.write(line)
        digest, fetched = bytes.fromhex(str(made["content_hash"])), made["fetched_at"]
        yield (
            (
                *(made[name] for name in ("key", "in_language", "id", "url")),
                *(
                    "features",
                    "article",
                    made["headline"],
                    made["date_published"],
                    1,
                    digest,
                    fetched,
                    fetched,
                    run,
                    start,
                ),
            ),
            (made["key"], 1, digest, None, fetched, run, "articles.jsonl", start, len(line)),
        )


def export(data_dir: Path, *arguments: str) -> Cost:
    with tempfile.TemporaryDirectory() as place:
        target = Path(place, "out")
        command = [
            sys.executable,
            "-m",
            "scrapy",
            "export",
            "-s",
            f"DATA_DIR={data_dir}",
            "-o",
            str(target),
            *arguments,
        ]
        began, first, first_used, memory = time.perf_counter(), None, 0.0, 0.0
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        while True:
            memory = max(memory, memory_of(process.pid))
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if first is None and any(file.stat().st_size for file in Path(place).glob("*/articles.jsonl")):
                first, first_used = time.perf_counter() - began, processor_of(process.pid)
            if ended:
                break
            time.sleep(0.002)
        done = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode or first is None:
            raise SystemExit(f"the export ended with {process.returncode}")
        written = sum(file.stat().st_size for file in target.rglob("*")) / 2**20
    return Cost(first, first_used, done, used.ru_utime + used.ru_stime, memory, written)


def processor_of(pid: int) -> float:
    """Seconds of processor that a running process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """MiB, the most that a running process has held; 0 where it has ended.

    Not ru_maxrss: that counts what this very process held when it started the other one.
    """
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def measure(articles: int) -> Iterator[str]:
    month = ("--since", str(SINCE), "--until", str(UNTIL))
    with tempfile.TemporaryDirectory() as place:
        data_dir = Path(place, "data")
        lay_out(data_dir, articles)
        export(data_dir, *month)
        for what, arguments in (
            ("a month, JSON Lines", month),
            ("a month, all formats", (*month, "--format", "jsonl,csv,parquet")),
            ("all of it, JSON Lines", ()),
        ):
            if not arguments and articles > 100_000:
                continue
            cost = min((export(data_dir, *arguments) for _ in range(3 if arguments else 1)), key=lambda each: each.done)
            yield (
                f"| {articles:,} | {what} | {cost.written:.0f} MiB | {cost.first_byte:.2f} s"
                f" | {cost.first_byte_processor:.2f} s | {cost.done:.1f} s"
                f" | {cost.processor:.1f} s | {cost.memory:.0f} MiB |"
            )


def main(arguments: list[str]) -> None:
    print(
        "| articles in the archive | export | written | first byte after | processor until then | done after"
        " | processor | peak memory |\n"
        "|---:|---|" + "---:|" * 6
    )
    for articles in [int(each) for each in arguments] or SIZES:
        for line in measure(articles):
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
