"""A crawl killed with SIGKILL at any moment, and what must be true of its folder after the same command again."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from crawling import ROOT
from faults import stories
from faults.misbehaving import Answer, Site, reply

SECTIONS = ("news", "features")
MOMENTS = ("start", "crawl", "close", "after")


def site_of(articles: int) -> dict[str, Answer]:
    """A site of that many articles in two sections, each with a captioned picture, one listing page a section."""
    found = {"/robots.txt": reply(b"", 404), "/en/": reply(stories.front(SECTIONS))}
    for which, section in enumerate(SECTIONS):
        numbers = [number for number in range(1, articles + 1) if number % len(SECTIONS) == which]
        found[f"/en/{section}/"] = reply(stories.listing(numbers, section=section))
        for number in numbers:
            found[stories.path(number, section)] = reply(stories.article(number, caption=f"The goat of day {number}."))
    return found


@dataclass
class Crawl:
    """`scrapy crawl news` over a site, in a process of its own, whose log is listened to."""

    site: Site
    data: Path
    delay: float = 0.02
    more: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = {
            "SITE_URL": self.site.origin,
            "DATA_DIR": self.data,
            "DOWNLOAD_DELAY": self.delay,
            "AUTOTHROTTLE_ENABLED": False,
        }
        chosen = ["-a", "lang=en", "-a", f"sections={','.join(SECTIONS)}", *self.more]
        command = [sys.executable, "-m", "scrapy", "crawl", "news", *chosen]
        command += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **self.environment}, text=True,
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        self.closing = threading.Event()
        self.closed = threading.Event()
        self.listener = threading.Thread(target=self._listen)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                self.log.append(line)
                if "Closing spider" in line:
                    self.closing.set()
                if "Run of news ended" in line:
                    self.closed.set()
        self.closing.set()
        self.closed.set()

    def wait(self, seconds: float = 120) -> int:
        code = self.process.wait(seconds)
        self.listener.join()
        return code

    def kill(self, moment: str, chance: random.Random) -> bool:
        """Kill it while it starts, crawls or closes, or after its verdict; whether it still lived then."""
        before = len(self.site.hits)
        if moment == "start":
            self.process_wait(chance.uniform(0, 2))
        elif moment == "crawl":
            asked = chance.randrange(1, 40)
            while self.process.poll() is None and len(self.site.hits) - before < asked and not self.closing.is_set():
                time.sleep(0.001)
            self.process_wait(chance.uniform(0, 0.03))
        else:
            (self.closing if moment == "close" else self.closed).wait(120)
            self.process_wait(chance.uniform(0, 0.15))
        alive = self.process.poll() is None
        self.process.send_signal(signal.SIGKILL)
        self.wait()
        return alive

    def process_wait(self, seconds: float) -> None:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return


def flaws_of(data: Path, articles: int) -> list[str]:
    """What is wrong with a folder whose last run ended by itself: nothing should be."""
    flaws = []
    keys: Counter[str] = Counter()
    captions: Counter[str] = Counter()
    for file in sorted(data.rglob("*.jsonl")):
        for number, line in enumerate(file.read_bytes().splitlines(keepends=True), start=1):
            try:
                record = json.loads(line)
            except ValueError:
                flaws.append(f"{file}, line {number}: not JSON")
                continue
            if not line.endswith(b"\n"):
                flaws.append(f"{file}, line {number}: half a line")
            if file.name == "articles.jsonl":
                keys[record["key"]] += 1
            if file.name == "captions.jsonl":
                captions[record["key"]] += 1
    wanted = {f"en/{number}" for number in range(1, articles + 1)}
    flaws += [f"{key} is lost" for key in sorted(wanted - keys.keys())]
    flaws += [f"{key} is there {count} times" for key, count in (keys + captions).items() if count > 1]
    if len(captions) != articles:
        flaws.append(f"{len(captions)} captions of {articles} articles")
    known = _rows(data / "catalogue.sqlite")
    if (told := _scrapy("verify", data)).returncode:
        flaws.append(f"scrapy verify: {told.stdout}{told.stderr}")
    if (told := _scrapy("rebuild", data)).returncode:
        flaws.append(f"scrapy rebuild: {told.stdout}{told.stderr}")
    if _rows(data / "catalogue.sqlite") != known:
        flaws.append("the catalogue is not what a rebuild makes")
    return flaws


def _scrapy(command: str, data: Path) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "scrapy", command, "-s", f"DATA_DIR={data}"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def _rows(catalogue: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr) for name in names}
