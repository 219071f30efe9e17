"""`python -m benchmarks.replay [--pages N] [--rounds N]`: reading kept pages anew, on one process and on two.

Beside them trafilatura (its own environment, made on first use) on a part of the same pages, out of memory: it reads
no WARC files, checks no schema and writes no lines. Replay starts Scrapy, reads WARC records, checks each record, looks
for reposts, writes its lines and learns them.
"""

import argparse
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import pages, processes, tables
from benchmarks.environments import ROOT, environment, python_of
from iranwire_crawler.stores.warc_writer import Exchange, WarcWriter

_PEERS_PAGES = 300

PEER = """
import json, sys, time
from trafilatura import bare_extraction
pages = [(url, bytes.fromhex(body)) for url, body in map(json.loads, open(sys.argv[1]))]
bare_extraction(pages[0][1], url=pages[0][0], with_metadata=True)
began, busy = time.perf_counter(), time.process_time()
for url, body in pages:
    bare_extraction(body, url=url, with_metadata=True)
print(json.dumps([len(pages) / (time.perf_counter() - began), (time.process_time() - busy) / len(pages)]))
"""


def write_archive(folder: Path, count: int) -> int:
    """As a run keeps them: packed by the server, a request beside each. Returns the pages' bytes."""
    folder.mkdir()
    writer = WarcWriter(folder, {"software": "benchmark"}, 1_000_000_000)
    size = 0
    for page in map(pages.generated_page, range(count)):
        size += len(page.body)
        writer.write_exchange(
            Exchange(
                target_uri=page.url,
                at=datetime(2026, 11, 22, tzinfo=UTC),
                method="GET",
                request_headers=[(b"User-Agent", b"benchmark")],
                status=200,
                headers=[(b"Content-Type", page.content_type.encode()), (b"Content-Encoding", b"gzip")],
                body=gzip.compress(page.body),
            )
        )
    writer.close()
    return size


def replay(archive: Path, place: Path, count: int) -> processes.Cost:
    command = [
        sys.executable, "-m", "scrapy", "crawl", "replay", "-s", f"SAVED_PAGES={archive}", "-s", f"DATA_DIR={place}",
        "-a", f"processes={count}", "-a", "frozen=yes", "-s", "LOG_LEVEL=WARNING",
    ]  # fmt: skip
    return processes.run(command, place.with_suffix(".log"))


def trafilatura(made: list[pages.Page], place: Path) -> tuple[float, float]:
    """Pages a second, and seconds of the processor a page."""
    file = place / "pages.jsonl"
    file.write_text("".join(json.dumps([page.url, page.body.hex()]) + "\n" for page in made), encoding="utf-8")
    command = [python_of("trafilatura"), "-W", "ignore", "-c", PEER, file]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    rate, busy = json.loads(done.stdout)
    return rate, busy


def chapter(count: int, rounds: int) -> str:
    """The table: each round one process, two, and trafilatura, in turns."""
    costs: dict[int, list[processes.Cost]] = {1: [], 2: []}
    ratios, peer = [], []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        size = write_archive(place / "archive", count)
        replay(place / "archive", place / "first", 1)  # makes the index
        for number in range(rounds):
            for processes_count, mine in costs.items():
                folder = place / f"{number}-{processes_count}"
                folder.mkdir()
                mine.append(replay(place / "archive", folder, processes_count))
                shutil.rmtree(folder)
            ratios.append(costs[1][-1].seconds / costs[2][-1].seconds)
            # Last: what this process holds counts in the peak of the next one that it starts.
            peer.append(trafilatura(pages.generated(_PEERS_PAGES), place))
    theirs = statistics.median(rate for rate, _ in peer)
    busy = statistics.median(busy for _, busy in peer) * 1000
    rows = [["trafilatura, out of memory", f"{theirs:.0f}", f"{busy:.2f}", "-", "1.0"]]
    for processes_count, mine in costs.items():
        rate = count / statistics.median(cost.seconds for cost in mine)
        cpu = statistics.median(cost.cpu_seconds for cost in mine) / count * 1000
        peak = max(cost.peak_mib for cost in mine)
        name = f"replay, processes={processes_count}"
        rows.append([name, f"{rate:.0f}", f"{cpu:.2f}", f"{peak:.0f}", f"{rate / theirs:.1f}"])
    head = ["", "pages/s", "CPU ms/page", "peak MiB of a process", "× trafilatura"]
    return (
        f"{count} pages of {size / count / 1024:.0f} KiB; start and end of the process included, median of {rounds}."
        f"\n\n{tables.table(head, rows)}\n"
        f"Two processes are {statistics.median(ratios):.2f} times as fast as one (median of {rounds} pairs)."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Replay on one process and on two, beside trafilatura.")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(chapter(asked.pages, asked.rounds))


if __name__ == "__main__":
    main()
