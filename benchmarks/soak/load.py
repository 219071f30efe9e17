"""A site of 10,000 listing pages, a page of 50 MB and a feed of a million lines: bounded in memory and time."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from crawling import ROOT
from faults import stories
from faults.misbehaving import Answer, reply, serving

LISTINGS = 10_000
LINES = 1_000_000
# Bytes of memory that a process may have taken at its peak.
MOST = 600 * 1024 * 1024


class Ran(NamedTuple):
    """One command: `seconds` of the clock and of the processor, `peak` in bytes of memory."""

    name: str
    code: int
    log: str
    seconds: float
    processor: float
    peak: int
    most: int = MOST


def chapter() -> list[str]:
    flaws: list[str] = []
    for part in (_large_page, _listings, _lines):
        with tempfile.TemporaryDirectory(prefix="soak-load-") as base:
            commands, found = part(Path(base) / "data")
        for ran in commands:
            print(
                f"load: {ran.name}: exit code {ran.code}, {ran.seconds:.0f} s, {ran.processor:.0f} s of processor, "
                f"{ran.peak >> 20} MiB at most",
                flush=True,
            )
            if ran.peak > ran.most:
                found.append(f"{ran.name}: {ran.peak >> 20} MiB of memory")
            if "Traceback" in ran.log:
                found.append(f"{ran.name}: {ran.log[-2000:]}")
        flaws += found
    return flaws


def _large_page(data: Path) -> tuple[list[Ran], list[str]]:
    """One article of 50 MB among small ones; DOWNLOAD_MAXSIZE refuses it, or is raised and the reader bounds it."""
    page = stories.article(1).replace(b"</article>", b"<p>and on and on</p>" * 2_500_000 + b"</article>")
    answers = {stories.path(1): reply(page), stories.path(2): reply(stories.article(2))}
    raised = data / "raised"
    with serving(answers) as site:
        urls = ("-a", f"urls={stories.url(1)},{stories.url(2)}")
        first = _scrapy("a page of 50 MB", "crawl", "articles", *urls, *_settings(site.origin, data))
        more = _settings(site.origin, raised, DOWNLOAD_MAXSIZE=80_000_000)
        second = _scrapy("a page of 50 MB that is let in", "crawl", "articles", *urls, *more)
    flaws = [] if _kept(data) == {"en/2"} else [f"kept {_kept(data)}: {first.log[-2000:]}"]
    flaws += [] if _kept(raised) == {"en/1", "en/2"} else [f"raised: kept {_kept(raised)}: {second.log[-2000:]}"]
    # Whoever raises DOWNLOAD_MAXSIZE gives the memory for it: that run alone may take twice as much.
    return [first, second._replace(most=2 * MOST)], flaws


def _listings(data: Path) -> tuple[list[Ran], list[str]]:
    """A walk over 10,000 pages of one section, each of which names an article of its own."""

    def page(path: str) -> Answer | None:
        if path.startswith("/en/news/page/") or path == "/en/news/":
            number = 1 if path == "/en/news/" else int(path.split("/")[4])
            following = f"/en/news/page/{number + 1}/" if number < LISTINGS else None
            return reply(stories.listing([number], following=following))
        if path.startswith("/en/news/"):
            return reply(stories.article(int(path.split("/")[3].split("-")[0])))
        return reply(stories.front(["news"])) if path == "/en/" else None

    with serving({}, page) as site:
        words = ("crawl", "news", "-a", "lang=en", "-a", "sections=news", "-a", f"max_pages={LISTINGS}")
        ran = _scrapy(f"{LISTINGS:,} listing pages", *words, *_settings(site.origin, data))
        walked = len({path for path in site.paths() if path.startswith("/en/news/page/")}) + 1
    flaws = [] if walked == LISTINGS else [f"{walked} listing pages asked for"]
    if len(_kept(data)) != LISTINGS or ran.code:
        flaws.append(f"exit code {ran.code}, {len(_kept(data))} articles kept: {ran.log[-2000:]}")
    return [ran], flaws


def _lines(data: Path) -> tuple[list[Ran], list[str]]:
    """A feed of a million lines: learned by a crawl, known to the next one, and looked through by every command."""
    with serving({stories.path(1): reply(stories.article(1))}) as site:
        crawl = ("crawl", "articles", "-a", f"urls={stories.url(1)}", *_settings(site.origin, data))
        first = _scrapy("a crawl", *crawl)
        _write_lines(data)
        told = f"{LINES:,} lines:"
        learned = _scrapy(f"{told} a crawl learns them", *crawl)
        known = _scrapy(f"{told} a crawl knows them", *crawl)
    place = ("-s", f"DATA_DIR={data}")
    out = data.parent / "exported"
    others = [
        _scrapy(f"{told} verify", "verify", *place),
        _scrapy(f"{told} rebuild", "rebuild", *place),
        _scrapy(f"{told} status", "status", *place),
        _scrapy(f"{told} history", "history", f"en/{LINES}", *place),
        _scrapy(f"{told} report", "report", "-o", str(data.parent / "report.html"), *place),
        _scrapy(f"{told} export, all formats", "export", "-o", str(out), "--format", "jsonl,csv,parquet", *place),
    ]
    ran = [learned, known, *others]
    flaws = [f"{each.name}: exit code {each.code}: {each.log[-1000:]}" for each in (first, *ran) if each.code]
    flaws += [f"{each.name}: not known: {each.log[-2000:]}" for each in (learned, known) if "1 known" not in each.log]
    return ran, flaws


def _write_lines(data: Path) -> None:
    """A run of a million articles beside the one that is there, as a feed exporter leaves it."""
    (feed,) = data.glob("articles/*/articles.jsonl")
    line = json.loads(feed.read_bytes())
    folder = data / "articles" / "2020-01-01T000000Z"
    folder.mkdir()
    report = json.loads(feed.with_name("run.json").read_bytes()) | {"files": {"articles.jsonl": LINES}}
    (folder / "run.json").write_text(json.dumps(report))
    with (folder / "articles.jsonl").open("wb") as file:
        for number in range(2, LINES + 2):
            line |= {"key": f"en/{number}", "id": number, "url": stories.url(number), "warc": None}
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def _settings(origin: str, data: Path, **more: object) -> list[str]:
    quick = {"SITE_URL": origin, "DATA_DIR": data, "DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False, **more}
    return [part for name, value in quick.items() for part in ("-s", f"{name}={value}")]


def _scrapy(name: str, *words: str) -> Ran:
    began = time.monotonic()
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "scrapy", *words]
        process = subprocess.Popen(command, cwd=ROOT, stderr=log, stdout=subprocess.DEVNULL)
        peak, ended = 0, (0, 0, None)
        while not ended[0]:
            # ru_maxrss would count what this process held when it started that one.
            peak = max(peak, _peak(process.pid))
            time.sleep(0.02)
            ended = os.wait4(process.pid, os.WNOHANG)
        _, status, used = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        said = log.read().decode("utf-8", "replace")
    processor = used.ru_utime + used.ru_stime
    return Ran(name, process.returncode, said, time.monotonic() - began, processor, peak)


def _peak(process: int) -> int:
    """Bytes that a process has held at most; 0 for one that has ended."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _kept(data: Path) -> set[str]:
    feeds = [file.read_bytes().splitlines() for file in data.glob("*/*/articles.jsonl")]
    return {json.loads(line)["key"] for lines in feeds for line in lines}
