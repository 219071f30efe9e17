"""A site of 10,000 listing pages, a page of 50 MB and a feed of a million lines: bounded in memory and time."""

import json
import os
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
    code: int
    log: str
    seconds: float
    processor: float
    peak: int


def chapter() -> list[str]:
    flaws: list[str] = []
    for name, part in (("50 MB page", _large_page), ("listings", _listings), ("lines", _lines)):
        with tempfile.TemporaryDirectory(prefix="soak-load-") as base:
            ran, found = part(Path(base) / "data")
        if ran.peak > MOST:
            found.append(f"{ran.peak >> 20} MiB of memory")
        print(
            f"load: {name}: exit code {ran.code}, {ran.seconds:.0f} s, {ran.processor:.0f} s of processor, "
            f"{ran.peak >> 20} MiB at most; {len(found)} flaws"
        )
        flaws += [f"{name}: {each}" for each in found]
    return flaws


def _large_page(data: Path) -> tuple[Ran, list[str]]:
    """One article of 50 MB among small ones; DOWNLOAD_MAXSIZE refuses it, or is raised and the reader bounds it."""
    page = stories.article(1).replace(b"</article>", b"<p>and on and on</p>" * 2_500_000 + b"</article>")
    answers = {stories.path(1): reply(page), stories.path(2): reply(stories.article(2))}
    with serving(answers) as site:
        urls = f"{stories.url(1)},{stories.url(2)}"
        ran = _scrapy("crawl", "articles", "-a", f"urls={urls}", *_settings(site.origin, data))
        raised = _settings(site.origin, data / "raised", DOWNLOAD_MAXSIZE=80_000_000)
        second = _scrapy("crawl", "articles", "-a", f"urls={urls}", *raised)
    flaws = [] if _kept(data) == {"en/2"} else [f"kept {_kept(data)}: {ran.log[-2000:]}"]
    flaws += [] if _kept(data / "raised") == {"en/1", "en/2"} else [f"raised: kept {_kept(data / 'raised')}"]
    flaws += ["Traceback"] if "Traceback" in ran.log + second.log else []
    # Whoever raises DOWNLOAD_MAXSIZE gives the memory for it: that run alone may take twice as much.
    flaws += [f"raised: {second.peak >> 20} MiB of memory"] if second.peak > 2 * MOST else []
    return ran._replace(processor=ran.processor + second.processor), flaws


def _listings(data: Path) -> tuple[Ran, list[str]]:
    """A walk over 10,000 pages of one section, two articles each, which are not there: the walk alone counts."""

    def page(path: str) -> Answer | None:
        if path.startswith("/en/news/page/") or path == "/en/news/":
            number = 1 if path == "/en/news/" else int(path.split("/")[4])
            following = f"/en/news/page/{number + 1}/" if number < LISTINGS else None
            return reply(stories.listing([2 * number], following=following))
        if path.startswith("/en/news/"):
            return reply(stories.article(int(path.split("/")[3].split("-")[0])))
        return reply(stories.front(["news"])) if path == "/en/" else None

    with serving({}, page) as site:
        words = ("crawl", "news", "-a", "lang=en", "-a", "sections=news", "-a", f"max_pages={LISTINGS}")
        ran = _scrapy(*words, *_settings(site.origin, data))
        walked = len({path for path in site.paths() if path.startswith("/en/news/page/")}) + 1
    flaws = [] if walked == LISTINGS else [f"{walked} listing pages asked for"]
    if len(_kept(data)) != LISTINGS:
        flaws.append(f"{len(_kept(data))} articles kept: {ran.log[-2000:]}")
    return ran, flaws


def _lines(data: Path) -> tuple[Ran, list[str]]:
    """A feed of a million lines, learned anew, looked through and known to the next crawl."""
    with serving({stories.path(1): reply(stories.article(1))}) as site:
        one = _settings(site.origin, data)
        first = _scrapy("crawl", "articles", "-a", f"urls={stories.url(1)}", *one)
        (feed,) = data.glob("articles/*/articles.jsonl")
        line = json.loads(feed.read_bytes())
        folder = data / "articles" / "2020-01-01T000000Z"
        folder.mkdir()
        with (folder / "articles.jsonl").open("wb") as file:
            for number in range(2, LINES + 2):
                line |= {"key": f"en/{number}", "id": number, "url": stories.url(number), "warc": None}
                file.write(json.dumps(line).encode() + b"\n")
        rebuilt = _scrapy("rebuild", "-s", f"DATA_DIR={data}")
        again = _scrapy("crawl", "articles", "-a", f"urls={stories.url(1)}", *one)
    flaws = [f"exit code {ran.code}: {ran.log[-1000:]}" for ran in (first, rebuilt) if ran.code]
    flaws += [] if "1 known" in again.log else [f"not known: {again.log[-2000:]}"]
    both = rebuilt.processor + again.processor
    return rebuilt._replace(peak=max(rebuilt.peak, again.peak), processor=both), flaws


def _settings(origin: str, data: Path, **more: object) -> list[str]:
    quick = {"SITE_URL": origin, "DATA_DIR": data, "DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False, **more}
    return [part for name, value in quick.items() for part in ("-s", f"{name}={value}")]


def _scrapy(*words: str) -> Ran:
    began = time.monotonic()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "scrapy", *words], cwd=ROOT, stderr=log, stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        said = log.read().decode("utf-8", "replace")
    processor = used.ru_utime + used.ru_stime
    return Ran(process.returncode, said, time.monotonic() - began, processor, used.ru_maxrss * 1024)


def _kept(data: Path) -> set[str]:
    feeds = [file.read_bytes().splitlines() for file in data.glob("*/*/articles.jsonl")]
    return {json.loads(line)["key"] for lines in feeds for line in lines}
