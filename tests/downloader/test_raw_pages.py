"""Raw pages of real crawls: everything that came over the wire, as it came."""

import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from crawling import ROOT, scrapy
from downloader.crawl_probe import Reply, serving, to
from fastwarc.warc import ArchiveIterator, WarcRecordType
from saved_pages import saved_pages

from iranwire_crawler.domain.urls import article_address
from iranwire_crawler.stores.warc_members import whole_until

PAGES = [page for page in saved_pages() if page.name.startswith("en-") and "article" in page.expected][:3]
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "CONTACT=me@example.org")
ROBOTS = [Reply(headers={"Content-Type": "text/plain"}, body=b"User-agent: *\nAllow: /\n")]


def path_of(number: int) -> str:
    address = article_address(PAGES[number].facts["url"])
    assert address is not None
    return address.path


def records(file: Path) -> list[tuple[str, str, bytes]]:
    return [
        (str(record.headers["WARC-Type"]), record.headers.get("WARC-Target-URI", ""), record.reader.read())
        for record in ArchiveIterator(str(file), parse_http=False)
    ]


def test_a_run_keeps_what_came_over_the_wire(tmp_path: Path) -> None:
    packed = gzip.compress(PAGES[0].body)
    paths = [path_of(number) for number in range(3)]
    replies = {
        "/robots.txt": ROBOTS,
        paths[0]: [Reply(headers={"Content-Encoding": "gzip", "Content-Type": "text/html"}, body=packed)],
        paths[1]: to("/moved/"),
        "/moved/": [Reply(status=503, body=b"not now"), Reply(body=PAGES[1].body)],
        paths[2]: [Reply(status=404, body=b"<p>gone")],
    }
    with serving(replies) as site:
        urls = ",".join(f"https://iranwire.com{path}" for path in paths)
        run = scrapy("-a", f"urls={urls}", "-s", f"SITE_URL={site.origin}", *QUICK, data_dir=tmp_path / "data")
        asked = site.paths()
    assert run.folder is not None, run.log
    file = run.folder / "pages.warc.gz"
    assert whole_until(file) == file.stat().st_size
    kept = records(file)
    assert [kind for kind, _, _ in kept] == ["warcinfo", *["request", "response"] * len(asked)]
    assert [uri for kind, uri, _ in kept if kind == "response"] == [f"https://iranwire.com{path}" for path in asked]
    info = kept[0][2].decode()
    for said in (f"urls={urls}", "operator: me@example.org", "robots: obey", f"fetched-from: {site.origin}",
                 "isPartOf: articles/", "software: iranwire_crawler/"):  # fmt: skip
        assert said in info
    request = next(block for kind, uri, block in kept if kind == "request" and uri.endswith(paths[0]))
    assert request.startswith(f"GET {paths[0]} HTTP/1.1\r\nHost: iranwire.com\r\n".encode())
    assert b"User-Agent: iranwire_crawler/" in request
    (article,) = [line for line in run.lines("articles.jsonl") if line["url"].endswith(paths[0])]
    with (run.folder / article["warc"]["file"]).open("rb") as stream:
        stream.seek(article["warc"]["offset"])
        record = next(iter(ArchiveIterator(stream)))
        assert record.record_id == article["warc"]["record_id"]
        assert record.headers["WARC-Date"] == article["fetched_at"]
        assert record.http_headers.get("Content-Encoding") == "gzip"
        assert record.reader.read() == packed
    other = [line for line in run.lines("articles.jsonl") if not line["url"].endswith(paths[0])]
    responses = [record.record_id for record in ArchiveIterator(str(file), WarcRecordType.response)]
    assert [responses.index(line["warc"]["record_id"]) for line in other] == [len(asked) - 1] * len(other)


def test_nothing_is_kept_where_that_is_asked_for(tmp_path: Path) -> None:
    with serving({"/robots.txt": ROBOTS, path_of(0): [Reply(body=PAGES[0].body)]}) as site:
        run = scrapy(
            "-a", f"urls={PAGES[0].facts['url']}", "-s", f"SITE_URL={site.origin}", "-s", "SAVE_RAW=no", *QUICK,
            data_dir=tmp_path / "data",
        )  # fmt: skip
    assert run.folder is not None
    assert not list(run.folder.glob("pages*"))
    assert [line["warc"] for line in run.lines("articles.jsonl")] == [None]


def test_files_roll_at_a_size(tmp_path: Path) -> None:
    """Every file is one in its own right, and an archive of them all is read as one."""
    replies = {path_of(number): [Reply(body=PAGES[number].body)] for number in range(3)}
    urls = ",".join(str(page.facts["url"]) for page in PAGES)
    with serving({"/robots.txt": ROBOTS, **replies}) as site:
        run = scrapy("-a", f"urls={urls}", "-s", f"SITE_URL={site.origin}", "-s", "WARC_MAX_BYTES=2000", *QUICK,
                     data_dir=tmp_path / "data")  # fmt: skip
    assert run.folder is not None
    files = sorted(file.name for file in run.folder.glob("pages*.warc.gz"))
    assert len(files) >= 3
    for name in files:
        assert records(run.folder / name)[0][0] == "warcinfo"
        assert whole_until(run.folder / name) == (run.folder / name).stat().st_size
    for line in run.lines("articles.jsonl"):
        with (run.folder / line["warc"]["file"]).open("rb") as stream:
            stream.seek(line["warc"]["offset"])
            assert next(iter(ArchiveIterator(stream))).record_id == line["warc"]["record_id"]
    index = (run.folder / "pages.cdxj").read_text()
    assert {name for name in files if f'"filename": "{name}"' in index} == {*files}
    again = scrapy("-s", f"SAVED_PAGES={run.folder}", spider="replay", data_dir=tmp_path / "again")
    warcs = {line["key"]: line["warc"]["record_id"] for line in run.lines("articles.jsonl")}
    assert {line["key"]: line["warc"]["record_id"] for line in again.lines("articles.jsonl")} == warcs


@pytest.mark.parametrize("setting", ["SAVE_RAW=perhaps", "WARC_MAX_BYTES=much"])
def test_settings_that_cannot_be_used(setting: str, tmp_path: Path) -> None:
    run = scrapy("-a", "urls=https://iranwire.com/en/news/1/", "-s", setting, data_dir=tmp_path / "data")
    assert run.code == 1
    assert f"iranwire_crawler: {setting.partition('=')[0]}=" in run.log
    assert run.folder is None or not run.folder.exists()


def command(site: str, data_dir: Path, urls: list[str]) -> list[str]:
    return [
        sys.executable, "-m", "scrapy", "crawl", "articles", "-a", "urls=" + ",".join(urls), "-s", f"SITE_URL={site}",
        "-s", f"DATA_DIR={data_dir}", "-s", "RENDER=never", *QUICK,
    ]  # fmt: skip


def limited() -> None:
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))


def test_a_run_that_cannot_keep_its_pages_stops(tmp_path: Path) -> None:
    noise = os.urandom(16_000)
    urls = [f"https://iranwire.com/en/news/{number}/" for number in range(1, 9)]
    replies = {f"/en/news/{number}/": [Reply(body=PAGES[0].body + b"<!--" + noise + b"-->")] for number in range(1, 9)}
    with serving({"/robots.txt": ROBOTS, **replies}) as site:
        done = subprocess.run(
            command(site.origin, tmp_path / "data", urls),
            cwd=ROOT, preexec_fn=limited, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        asked = len(site.paths())
    assert done.returncode == 3, done.stderr
    assert "raw pages cannot be kept (File too large); the run stops" in done.stderr
    assert "stopped before the end (raw_pages_failed)" in done.stderr
    assert asked < len(urls)
    (folder,) = (tmp_path / "data" / "articles").iterdir()
    file = folder / "pages.warc.gz"
    assert whole_until(file) == file.stat().st_size
    kept = [uri for kind, uri, _ in records(file) if kind == "response"]
    lines = (folder / "articles.jsonl").read_text().splitlines()
    assert len(lines) == len(kept) - 1 == 3


def test_a_killed_run_is_mended_at_the_next_start(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    urls = [f"https://iranwire.com/en/news/{number}/" for number in range(1, 100)]
    with serving({"/robots.txt": ROBOTS}) as site:
        crawl = subprocess.Popen(command(site.origin, data_dir, urls), cwd=ROOT, stderr=subprocess.DEVNULL)
        try:
            while len(site.paths()) < 20 and crawl.poll() is None:
                time.sleep(0.01)
            crawl.kill()
        finally:
            crawl.wait()
        (folder,) = (data_dir / "articles").iterdir()
        file = folder / "pages.warc.gz"
        whole = whole_until(file)
        with file.open("ab") as stream:
            stream.write(file.read_bytes()[:100])  # what a kill seldom leaves: a write is all but one step
        again = scrapy("-a", f"urls={urls[0]}", "-s", f"SITE_URL={site.origin}", *QUICK, data_dir=data_dir)
    assert "a torn record at its end" in again.log
    assert file.stat().st_size == whole
    assert (folder / "pages.warc.gz.torn").exists()
    assert (folder / "pages.cdxj").exists()
    assert not (folder / "pages.cdxj.open").exists()
