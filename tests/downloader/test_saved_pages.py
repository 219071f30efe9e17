"""Crawls whose pages come from WARC files: the whole way, from robots.txt to the records."""

import gzip
import os
from pathlib import Path

import build_saved_site as site
import pytest
from crawling import python, scrapy
from warc_files import DATE, HTML, WarcFile, save_wacz

URL = f"https://iranwire.com{site.stories()['en/64055'].path}"


def saved_site() -> WarcFile:
    """The bundled site as a browser would have kept it: packed pages, http first, a redirect to each."""
    warc = WarcFile()
    for name, body in site.files().items():
        path = name.replace("index.html", "")
        kind = "application/xml" if b"<?xml" in body[:10] else "text/plain" if path == "robots.txt" else "text/html"
        url = f"https://iranwire.com/{path}"
        headers = [("Content-Type", kind), ("Content-Encoding", "gzip"), ("ETag", f'"{len(body)}"')]
        warc.response(url.replace("https", "http"), b"", status="301 Moved", headers=[("Location", url)])
        warc.response(url, gzip.compress(body), headers=headers)
    return warc


def test_a_crawl_out_of_a_wacz_reads_the_whole_site(tmp_path: Path) -> None:
    torn = saved_site().data + b"\x1f\x8b\x08 and half a record"
    wacz = save_wacz(tmp_path / "site.wacz", {"archive/data.warc.gz": torn})
    run = scrapy("-s", f"SAVED_PAGES={wacz}", spider="news", data_dir=tmp_path / "data")
    assert run.code == 0, run.log
    records = {record["key"]: record for record in run.lines("articles.jsonl")}
    stories = site.stories()
    assert records.keys() == stories.keys()
    for key, record in records.items():
        assert record["headline"] == stories[key].headline
        assert (record["fetched_at"], record["source"], record["reread"]) == (DATE, "saved", False)
        assert record["warc"]["file"] == "site.wacz/archive/data.warc.gz"
    assert run.folder is not None
    assert not list(run.folder.glob("pages*"))
    assert "site.wacz/archive/data.warc.gz: 21 bytes at" in run.log


def test_a_day_chooses_among_captures(tmp_path: Path) -> None:
    page = site.stories()["en/64055"].page
    warc = WarcFile()
    for day in (1, 10, 20):
        dated = page.replace(b"</title>", b" %d</title>" % day)
        warc.response(URL, dated, date=f"2026-11-{day:02}T08:00:00Z", headers=HTML)
    file = warc.save(tmp_path / "a.warc.gz")
    run = scrapy("-a", f"urls={URL}", "-a", "at=2026-11-12", "-s", f"SAVED_PAGES={file}", data_dir=tmp_path / "data")
    assert [line["fetched_at"] for line in run.lines("articles.jsonl")] == ["2026-11-10T08:00:00Z"]


@pytest.mark.parametrize("spider", ["articles", "replay"])
def test_names_that_are_no_text_are_read_like_any_other(spider: str, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    saved_site().save(odd / os.fsdecode(b"\xe9.warc.gz"))
    asked = ("-a", f"urls={URL}") if spider == "articles" else ()
    for given, name in ((odd / os.fsdecode(b"\xe9.warc.gz"), r"\xe9.warc.gz"), (tmp_path, r"caf\xe9/\xe9.warc.gz")):
        run = scrapy(*asked, "-s", f"SAVED_PAGES={given}", spider=spider, data_dir=tmp_path / "data" / name[:3])
        assert run.code == 0, run.log
        assert {line["warc"]["file"] for line in run.lines("articles.jsonl")} == {name}


TWO = f"""
import sys
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

settings = get_project_settings()
for setting in sys.argv[1:]:
    settings.set(*setting.split("=", 1), priority="cmdline")
process = AsyncCrawlerProcess(settings)
one = "{URL}"
process.crawl("articles", urls=one)
process.crawl("articles", urls=",".join([*(f"https://iranwire.com/en/news/{{n}}-x/" for n in range(200)), one]))
process.start()
"""


def test_a_crawler_that_ends_leaves_its_neighbour_the_saved_pages(tmp_path: Path) -> None:
    """The second asks for its one article last, long after the first has ended."""
    file = saved_site().save(tmp_path / "a.warc.gz")
    done = python("-c", TWO, f"SAVED_PAGES={file}", f"DATA_DIR={tmp_path / 'data'}", "RENDER=never", "LOG_LEVEL=ERROR")
    assert (done.returncode, done.stderr) == (0, "")
    runs = sorted((tmp_path / "data").glob("articles/*"))
    assert [len((run / "articles.jsonl").read_text().splitlines()) for run in runs] == [1, 1]


@pytest.mark.parametrize(("arguments", "said"), [
    (["-a", "at=2026-11-12"], "only saved pages have a past"),
    (["-a", "at=soon", "-s", "SAVED_PAGES=tests/saved_site"], "-a at=soon: a day is needed"),
])  # fmt: skip
def test_a_day_that_cannot_be_used(arguments: list[str], said: str, tmp_path: Path) -> None:
    run = scrapy("-a", f"urls={URL}", *arguments, "-s", "LOG_LEVEL=ERROR", data_dir=tmp_path / "data")
    assert run.code == 1
    assert said in run.log
