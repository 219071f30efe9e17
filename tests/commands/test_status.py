"""`scrapy status`, as a monitor runs it."""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands.running import scrapy
from crawling import ROOT
from crawling import scrapy as crawl
from stores.feeds import finish, make_run, record

from iranwire_crawler.stores.learning import learn_all
from iranwire_crawler.stores.lock import DataDirLock

URL = "https://iranwire.com/en/news/158901-ferry-captain-fined-for-waiting/"
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def ago(**units: int) -> str:
    return (datetime.now(UTC) - timedelta(**units)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A good run of 40 hours ago, then one to look at, then one that was killed."""
    good = make_run(tmp_path, [record(1) | {"date_published": ago(days=3)[:10]}, record(2)], day=1)
    finish(good, ended=ago(hours=40, minutes=5))
    finish(make_run(tmp_path, [], day=2), status="look", ended=ago(hours=20))
    make_run(tmp_path, [], day=3, finished=False)
    learn_all(tmp_path)
    return tmp_path


def test_the_last_runs_and_the_newest_article(data_dir: Path) -> None:
    done = scrapy("status", data_dir=data_dir)
    assert (done.code, done.log) == (0, "")
    assert not FORBIDDEN.search(done.out)
    lines = done.out.splitlines()
    assert [line.split() for line in lines[:2]] == [
        ["news/2026-11-03T120000Z", "unfinished"],
        ["news/2026-11-02T120000Z", "look", "1", "articles"],
    ]
    assert lines[2] == "    blocked: the site [31mrefused pages"
    assert lines[3].split() == ["news/2026-11-01T120000Z", "sound", "1", "articles"]
    assert lines[4] == "last good run news/2026-11-01T120000Z, ended 40h ago"
    assert re.fullmatch(r"newest        en/1, published 3d ago: Story 1", lines[5])
    assert len(lines) == 6


@pytest.mark.parametrize("given", ["", "36", "1.5h", "soon"])
def test_what_is_no_age_is_refused(given: str, data_dir: Path) -> None:
    done = scrapy("status", f"--max-age={given}", data_dir=data_dir)
    assert done.code == 1
    assert "not an age; say 36h, 90m or 2d" in done.log


@pytest.mark.parametrize(("age", "code"), [("36h", 3), ("41h", 0)])
def test_an_old_good_run_is_exit_code_3(age: str, code: int, data_dir: Path) -> None:
    done = scrapy("status", "--max-age", age, data_dir=data_dir)
    assert done.code == code
    assert ("TOO OLD" in done.out) == bool(code)


def test_json_has_a_stable_shape(data_dir: Path) -> None:
    done = scrapy("status", "--json", "--max-age", "36h", "--last", "1", data_dir=data_dir)
    assert done.code == 3
    assert done.out.isascii()
    told = json.loads(done.out)
    assert list(told) == [
        *("schema_version", "now", "runs", "last_good", "last_good_age_seconds", "max_age_seconds", "too_old"),
        *("newest_article", "catalogue_problem", "under_way"),
    ]
    assert [run["run"] for run in told["runs"]] == ["news/2026-11-03T120000Z"]
    assert told["runs"][0] == {
        "run": "news/2026-11-03T120000Z",
        "spider": "news",
        "started": "2026-11-03T12:00:00Z",
        "finished": None,
        "state": "unfinished",
        "exit_code": None,
        "articles": None,
        "reasons": [],
    }
    assert told["last_good"]["run"] == "news/2026-11-01T120000Z"
    assert told["last_good_age_seconds"] == pytest.approx(40 * 3600 + 300, abs=60)
    assert (told["max_age_seconds"], told["too_old"], told["under_way"]) == (36 * 3600, True, None)
    assert told["newest_article"]["key"] == "en/1"


def test_a_probe_is_no_good_run_and_a_spider_can_be_named(data_dir: Path) -> None:
    probe = make_run(data_dir, [], spider="probe", feed="probe.jsonl", day=4)
    finish(probe, ended=ago(hours=1))
    other = make_run(data_dir, [], spider="articles", day=5)
    finish(other, ended=ago(hours=2))
    assert json.loads(scrapy("status", "--json", data_dir=data_dir).out)["last_good"]["spider"] == "articles"
    done = scrapy("status", "--spider", "news", "--max-age", "36h", "--json", data_dir=data_dir)
    assert done.code == 3
    assert {run["spider"] for run in json.loads(done.out)["runs"]} == {"news"}


def test_saved_pages_are_no_news_of_the_site(data_dir: Path) -> None:
    site = ROOT / "tests" / "saved_site"
    run = crawl("-a", f"urls={URL}", "-s", f"SAVED_PAGES={site}", data_dir=data_dir)
    assert run.code == 0, run.log
    for spider in ([], ["--spider", "articles"]):
        done = scrapy("status", "--max-age", "36h", *spider, data_dir=data_dir)
        assert done.code == 3
        assert done.out.startswith("articles/20")


def test_a_run_under_way_is_named(data_dir: Path) -> None:
    with DataDirLock(data_dir, "news"):
        done = scrapy("status", data_dir=data_dir)
    assert f"under way     news (process {os.getpid()}), started 20" in done.out


def test_nothing_yet(tmp_path: Path) -> None:
    done = scrapy("status", data_dir=tmp_path)
    assert done.code == 0
    assert done.out.splitlines() == [
        "no runs",
        "last good run none",
        f"newest        not known: DATA_DIR={tmp_path}: no catalogue there yet; scrapy rebuild makes one",
    ]
    assert list(tmp_path.iterdir()) == []
    assert scrapy("status", "--max-age", "36h", data_dir=tmp_path).code == 3


@pytest.mark.parametrize("text", ["\x00", '{"schema_version": 1, "finished": 5, "verdict": []}'])
def test_a_report_that_cannot_be_read_is_an_unfinished_run(text: str, tmp_path: Path) -> None:
    folder = make_run(tmp_path, [])
    (folder / "run.json").write_text(text)
    done = scrapy("status", data_dir=tmp_path)
    assert done.code == 0
    assert done.out.splitlines()[0].split() == ["news/2026-11-01T120000Z", "unfinished"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["news"], "status takes no argument 'news'"),
        (["--max-age", "soon"], "--max-age soon: not an age; say 36h, 90m or 2d"),
        (["--last", "-1"], "--last -1: not a number of runs"),
        (["--last", "0"], "--last 0: not a number of runs"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = scrapy("status", *arguments, data_dir=tmp_path)
    assert (done.code, done.out) == (1, "")
    (line,) = done.log.splitlines()
    assert line.startswith(f"iranwire_crawler: {said}")


def test_no_data_dir_is_one_line(tmp_path: Path) -> None:
    done = scrapy("status", data_dir=tmp_path / "data")
    assert (done.code, done.log) == (1, f"iranwire_crawler: DATA_DIR={tmp_path}/data: No such file or directory\n")


def test_years_of_runs_are_no_wait(tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / "news" / f"20{10 + number // 300}-01-01T{number % 300:06d}Z").mkdir(parents=True)
    assert scrapy("status", "--max-age", "1h", data_dir=tmp_path).code == 3
