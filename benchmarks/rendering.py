"""What a page costs by each way that brings its text: `python benchmarks/rendering.py [PAGES]`.

Crawls made-up pages from a local server, a way at a time, in a process of its own, and prints a Markdown table:
seconds and processor time a page beyond an empty run's, and the most memory that all processes of the run held
(proportional set size: shared pages counted once).
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TEXT = "The well was dug by hand, in a single winter, and has never once run dry in all the years since. " * 4
BODY = "".join(f"<p>{number}. {TEXT}</p>" for number in range(12))
ARTICLE = f"<article><h1>The Well</h1><p>May 6, 2014</p><p>Mina Farhadi</p><p>4 min read</p>{BODY}</article>"
DATA = {"title": "The Well", "date": "May 6, 2014", "author": "Mina Farhadi", "body": BODY}
ROUNDS = 3


def page(way: str) -> str:
    script = {
        "data in a script": f"window.x = {json.dumps(DATA)};",
        "browser": f"setTimeout(() => document.body.insertAdjacentHTML('beforeend', {json.dumps(ARTICLE)}), 200);",
    }.get(way, "")
    body = {"plain": ARTICLE, "light": '<a href="light">Iranwire Light</a>'}.get(way, "")
    return f"<!DOCTYPE html><title>The Well</title><body>{body}<script>{script}</script></body>"


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    way = "plain"

    def do_GET(self) -> None:
        light = self.path.endswith("/light")
        found = "/en/news/" in self.path
        body = page("plain" if light else self.way).encode() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


class Cost(NamedTuple):
    seconds: float
    processor: float
    mebibytes: float
    processes: int


@contextmanager
def serving(way: str) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Way", (Site,), {"way": way})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def crawl(way: str, pages: int, *arguments: str) -> Cost:
    """One crawl; each page's light version stands below the page, so that its address holds the number."""
    with serving(way) as origin, tempfile.TemporaryDirectory() as data_dir:
        addresses = Path(data_dir, "addresses")
        addresses.write_text("".join(f"https://iranwire.com/en/news/{n}/\n" for n in range(1, pages + 1)))
        command = [sys.executable, "-m", "scrapy", "crawl", "articles", "-a", f"urls=@{addresses}"]
        given = {"SITE_URL": origin, "DATA_DIR": data_dir, "DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}
        command += [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
        begun, before = time.monotonic(), os.times()
        run = subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        most, processes = 0.0, 0
        while run.poll() is None:
            tree = family(run.pid)
            most, processes = max(most, sum(map(held, tree))), max(processes, len(tree))
            time.sleep(0.2)
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        read = sum(1 for file in Path(data_dir).glob("articles/*/articles.jsonl") for _ in file.open())
        assert read == pages, f"{way}: {read} of {pages} pages were read"
        return Cost(time.monotonic() - begun, used, most, processes)


def family(pid: int) -> list[int]:
    """A process and all that it has started, directly or not."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found.extend(parents.get(each, []))
    return found


def held(pid: int) -> float:
    """Its memory in MiB, shared pages divided by those who share them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))  # type: ignore[arg-type]


def main(pages: int) -> None:
    ways = ("plain", "light", "data in a script", "browser")
    print("| a run of one page, by | seconds | processor s | MiB | processes |")
    print("|---|---|---|---|---|")
    never = median([crawl("plain", 1, "-s", "RENDER=never") for _ in range(ROUNDS)])
    one = {way: median([crawl(way, 1) for _ in range(ROUNDS)]) for way in ways}
    for name, cost in ("plain, RENDER=never", never), *one.items():
        print(f"| {name} | {cost.seconds:.2f} | {cost.processor:.2f} | {cost.mebibytes:.0f} | {cost.processes:.0f} |")
    print(f"\n| {pages} pages more, by | seconds a page | processor s a page | MiB, the whole run |")
    print("|---|---|---|---|")
    for way in ways:
        cost = median([crawl(way, pages + 1) for _ in range(ROUNDS)])
        seconds, used = ((cost[at] - one[way][at]) / pages for at in (0, 1))
        print(f"| {way} | {seconds:.3f} | {used:.3f} | {cost.mebibytes:.0f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
