"""Raw pages in: whoever made the files, and whatever has become of them."""

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warc_files import DATE, ENCODED, HTML, WarcFile, save_wacz

from iranwire_crawler.domain.errors import SavedPagesError
from iranwire_crawler.stores import warc_sources
from iranwire_crawler.stores.capture_index import FILE
from iranwire_crawler.stores.mirror import MirrorFolder
from iranwire_crawler.stores.saved_pages import open_saved_pages
from iranwire_crawler.stores.warc_archive import WarcArchive
from iranwire_crawler.stores.warc_writer import Exchange, WarcWriter

URL = "https://iranwire.com/en/news/12-a-slug/"
OTHER = "https://iranwire.com/en/news/13-b/"
PAGE = "<html><p>صفحه</p>".encode() * 200


OPEN: list[WarcArchive] = []


def opened(*files: Path, data_dir: Path | None = None) -> WarcArchive:
    archive = open_saved_pages(",".join(map(str, files)), data_dir or files[0].parent / "data")
    assert isinstance(archive, WarcArchive)
    OPEN.append(archive)
    return archive


def close_all() -> None:
    while OPEN:
        OPEN.pop().close()


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    close_all()


def body(archive: WarcArchive, url: str = URL, day: date | None = None) -> bytes | None:
    found = archive.find(url, day)
    return found[0].body if found else None


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("encoding", ENCODED)
def test_every_encoding_is_undone(encoding: str, packed: bool, tmp_path: Path) -> None:
    encode, headers = ENCODED[encoding]
    warc = WarcFile(packed=packed)
    record = warc.response(URL, encode(PAGE), headers=[*HTML, *headers, ("X-Kept", "yes")])
    archive = opened(warc.save(tmp_path / "a.warc.gz"))
    found = archive.find(URL)
    assert found is not None
    answer, taken = found
    assert (answer.status, answer.body) == (200, PAGE)
    assert answer.headers == ((b"Content-Type", b"text/html; charset=utf-8"), (b"X-Kept", b"yes"))
    assert (taken.url, taken.at, taken.source) == (URL, datetime(2026, 11, 20, 10, tzinfo=UTC), "saved")
    assert (taken.warc.file, taken.warc.record_id, taken.warc.offset) == ("a.warc.gz", record, 0)
    assert archive.problems == []


@pytest.mark.parametrize("saved", [
    "http://iranwire.com/en/news/12-a-slug", "https://www.iranwire.com/en/news/12-a-slug/", "<" + URL + ">",
    "https://stg.iranwire.com:443/en/news/12-a-slug/", "https://iranwire.com/en/news/12/", URL + "?ref=specials",
    "https://web.archive.org/web/20261120100000id_/https://iranwire.com/en/news/12-a-slug/",
])  # fmt: skip
@pytest.mark.parametrize(
    "asked", [URL, "http://prod.iranwire.com/en/news/12-a-slug", "https://iranwire.com/en/news/12/"]
)
def test_any_form_of_an_address_finds_the_page(saved: str, asked: str, tmp_path: Path) -> None:
    warc = WarcFile()
    warc.response("https://example.com/en/news/12-a-slug/", b"another site's")
    warc.response(saved, PAGE)
    warc.response(OTHER, b"other")
    archive = opened(warc.save(tmp_path / "a.warc.gz"))
    assert body(archive, asked) == PAGE
    assert len(archive) == 2
    found = archive.find(asked)
    assert found is not None
    assert found[1].source == ("wayback" if "web.archive" in saved else "saved")
    assert found[1].at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert body(archive, "https://iranwire.com/en/news/14/") is None


def several() -> WarcFile:
    warc = WarcFile()
    for day in (1, 20, 10):
        warc.response(URL, b"on day %d" % day, date=f"2026-11-{day:02}T10:00:00Z")
    warc.response(URL, b"down", date="2026-11-22T00:00:00Z", status="503 Busy")
    warc.response(URL, b"", date="2026-11-23T00:00:00Z", status="301 Moved", headers=[("Location", URL)])
    return warc


@pytest.mark.parametrize(("day", "expected"), [
    (None, 20), (date(2026, 11, 4), 1), (date(2026, 11, 6), 10), (date(2026, 11, 10), 10), (date(2030, 1, 1), 20),
])  # fmt: skip
def test_of_several_captures_the_newest_or_the_nearest(day: date | None, expected: int, tmp_path: Path) -> None:
    archive = opened(several().save(tmp_path / "a.warc.gz"))
    assert body(archive, day=day) == b"on day %d" % expected
    assert [placed.capture.at[8:10] for _, placed in archive.articles(day)] == [f"{expected:02}"]


def test_where_nothing_else_was_kept_an_error_answers(tmp_path: Path) -> None:
    warc = WarcFile()
    warc.response(URL, b"gone", status="410 Gone")
    warc.response(OTHER, b"", status="301 Moved", headers=[("Location", "/en/news/13-b")])
    archive = opened(warc.save(tmp_path / "a.warc.gz"))
    found = archive.find(URL)
    assert found is not None
    assert (found[0].status, found[0].body) == (410, b"gone")
    assert archive.find(OTHER) is None
    assert list(archive.articles()) == []


def test_redirects_lead_on(tmp_path: Path) -> None:
    warc = WarcFile()
    warc.response("https://iranwire.com/en/old/", b"", status="301 Moved", headers=[("Location", "/en/features/")])
    found = opened(warc.save(tmp_path / "a.warc")).find("https://iranwire.com/en/old/")
    assert found is not None
    assert (found[0].status, found[0].headers) == (301, ((b"Location", b"/en/features/"),))


@pytest.mark.parametrize("nowhere", ["http://[x/", "http://[::1", "//[", "http://℀.com/"])
def test_a_redirect_to_no_address_answers_as_it_is(nowhere: str, tmp_path: Path) -> None:
    warc = WarcFile()
    warc.response(URL, PAGE, date="2026-11-01T00:00:00Z", status="404 Not Found")
    warc.response(URL, b"", status="301 Moved", headers=[("Location", nowhere)])
    warc.revisit(OTHER, date="2026-11-22T00:00:00Z", Refers_To_Target_URI=nowhere, Refers_To_Date=DATE)
    archive = opened(warc.save(tmp_path / "a.warc.gz"))
    found = archive.find(URL)
    assert found is not None
    assert (found[0].status, found[1].at.day) == (301, 20)
    assert archive.find(OTHER) is None
    assert archive.problems[0].endswith("the page that it refers to is not there")


def test_revisits_are_filled_from_the_record_they_refer_to(tmp_path: Path) -> None:
    first = WarcFile()
    page = first.response(URL, gzip.compress(PAGE), headers=[*HTML, ("Content-Encoding", "gzip"), ("ETag", "1")])
    later = WarcFile()
    later.revisit(URL, date="2026-11-21T00:00:00Z", headers=[*HTML, ("ETag", "2")], Refers_To=page)
    archive = opened(first.save(tmp_path / "1.warc.gz"), later.save(tmp_path / "2.warc.gz"))
    found = archive.find(URL)
    assert found is not None
    assert (found[0].body, found[0].headers[1]) == (PAGE, (b"ETag", b"2"))
    assert (found[1].at.day, found[1].warc.file) == (21, "2.warc.gz")


@pytest.mark.parametrize("refers", [
    {"Refers_To": "ID"}, {"Refers_To_Target_URI": URL, "Refers_To_Date": DATE}, {},
])  # fmt: skip
def test_a_page_that_has_not_changed_is_the_one_taken_before(refers: dict[str, str], tmp_path: Path) -> None:
    warc = WarcFile()
    page = warc.response(URL, PAGE)
    warc.revisit(
        URL, date="2026-11-22T00:00:00Z", status="304 Not Modified",
        **{name: value.replace("ID", page) for name, value in refers.items()},
    )  # fmt: skip
    archive = opened(warc.save(tmp_path / "a.warc.gz"))
    found = archive.find(URL)
    assert found is not None
    assert (found[0].status, found[0].body) == (200, PAGE)
    assert (found[1].at.day, found[1].warc.record_id) == (20, page)


def test_a_revisit_without_its_page_is_told_and_an_older_page_taken(tmp_path: Path) -> None:
    warc = WarcFile()
    warc.response(URL, PAGE, date="2026-11-01T00:00:00Z")
    warc.revisit(URL, date="2026-11-22T00:00:00Z", Refers_To="<urn:uuid:missing>")
    archive = opened(warc.save(tmp_path / "a.warc.gz"))
    assert body(archive) == PAGE
    assert archive.problems[0].endswith("the page that it refers to is not there")


def test_resources_and_conversions(tmp_path: Path) -> None:
    warc = WarcFile()
    shell = warc.response(URL, b"<script>")
    warc.conversion(URL, PAGE, shell)
    warc.resource(OTHER, b"<p>resource")
    archive = opened(warc.save(tmp_path / "a.warc.gz"))
    assert (body(archive), body(archive, OTHER)) == (PAGE, b"<p>resource")


def test_folders_lists_and_wacz(tmp_path: Path) -> None:
    one, two, three = WarcFile(), WarcFile(packed=False), WarcFile()
    one.response(URL, b"one")
    two.response(OTHER, b"two")
    three.response(URL, b"three", date="2026-11-21T00:00:00Z")
    folder = tmp_path / "folder"
    one.save(folder / "deep" / "1.warc.gz")
    two.save(folder / "2.warc")
    (folder / "notes.txt").write_text("no WARC")
    whole = opened(folder)
    assert (body(whole), body(whole, OTHER)) == (b"one", b"two")
    assert [placed.capture.url for _, placed in whole.articles()] == [OTHER, URL]
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        members = {"archive/3.warc.gz": three.data, "archive/../../2.warc": two.data, "pages/x.warc": b"no"}
        wacz = save_wacz(tmp_path / f"{method}.wacz", members, method)
        both = opened(folder, wacz)
        found = both.find(URL)
        assert found is not None
        assert (found[0].body, found[1].warc.file) == (b"three", f"{method}.wacz/archive/3.warc.gz")
        assert (body(opened(wacz), OTHER), body(opened(wacz), OTHER)) == (b"two", b"two")
    assert not (tmp_path.parent / "2.warc").exists()
    by_separator = open_saved_pages(os.pathsep.join([str(folder / "2.warc"), str(wacz)]), tmp_path / "data")
    assert isinstance(by_separator, WarcArchive)
    OPEN.append(by_separator)
    assert len(by_separator) == 2


def test_a_file_that_is_packed_as_one_is_unpacked_beside_the_path(tmp_path: Path) -> None:
    warc = WarcFile(packed=False)
    warc.response(URL, PAGE)
    for number in range(20, 40):
        warc.response(f"https://iranwire.com/en/news/{number}/", os.urandom(20_000))
    warc.response(OTHER, b"other")
    file = tmp_path / "a.warc.gz"
    file.write_bytes(gzip.compress(warc.data))
    for _ in range(2):
        archive = opened(file, data_dir=tmp_path / "data")
        assert (body(archive), body(archive, OTHER)) == (PAGE, b"other")


def test_what_unpacks_to_much_more_than_pages_do_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_sources, "_ALWAYS", 1 << 20)
    good = WarcFile()
    good.response(URL, PAGE)
    bomb = save_wacz(tmp_path / "bomb.wacz", {"archive/a.warc": bytes(8 << 20)}, zipfile.ZIP_DEFLATED)
    archive = opened(good.save(tmp_path / "a.warc.gz"), bomb)
    assert archive.problems == [
        "bomb.wacz/archive/a.warc: cannot be read: it unpacks to more than 1 MiB, and is not read"
    ]
    assert body(archive) == PAGE
    (tmp_path / "half.wacz").write_bytes(bomb.read_bytes()[:-30])
    with pytest.raises(SavedPagesError, match=r"half\.wacz: not a whole WACZ"):
        opened(tmp_path / "half.wacz")


def test_a_page_that_unpacks_too_far_is_passed_over(tmp_path: Path) -> None:
    warc = WarcFile()
    warc.response(URL, PAGE, date="2026-11-01T00:00:00Z")
    warc.response(URL, gzip.compress(bytes(65 << 20)), headers=[*HTML, ("Content-Encoding", "gzip")])
    archive = opened(warc.save(tmp_path / "a.warc.gz"))
    assert body(archive) == PAGE
    assert archive.problems[0].endswith("it is larger than 64 MiB")


@pytest.mark.parametrize("packed", [True, False])
def test_damage_is_told_and_the_rest_is_read(packed: bool, tmp_path: Path) -> None:
    warc = WarcFile(packed=packed)
    places = []
    for number in range(6):
        places.append(len(warc.data))
        warc.response(f"https://iranwire.com/en/news/{number + 1}/", b"page %d" % number * 50)
    data = bytearray(warc.data)
    data[places[2] : places[2] + 30] = b"?" * 30
    file = tmp_path / "a.warc.gz"
    file.write_bytes(data[:-20])
    archive = opened(file)
    readable = [number for number in range(6) if body(archive, f"https://iranwire.com/en/news/{number + 1}/")]
    assert readable == [0, 1, 3, 4]
    assert len(archive.problems) == 2
    assert f"at {places[2]} cannot be read" in archive.problems[0]
    assert f"at {places[5]} cannot be read" in archive.problems[1]


def test_of_very_many_damaged_places_some_are_told_and_all_the_rest_is_read(tmp_path: Path) -> None:
    warc = WarcFile()
    for number in range(2200):
        warc.response(f"https://iranwire.com/en/news/{number}/", b"")
        if number % 2:
            warc.stream.write(b"\x1f\x8b\x08 of no record" * 3)
    archive = opened(warc.save(tmp_path / "a.warc.gz"))
    assert archive.count_articles() == 2200
    assert len(archive.problems) == 1001
    assert archive.problems[-1] == "a.warc.gz: 100 more places cannot be read"


def test_what_is_full_of_beginnings_takes_no_time(tmp_path: Path) -> None:
    """Each is a gzip header whose file name has no end: 480 KB took 22 s, twice as many four times as long."""
    warc = WarcFile()
    warc.response(URL, PAGE)
    good = len(warc.data)
    warc.stream.write(b"\x1f\x8b\x08" * 1_000_000)
    began = time.process_time()
    archive = opened(warc.save(tmp_path / "a.warc.gz"))
    assert time.process_time() - began < 10
    assert body(archive) == PAGE
    (problem,) = archive.problems
    assert problem.startswith(f"a.warc.gz: 3000000 bytes at {good} cannot be read (so much is damaged")


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.booleans())
def test_cut_anywhere_only_the_torn_record_is_missing(cut: int, packed: bool) -> None:
    warc = WarcFile(packed=packed)
    ends = []
    for number in range(4):
        warc.response(f"https://iranwire.com/en/news/{number + 1}/", b"page %d" % number * 20)
        ends.append(len(warc.data))
    cut %= len(warc.data) + 1
    with TemporaryDirectory() as name:
        file = Path(name) / "a.warc.gz"
        file.write_bytes(warc.data[:cut])
        whole = [end for end in ends if end - (0 if packed else 4) <= cut]
        if not whole:
            with pytest.raises(SavedPagesError):
                opened(file)
            return
        archive = opened(file)
        found = [body(archive, f"https://iranwire.com/en/news/{number + 1}/") for number in range(4)]
        assert found == [b"page %d" % number * 20 if number < len(whole) else None for number in range(4)]
        assert bool(archive.problems) == (cut > max(whole))
        close_all()


# A 304 has no page of its own; other tests have it.
STATUSES = st.integers(200, 599).filter(lambda status: status != 304)
ANSWERS = st.tuples(st.integers(1, 3), STATUSES, st.binary(max_size=2000), st.booleans())


def rank(status: int) -> int:
    return 0 if status == 200 else 1 if 300 <= status < 400 else 2


@settings(max_examples=30)
@given(st.lists(ANSWERS, min_size=1))
def test_what_our_writer_kept_comes_back(answers: list[tuple[int, int, bytes, bool]]) -> None:
    """The last answer that is a page, else the last redirect, else the last of any kind, byte for byte."""
    with TemporaryDirectory() as name:
        writer = WarcWriter(Path(name), {"software": "test"}, 3000)
        for second, (number, status, page, packed) in enumerate(answers):
            writer.write_exchange(
                Exchange(
                    target_uri=f"https://iranwire.com/en/news/{number}/", at=datetime.fromtimestamp(1e9 + second, UTC),
                    method="GET", request_headers=[], status=status,
                    headers=[(b"Content-Encoding", b"gzip")] if packed else [],
                    body=gzip.compress(page) if packed else page,
                )
            )  # fmt: skip
        writer.close()
        archive = opened(Path(name), data_dir=Path(name) / "data")
        for number in {number for number, *_ in answers}:
            mine = [(status, page) for asked, status, page, _ in answers if asked == number]
            best = min(rank(status) for status, _ in mine)
            expected = [answer for answer in mine if rank(answer[0]) == best][-1]
            found = archive.find(f"https://iranwire.com/en/news/{number}/")
            assert found is not None
            assert (found[0].status, found[0].body) == expected
        close_all()


def test_the_index_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = several().save(tmp_path / "a.warc.gz")
    scans: list[int] = []
    scan = warc_sources.WarcSource.open
    monkeypatch.setattr(warc_sources.WarcSource, "open", lambda self: scans.append(1) or scan(self))
    for expected in (1, 1):
        assert len(opened(file)) == 1
        assert len(scans) == expected
    shutil.copy(several().save(tmp_path / "b.warc.gz"), file)
    os.utime(file, ns=(1, 1))
    opened(file)
    assert len(scans) == 2
    index = tmp_path / "data" / "cache" / FILE
    index.write_bytes(b"no database" * 100)
    assert body(opened(file)) == b"on day 20"


def test_whoever_writes_the_index_holds_nobody_up(tmp_path: Path) -> None:
    file, other = several().save(tmp_path / "a.warc.gz"), several().save(tmp_path / "b.warc.gz")
    reading = opened(file)
    with closing(sqlite3.connect(tmp_path / "data" / "cache" / FILE, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert body(reading) == body(opened(file)) == b"on day 20"
        assert body(opened(file, other)) == b"on day 20"  # looked up in memory
        assert writer.execute("SELECT count(*) FROM files").fetchone() == (1,)
        writer.execute("ROLLBACK")
        opened(file, other)
        assert writer.execute("SELECT count(*) FROM files").fetchone() == (2,)


READER = """
import sys
from pathlib import Path
from iranwire_crawler.stores.saved_pages import open_saved_pages
archive = open_saved_pages(sys.argv[1], Path(sys.argv[2]))
print(len(archive), flush=True)
sys.stdin.read()
print(archive.find(sys.argv[3])[0].body.decode())
archive.close()
"""


def test_processes_that_begin_together_share_the_index(tmp_path: Path) -> None:
    """None takes from another what that one has found already."""
    several().save(tmp_path / "saved" / "a.warc.gz")
    several().save(tmp_path / "saved" / "b.warc.gz")
    command = [sys.executable, "-c", READER, str(tmp_path / "saved"), str(tmp_path / "data"), URL]
    readers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    counts = [reader.stdout.readline() for reader in readers if reader.stdout]
    answers = [reader.communicate(timeout=60)[0] for reader in readers]
    assert (counts, answers) == (["1\n"] * 4, ["on day 20\n"] * 4)
    assert [reader.returncode for reader in readers] == [0] * 4


def test_a_folder_that_cannot_be_written_is_read_all_the_same(tmp_path: Path) -> None:
    file = several().save(tmp_path / "read-only" / "a.warc.gz")
    blocked = tmp_path / "blocked"
    blocked.write_text("where DATA_DIR/cache cannot be made")
    assert body(opened(file, data_dir=blocked)) == b"on day 20"
    assert [each.name for each in file.parent.iterdir()] == ["a.warc.gz"]


@pytest.mark.parametrize(("content", "said"), [
    (b"<html>", "neither WARC"), (b"", "hold no page of iranwire.com"), (b"PK\x03\x04junk", "not a whole WACZ"),
    (b"WARC/1.0\r\njunk", "hold no page of iranwire.com"),
])  # fmt: skip
def test_what_is_no_archive_is_one_clear_error(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(content)
    with pytest.raises(SavedPagesError, match=said):
        opened(file)


def test_a_mirror_stands_alone(tmp_path: Path) -> None:
    page = tmp_path / "mirror" / "iranwire.com" / "en" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("x")
    assert isinstance(open_saved_pages(str(tmp_path / "mirror"), tmp_path / "data"), MirrorFolder)
    file = several().save(tmp_path / "a.warc.gz")
    with pytest.raises(SavedPagesError, match="a mirror folder stands alone"):
        open_saved_pages(f"{file},{tmp_path / 'mirror'}", tmp_path / "data")
    with pytest.raises(SavedPagesError, match="nowhere: no such file or folder"):
        open_saved_pages(f"{file},nowhere", tmp_path / "data")
