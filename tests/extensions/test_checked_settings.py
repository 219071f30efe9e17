"""Settings that cannot be used end `scrapy crawl` before anything is made: in one line, with exit code 1."""

import re
from pathlib import Path

import pytest
from crawling import ROOT, scrapy
from scrapy.cmdline import execute
from scrapy.settings import default_settings

from iranwire_crawler import settings
from iranwire_crawler.extensions.checked_settings import CHECKED

NUMBERS_AND_SWITCHES = {
    name for name, value in vars(settings).items() if name.isupper() and isinstance(value, bool | int | float)
}
OUT_OF_BOUNDS = [
    "CDX_LIMIT=0",
    "CLOSESPIDER_TIMEOUT=1h",
    "DOWNLOAD_DELAY=-1",
    "DOWNLOAD_TIMEOUT=nan",
    "DUPLICATE_SIMILARITY=0",
    "GAP_MAX_PAGES=0",
    "GAP_MAX_PAGES=1.5",
    "LOG_LEVEL=LOUD",
    "RECHECK_SCHEDULE=999999w:1s",
    "RENDER_PAGES=0",
    "RENDER_TIMEOUT=0",
    "RENDER_TIMEOUT=inf",
    "RETRY_AFTER_MAX=1e300",
    "VERDICT_COVERAGE_FLOORS=0.5",
    'VERDICT_COVERAGE_FLOORS={"headline": 2}',
    'VERDICT_COVERAGE_FLOORS={"title": 1}',
    "VERDICT_MAX_UNREAD_SHARE=200",
    "WARC_MAX_BYTES=0",
]


@pytest.mark.parametrize("setting", [*(f"{name}=perhaps" for name in CHECKED if name != "DATA_DIR"), *OUT_OF_BOUNDS])
def test_one_line_names_the_setting(
    setting: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # In this process: a hundred starts are no wait, and nothing of Scrapy's is set up yet when it ends.
    monkeypatch.chdir(ROOT)
    data = tmp_path / "data"
    with pytest.raises(SystemExit) as ended:
        execute(["scrapy", "crawl", "news", "-s", setting, "-s", f"DATA_DIR={data}"])
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(rf"iranwire_crawler: {setting.partition('=')[0]}\b.*(needed|say yes or no|has no field)", line)
    assert not data.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "DATA_DIR is empty: name a folder"),
        ("a%(name)s", "DATA_DIR=a%(name)s: %( begins one of Scrapy's parameters; name another folder"),
    ],
)
def test_a_data_dir_that_feeds_would_not_land_in_is_refused(
    given: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as ended:
        execute(["scrapy", "crawl", "news", "-s", f"DATA_DIR={given}"])
    assert (ended.value.code, capsys.readouterr().err) == (1, f"iranwire_crawler: {said}\n")


def test_every_number_and_switch_of_ours_is_checked() -> None:
    assert NUMBERS_AND_SWITCHES - CHECKED.keys() == set()


def test_every_number_and_switch_that_is_documented_is_checked() -> None:
    named = set(re.findall(r"\b[A-Z_]+\b", (ROOT / "docs" / "running.md").read_text(encoding="utf-8")))
    scrapys = {name for name, value in vars(default_settings).items() if isinstance(value, bool | int | float)}
    assert "CLOSESPIDER_TIMEOUT" in named & scrapys
    assert (named & scrapys) - CHECKED.keys() == set()


def test_a_process_ends_so_too(tmp_path: Path) -> None:
    run = scrapy("-a", "urls=x", "-s", "UNREAD_MAX=x", data_dir=tmp_path / "data")
    said = "iranwire_crawler: UNREAD_MAX=x: a whole number from 0 to 1,000,000,000 is needed\n"
    assert (run.code, run.log) == (1, said)
    assert not (tmp_path / "data").exists()


def test_yes_and_no_are_said_as_people_say_them(tmp_path: Path) -> None:
    site = ROOT / "tests" / "saved_site"
    url = "https://iranwire.com/en/news/158901-ferry-captain-fined-for-waiting/"
    said = ("ROBOTSTXT_OBEY=no", "AUTOTHROTTLE_ENABLED=off", "PROGRESS=No", "NOTIFY_ALWAYS=yes", "LOG_LEVEL=error")
    given = [part for setting in (*said, f"SAVED_PAGES={site}") for part in ("-s", setting)]
    run = scrapy("-a", f"urls={url}", *given, data_dir=tmp_path)
    assert (run.code, run.log) == (0, "")
    assert len(run.lines("articles.jsonl")) == 1
