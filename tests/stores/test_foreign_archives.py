"""Archives of the saved site that other tools made (`build_foreign_archives.py`), and records as they write them."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from build_foreign_archives import FOREIGN, KEYS, LISTINGS
from build_saved_site import SITE, stories
from crawling import scrapy

from iranwire_crawler.stores.mirror import MirrorFolder
from iranwire_crawler.stores.saved_pages import SavedPagesStore, open_saved_pages
from iranwire_crawler.stores.warc_archive import WarcArchive

STORIES = stories()
SITES = MirrorFolder(SITE)
GIVEN = [
    "wget.warc.gz",
    "wget-plain.warc",
    # Pages that had not changed: each a revisit of one in the other file, by its payload's digest.
    "wget-again.warc.gz,wget.warc.gz",
    "wget.wacz",
    "warcit.warc.gz",
    "mirror",
    "mirror-adjusted",
]
URL = "https://iranwire.com/en/news/12-a-slug/"
PAGE = "<html><p>صفحه</p>".encode() * 50


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[list[SavedPagesStore]]:
    stores: list[SavedPagesStore] = []
    yield stores
    for store in stores:
        if isinstance(store, WarcArchive):
            store.close()


def given(names: str) -> str:
    return ",".join(str(FOREIGN / name) for name in names.split(","))


def body(store: SavedPagesStore, url: str) -> bytes | None:
    if isinstance(store, MirrorFolder):
        page = store.find(url)
        return page.body() if page else None
    found = store.find(url)
    return found[0].body if found else None


@pytest.mark.parametrize("names", GIVEN)
def test_every_page_is_the_site_s(names: str, tmp_path: Path, opened: list[SavedPagesStore]) -> None:
    """Chunked, packed and plain; by the address that was archived and by that of today."""
    store = open_saved_pages(given(names), tmp_path)
    opened.append(store)
    # warcit takes the name of a mirror's file, `?page=2` and all, for a path.
    listings = [path for path in LISTINGS if "?" not in path or "warcit" not in names]
    for path in [*(STORIES[key].path for key in KEYS), *listings]:
        page = SITES.find(f"https://iranwire.com{path}")
        assert page is not None
        for url in (f"https://iranwire.com{path}", f"http://www.iranwire.com{path}"):
            assert body(store, url) == page.body(), url
    assert {key for key, _ in store.articles()} == {*KEYS}
    if isinstance(store, WarcArchive):
        assert store.problems == []


def test_all_of_them_are_replayed(tmp_path: Path) -> None:
    """A folder with the WARC files and the WACZ of all: each article once, as the site's own page reads."""
    folder = tmp_path / "given"
    folder.mkdir()
    for file in FOREIGN.glob("*.wa*"):
        (folder / file.name).write_bytes(file.read_bytes())
    run = scrapy("-s", f"SAVED_PAGES={folder}", "-a", "frozen=yes", spider="replay", data_dir=tmp_path / "data")
    site = scrapy("-s", f"SAVED_PAGES={SITE}", "-a", "frozen=yes", spider="replay", data_dir=tmp_path / "data")
    assert run.code == 0, run.log
    hashes = {line["key"]: line["content_hash"] for line in site.lines("articles.jsonl") if line["key"] in KEYS}
    assert {line["key"]: line["content_hash"] for line in run.lines("articles.jsonl")} == hashes
    assert run.lines("unread/index.jsonl") == []


def record(http: bytes, *, version: str = "1.0", more: str = "", kind: str = "response", uri: str = URL) -> bytes:
    head = (
        f"WARC/{version}\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-11-20T10:00:00Z\r\n"
        f"WARC-Target-URI: {uri}\r\nContent-Type: application/http;msgtype=response\r\n{more}"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def chunks(page: bytes) -> bytes:
    return b"%x;name=value\r\n%s\r\n0\r\nTrailer: x\r\n\r\n" % (len(page), page)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PAGE_INFO = record(b"{}", kind="resource", uri="urn:pageinfo:https://iranwire.com/en/", more="WARC-Page-ID: 1\r\n")


@pytest.mark.parametrize("data", [
    record(OK + b"\r\n" + PAGE),
    record(OK + b"Content-Length: 3\r\n\r\n" + PAGE),
    record(OK + b"Content-Length: 99999\r\n\r\n" + PAGE),
    record(OK.replace(b"\r\n", b"\n") + b"\n" + PAGE),
    record(b"HTTP/2 200\r\ncontent-type: text/html\r\n\r\n" + PAGE),
    record(b"HTTP/1.0 200 \r\nContent-type:text/html\r\n\r\n" + PAGE, version="0.18"),
    record(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(PAGE)),
    record(OK + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" + chunks(gzip.compress(PAGE))),
    record(OK + b"X-Crawler-Content-Encoding: br\r\nX-Crawler-Content-Length: 9\r\n\r\n" + PAGE),
    PAGE_INFO + record(OK + b"x-orig-content-encoding: br\r\n\r\n" + PAGE, version="1.1", more="WARC-Page-ID: 1\r\n"),
    record(OK + b"\r\n" + PAGE).replace(b"WARC-Target-URI", b"warc-target-uri").replace(b"WARC-Type", b"warc-type"),
    record(OK + b"\r\n" + PAGE, more="WARC-Truncated: length\r\nWARC-Identified-Payload-Type: text/html\r\n"),
    record(OK + b"\r\n" + PAGE, uri=f"<{URL.replace('https', 'http')}>"),
    record(OK + b"Set-Cookie: a\r\n folded\r\n\r\n" + PAGE),
], ids=[
    "no length", "too short a length", "too long a length", "bare line feeds", "HTTP/2 without a phrase", "WARC/0.18",
    "chunk extensions and trailers", "chunked gzip", "Common Crawl", "Browsertrix", "names in small letters",
    "truncated", "wget 1.x", "folded header",
])  # fmt: skip
@pytest.mark.parametrize("packed", [True, False])
def test_records_as_others_write_them(data: bytes, packed: bool, tmp_path: Path, opened: list[SavedPagesStore]) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(gzip.compress(data) if packed else data)
    store = open_saved_pages(str(file), tmp_path)
    opened.append(store)
    assert body(store, URL) == PAGE
