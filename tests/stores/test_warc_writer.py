"""Raw pages out: whatever was answered comes back, and a crash costs at most the record it tore."""

import json
import os
import random
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from crawling import python
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from iranwire_crawler.stores.torn_records import set_torn_records_aside
from iranwire_crawler.stores.verify_index import index_flaws
from iranwire_crawler.stores.warc_index import INDEX, JOURNAL, sort_key, warc_files
from iranwire_crawler.stores.warc_members import whole_until
from iranwire_crawler.stores.warc_writer import Exchange, RefersTo, WarcWriter, Written

AT = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
URLS = [
    f"https://iranwire.com/{path}" for path in ("en/", "en/news/1-a/", "fa/news/2-%D8%B3/", "robots.txt", "en/?a=b&c")
]
NAMES = st.sampled_from([b"Content-Type", b"Content-Encoding", b"Set-Cookie", b"Server", b"X-A"])
# What HTTP lets a header hold, white space at its ends apart.
VALUES = st.binary(max_size=30).map(lambda value: bytes(each for each in value if 0x20 < each != 0x7F))
EXCHANGES = st.builds(
    Exchange,
    target_uri=st.sampled_from(URLS),
    at=st.just(AT),
    method=st.just("GET"),
    request_headers=st.just([(b"User-Agent", b"test")]),
    status=st.integers(100, 599),
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=5),
    body=st.one_of(st.binary(max_size=3000), st.just(b"a" * 70_000), st.just(b"WARC/1.1\r\n\r\n" * 3)),
)


def exchange(body: bytes = b"<html>", status: int = 200, url: str = URLS[1], **headers: str) -> Exchange:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Exchange(
        target_uri=url, at=AT, method="GET", request_headers=[(b"Accept", b"*/*")], status=status,
        headers=pairs, body=body, ip_address="127.0.0.1",
    )  # fmt: skip


def written(folder: Path, exchanges: list[Exchange], max_bytes: int = 1 << 30) -> list[Written]:
    writer = WarcWriter(folder, {"software": "test", "description": "two\r\nlines"}, max_bytes)
    places = [writer.write_exchange(each) for each in exchanges]
    writer.close()
    return places


def at_offset(folder: Path, place: Written) -> WarcRecord:
    with (folder / place.file).open("rb") as stream:
        stream.seek(place.offset)
        record = next(iter(ArchiveIterator(stream)))
        record.freeze()
        return record


def checked(tool: str, file: Path) -> str:
    command = {"warcio": ["-m", "warcio.cli", "check", "-v"], "fastwarc": ["-m", "fastwarc.cli", "check"]}[tool]
    done = subprocess.run([sys.executable, *command, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@settings(max_examples=60)
@given(st.lists(EXCHANGES, max_size=6), st.sampled_from([2000, 1 << 30]))
def test_any_answers_come_back_as_they_were(exchanges: list[Exchange], max_bytes: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        places = written(folder, exchanges, max_bytes)
        for asked, place in zip(exchanges, places, strict=True):
            record = at_offset(folder, place)
            assert record.record_id == place.record_id
            assert record.headers["WARC-Target-URI"] == asked.target_uri
            assert record.record_date == AT
            assert record.http_headers.status_code == asked.status
            assert list(record.http_headers.items_bytes()) == asked.headers
            assert record.reader.read() == asked.body
        for file in warc_files(folder):
            assert whole_until(file) == file.stat().st_size
            kinds = [str(record.headers["WARC-Type"]) for record in ArchiveIterator(str(file), verify_digests=True)]
            assert kinds[0] == "warcinfo"
            assert kinds.count("request") == len(kinds) // 2
            assert b"two\r\nlines" not in next(iter(ArchiveIterator(str(file)))).reader.read()


def test_the_checkers_of_others_accept_it(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, {"software": "test"}, 1 << 30)
    page = writer.write_exchange(exchange(b"<p>\xd8\xb3" * 500, Content_Type="text/html; charset=utf-8"))
    packed = zlib.compress(b"<p>" * 500)
    writer.write_exchange(exchange(packed, url=URLS[2], Content_Type="text/html", Content_Encoding="deflate"))
    writer.write_exchange(exchange(b"", 301, Location="/en/"))
    writer.write_exchange(exchange(b"", 304, ETag='"a"'), RefersTo(record_id=page.record_id, target_uri=URLS[1]))
    writer.write_exchange(exchange(b"", 304))
    writer.write_conversion(URLS[1], AT, b"<html>rendered", "text/html", page.record_id)
    writer.close()
    file = tmp_path / "pages.warc.gz"
    assert "FAIL" not in checked("warcio", file).upper()
    checked("fastwarc", file)
    with file.open("rb") as stream:
        records = [(record.rec_type, record.rec_headers) for record in WarcioIterator(stream)]
    assert [kind for kind, _ in records] == [
        "warcinfo",
        *["request", "response"] * 3,
        *["request", "revisit"] * 2,
        "conversion",
    ]
    assert records[2][1].get_header("WARC-IP-Address") == "127.0.0.1"
    assert records[2][1].get_header("WARC-Payload-Digest").startswith("sha1:")
    assert records[1][1].get_header("WARC-Concurrent-To") == page.record_id
    revisit = records[8][1]
    assert revisit.get_header("WARC-Profile").endswith("/server-not-modified")
    assert revisit.get_header("WARC-Refers-To") == page.record_id
    assert records[-1][1].get_header("WARC-Refers-To") == page.record_id


def test_the_index_names_each_answer_sorted(tmp_path: Path) -> None:
    places = written(tmp_path, [exchange(b"1", url=url, Content_Type="text/html; x") for url in URLS])
    lines = (tmp_path / INDEX).read_text().splitlines()
    assert lines == sorted(lines)
    assert not (tmp_path / JOURNAL).exists()
    said = {entry["url"]: entry for entry in (json.loads(line.split(" ", 2)[2]) for line in lines)}
    for url, place in zip(URLS, places, strict=True):
        assert (int(said[url]["offset"]), said[url]["filename"], said[url]["mime"]) == (
            place.offset,
            place.file,
            "text/html",
        )
        with (tmp_path / place.file).open("rb") as stream:
            stream.seek(place.offset)
            assert b"1\r\n\r\n" in zlib.decompress(stream.read(int(said[url]["length"])), 31)
    assert sort_key("https://www.iranwire.com/en/News/1-x/?b=2&a=1") == "com,iranwire)/en/news/1-x?a=1&b=2"


def test_files_roll_at_a_size(tmp_path: Path) -> None:
    places = written(tmp_path, [exchange(bytes([number]) * 9, url=URLS[number % 4]) for number in range(7)], 1200)
    names = [file.name for file in warc_files(tmp_path)]
    assert names == ["pages.warc.gz", *(f"pages-{number:05d}.warc.gz" for number in range(2, len(names) + 1))]
    assert len(names) > 2
    assert [at_offset(tmp_path, place).reader.read()[:1] for place in places] == [bytes([n]) for n in range(7)]


@pytest.mark.parametrize("journal", ["as written", "missing", "torn"])
def test_cut_anywhere_it_loses_the_torn_record_alone(journal: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    writer = WarcWriter(whole, {"software": "test"}, 1 << 30)
    places = [writer.write_exchange(exchange(bytes([n]) * 50, 304 if n == 2 else 200)) for n in range(4)]
    data, noted = (whole / "pages.warc.gz").read_bytes(), (whole / JOURNAL).read_bytes()
    ends = [0]
    while ends[-1] < len(data):
        unpacker = zlib.decompressobj(31)
        unpacker.decompress(data[ends[-1] :])
        ends.append(len(data) - len(unpacker.unused_data))
    assert len(ends) == 10
    run = tmp_path / "run"
    run.mkdir()
    for cut in [*range(0, len(data), 7), *ends, *(end - 1 for end in ends[1:])]:
        for file in run.iterdir():
            file.unlink()
        (run / "pages.warc.gz").write_bytes(data[:cut])
        if journal != "missing":
            (run / JOURNAL).write_bytes(noted if journal == "as written" else noted[:-20])
        last = max(end for end in ends if end <= cut)
        torn = list(set_torn_records_aside(run, "news/x"))
        assert (run / "pages.warc.gz").read_bytes() == data[:last]
        assert [(each.bytes, each.moved_to) for each in torn] == [(cut - last, "news/x/pages.warc.gz.torn")] * (
            cut > last
        )
        if cut > last:
            assert (run / "pages.warc.gz.torn").read_bytes() == data[last:cut]
        kept = sum(place.offset < last for place in places)
        assert sorted((run / INDEX).read_bytes().splitlines()) == sorted(noted.splitlines()[:kept])
        assert list(set_torn_records_aside(run, "news/x")) == []


def test_zeros_that_a_power_cut_leaves_are_no_record(tmp_path: Path) -> None:
    written(tmp_path, [exchange(b"a"), exchange(b"b")])
    file = tmp_path / "pages.warc.gz"
    size = file.stat().st_size
    with file.open("ab") as stream:
        stream.write(bytes(4096))
    (tmp_path / INDEX).rename(tmp_path / JOURNAL)
    (torn,) = set_torn_records_aside(tmp_path, "news/x")
    assert (torn.bytes, file.stat().st_size) == (4096, size)
    assert str(torn) == "news/x/pages.warc.gz: a torn record at its end (4096 bytes) moved to news/x/pages.warc.gz.torn"


FULL = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, "tests")
from stores.test_warc_writer import exchange, WarcWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
writer = WarcWriter(folder, {"software": "test"}, 1 << 30)
places = [writer.write_exchange(exchange(b"a" * 100))]
size = (folder / "pages.warc.gz").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 700, resource.RLIM_INFINITY))
try:
    writer.write_exchange(exchange(bytes(range(256)) * 50, Content_Encoding="none"))
except OSError as error:
    assert (folder / "pages.warc.gz").stat().st_size == size, error
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    writer.write_exchange(exchange(b"after"))
    writer.close()
    print("told")
"""


def test_a_record_for_which_there_is_no_room_leaves_the_file_whole(tmp_path: Path) -> None:
    done = python("-c", FULL, str(tmp_path))
    assert (done.stdout, done.stderr) == ("told\n", "")
    file = tmp_path / "pages.warc.gz"
    assert whole_until(file) == file.stat().st_size
    assert len((tmp_path / INDEX).read_text().splitlines()) == 2


def test_a_record_that_the_index_has_no_room_for_is_taken_back(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).symlink_to("/dev/full")
    writer = WarcWriter(tmp_path, {"software": "test"}, 1 << 30)
    with pytest.raises(OSError, match="No space left"):
        writer.write_exchange(exchange(b"a"))
    (tmp_path / JOURNAL).unlink()
    writer.close()
    file = tmp_path / "pages.warc.gz"
    with file.open("rb") as stream:
        assert [record.record_type for record in ArchiveIterator(stream)] == [WarcRecordType.warcinfo]
    assert whole_until(file) == file.stat().st_size
    assert (writer.records, writer.bytes) == (1, file.stat().st_size)


MEND_FULL = """
import resource, signal, sys
from pathlib import Path
from iranwire_crawler.stores.torn_records import set_torn_records_aside
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
print(*set_torn_records_aside(Path(sys.argv[1]), "news/x"))
"""


def test_what_a_full_disk_keeps_from_being_mended_is_mended_at_the_next_start(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, {"software": "test"}, 1 << 30)
    for number in range(3):
        writer.write_exchange(exchange(random.Random(number).randbytes(60_000), Content_Encoding="none"))
    file = tmp_path / "pages.warc.gz"
    os.truncate(file, file.stat().st_size - 1000)
    told = python("-c", MEND_FULL, str(tmp_path))
    assert told.stdout.endswith("could not be set aside\n")
    assert len((tmp_path / JOURNAL).read_text().splitlines()) == 3
    (torn,) = set_torn_records_aside(tmp_path, "news/x")
    assert torn.moved_to == "news/x/pages.warc.gz.torn"
    assert list(index_flaws(tmp_path, "news/x", ended=True)) == []


def test_a_header_stays_on_its_line_however_it_was_folded(tmp_path: Path) -> None:
    pairs = [(b"X-A", b"a" + b" " * 20_000 + b"b"), (b"X-B", b"a \r\n\t b\n"), (b"X-C", b"\r\n")]
    (place,) = written(tmp_path, [replace(exchange(), headers=pairs)])
    record = at_offset(tmp_path, place)
    assert dict(record.http_headers.items_bytes()) == {b"X-A": pairs[0][1], b"X-B": b"a b", b"X-C": b""}
    assert "WARC-Truncated" not in record.headers


def test_headers_too_long_to_be_read_again_are_left_out(tmp_path: Path) -> None:
    pairs = [(b"Server", b"x"), *[(b"X-%d" % number, b" " * 300_000) for number in range(10)], (b"Content-Type", b"y")]
    (place,) = written(tmp_path, [replace(exchange(b"whole"), headers=pairs)])
    record = at_offset(tmp_path, place)
    assert dict(record.http_headers.items_bytes()) == {b"Server": b"x", b"Content-Type": b"y"}
    assert record.headers["WARC-Truncated"] == "length"
    assert record.reader.read() == b"whole"
