"""What lasts, damaged by hand, and a clock that jumps: told, mended by the commands that are there, nothing twice."""

import asyncio
import json
import re
import subprocess
import sys
import threading
from pathlib import Path

from crawling import ROOT
from faults import stories
from faults.kills import Crawl, flaws_of, site_of
from faults.misbehaving import Line, Site, reply, serving

ARTICLES = 6


def crawl(site: Site, data: Path, *more: str) -> int:
    run = Crawl(site, data, more=more)
    code = run.wait()
    assert "Traceback" not in "".join(run.log)
    return code


def command(name: str, data: Path) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "scrapy", name, "-s", f"DATA_DIR={data}"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_line_and_a_catalogue_damaged_by_hand(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(site_of(ARTICLES)) as site:
        assert crawl(site, data) == 0
        (feed,) = data.glob("news/*/articles.jsonl")
        lines = feed.read_bytes().splitlines(keepends=True)
        lost = json.loads(lines[2])["key"]
        lines[2] = lines[2][:50] + b"\xff\x00{" + lines[2][53:]
        feed.write_bytes(b"".join(lines))
        told = command("verify", data)
        assert told.returncode == 3
        assert "articles.jsonl" in told.stdout
        catalogue = data / "catalogue.sqlite"
        held = bytearray(catalogue.read_bytes())
        held[4096:8192] = b"\x5a" * 4096
        catalogue.write_bytes(held)
        # The next run makes the catalogue anew, does not know the article whose line is gone, and reads it again.
        assert crawl(site, data) == 0
    newest = sorted(data.glob("news/*/articles.jsonl"))[-1]
    assert [json.loads(line)["key"] for line in newest.read_bytes().splitlines()] == [lost]


def test_a_clock_that_went_wrong(tmp_path: Path) -> None:
    """A run from the future: what it holds stays known, and a later change of it is kept, once."""
    data = tmp_path / "data"
    with serving(site_of(ARTICLES)) as site:
        assert crawl(site, data) == 0
        (folder,) = data.glob("news/*")
        future = folder.rename(folder.with_name("2031-01-01T000000Z"))
        for file in future.glob("*.jsonl"):
            file.write_bytes(re.sub(rb'(_at":")20\d\d', rb"\g<1>2031", file.read_bytes()))
        (data / "catalogue.sqlite").unlink()
        changed = stories.article(1, caption="The goat of day 1.", extra="<!-- changed -->")
        site.answers[stories.path(1, "features")] = reply(changed.replace(b"one very patient goat", b"no goat at all"))
        # Not due before 2031: only who asks for all of them gets the change.
        assert crawl(site, data, "-a", "recheck=all") == 0
        (data / "catalogue.sqlite").unlink()
        assert crawl(site, data, "-a", "recheck=all") == 0
    lines = [json.loads(line) for file in data.glob("news/*/articles.jsonl") for line in file.read_bytes().splitlines()]
    texts = [(line["key"], line["content_hash"]) for line in lines]
    assert len(texts) == len(set(texts)) == ARTICLES + 1
    assert command("verify", data).returncode == 0


def test_two_runs_at_once(tmp_path: Path) -> None:
    data, second_has_ended = tmp_path / "data", threading.Event()
    with serving(site_of(ARTICLES)) as site:
        listing = site.answers["/en/news/"]

        async def late(line: Line) -> None:
            while not second_has_ended.is_set():
                await asyncio.sleep(0.05)
            await listing(line)

        site.answers["/en/news/"] = late
        first = Crawl(site, data)
        while len(site.hits) < 3:
            first.process_wait(0.01)
        second = Crawl(site, data)
        assert second.wait() == 1
        second_has_ended.set()
        assert first.wait() == 0
    (told,) = [line for line in second.log if line.startswith("iranwire_crawler: ")]
    assert str(data) in told
    assert flaws_of(data, ARTICLES) == []
