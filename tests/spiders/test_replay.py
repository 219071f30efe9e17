"""`scrapy crawl replay`: kept pages read anew, the same every time."""

import gzip
import json
import os
import re
import shutil
from pathlib import Path

import build_saved_site as site
import pytest
from commands.running import command
from crawling import Run, scrapy
from downloader.crawl_probe import Reply, serving
from downloader.test_raw_pages import QUICK, ROBOTS
from warc_files import HTML, WarcFile

STORIES = site.stories()
KEYS = list(STORIES)[:12]
MEMORY = 220 * 1024 * 1024


def kept(keys: list[str] = KEYS) -> WarcFile:
    warc = WarcFile()
    for number, key in enumerate(keys):
        url = f"https://iranwire.com{STORIES[key].path}"
        warc.response(
            url, gzip.compress(STORIES[key].page), date=f"2026-11-{number + 1:02}T10:00:00Z",
            headers=[*HTML, ("Content-Encoding", "gzip")],
        )  # fmt: skip
        warc.response("https://iranwire.com/robots.txt", b"Disallow: /", headers=[("Content-Type", "text/plain")])
    return warc


def replay(given: Path, data_dir: Path, *more: str) -> Run:
    return scrapy("-s", f"SAVED_PAGES={given}", *more, spider="replay", data_dir=data_dir)


def feeds(run: Run) -> dict[str, bytes]:
    assert run.folder is not None, run.log
    return {file.name: file.read_bytes() for file in run.folder.rglob("*.jsonl")}


def test_the_same_pages_give_the_same_lines_on_any_number_of_processes(tmp_path: Path) -> None:
    """To the byte, with damage, an error page and a page that is no article among them."""
    warc = kept()
    warc.response("https://iranwire.com/en/news/1/", b"<html><p>no article")
    warc.response("https://iranwire.com/en/news/2/", b"gone", status="404 Not Found")
    warc.revisit("https://iranwire.com/en/news/3/", date="2026-11-22T00:00:00Z", Refers_To="<urn:uuid:missing>")
    file = tmp_path / "a.warc.gz"
    file.write_bytes(warc.data + b"\x1f\x8b\x08 half a record")
    one = replay(file, tmp_path / "one", "-a", "processes=1")
    two = replay(file, tmp_path / "two", "-a", "processes=2")
    assert one.code == two.code == 0, one.log + two.log
    assert feeds(one) == feeds(two)
    assert [line["key"] for line in one.lines("articles.jsonl")] == KEYS
    unread = {line["url"][-2]: (line["reason"], line["status"]) for line in one.lines("unread/index.jsonl")}
    assert unread == {"1": ("no_date", 200), "3": ("damaged", None)}
    assert "14 articles' pages to read, on 2 processes" in two.log
    assert one.folder is not None
    assert not list(one.folder.glob("pages*"))
    again = replay(file, tmp_path / "one")
    assert again.code == 0
    assert (again.lines("articles.jsonl"), again.lines("captions.jsonl")) == ([], [])
    frozen = replay(file, tmp_path / "one", "-a", "frozen=yes")
    assert feeds(frozen) == feeds(one)


def test_frozen_lines_say_nothing_of_what_else_the_archive_holds(tmp_path: Path) -> None:
    """A repost is marked in an archive that has the story; frozen, the same page gives the same line everywhere."""
    key = max((key for key in STORIES if key.startswith("en/")), key=lambda key: len(STORIES[key].page))
    story, repost = WarcFile(), WarcFile()
    story.response(f"https://iranwire.com{STORIES[key].path}", STORIES[key].page)
    repost.response("https://iranwire.com/en/news/999999-again/", STORIES[key].page, date="2026-11-24T00:00:00Z")
    first, second = story.save(tmp_path / "1.warc.gz"), repost.save(tmp_path / "2.warc.gz")
    alone = feeds(replay(second, tmp_path / "alone", "-a", "frozen=yes"))
    replay(first, tmp_path / "data")
    assert feeds(replay(second, tmp_path / "data", "-a", "frozen=yes")) == alone
    shutil.rmtree(tmp_path / "data")
    replay(first, tmp_path / "data")
    (line,) = replay(second, tmp_path / "data").lines("articles.jsonl")
    assert line["duplicate_of"]["key"] == key


@pytest.mark.parametrize("processes", [1, 2])
def test_memory_is_that_of_a_few_pages(processes: int, tmp_path: Path) -> None:
    """Sixty pages of four MiB, none of which is an article: their bytes come back from the processes."""
    warc = WarcFile()
    packed = gzip.compress(b"<html><p>" + b"<!-- nothing to read -->" * 175_000 + b"</html>")
    for number in range(60):
        url = f"https://iranwire.com/en/news/{number}/"
        warc.response(url, packed, headers=[*HTML, ("Content-Encoding", "gzip")])
    file = warc.save(tmp_path / "large.warc.gz")
    run = scrapy(
        *("-s", f"SAVED_PAGES={file}", "-a", f"processes={processes}", "-s", "UNREAD_MAX=0"),
        spider="replay", data_dir=tmp_path / "data", memory=MEMORY,
    )  # fmt: skip
    assert len(run.lines("unread/index.jsonl")) == 60, run.log
    assert run.code == 3
    assert "MemoryError" not in run.log


def test_of_several_captures_the_newest_or_the_nearest_to_a_day(tmp_path: Path) -> None:
    warc = kept(KEYS[:1])
    url = f"https://iranwire.com{STORIES[KEYS[0]].path}"
    for day in (10, 20):
        warc.response(url, STORIES[KEYS[0]].page, date=f"2026-11-{day}T10:00:00Z")
    file = warc.save(tmp_path / "a.warc.gz")
    for arguments, day in ([], 20), (["-a", "at=2026-11-09"], 10), (["-a", "at=1405-08-11"], 1):
        (line,) = replay(file, tmp_path / "data", "-a", "frozen=yes", *arguments).lines("articles.jsonl")
        assert line["fetched_at"] == f"2026-11-{day:02}T10:00:00Z"


def test_the_heartbeat_says_how_many_pages_there_are(tmp_path: Path) -> None:
    warc = WarcFile()
    for number in range(400):
        warc.response(f"https://iranwire.com/en/news/{number}/", STORIES[KEYS[0]].page)
    file = warc.save(tmp_path / "a.warc.gz")
    run = replay(file, tmp_path / "data", "-a", "processes=1", "-s", "PROGRESS_HEARTBEAT=0.1")
    assert re.search(r"INFO: \d+ s: \d+ of 400 pages \(\d+/min\)", run.log)


def test_a_mirror_is_read_as_well(tmp_path: Path) -> None:
    run = replay(site.SITE, tmp_path, "-a", "frozen=yes")
    again = replay(site.SITE, tmp_path, "-a", "frozen=yes")
    assert {line["key"] for line in run.lines("articles.jsonl")} == STORIES.keys()
    assert feeds(run) == feeds(again)


def test_a_file_of_a_mirror_that_cannot_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    """A link to nothing ended the replay; at a pipe it waited without end."""
    mirror = tmp_path / "mirror"
    shutil.copytree(site.SITE, mirror)
    keys = [key for key in STORIES if key.startswith("en/")][:4]
    pages = [mirror / "iranwire.com" / STORIES[key].path.strip("/") / "index.html" for key in keys]
    for page in pages:
        page.unlink()
    pages[0].symlink_to("nowhere")
    pages[1].symlink_to(pages[1])
    os.mkfifo(pages[2])
    pages[3].symlink_to("/proc/self/mem")  # a file like any other, until it is read
    run = replay(mirror, tmp_path / "data", "-a", "frozen=yes")
    assert {line["key"] for line in run.lines("articles.jsonl")} == STORIES.keys() - set(keys)
    (damaged,) = [line for line in run.lines("unread/index.jsonl") if line["reason"] == "damaged"]
    assert damaged["detail"] == f"{pages[3]}: cannot be read: Input/output error"
    for page, why in zip(
        pages, ("No such file", "Too many levels", "not a regular file", "Input/output"), strict=False
    ):
        (told,) = [line for line in run.log.splitlines() if f"cannot be read: {why}" in line]
        assert str(page.relative_to(mirror)) in told
    assert "Traceback" not in run.log


@pytest.mark.parametrize(("arguments", "said"), [
    ([], "replay reads saved pages: name them with -s SAVED_PAGES="),
    (["-s", "SAVED_PAGES=nowhere"], "nowhere: no such file"),
    (["-s", "SAVED_PAGES=tests/saved_site", "-a", "frozen=perhaps"], "-a frozen=perhaps: say yes or no"),
    (["-s", "SAVED_PAGES=tests/saved_site", "-a", "processes=0"], "-a processes=0: a whole number"),
    (["-s", "SAVED_PAGES=tests/saved_site", "-a", "urls=x"], "-a urls: no such argument"),
])  # fmt: skip
def test_bad_arguments_are_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    run = scrapy(*arguments, "-s", "LOG_LEVEL=ERROR", spider="replay", data_dir=tmp_path)
    assert run.code == 1
    assert said in run.log
    assert "Traceback" not in run.log


def test_of_an_archives_own_runs_only_a_changed_reading_is_new(tmp_path: Path) -> None:
    """The archive's line of one article is as an older reader left it: that one is read anew, and marked."""
    data_dir = tmp_path / "data"
    replies = {STORIES[key].path: [Reply(body=STORIES[key].page)] for key in KEYS[:4]}
    with serving({"/robots.txt": ROBOTS, **replies}) as server:
        urls = ",".join(f"https://iranwire.com{path}" for path in replies)
        live = scrapy("-a", f"urls={urls}", "-s", f"SITE_URL={server.origin}", *QUICK, data_dir=data_dir)
    assert live.folder is not None
    lines = live.lines("articles.jsonl")
    assert len(lines) == 4
    unchanged = replay(live.folder, data_dir)
    assert unchanged.code == 0, unchanged.log
    assert unchanged.lines("articles.jsonl") == []
    feed = live.folder / "articles.jsonl"
    older = {**lines[1], "content_hash": "0" * 64}
    feed.write_text("".join(json.dumps(older if line is lines[1] else line) + "\n" for line in lines), encoding="utf-8")
    (data_dir / "catalogue.sqlite").unlink()
    anew = replay(data_dir / "articles", data_dir)
    (line,) = anew.lines("articles.jsonl")
    assert (line["key"], line["revision"], line["reread"]) == (lines[1]["key"], 2, True)
    assert (line["previous_hash"], line["content_hash"]) == ("0" * 64, lines[1]["content_hash"])
    assert (line["fetched_at"], line["source"]) == (lines[1]["fetched_at"], "saved")
    assert line["warc"] == {**lines[1]["warc"], "file": f"../../articles/{live.folder.name}/pages.warc.gz"}
    assert anew.folder is not None
    assert (anew.folder / line["warc"]["file"]).exists()
    same = {"fetched_url", "headline", "article_body", "authors", "date_published", "images", "body", "url"}
    assert {name: line[name] for name in same} == {name: lines[1][name] for name in same}
    assert replay(data_dir / "articles", data_dir).lines("articles.jsonl") == []
    history = command("history", line["key"], data_dir=data_dir)
    assert "the same page, read anew" in history.out
    assert "(the site did not change it: the page was read anew)" in history.out
    moved = tmp_path / "moved"
    shutil.copytree(live.folder, moved)
    elsewhere = replay(moved, tmp_path / "elsewhere")
    assert [(each["revision"], each["reread"]) for each in elsewhere.lines("articles.jsonl")] == [(1, False)] * 4
