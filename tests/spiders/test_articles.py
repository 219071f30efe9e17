"""`scrapy crawl articles`, as a user runs it."""

from pathlib import Path
from urllib.parse import unquote

import orjson
import pytest
from crawling import lay_out, scrapy
from saved_pages import saved_pages

from iranwire_crawler.domain.urls import article_address

PAGES = [page for page in saved_pages() if article_address(page.facts["url"])]
PERSIAN = [page for page in PAGES if page.name.startswith("fa-")]
VARYING = {"fetched_at", "crawler_version", "fetched_url"}


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_every_saved_page_becomes_the_accepted_record(tmp_path: Path, data_dir: Path) -> None:
    lay_out(PAGES, tmp_path / "saved")
    addresses = tmp_path / "urls.txt"
    addresses.write_text("# all of them\n" + "\n".join(page.facts["url"] for page in PAGES), encoding="utf-8")
    run = scrapy("-a", f"urls=@{addresses}", "-s", f"SAVED_PAGES={tmp_path / 'saved'}", data_dir=data_dir)
    assert run.code == 0, run.log
    records = {record["key"]: record for record in run.lines("articles.jsonl")}
    captions = run.lines("captions.jsonl")
    expected = {page.expected["article"]["key"]: page.expected for page in PAGES if "article" in page.expected}
    assert records.keys() == expected.keys()
    for key, record in records.items():
        wanted = expected[key]["article"]
        differing = {name for name in wanted if record[name] != wanted[name]} - VARYING
        # The page was on another host there: its relative addresses are that host's.
        assert differing <= {"images", "links", "authors", "body"}, key
        assert record["article_body"] == wanted["article_body"]
    assert len(captions) == len({caption["key"] for caption in captions})
    assert {caption["article_key"] for caption in captions} <= records.keys()
    assert run.lines("rejected.jsonl") == []


def test_persian_stands_unescaped_and_lines_parse(tmp_path: Path, data_dir: Path) -> None:
    urls = lay_out(PERSIAN[:3], tmp_path / "saved", encoded=False)
    run = scrapy("-a", "urls=" + ",".join(urls), "-s", f"SAVED_PAGES={tmp_path / 'saved'}", data_dir=data_dir)
    assert run.folder is not None, run.log
    raw = (run.folder / "articles.jsonl").read_bytes()
    assert b"\\u06" not in raw
    assert raw.endswith(b"\n")
    for line in raw.splitlines():
        orjson.loads(line)


def test_one_record_a_key_whatever_the_address(tmp_path: Path, data_dir: Path) -> None:
    page = next(page for page in PAGES if page.name.startswith("en-") and "article" in page.expected)
    (url,) = lay_out([page], tmp_path / "saved")
    address = article_address(url)
    assert address is not None
    forms = [url, f"http://stg.iranwire.com/en/{address.section}/{address.id}", f"{url}?ref=specials"]
    run = scrapy("-a", "urls=" + ",".join(forms), "-s", f"SAVED_PAGES={tmp_path / 'saved'}", data_dir=data_dir)
    assert run.code == 0, run.log
    (record,) = run.lines("articles.jsonl")
    assert record["key"] == address.key
    assert record["source"] == "saved"


def test_a_page_that_was_not_saved_is_told(tmp_path: Path, data_dir: Path) -> None:
    lay_out(PAGES[:1], tmp_path / "saved")
    missing = "https://iranwire.com/en/news/999999/"
    run = scrapy("-a", f"urls={missing}", "-s", f"SAVED_PAGES={tmp_path / 'saved'}", data_dir=data_dir)
    assert f"{missing}: not read (http_404): HTTP status 404" in run.log
    (unread,) = run.lines("unread/index.jsonl")
    assert (unread["url"], unread["reason"], unread["status"], unread["file"]) == (missing, "http_404", 404, None)
    assert run.code == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "-a urls=URL[,URL…] or -a urls=@file is needed"),
        (["-a", "urls=https://example.com/en/news/1/"], "'https://example.com/en/news/1/' is not an article's address"),
        (["-a", "urls=@nowhere.txt"], "-a urls=@nowhere.txt: cannot read it"),
        (["-a", "urls=https://iranwire.com/en/news/1/", "-a", "page=2"], "-a page: no such argument"),
        (
            ["-a", "urls=https://iranwire.com/en/news/1/", "-s", "SAVED_PAGES=nowhere"],
            "nowhere: no such file",
        ),
        (["-a", "urls=https://iranwire.com/en/news/1/", "-s", "SAVED_PAGES=pyproject.toml"], "neither WARC"),
        (["-a", "urls=https://iranwire.com/en/news/1/", "-s", "SAVED_PAGES=docs"], "holds no saved pages"),
        (["-a", "urls=https://iranwire.com/en/news/1/", "-s", "SITE_URL=nonsense"], "SITE_URL"),
    ],
)
def test_bad_arguments_are_one_line(arguments: list[str], said: str, data_dir: Path) -> None:
    run = scrapy(*arguments, "-s", "LOG_LEVEL=ERROR", data_dir=data_dir)
    assert run.code == 1
    assert "Traceback" not in run.log
    (line,) = [line for line in run.log.splitlines() if line.startswith("iranwire_crawler: ")]
    assert said in line
    assert run.folder is None or not any(run.folder.iterdir())


def test_an_unknown_spider_is_named(data_dir: Path) -> None:
    run = scrapy("-s", "LOG_LEVEL=ERROR", spider="nothing", data_dir=data_dir)
    assert run.code == 1
    assert "no spider named 'nothing'; there are: archive, articles, " in run.log


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    run = scrapy("-a", "urls=https://iranwire.com/en/news/1/", "-s", "LOG_LEVEL=ERROR", data_dir=blocked)
    assert run.code == 1
    assert f"DATA_DIR={blocked}: cannot write there" in run.log


def test_a_second_run_brings_only_what_has_changed(tmp_path: Path, data_dir: Path) -> None:
    saved = tmp_path / "saved"
    pages = [page for page in PAGES if page.expected.get("captions") and b'charset="utf-8"' in page.body][:2]
    urls = ",".join(lay_out(pages, saved))
    key = pages[0].expected["article"]["key"]
    first = scrapy("-a", f"urls={urls}", "-s", f"SAVED_PAGES={saved}", data_dir=data_dir)
    former = {record["key"]: record["content_hash"] for record in first.lines("articles.jsonl")}
    # A word of the body becomes another one; of the other page, only what no reader sees changes.
    for page in pages:
        address = article_address(page.facts["url"])
        assert address is not None
        file = saved / "iranwire.com" / unquote(address.path).strip("/") / "index.html"
        body, changed = file.read_text(encoding="utf-8"), page is pages[0]
        word = max(page.expected["article"]["body"][-1]["text"].split(), key=len)
        assert word in body
        file.write_text(body.replace(word, "Reworded") if changed else f"{body}<!-- served by 7 -->", encoding="utf-8")
    second = scrapy("-a", f"urls={urls}", "-s", f"SAVED_PAGES={saved}", data_dir=data_dir)
    (record,) = second.lines("articles.jsonl")
    assert (record["key"], record["revision"], record["previous_hash"]) == (key, 2, former[key])
    captions = second.lines("captions.jsonl")
    assert {caption["article_key"] for caption in captions} == {key}
    assert {caption["fetched_at"] for caption in captions} == {record["fetched_at"]}
    assert {line["key"] for line in second.lines("checked.jsonl")} == former.keys()
    assert second.folder is not None
    counts = orjson.loads((second.folder / "run.json").read_bytes())["counts"]
    assert (counts["articles"], counts["revised"], counts["known"]) == (1, 1, 1)
    third = scrapy("-a", f"urls={urls}", "-s", f"SAVED_PAGES={saved}", data_dir=data_dir)
    assert (third.code, third.lines("articles.jsonl"), third.lines("captions.jsonl")) == (0, [], [])
    assert "nothing_new" in third.log
