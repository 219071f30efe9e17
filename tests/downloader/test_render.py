"""Pages whose plain HTML is not enough, in real crawls with a real browser."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from crawling import ROOT, Run, scrapy
from fastwarc.warc import ArchiveIterator, WarcRecordType
from scrapy.utils.project import get_project_settings
from scripted_site import ARTICLE as PLAIN_ARTICLE
from scripted_site import (
    DATA,
    FILL,
    PARAGRAPHS,
    card,
    more_by_button,
    needs_browser,
    plain,
    serving,
    shell,
)

from iranwire_crawler.downloader.render import RenderAddon

STEM = "https://iranwire.com/en/society/"
LOAD_MUCH = "const all = []; while (true) all.push(new Array(1000000).fill(0).map(() => String(Math.random())));"
SAVE = "const a = document.createElement('a'); a.href = '/file.bin'; a.download = 'x'; root.append(a); a.click();"
FOREIGN = "for (const u of ['https://example.com/x.js', 'http://127.0.0.1:9/y']) fetch(u).catch(() => 0);"
PAGES = {
    "/en/society/1-plain/": plain(PLAIN_ARTICLE),
    "/en/society/2-late/": shell(f"setTimeout(() => {{ {FILL} }}, 600)"),
    "/en/society/3-endless/": shell("setInterval(() => document.getElementById('root').textContent = Date.now(), 50)"),
    "/en/society/4-memory/": shell(LOAD_MUCH),
    "/en/society/5-dialogs/": shell(f"alert('one'); confirm('two'); prompt('three'); {FILL}"),
    "/en/society/6-saves/": shell(f"{SAVE} {FILL}"),
    "/en/society/7-light/": shell("", body='<p><a href="/light/en/society/7/">Switch to Iranwire Light</a></p>'),
    "/light/en/society/7/": plain(PLAIN_ARTICLE),
    "/en/society/8-data/": shell(f"window.anything = {json.dumps({'page': {'single': DATA}})};"),
    "/en/society/9-away/": shell("location.href = '/en/society/1-plain/';"),
    "/en/society/10-never-loaded/": shell(f"{FILL} fetch('/slow')", body='<img src="/slow.png">'),
    "/en/society/11-window/": shell(f"window.open('/en/society/12-opened/'); {FOREIGN} {FILL}"),
    "/en/society/12-opened/": plain(PLAIN_ARTICLE),
    "/en/society/13-forbidden/": shell(FILL),
    "/file.bin": "not a page",
}  # fmt: skip
ASKED = [path for path in PAGES if path.startswith("/en/") and "opened" not in path]


def crawl(origin: str, data_dir: Path, *arguments: str, spider: str = "articles", **options: Any) -> Run:
    return scrapy(
        "-s", f"SITE_URL={origin}", "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False", *arguments,
        data_dir=data_dir, spider=spider, browser=True, **options,
    )  # fmt: skip


def addresses(*paths: str) -> str:
    return "urls=" + ",".join(f"https://iranwire.com{path}" for path in paths)


def report(run: Run) -> dict[str, Any]:
    assert run.folder is not None, run.log
    return json.loads((run.folder / "run.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, dict[str, int]]:
    with serving(PAGES) as (origin, asked):
        run = crawl(origin, tmp_path_factory.mktemp("data"), "-a", addresses(*ASKED),
                    "-s", "RENDER_TIMEOUT=8", "-s", "RENDER_QUIET=1.5", "-s", "RENDER_MEMORY=128")  # fmt: skip
    return run, asked


def records(run: Run) -> dict[int, dict[str, Any]]:
    return {record["id"]: record for record in run.lines("articles.jsonl")}


@needs_browser
def test_each_page_is_read_in_the_first_way_that_brings_its_text(crawled: tuple[Run, dict[str, int]]) -> None:
    run, _ = crawled
    ways = {number: record["warnings"] for number, record in records(run).items()}
    assert ways == {
        1: [],
        2: ["read_from_browser"],
        5: ["read_from_browser"],
        6: ["read_from_browser"],
        7: ["read_from_light"],
        8: ["read_from_embedded"],
        10: ["read_from_browser"],
        11: ["read_from_browser"],
    }, run.log
    assert report(run)["read_from"] == {"light": 1, "embedded": 1, "browser": 5}


@needs_browser
def test_whichever_way_the_record_is_the_plain_page_s(crawled: tuple[Run, dict[str, int]]) -> None:
    run, _ = crawled
    found = records(run)
    same = ("headline", "date_published", "date_published_raw", "authors", "article_type", "body", "content_hash")
    for number in found:
        for name in same:
            assert found[number][name] == found[1][name], (number, name)
    captions = {line["article_key"]: line["caption"] for line in run.lines("captions.jsonl")}
    assert captions == {f"en/{number}": "The lamp, dark" for number in found}
    assert set(found[8]["provenance"].values()) == {"address", "embedded"}
    assert found[2]["provenance"] == found[1]["provenance"]


@needs_browser
def test_the_key_is_the_article_s_wherever_its_page_stands(crawled: tuple[Run, dict[str, int]]) -> None:
    light = records(crawled[0])[7]
    assert light["key"] == "en/7"
    assert light["url"] == f"{STEM}7-light/"
    assert light["fetched_url"] == "https://iranwire.com/light/en/society/7/"


@needs_browser
def test_a_bad_page_costs_itself_alone_and_is_kept(crawled: tuple[Run, dict[str, int]]) -> None:
    run, asked = crawled
    unread = {line["url"].removeprefix(STEM).strip("/"): line for line in run.lines("unread/index.jsonl")}
    assert unread.keys() == {"3-endless", "4-memory", "9-away"}
    assert run.folder is not None
    for name, line in unread.items():
        assert (run.folder / "unread" / line["file"]).read_text(encoding="utf-8") == PAGES[f"/en/society/{name}/"]
        assert "embedded: no_data; browser: " in line["detail"]
    # Once plainly, once in the browser; and once more where the browser failed.
    assert asked["/en/society/3-endless/"] == 2
    assert asked["/en/society/4-memory/"] == 3
    assert report(run)["browser"]["failed_count"] >= 2


@needs_browser
def test_the_browser_goes_nowhere_else(crawled: tuple[Run, dict[str, int]]) -> None:
    run, asked = crawled
    assert asked["/en/society/1-plain/"] == 1
    assert asked["/en/society/12-opened/"] == 0
    assert asked["/en/society/13-forbidden/"] == 0
    assert not any(path.startswith(("/media", "/favicon", "/slow.png")) for path in asked)
    assert "The browser was not let to example.com" in run.log
    assert "The browser was not let to 127.0.0.1" not in run.log


@needs_browser
def test_the_document_is_kept_as_a_conversion_of_the_response(crawled: tuple[Run, dict[str, int]]) -> None:
    run, _ = crawled
    assert run.folder is not None
    responses, conversions = {}, {}
    with (run.folder / "pages.warc.gz").open("rb") as stream:
        for warc_record in ArchiveIterator(stream):
            target = warc_record.headers.get("WARC-Target-URI")
            if warc_record.record_type == WarcRecordType.response:
                responses[warc_record.headers["WARC-Record-ID"]] = target
            elif warc_record.record_type == WarcRecordType.conversion:
                conversions[target] = (warc_record.headers["WARC-Refers-To"], warc_record.reader.read().decode())
    for number in (2, 5, 6, 10, 11):
        url = records(run)[number]["fetched_url"]
        origin, html = conversions[url]
        assert responses[origin] == url
        assert PARAGRAPHS[0] in html
    assert records(run)[2]["warc"]["record_id"] not in responses
    assert list(responses.values()).count(f"{STEM}2-late/") == 1


@needs_browser
def test_kept_pages_are_read_again_without_a_browser(
    crawled: tuple[Run, dict[str, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    run, _ = crawled
    first = records(run)
    again = records(scrapy("-s", f"SAVED_PAGES={run.folder}", spider="replay", data_dir=tmp_path, browser=True))
    same = ("url", "fetched_url", "body", "provenance", "warnings", "content_hash", "fetched_at")
    for number, record in first.items():
        assert {name: again[number][name] for name in same} == {name: record[name] for name in same}, number
    assert again.keys() == first.keys()
    asked = scrapy("-s", f"SAVED_PAGES={run.folder}", "-a", addresses("/en/society/2-late/", "/en/society/7-light/"),
                   data_dir=tmp_path / "asked", browser=True)  # fmt: skip
    for number, record in records(asked).items():
        assert record["warnings"] == first[number]["warnings"]
    for number, record in first.items():
        assert again[number]["content_hash"] == record["content_hash"], number
        assert again[number]["warc"]["record_id"] == record["warc"]["record_id"], number


HANGING = {
    "/en/society/1-hang/": shell("while (true) {}"),
    "/en/society/2-after/": shell(FILL),
}


@needs_browser
def test_a_page_that_hangs_is_given_up(tmp_path: Path) -> None:
    with serving(HANGING) as (origin, asked):
        run = crawl(origin, tmp_path, "-a", addresses(*HANGING), "-s", "RENDER_TIMEOUT=2")
    (unread,) = run.lines("unread/index.jsonl")
    assert "browser: DownloadTimeoutError: the page hangs for more than 3.5 s" in unread["detail"]
    assert asked["/en/society/1-hang/"] == 3
    assert records(run).keys() == {2}
    assert "Traceback" not in run.log


LISTINGS = {
    "/en/": shell("document.getElementById('root').innerHTML = '<a href=\"/en/features/\">Features</a>';"),
    "/en/features/": shell(more_by_button("features", 100, [3, 2, 2])),
    "/en/news/": shell(more_by_button("news", 200, [2, 1], label="بیشتر")).replace(
        '<div id="root">', '<div id="root" data-plain>' + "".join(card(number, "news") for number in range(300, 308))
    ),
    # What the probe finds beyond the listing's end is no reason to start a browser.
    "/en/news/?page=2": plain("Nothing more"),
    **{f"/en/features/{number}/": plain(PLAIN_ARTICLE) for number in range(100, 107)},
    **{f"/en/news/{number}/": plain(PLAIN_ARTICLE) for number in [*range(200, 203), *range(300, 308)]},
}


@needs_browser
def test_listings_that_fill_themselves_in(tmp_path: Path) -> None:
    with serving(LISTINGS) as (origin, asked):
        run = crawl(
            origin, tmp_path, "-a", "lang=en", "-a", "sections=features,news", "-s", "RENDER_QUIET=2", spider="news"
        )
    assert {record["id"] for record in run.lines("articles.jsonl")} == {
        *range(100, 107),
        *range(200, 203),
        *range(300, 308),
    }, run.log
    assert run.code == 0
    assert report(run)["listed_from"] == {"browser": 3}
    assert report(run)["ways"] == {"browser": 1}
    assert report(run)["browser"]["click_count"] == 4
    assert report(run)["browser"]["page_count"] == 3
    assert "read_from" not in {code for record in run.lines("articles.jsonl") for code in record["warnings"]}
    assert asked["/en/features/"] == 2


def test_without_a_browser_the_run_goes_on_and_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    paths = ("/en/society/1-plain/", "/en/society/2-late/", "/en/society/7-light/", "/en/society/8-data/")
    with serving(PAGES) as (origin, asked):
        run = crawl(origin, tmp_path, "-a", addresses(*paths))
    assert records(run).keys() == {1, 7, 8}
    assert run.code == 0
    (note,) = [note for note in report(run)["verdict"]["notes"] if note["code"] == "browser_missing"]
    assert note["message"].startswith("1 page may need a browser")
    assert note["message"].endswith("apt-get install -y --no-install-recommends chromium")
    assert asked["/en/society/2-late/"] == 1


@needs_browser
def test_always_and_never(tmp_path: Path) -> None:
    paths = ("/en/society/1-plain/", "/en/society/2-late/")
    with serving(PAGES) as (origin, asked):
        always = crawl(origin, tmp_path / "always", "-a", addresses(*paths), "-s", "RENDER=always")
        never = crawl(origin, tmp_path / "never", "-a", addresses(*paths), "-s", "RENDER=never")
    assert {number: record["warnings"] for number, record in records(always).items()} == {
        1: ["read_from_browser"],
        2: ["read_from_browser"],
    }
    assert records(never).keys() == {1}
    assert asked["/en/society/1-plain/"] == 2


@needs_browser
def test_the_cache_takes_no_page_for_the_rendered_one(tmp_path: Path) -> None:
    numbered = addresses("/en/society/1-plain/", "/en/society/2-late/")
    cache = ("-s", "HTTPCACHE_ENABLED=True", "-s", f"HTTPCACHE_DIR={tmp_path / 'cache'}")
    ways = {}
    with serving(PAGES) as (origin, asked):
        for mode in ("auto", "always", "never"):
            run = crawl(origin, tmp_path / mode, "-a", numbered, *cache, "-s", f"RENDER={mode}")
            ways[mode] = {number: record["warnings"] for number, record in records(run).items()}
            assert len(run.lines("unread/index.jsonl")) == (mode == "never"), run.log
            assert all(record["content_hash"] == records(run)[1]["content_hash"] for record in records(run).values())
    # Plain and rendered, each once: the plain page's answer is not the browser's, nor the other way round.
    assert ways == {
        "auto": {1: [], 2: ["read_from_browser"]},
        "always": {1: ["read_from_browser"], 2: ["read_from_browser"]},
        "never": {1: []},
    }
    assert asked["/en/society/1-plain/"] == 2
    assert asked["/en/society/2-late/"] == 2


NOTHING_STARTED = """
import sys
def refuse(event, arguments):
    if event in ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork") and arguments[0] != "uname":
        raise RuntimeError(f"a process was started: {event} {arguments}")
    if event == "import" and arguments[0].split(".")[0] in ("playwright", "scrapy_playwright"):
        raise RuntimeError(f"{arguments[0]} was imported")
sys.addaudithook(refuse)
from scrapy.cmdline import execute
execute(sys.argv)
"""


@needs_browser
def test_a_run_that_renders_nothing_starts_nothing(tmp_path: Path) -> None:
    with serving(PAGES) as (origin, _):
        arguments = ["-a", addresses("/en/society/1-plain/", "/en/society/8-data/"), "-s", f"SITE_URL={origin}"]
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", NOTHING_STARTED, "crawl", "articles", *arguments,
             "-s", "DOWNLOAD_DELAY=0", "-s", f"DATA_DIR={tmp_path}"],
            cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "read_from_embedded 1" in done.stderr


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("RENDER=perhaps", "RENDER=perhaps: one of auto, never, always is needed"),
        ("BROWSER=/nowhere/chromium", "BROWSER=/nowhere/chromium: no such program"),
    ],
)
def test_bad_settings_are_one_line(setting: str, said: str, tmp_path: Path) -> None:
    run = scrapy("-a", addresses("/en/society/1/"), "-s", setting, "-s", "LOG_LEVEL=ERROR", data_dir=tmp_path,
                 browser=True)  # fmt: skip
    assert run.code == 1
    assert said in run.log
    assert "Traceback" not in run.log


@pytest.mark.parametrize(
    ("prints", "said"),
    [("", "TargetClosedError"), ("FATAL: No usable sandbox! See the docs.", "it finds no usable sandbox")],
)
def test_a_browser_that_does_not_start_is_told(prints: str, said: str, tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text(f"#!/bin/sh\necho '{prints}' >&2\nexit 1\n")
    program.chmod(0o755)
    with serving(PAGES) as (origin, _):
        run = crawl(origin, tmp_path, "-a", addresses("/en/society/2-late/", "/en/society/9-away/"),
                    "-s", f"BROWSER={program}")  # fmt: skip
    assert len(run.lines("unread/index.jsonl")) == 2
    (note,) = [note for note in report(run)["verdict"]["notes"] if note["code"] == "browser_missing"]
    assert f"the one there is cannot be started ({said}" in note["message"]


@pytest.mark.parametrize(("uid", "sandbox"), [(0, False), (1000, True)])
def test_the_sandbox_is_left_out_for_root_alone(uid: int, sandbox: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    settings = get_project_settings()
    settings.set("BROWSER", sys.executable)
    RenderAddon().update_settings(settings)
    assert settings["PLAYWRIGHT_LAUNCH_OPTIONS"]["chromium_sandbox"] is sandbox
    assert not any("no-sandbox" in argument for argument in settings["PLAYWRIGHT_LAUNCH_OPTIONS"]["args"])
