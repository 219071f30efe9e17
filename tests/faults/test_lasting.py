"""What lasts, damaged by hand, and a clock that jumps: told, mended by the commands that are there, nothing twice."""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands.running import command as in_process
from crawling import ROOT, scrapy
from faults import stories
from faults.kills import Crawl, flaws_of, site_of
from faults.misbehaving import Line, Site, reply, serving
from stores.archive import article, lay_out

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


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """As for another user's folder; whoever may write everywhere mounts it as a file system that nobody may."""
    if os.geteuid():
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(0o755)
        return
    if subprocess.run(["mount", "--bind", folder, folder], check=False, capture_output=True).returncode:
        pytest.skip("root, and may not mount")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_read_only_archive_is_read_and_not_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    lay_out(data, [article(1), article(2)])
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
    with read_only(data):
        out = ("-o", str(tmp_path / "out"))
        page = ("-o", str(tmp_path / "report.html"))
        for words in (("verify",), ("status",), ("history", "en/1"), ("report", *page), ("export", *out)):
            done = in_process(*words, data_dir=data)
            assert (done.code, done.log) == (0, ""), words
        rebuilt = in_process("rebuild", data_dir=data)
        assert (rebuilt.code, len(rebuilt.log.splitlines())) == (1, 1)
        assert "cannot write there" in rebuilt.log
        run = scrapy("-a", "lang=en", spider="news", data_dir=data)
        assert run.code == 1
        assert "Traceback" not in run.log
        assert f"DATA_DIR={data}: cannot write there" in run.log
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == before
    assert len((tmp_path / "out" / "articles.jsonl").read_text().splitlines()) == 2
