"""Hostile WARC files and WACZ beside a good one: it is read, each of them is told in one line or does no harm."""

import gzip
import os
import struct
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from crawling import scrapy
from faults import stories
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warc_files import HTML, WarcFile, save_wacz

from iranwire_crawler.domain.errors import SavedPagesError
from iranwire_crawler.stores.saved_pages import open_saved_pages
from iranwire_crawler.stores.warc_archive import WarcArchive

DATE = b"2026-11-20T10:00:00Z"
TINY_RECORDS = 5_000
# Bytes of memory that a crawl over all of them may have taken at its peak.
MOST = 600 << 20


def plain(
    number: int, *, length: bytes | None = None, uri: bytes | None = None, more: bytes = b"", date: bytes = DATE,
    status: bytes = b"200 OK", kind: bytes = b"response", http: bytes = b"",
) -> bytes:  # fmt: skip
    """A record as no tool would write it."""
    block = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\n%s\r\n" % (status, http) + stories.article(number)
    said = b"%d" % len(block) if length is None else length
    return (
        b"WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Target-URI: %s\r\nWARC-Date: %s\r\n%s"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: %s\r\n\r\n%s\r\n\r\n"
    ) % (kind, number, stories.url(number).encode() if uri is None else uri, date, more, said, block)


def records() -> dict[str, bytes]:
    """Bytes of WARC files by what is wrong with them."""
    redirects = WarcFile()
    for one, other in ((60, 61), (61, 60), (62, 62)):
        location = [("Location", stories.path(other))]
        redirects.response(stories.url(one), b"", status="302 Found", headers=location)
    bombs = WarcFile()
    bomb = gzip.compress(bytes(70 << 20))
    bombs.response(stories.url(63), bomb, headers=[*HTML, ("Content-Encoding", "gzip")])
    return {
        "length-long": plain(20, length=b"5000"),
        "length-short": plain(21, length=b"200"),
        "length-negative": plain(22, length=b"-5"),
        "length-huge": plain(23, length=b"9" * 18),
        "length-beyond": plain(24, length=b"9" * 40),
        "length-words": plain(25, length=b"many"),
        "no-headers": b"WARC/1.0\r\n\r\n",
        "no-length": plain(26).replace(b"Content-Length", b"Content-Height"),
        "no-date": plain(27, date=b""),
        "date-first": plain(28, date=b"0001-01-01T00:00:00+14:00"),
        "date-last": plain(29, date=b"9999-12-31T23:59:59-14:00"),
        "wayback-date": plain(30, uri=b"https://web.archive.org/web/00000000000000id_/" + stories.url(30).encode()),
        "status-huge": plain(31, status=b"9" * 30),
        "status-negative": plain(32, status=b"-1"),
        "nulls": plain(
            33, more=b"X\0Y: a\0b\r\nWARC-Refers-To: \0\r\nWARC-Payload-Digest: sha1:\0\r\n", http=b"A\0: \0\r\n"
        ),
        "no-utf-8": plain(34, more=b"WARC-Payload-Digest: \xff\xed\xa0\x80\x1b[2J\r\n"),
        "long-header": plain(35, more=b"X: " + b"x" * (2 << 20) + b"\r\n"),
        "uri-null": plain(36, uri=b"https://iranwire.com/en/news/36-\0\xff/"),
        "uri-file": plain(37, uri=b"file:///etc/passwd"),
        "uri-script": plain(38, uri=b"javascript:alert(1)"),
        "uri-other": plain(39, uri=b"https://example.com/en/news/39-x/"),
        "uri-brackets": plain(40, uri=b"https://[iranwire.com/en/news/40-x/"),
        "uri-port": plain(41, uri=b"https://iranwire.com:99999999/en/news/41-x/"),
        "uri-dots": plain(42, uri=b"https://iranwire.com/en/news/../../../../42-x/"),
        "revisit-itself": plain(43, kind=b"revisit", more=b"WARC-Refers-To: <urn:uuid:43>\r\n"),
        "segment": plain(44, more=b"WARC-Segment-Number: -1\r\nWARC-Truncated: length\r\n"),
        "redirects": redirects.data,
        "body-bomb": bombs.data,
        "member-bomb": gzip.compress(b"WARC/1.0\r\n" + b"X: y\r\n" * (12 << 20)),
        "zeros-bomb": gzip.compress(bytes(80 << 20)),
        "gzip-broken": gzip.compress(plain(45) * 9)[:60] + b"\xff" * 400,
        "gzip-torn": gzip.compress(plain(46) + plain(47))[:-30],
        "empty": b"",
        "noise": bytes(range(256)) * 40,
        "tiny": gzip.compress(b"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n") * TINY_RECORDS,
    }


def lay_out(folder: Path) -> None:
    """The good file, and around it everything else."""
    good = WarcFile()
    good.response(stories.url(1), stories.article(1))
    good.response(
        "https://iranwire.com/robots.txt", b"User-agent: *\nAllow: /\n", headers=[("Content-Type", "text/plain")]
    )
    good.response("https://iranwire.com/en/", stories.front(["news"]))
    good.response("https://iranwire.com/en/news/", stories.listing([1]))
    good.save(folder / "good.warc.gz")
    for name, data in records().items():
        (folder / f"{name}.warc").write_bytes(data)
    (folder / "folder.warc").mkdir()
    (folder / "loop.warc").symlink_to("loop.warc")
    os.mkfifo(folder / "pipe.warc")
    inner = gzip.compress(plain(50))
    save_wacz(
        folder / "names.wacz",
        {f"archive/{name}.warc.gz": inner for name in ("../../escaped", "/escaped", "\x1b[2J\x07")}
        | {"/tmp/archive/x.warc.gz": inner, "../archive/x.warc": inner, "archive/nested.wacz": b"PK\x03\x04"},
    )
    with zipfile.ZipFile(folder / "twice.wacz", "w") as twice:
        twice.writestr("archive/a.warc.gz", inner)
        with pytest.warns(UserWarning, match="Duplicate name"):
            twice.writestr("archive/a.warc.gz", gzip.compress(plain(51)))
    bomb = {"archive/bomb.warc": b"WARC/1.0\r\n" + bytes(80 << 20)}
    save_wacz(folder / "bomb.wacz", bomb, zipfile.ZIP_DEFLATED)
    packed = save_wacz(folder / "encrypted.wacz", {"archive/a.warc.gz": inner}).read_bytes()
    local, central = packed.find(b"PK\x03\x04"), packed.find(b"PK\x01\x02")
    edited = bytearray(packed)
    edited[local + 6] |= 1
    edited[central + 8] |= 1
    (folder / "encrypted.wacz").write_bytes(edited)
    damaged = save_wacz(folder / "damaged.wacz", {"archive/a.warc": plain(52) * 9}, zipfile.ZIP_DEFLATED).read_bytes()
    (folder / "damaged.wacz").write_bytes(damaged[:60] + b"\xff" * 60 + damaged[120:])
    displaced = bytearray(packed)
    displaced[central + 42 : central + 46] = struct.pack("<I", 2**31)
    (folder / "displaced.wacz").write_bytes(displaced)
    (folder / "junk.wacz").write_bytes(b"PK\x03\x04junk")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "saved"
    folder.mkdir()
    lay_out(folder)
    return folder


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("spider", ["replay", "news"])
def test_the_good_file_is_read_and_the_others_do_no_harm(spider: str, hostile: Path, tmp_path: Path) -> None:
    before = files(hostile.parent)
    more = ("-a", "processes=1") if spider == "replay" else ("-a", "lang=en", "-a", "max_pages=1")
    saved = ("-s", f"SAVED_PAGES={hostile}")
    run = scrapy(*saved, *more, spider=spider, data_dir=tmp_path / "data", timeout=60, memory=MOST)
    assert "Traceback" not in run.log, run.log
    told = [line for line in run.log.splitlines() if "Saved pages: " in line]
    for name in ("noise.warc", "loop.warc", "pipe.warc", "junk.wacz", "encrypted.wacz", "bomb.wacz", "damaged.wacz"):
        assert sum(f"Saved pages: {name}" in line for line in told) <= 1
    assert len(told) <= 21
    assert "\x1b" not in run.log
    assert "en/1" in {line["key"] for line in run.lines("articles.jsonl")}
    assert files(hostile.parent) == before
    assert {path.name for path in tmp_path.iterdir()} == {"data"}
    assert not {path for path in files(tmp_path) if "escaped" in path.name}


def test_each_file_beside_the_good_one(hostile: Path, tmp_path: Path) -> None:
    archive = open_saved_pages(str(hostile), tmp_path)
    assert isinstance(archive, WarcArchive)
    try:
        found = archive.find(stories.url(1))
        assert found is not None
        assert found[0].body == stories.article(1)
        for number in range(20, 64):
            archive.find(stories.url(number))
        problems = archive.problems
        for name in ("noise.warc", "loop.warc", "pipe.warc", "junk.wacz", "encrypted.wacz", "bomb.wacz", "damaged.wacz",
                     "displaced.wacz"):  # fmt: skip
            assert sum(problem.startswith(name) for problem in problems) == 1, (name, problems)
        assert any(problem.startswith("body-bomb") and "larger than 64 MiB" in problem for problem in problems)
        assert not any("\n" in problem or "\x1b" in problem for problem in problems)
    finally:
        archive.close()


STARTS = st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"PK\x03\x04", plain(1), gzip.compress(plain(1))])


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(STARTS, st.binary(max_size=300), st.integers(0, 3000), st.sampled_from([".warc", ".warc.gz", ".wacz"]))
def test_any_bytes_are_read_or_refused(start: bytes, noise: bytes, cut: int, suffix: str) -> None:
    with TemporaryDirectory() as name:
        file = Path(name, "a" + suffix)
        file.write_bytes(start[:cut] + noise + start[cut:])
        try:
            archive = open_saved_pages(str(file), Path(name))
        except SavedPagesError as error:
            assert "\n" not in str(error)
            return
        assert isinstance(archive, WarcArchive)
        archive.find(stories.url(1))
        archive.close()
