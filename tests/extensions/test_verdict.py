"""run.json, the summary and the exit code, through `scrapy crawl articles` as a user runs it."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from crawling import ROOT, Run, lay_out, python, scrapy
from downloader.crawl_probe import Reply, serving
from saved_pages import SavedPage, saved_pages

from iranwire_crawler.domain.urls import article_address
from iranwire_crawler.stores.runs import count_lines, discard_run_folder, read_report, write_report

PAGES = [page for page in saved_pages() if article_address(page.facts["url"])]
GOOD = [page for page in PAGES if "article" in (page.expected or {})]
BAD = [page for page in PAGES if page not in GOOD]
ADDRESS = "https://iranwire.com/en/news/{}/"
AT_ONCE = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "RETRY_TIMES=0")
KEYS = [
    "schema_version",
    "spider",
    "arguments",
    "settings",
    "versions",
    "started",
    "finished",
    "duration_seconds",
    "finish_reason",
    "counts",
    "coverage",
    "warnings",
    "http_status",
    "drops",
    "unread",
    "requests",
    "ways",
    "read_from",
    "listed_from",
    "browser",
    "verdict",
    "files",
]


def report(run: Run) -> dict[str, Any]:
    assert run.folder is not None, run.log
    return json.loads((run.folder / "run.json").read_text(encoding="utf-8"))


def codes(run: Run, kind: str = "reasons") -> list[str]:
    return [finding["code"] for finding in report(run)["verdict"][kind]]


def over_saved_pages(tmp_path: Path, pages: list[Any], *more: str, urls: list[str] | None = None) -> Run:
    saved = tmp_path / "saved"
    addresses = urls or list(lay_out(pages, saved))
    given = tmp_path / "urls.txt"
    given.write_text("\n".join(addresses), encoding="utf-8")
    return scrapy("-a", f"urls=@{given}", "-s", f"SAVED_PAGES={saved}", *more, data_dir=tmp_path / "data")


def over_site(tmp_path: Path, origin: str, *more: str, pages: int = 3) -> Run:
    urls = ",".join(ADDRESS.format(number) for number in range(1, pages + 1))
    return scrapy("-a", f"urls={urls}", "-s", f"SITE_URL={origin}", *AT_ONCE, *more, data_dir=tmp_path / "data")


def test_the_report_of_a_sound_run(tmp_path: Path) -> None:
    run = over_saved_pages(
        tmp_path, PAGES, "-s", "CONTACT=someone@example.org", "-s", "NOTIFY_URL=https://hook.example"
    )
    assert run.code == 0, run.log
    told = report(run)
    assert list(told) == KEYS
    articles, captions = run.lines("articles.jsonl"), run.lines("captions.jsonl")
    assert told["files"] == {
        "articles.jsonl": len(articles),
        "captions.jsonl": len(captions),
        "checked.jsonl": len(articles),
        "gone.jsonl": 0,
        "rejected.jsonl": 0,
        "unread/index.jsonl": len(BAD),
        "walked.jsonl": 0,
    }
    counts = told["counts"]
    assert (counts["articles"], counts["captions"], counts["rejected"]) == (len(articles), len(captions), 0)
    assert counts["by_language"] == Counter(article["in_language"] for article in articles)
    assert counts["by_section"] == Counter(article["section"]["slug"] for article in articles)
    assert counts["by_type"] == Counter(article["article_type"] for article in articles)
    assert told["warnings"] == Counter(code for article in articles for code in article["warnings"])
    dated = sum(article["date_published"] is not None for article in articles)
    assert told["coverage"]["date_published"] == pytest.approx(dated / len(articles), abs=0.001)
    assert told["coverage"]["article_body"] == 1.0
    assert sum(told["unread"].values()) == counts["unread"] == len(BAD)
    assert told["http_status"]["200"] == len(PAGES)
    assert told["requests"] == len(PAGES) + 1
    assert told["finish_reason"] == "finished"
    assert told["started"] <= told["finished"]
    assert told["arguments"].keys() == {"urls"}
    assert told["verdict"]["status"] == "sound"
    assert told["verdict"]["exit_code"] == 0
    assert "someone@example.org" not in json.dumps(told)
    assert "hook.example" not in json.dumps(told)
    # robots.txt was not saved: that says nothing.
    assert codes(run, "notes") == ["unread"]


def test_the_log_ends_with_a_summary(tmp_path: Path) -> None:
    run = over_saved_pages(tmp_path, GOOD[:3])
    lines = run.log.splitlines()
    start = next(
        number for number, line in enumerate(lines) if "INFO: Run of articles ended: sound (exit code 0)" in line
    )
    summary = lines[start:]
    assert 8 <= len(summary) <= 12
    assert "3 new articles" in summary[1]
    assert "0 known, 0 changed, 0 gone" in summary[2]
    assert summary[-1].split() == ["files", str(run.folder)]


def test_drops_are_counted_by_reason(tmp_path: Path) -> None:
    code, log = crawl_with_pipeline(
        tmp_path,
        "from scrapy.exceptions import DropItem\n"
        "class TooOld(DropItem):\n"
        "    pass\n"
        "class Extra:\n"
        "    def process_item(self, item):\n"
        "        if hasattr(item, 'caption'):\n"
        "            raise TooOld('old')\n"
        "        return item\n",
        page=next(page for page in GOOD if page.expected and page.expected["captions"]),
    )
    assert code == 0, log
    (folder,) = (tmp_path / "data" / "articles").iterdir()
    told = read_report(folder)
    assert told is not None
    assert told["drops"].keys() == {"TooOld"}
    assert told["counts"]["captions"] == told["files"]["captions.jsonl"] == 0


def test_rejected_records_are_counted(tmp_path: Path) -> None:
    code, log = crawl_with_pipeline(
        tmp_path,
        "from dataclasses import replace\n"
        "class Extra:\n"
        "    def process_item(self, item):\n"
        "        return replace(item, headline='') if hasattr(item, 'headline') else item\n",
    )
    assert code == 3, log
    (folder,) = (tmp_path / "data" / "articles").iterdir()
    told = read_report(folder)
    assert told is not None
    assert told["counts"]["rejected"] == told["files"]["rejected.jsonl"] > 0
    assert {reason["code"] for reason in told["verdict"]["reasons"]} == {"no_articles", "too_many_rejected"}


def test_nothing_found_among_saved_pages_is_told(tmp_path: Path) -> None:
    lay_out(GOOD[:1], tmp_path / "saved")
    run = over_saved_pages(tmp_path, [], "-s", "LOG_LEVEL=WARNING", urls=[ADDRESS.format(999999)])
    assert run.code == 3
    assert codes(run) == ["no_articles", "not_saved"]
    # Whoever reads warnings alone sees why.
    assert "LOOK      no_articles: no article was found" in run.log


def test_some_pages_that_were_not_saved_are_a_note(tmp_path: Path) -> None:
    urls = list(lay_out(GOOD[:2], tmp_path / "saved"))
    run = over_saved_pages(tmp_path, [], urls=[*urls, *(ADDRESS.format(900000 + n) for n in range(5))])
    assert run.code == 0, run.log
    assert codes(run, "notes") == ["not_saved"]


def test_too_many_unread_pages(tmp_path: Path) -> None:
    run = over_saved_pages(tmp_path, [*GOOD[:4], *BAD])
    assert run.code == 3
    assert codes(run) == ["too_many_unread"]


def test_a_low_coverage_names_the_field(tmp_path: Path) -> None:
    floors = json.dumps({"date_modified": 0.5})
    run = over_saved_pages(tmp_path, GOOD, "-s", f"VERDICT_COVERAGE_FLOORS={floors}")
    assert run.code == 3
    (reason,) = report(run)["verdict"]["reasons"]
    assert reason["code"] == "coverage_low"
    assert reason["message"].startswith("date_modified was read in ")


def test_an_asked_for_limit_is_sound_and_a_time_budget_is_not(tmp_path: Path) -> None:
    limited = over_saved_pages(tmp_path, GOOD, "-s", "CLOSESPIDER_ITEMCOUNT=3")
    assert (limited.code, codes(limited), codes(limited, "notes")) == (0, [], ["limit_reached"])
    urls = list(lay_out([], tmp_path / "none")) or [ADDRESS.format(1)]
    late = over_saved_pages(tmp_path, [], "-s", "CLOSESPIDER_TIMEOUT=0.001", urls=urls)
    assert late.code == 3
    assert "stopped_early" in codes(late)


def test_an_unreachable_site(tmp_path: Path) -> None:
    with serving() as gone:
        pass
    run = over_site(tmp_path, gone.origin)
    assert run.code == 3
    assert codes(run) == ["site_unreachable"]


@pytest.mark.parametrize(
    ("robots", "code"),
    [
        (Reply(body=b"User-agent: *\nDisallow: /\n", headers={"Content-Type": "text/plain"}), "robots_forbids"),
        (Reply(status=500), "robots_unreachable"),
    ],
)
def test_robots_that_keep_us_out(tmp_path: Path, robots: Reply, code: str) -> None:
    with serving({"/robots.txt": [robots]}) as site:
        run = over_site(tmp_path, site.origin)
    assert run.code == 3
    assert codes(run) == [code]


def test_a_site_that_refuses(tmp_path: Path) -> None:
    replies = {"/robots.txt": [Reply(status=404)]} | {f"/en/news/{n}/": [Reply(status=403)] for n in (1, 2, 3)}
    with serving(replies) as site:
        run = over_site(tmp_path, site.origin)
    assert run.code == 3
    assert "blocked" in codes(run)
    assert report(run)["http_status"] == {"403": 3, "404": 1}


def test_a_fault_of_ours_is_told(tmp_path: Path) -> None:
    code, log = crawl_with_pipeline(
        tmp_path, "class Extra:\n    def process_item(self, item):\n        raise KeyError('told')\n"
    )
    assert code == 3, log
    assert "LOOK      errors: " in log
    assert "KeyError: 'told'" in log


def crawl_with_pipeline(tmp_path: Path, source: str, page: SavedPage = GOOD[0]) -> tuple[int, str]:
    """Read one good page with a pipeline of the test's own before validation."""
    (tmp_path / "extra_pipeline.py").write_text(source)
    pipelines = {"extra_pipeline.Extra": 150, "iranwire_crawler.pipelines.validate.Validate": 200}
    urls = ",".join(lay_out([page], tmp_path / "saved"))
    return crawl_in(
        tmp_path,
        *("-a", f"urls={urls}", "-s", f"SAVED_PAGES={tmp_path / 'saved'}"),
        *("-s", f"ITEM_PIPELINES={json.dumps(pipelines)}"),
        env={"PYTHONPATH": str(tmp_path)},
    )


# A run that cannot start, or cannot write.


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "/proc/nowhere.jsonl"], "/proc/nowhere.jsonl: cannot write it"),
        (["-o", "nosuch://feed.jsonl"], "names a feed that Scrapy cannot make"),
        (["-s", 'ITEM_PIPELINES={"nowhere.X": 1}'], "ModuleNotFoundError: No module named 'nowhere'"),
        (["-s", "VERDICT_MAX_ERRORS=some"], "VERDICT_MAX_ERRORS=some: a whole number"),
    ],
)
def test_what_cannot_start_is_one_line_and_leaves_no_folder(tmp_path: Path, arguments: list[str], said: str) -> None:
    run = over_saved_pages(tmp_path, GOOD[:1], *arguments, "-s", "LOG_LEVEL=ERROR")
    assert run.code == 1
    (line,) = [line for line in run.log.splitlines() if line.startswith("iranwire_crawler: ")]
    assert said in line
    assert "Traceback" not in run.log
    assert run.folder is None


def test_the_traceback_is_there_for_who_asks(tmp_path: Path) -> None:
    run = over_saved_pages(tmp_path, GOOD[:1], "-s", 'ITEM_PIPELINES={"nowhere.X": 1}', "-s", "LOG_LEVEL=DEBUG")
    assert run.code == 1
    assert "Traceback" in run.log


def crawl_in(tmp_path: Path, *arguments: str, env: dict[str, str] | None = None, **more: Any) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "articles", *arguments, "-s", f"DATA_DIR={tmp_path / 'data'}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", **(env or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **more,
    )
    return done.returncode, done.stderr


def test_a_disk_that_fills_up_stops_the_run(tmp_path: Path) -> None:
    """No file may grow beyond 16 KiB: to the crawl that is a full disk, for root too."""
    urls = ",".join(lay_out(GOOD, tmp_path / "saved"))
    code, log = crawl_in(
        tmp_path,
        *("-a", f"urls={urls}", "-s", f"SAVED_PAGES={tmp_path / 'saved'}"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384)),
    )
    assert code == 3, log
    (folder,) = (tmp_path / "data" / "articles").iterdir()
    told = read_report(folder)
    assert told is not None
    assert told["finish_reason"] == "feeds_failed"
    by_code = {reason["code"]: reason["message"] for reason in told["verdict"]["reasons"]}
    assert "articles.jsonl holds" in by_code["feeds_incomplete"]
    assert "File too large" in by_code["errors"]
    assert told["counts"]["articles"] < len(GOOD)
    whole = (folder / "articles.jsonl").read_bytes().rpartition(b"\n")[0].splitlines()
    assert len(whole) == told["files"]["articles.jsonl"]
    assert all(json.loads(line)["key"] for line in whole)
    # A caption, and a page's validators, take less room than the article that was lost: they must not outlive it.
    kept = {json.loads(line)["key"] for line in whole}
    for file, name in (("captions.jsonl", "article_key"), ("checked.jsonl", "key")):
        assert {json.loads(line)[name] for line in (folder / file).read_bytes().splitlines()} <= kept


def test_a_full_disk_is_told_before_anything_is_asked_for(tmp_path: Path) -> None:
    urls = ",".join(lay_out(GOOD[:1], tmp_path / "saved"))
    code, log = crawl_in(
        tmp_path,
        *("-a", f"urls={urls}", "-s", f"SAVED_PAGES={tmp_path / 'saved'}", "-s", "LOG_LEVEL=ERROR"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
    )
    assert code == 1
    (line,) = log.splitlines()
    assert line.startswith("iranwire_crawler: ")
    assert "run.json: cannot write it: File too large" in line
    assert list((tmp_path / "data" / "articles").iterdir()) == []


# A run that is stopped.


def stopped(
    tmp_path: Path, *signals: int, slow: float = 0, arguments: tuple[str, ...] = ()
) -> tuple[int, str, dict[str, Any] | None]:
    """A crawl that gets the signals while it waits `slow` seconds for its second page: each when its log tells
    of the one before, since two at once would be one."""
    urls = [ADDRESS.format(number) for number in range(1, 9)]
    more = ["-s", "DOWNLOAD_DELAY=0.5", "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "RENDER=never"]
    more += ["-s", f"DATA_DIR={tmp_path / 'data'}", *arguments]
    replies = {"/robots.txt": [Reply(status=404)], "/en/news/2/": [Reply(seconds=slow)]}
    log = tmp_path / "log"
    with serving(replies) as site, log.open("wb") as stderr:
        command = [sys.executable, "-m", "scrapy", "crawl", "articles", "-a", f"urls={','.join(urls)}"]
        crawl = subprocess.Popen([*command, "-s", f"SITE_URL={site.origin}", *more], cwd=ROOT, stderr=stderr)
        until(lambda: "/en/news/2/" in site.paths())
        for sent, number in enumerate(signals):
            until(lambda sent=sent: log.read_text(encoding="utf-8").count("Received SIG") == sent)
            crawl.send_signal(number)
        code = crawl.wait(timeout=60)
    (folder,) = (tmp_path / "data" / "articles").iterdir()
    return code, log.read_text(encoding="utf-8"), read_report(folder)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_ends_it_properly_and_is_told(tmp_path: Path, number: int) -> None:
    code, log, told = stopped(tmp_path, number)
    assert code == 3, log
    assert told is not None
    assert told["finish_reason"] == "shutdown"
    assert "stopped_early" in {reason["code"] for reason in told["verdict"]["reasons"]}
    assert told["files"].keys() >= {"articles.jsonl", "captions.jsonl", "rejected.jsonl"}


def test_sigterm_while_the_spider_closes_waits_for_the_feeds(tmp_path: Path) -> None:
    """Scrapy sends engine_stopped before spider_closed then. Many requests make the closing long enough."""
    limits = ("-s", "CLOSESPIDER_PAGECOUNT=2", "-s", "CONCURRENT_REQUESTS=16")
    code, log, told = stopped(tmp_path, signal.SIGTERM, arguments=limits)
    assert log.index("Closing spider (closespider_pagecount)") < log.index("Received SIGTERM")
    assert told is not None
    assert told["finish_reason"] == "closespider_pagecount"
    assert told["files"].keys() >= {"articles.jsonl", "captions.jsonl", "rejected.jsonl"}
    assert code == told["verdict"]["exit_code"]


@pytest.mark.parametrize(
    ("signals", "expected_code"),
    [((signal.SIGKILL,), -9), ((signal.SIGINT, signal.SIGINT), 3), ((signal.SIGTERM, signal.SIGTERM), 3)],
    ids=["kill", "int-twice", "term-twice"],
)
def test_a_killed_run_can_be_recognised(tmp_path: Path, signals: tuple[int, ...], expected_code: int) -> None:
    code, log, told = stopped(tmp_path, *signals, slow=20)
    assert code == expected_code
    assert told is not None
    assert told["finished"] is None
    assert "verdict" not in told
    if code == 3:
        assert "cut off before its verdict" in log


# The report on disk.


def test_a_report_is_replaced_whole(tmp_path: Path) -> None:
    write_report(tmp_path, {"finished": None})
    write_report(tmp_path, {"finished": "2026-11-22T12:00:00Z", "arguments": {"urls": "\udcff خبر"}})
    told = read_report(tmp_path)
    assert told == {"schema_version": 1, "finished": "2026-11-22T12:00:00Z", "arguments": {"urls": "\udcff خبر"}}
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_a_failed_write_leaves_the_former_report(tmp_path: Path) -> None:
    write_report(tmp_path, {"finished": None})
    (tmp_path / ".run.json.draft").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_report(tmp_path, {"finished": "now"})
    assert read_report(tmp_path) == {"schema_version": 1, "finished": None}


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"schema_version": 2}'])
def test_what_is_no_report_is_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    assert read_report(tmp_path) is None


def test_a_torn_line_is_not_counted(tmp_path: Path) -> None:
    feed = tmp_path / "articles.jsonl"
    assert count_lines(feed) == (0, False)
    feed.write_text('{"a": 1}\n{"b": 2}\n')
    assert count_lines(feed) == (2, False)
    feed.write_text('{"a": 1}\n{"b"')
    assert count_lines(feed) == (1, True)


def test_a_folder_with_records_is_never_discarded(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "run.json").write_text("{}")
    (folder / "captions.jsonl").write_text("")
    (folder / "unread").mkdir()
    (folder / "articles.jsonl").write_text("{}\n")
    discard_run_folder(folder)
    assert [file.name for file in folder.iterdir()] == ["articles.jsonl"]
    (folder / "articles.jsonl").unlink()
    discard_run_folder(folder)
    assert not folder.exists()


ILL_LOGGED = """
import logging
from scrapy import Spider

class Own(Spider):
    name = "own"

    async def start(self):
        logging.getLogger("a.library").error("%d pages", "no")
        print("goes on")
        return
        yield
"""


def test_a_line_of_the_log_that_cannot_be_made_is_an_error_like_others(tmp_path: Path) -> None:
    spider, data = tmp_path / "own.py", tmp_path / "data"
    spider.write_text(ILL_LOGGED)
    done = python("-m", "scrapy", "runspider", str(spider), "-s", f"DATA_DIR={data}", "-s", "SAVE_RAW=no")
    assert "goes on" in done.stdout, done.stderr
    (folder,) = data.glob("own/*")
    findings = json.loads((folder / "run.json").read_text())["verdict"]
    assert "errors" in {finding["code"] for finding in (*findings["reasons"], *findings["notes"])}
