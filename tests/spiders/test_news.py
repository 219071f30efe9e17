"""`scrapy crawl news` over the bundled saved site, as CI and a new user run it."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jsonschema_rs
import pytest
from crawling import ROOT, Run, scrapy
from saved_pages import saved_pages

from iranwire_crawler.domain.schema import RECORDS, json_schema
from iranwire_crawler.domain.version import VERSION

SITE = ROOT / "tests" / "saved_site"
ACCEPTED = {page.expected["article"]["key"]: page.expected for page in saved_pages() if "article" in page.expected}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return scrapy("-s", f"SAVED_PAGES={SITE}", spider="news", data_dir=tmp_path_factory.mktemp("data"))


def report(run: Run) -> dict:
    assert run.folder is not None, run.log
    return json.loads((run.folder / "run.json").read_text(encoding="utf-8"))


def test_the_run_is_sound(run: Run) -> None:
    assert run.code == 0, run.log
    assert report(run)["verdict"]["status"] == "sound"
    assert report(run)["verdict"]["exit_code"] == 0


def test_every_article_once_whichever_way_it_was_found(run: Run) -> None:
    keys = [record["key"] for record in run.lines("articles.jsonl")]
    assert len(keys) == len(set(keys)) >= 45
    saved = {
        path.parent.name.split("-")[0]
        for path in SITE.glob("iranwire.com/*/*/*/index.html")
        if path.parent.name[0].isdigit()
    }
    unread = {urlsplit(line["url"]).path.split("/")[3].split("-")[0] for line in run.lines("unread/index.jsonl")}
    assert {key.split("/")[1] for key in keys} == saved - unread


def test_records_are_the_accepted_ones(run: Run) -> None:
    compared = 0
    for record in run.lines("articles.jsonl"):
        accepted = ACCEPTED.get(record["key"])
        if accepted is None:
            continue
        compared += 1
        for name in ("headline", "date_published", "date_published_jalali", "reading_time_minutes", "article_body"):
            assert record[name] == accepted["article"][name], record["key"]
    assert compared >= 40


def test_the_readmes_line_is_one_of_them_but_for_its_moment(run: Run) -> None:
    shown = re.search(r"^```json\n(.*)\n```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert shown is not None
    told = json.loads(shown[1])
    (record,) = [record for record in run.lines("articles.jsonl") if record["key"] == told["key"]]
    assert list((told | {"fetched_at": record["fetched_at"]}).items()) == list(record.items())


def test_records_fit_their_schemas(run: Run) -> None:
    for name, file in (("article", "articles.jsonl"), ("caption", "captions.jsonl"), ("unread", "unread/index.jsonl")):
        validator = jsonschema_rs.Draft202012Validator(json_schema(RECORDS[name]), validate_formats=True)
        for record in run.lines(file):
            validator.validate({**record, "body": None} if name == "none" else record)
    assert run.lines("rejected.jsonl") == []


def test_all_layouts_of_the_page_reader_are_there(run: Run) -> None:
    records = run.lines("articles.jsonl")
    assert {record["in_language"] for record in records} == {"en", "fa", "ar"}
    types = Counter(record["article_type"] for record in records)
    assert types.keys() >= {"article", "gallery", "cartoon", "video", "podcast", "link_out"}


def test_every_way_to_a_next_page_is_taken(run: Run) -> None:
    assert report(run)["ways"].keys() == {"rel_next", "link_text", "page_number", "load_more", "probe"}
    assert "en/politics: the next page was found by probe" in run.log


def test_the_report_counts_what_stands_in_the_feeds(run: Run) -> None:
    counts = report(run)["counts"]
    records = run.lines("articles.jsonl")
    assert counts["articles"] == len(records)
    assert counts["captions"] == len(run.lines("captions.jsonl"))
    assert counts["unread"] == len(run.lines("unread/index.jsonl"))
    assert counts["by_language"] == dict(Counter(record["in_language"] for record in records))


def test_unread_pages_are_kept_with_their_reason(run: Run) -> None:
    assert run.folder is not None
    lines = run.lines("unread/index.jsonl")
    assert {line["reason"] for line in lines} == {"http_404", "index_page"}
    for line in lines:
        if line["file"]:
            assert (run.folder / "unread" / line["file"]).stat().st_size > 0


def test_only_chosen_editions_and_sections(tmp_path: Path) -> None:
    run = scrapy("-s", f"SAVED_PAGES={SITE}", "-a", "lang=en", "-a", "sections=features,society", spider="news",
                 data_dir=tmp_path)  # fmt: skip
    records = run.lines("articles.jsonl")
    assert records
    assert {(record["in_language"], record["section"]["slug"]) for record in records} == {
        ("en", "features"),
        ("en", "society"),
    }


def test_since_leaves_older_articles_out(tmp_path: Path) -> None:
    run = scrapy("-s", f"SAVED_PAGES={SITE}", "-a", "since=1402-10-11", spider="news", data_dir=tmp_path)
    days = [record["date_published"] for record in run.lines("articles.jsonl") if record["date_published"]]
    assert days
    assert min(days) >= "2024-01-01"


def test_a_sample_is_spread(tmp_path: Path) -> None:
    run = scrapy("-s", f"SAVED_PAGES={SITE}", "-a", "sample=10", spider="news", data_dir=tmp_path)
    records = run.lines("articles.jsonl")
    assert 8 <= len(records) <= 12
    assert {record["in_language"] for record in records} == {"en", "fa", "ar"}
    assert len({(record["in_language"], record["section"]["slug"]) for record in records}) >= 8
    assert run.code == 0


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("lang=xx", "-a lang=xx: there are en, fa, ar, parted by commas"),
        ("sections=a/b", "'a/b' is not a section"),
        ("max_pages=0", "-a max_pages=0: a whole number from 1 to 999,999 is needed"),
        ("since=yesterday", "a day is needed"),
        ("since=1402-12-30", "a day is needed"),
        ("pages=3", "no such argument"),
    ],
)
def test_bad_arguments_are_one_line(argument: str, said: str, tmp_path: Path) -> None:
    run = scrapy("-a", argument, "-s", "LOG_LEVEL=ERROR", spider="news", data_dir=tmp_path)
    assert run.code == 1
    assert "Traceback" not in run.log
    (line,) = [line for line in run.log.splitlines() if line.startswith("iranwire_crawler: ")]
    assert said in line


NO_NETWORK = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(f"the network was asked for: {event} {arguments}")
sys.addaudithook(refuse)
from scrapy.cmdline import execute
execute(sys.argv)
"""


def test_no_socket_is_opened(run: Run, tmp_path: Path) -> None:
    arguments = ["crawl", "news", "-s", f"SAVED_PAGES={SITE}", "-s", f"DATA_DIR={tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", NO_NETWORK, *arguments],
        cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (folder,) = tmp_path.glob("news/*")
    again = [json.loads(line) for line in (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    known = {record["key"]: record["content_hash"] for record in run.lines("articles.jsonl")}
    assert {record["key"]: record["content_hash"] for record in again} == known


class Site(SimpleHTTPRequestHandler):
    """The saved site over HTTP, on whichever host it is asked for."""

    asked: list[str]
    agents: set[str | None]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.agents.add(self.headers["User-Agent"])
        super().do_GET()

    def translate_path(self, path: str) -> str:
        parts = urlsplit(path)
        file = SITE / "iranwire.com" / unquote(parts.path).strip("/")
        if file.is_dir():
            file = file / (f"index.html?{parts.query}" if parts.query else "index.html")
        return str(file)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    Site.asked = []
    Site.agents = set()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=str(SITE))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_live_path_finds_the_same(run: Run, server: ThreadingHTTPServer, tmp_path: Path) -> None:
    live = scrapy(
        "-s", f"SITE_URL=http://127.0.0.1:{server.server_port}", "-s", "DOWNLOAD_DELAY=0",
        "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "CONTACT=test@example.org", spider="news", data_dir=tmp_path,
    )  # fmt: skip
    assert live.code == 0, live.log
    saved = {record["key"]: record for record in run.lines("articles.jsonl")}
    fetched = {record["key"]: record for record in live.lines("articles.jsonl")}
    assert fetched.keys() == saved.keys()
    for key, record in fetched.items():
        assert record["url"] == saved[key]["url"]
        assert record["source"] == "live"
        assert urlsplit(record["fetched_url"]).hostname == "iranwire.com"
        assert record["article_body"] == saved[key]["article_body"]
    # An article that was found in several ways was fetched once.
    assert max(Counter(path for path in Site.asked if "?" not in path).values()) == 1
    assert Site.asked[0] == "/robots.txt"
    assert not any(path.startswith(("/admin", "/en/search")) for path in Site.asked)
    assert Site.agents == {f"iranwire_crawler/{VERSION} (+test@example.org)"}


def test_feeds_and_cards_that_contradict_a_page_leave_a_warning(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(SITE, site)
    feed = site / "iranwire.com" / "en" / "feed" / "index.html"
    text = feed.read_text(encoding="utf-8")
    item = re.search(r"<item>.*?</item>", text, re.DOTALL)
    assert item is not None
    wrong = re.sub(r"<title>.*?</title>", "<title>Something else altogether</title>", item[0], flags=re.DOTALL)
    wrong = re.sub(r"<pubDate>.*?</pubDate>", "<pubDate>Mon, 01 Jan 2001 00:00:00 +0000</pubDate>", wrong)
    feed.write_text(text.replace(item[0], wrong), encoding="utf-8")
    run = scrapy("-s", f"SAVED_PAGES={site}", "-a", "lang=en", spider="news", data_dir=tmp_path / "data")
    warned = [record for record in run.lines("articles.jsonl") if "headline_contradicted_by_feed" in record["warnings"]]
    assert len(warned) == 1
    assert "date_contradicted_by_feed" in warned[0]["warnings"]
    assert warned[0]["headline"] != "Something else altogether"
    assert not warned[0]["date_published"].startswith("2001")


def test_nothing_contradicts_where_all_agree(run: Run) -> None:
    assert not any("contradicted_by" in code for record in run.lines("articles.jsonl") for code in record["warnings"])


def test_a_site_that_does_not_answer_is_told(tmp_path: Path) -> None:
    run = scrapy("-s", "SITE_URL=http://127.0.0.1:9", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0",
                 "-s", "AUTOTHROTTLE_ENABLED=False", spider="news", data_dir=tmp_path)  # fmt: skip
    assert run.code == 3
    codes = {reason["code"] for reason in report(run)["verdict"]["reasons"]}
    assert codes & {"site_unreachable", "robots_unreachable"}
