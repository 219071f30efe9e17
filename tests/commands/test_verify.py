"""`scrapy verify`: each flaw is named with file and line, and nothing is touched."""

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands.running import Done, command, scrapy
from stores.archive import article, lay_out
from stores.feeds import make_run

from iranwire_crawler.domain.items import WarcLocation
from iranwire_crawler.stores.learning import learn_all
from iranwire_crawler.stores.lock import DataDirLock
from iranwire_crawler.stores.runs import read_report, write_report
from iranwire_crawler.stores.warc_writer import Exchange, WarcWriter

RUN = "news/2026-11-01T120000Z"
FEED, CAPTIONS, INDEX = f"{RUN}/articles.jsonl", f"{RUN}/captions.jsonl", f"{RUN}/pages.cdxj"
UNWANTED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Two runs, a raw page, a gone article, checks, a rejected caption, an unread page: all sound."""
    data_dir = tmp_path / "data"
    folder = data_dir / RUN
    folder.mkdir(parents=True)
    where = raw_page(folder)
    first = article(1, captions=["One.", "Two."], warc=where)
    lay_out(data_dir, [first, article(2, language="fa", text="می‌گوید")])
    (folder / "unread").mkdir()
    (folder / "unread" / "0001.html").write_text("<p>")
    moment = "2026-11-01T12:00:00Z"
    for feed, line in {
        "gone.jsonl": {
            "key": "en/9",
            "url": "https://iranwire.com/en/x/9/",
            "reason": "http_404",
            "status": 404,
            "fetched_at": moment,
        },
        "walked.jsonl": {"section": "en/x", "walked_at": moment, "pages": 2, "reached": "end", "since": None},
        "checked.jsonl": {
            "key": "en/1",
            "checked_at": moment,
            "status": 200,
            "etag": '"a"',
            "last_modified": None,
            "page": {"record_id": "<urn:uuid:1>", "target_uri": "https://iranwire.com/en/x/1/", "date": moment},
        },
        "unread/index.jsonl": {
            "url": "https://iranwire.com/en/x/7/",
            "reason": "no_text",
            "detail": "none",
            "status": 200,
            "file": "0001.html",
            "fetched_at": moment,
        },
    }.items():
        make_run(data_dir, [line], feed=feed)
    second = article(
        1,
        text="Changed.",
        captions=["One."],
        revision=2,
        previous_hash=first.content_hash,
        fetched_at="2026-11-02T12:00:00Z",
    )
    lay_out(data_dir, [second], day=2)
    write_report(folder, {**(read_report(folder) or {}), "files": {"articles.jsonl": 2, "captions.jsonl": 2}})
    learn_all(data_dir)
    return data_dir


def raw_page(folder: Path) -> WarcLocation:
    writer = WarcWriter(folder, {"software": "test"}, 1 << 30)
    page = Exchange(
        target_uri="https://iranwire.com/en/features/1/",
        at=datetime(2026, 11, 1, 12, tzinfo=UTC),
        method=b"GET",
        request_headers=(),
        request_body=b"",
        status=200,
        headers=((b"Content-Type", b"text/html"),),
        body=b"<p>" * 1000,
    )
    written = writer.write_exchange(page)
    writer.close()
    return WarcLocation(file=written.file, record_id=written.record_id, offset=written.offset)


def verify(folder: Path) -> Done:
    return command("verify", str(folder), data_dir=folder)


def flaws(folder: Path) -> list[str]:
    done = verify(folder)
    assert done.code == 3, done
    *found, summary = done.out.splitlines()
    assert summary.endswith(f"; {len(found)} flaws")
    return found


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """But for the two files that SQLite keeps while it reads."""
    return {
        str(file): (file.read_bytes(), file.stat().st_mtime_ns)
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith("catalogue.sqlite-")
    }


def test_a_sound_archive_is_sound_and_left_alone(data_dir: Path) -> None:
    before = tree(data_dir)
    done = scrapy("verify", data_dir=data_dir)
    assert (done.code, done.log) == (0, "")
    assert done.out == f"{data_dir}: archive, 10 lines of 8 files; 0 flaws\n"
    assert tree(data_dir) == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"headline":"Story 2"', '"headline":"Story 3"', ":2: content_hash is not that of headline, body and captions"),
        ('"article_body":"می', '"article_body":"نمی', ":2: article_body is not the text of body"),
        ('"word_count":1', '"word_count":4', ":2: word_count is 4, the body has 1 words"),
        ('"id":2', '"id":4', ":2: key is not that of in_language and id"),
        (
            '"url":"https://iranwire.com/fa/features/2/"',
            '"url":"https://iranwire.com/fa/features/3/"',
            ":2: url is the address of another article",
        ),
        ('"id":2', '"id":"2"', ':2: /id: "2" is not of type "integer"'),
        (
            '"source":"live","warc":null',
            '"source":"live\\u001b[31m\u202e","warc":null',
            ':2: /source: "live\\u001b[31m" is not one of',
        ),
        ('"id":2,', '"id":2', ":2: not JSON: "),
    ],
)
def test_a_changed_line_is_named(old: str, new: str, said: str, data_dir: Path) -> None:
    edit(data_dir / FEED, old, new)
    found = flaws(data_dir)
    assert any(each.startswith(f"{FEED}{said}") for each in found), found
    assert not UNWANTED.search("\n".join(found).replace("\n", ""))


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (
            lambda d: edit(d / CAPTIONS, '"One."', '"Another."'),
            [f"{CAPTIONS}:1: not what its article says, or there twice", f"{CAPTIONS}: lacks the caption en/1/1"],
        ),
        (
            lambda d: edit(d / CAPTIONS, '"article_key":"en/1"', '"article_key":"en/5"'),
            [f"{CAPTIONS}:1: its article en/5 is not there"],
        ),
        (
            lambda d: (d / CAPTIONS).write_text(""),
            [f"{CAPTIONS}: lacks the caption en/1/2", f"{RUN}/run.json: counts 2 lines of captions.jsonl; there are 0"],
        ),
        (
            lambda d: (d / RUN / "unread" / "0001.html").unlink(),
            [f"{RUN}/unread/index.jsonl:1: the raw page 0001.html is not there"],
        ),
        (
            lambda d: edit(d / RUN / "unread" / "index.jsonl", "0001.html", "../run.json"),
            [f"{RUN}/unread/index.jsonl:1: the raw page ../run.json is not there"],
        ),
        (lambda d: (d / RUN / "run.json").write_text("{}"), [f"{RUN}/run.json: missing, or no report of a run"]),
        (lambda d: (d / RUN / "gone.jsonl").write_text('{"key": "en/9"}\n'), [f"{RUN}/gone.jsonl:1: /: "]),
        (
            lambda d: (d / RUN / "pages.warc.gz").unlink(),
            [f"{FEED}:1: warc: pages.warc.gz, byte ", f"{INDEX}:1: there is no pages.warc.gz"],
        ),
        (
            lambda d: cut(d / RUN / "pages.warc.gz", 40),
            ["the record is damaged", f"{RUN}/pages.warc.gz: cannot be read from byte "],
        ),
        (lambda d: (d / INDEX).write_text(""), [f"{INDEX}: lacks the record at byte "]),
        (lambda d: (d / INDEX).unlink(), [f"{INDEX}: missing"]),
        (lambda d: edit(d / INDEX, '"length": "', '"length": "1'), [f"{INDEX}:1: length or URL is not that of the re"]),
        (lambda d: edit(d / INDEX, "/features/1/", "/features/2/"), [f"{INDEX}:1: length or URL is not that"]),
        (
            lambda d: edit(d / INDEX, '"offset": "', '"offset": "1'),
            [f"{INDEX}: lacks the record at byte ", f"{INDEX}:1: no record of an answer stands at byte 1"],
        ),
        (lambda d: (d / INDEX).write_text((d / INDEX).read_text() * 2), [f"{INDEX}:2: no record of an answer stands"]),
        (lambda d: (d / INDEX).write_bytes(b"\xff {"), [f"{INDEX}:1: not a line of CDXJ"]),
        (lambda d: edit(d / INDEX, '"pages.warc.gz"', "7"), [f"{INDEX}:1: there is no 7"]),
        (
            lambda d: edit(d / FEED, '"warc":{"file":"pages.warc.gz"', '"warc":{"file":"../../../etc/passwd"'),
            ["not a file of a run folder"],
        ),
        (lambda d: edit(d / FEED, "urn:uuid:", "urn:uuid:0"), ["another record stands there"]),
        (lambda d: edit(d / FEED, '"offset":', f'"offset":{2**63 // 1000}'), ["the file ends before it"]),
        (
            lambda d: cut(d / FEED, 20),
            [f"{FEED}:2: half a line, cut off; scrapy rebuild sets it aside", "catalogue.sqlite: knows "],
        ),
    ],
)
def test_what_is_broken_is_named(break_it: Callable[[Path], None], said: list[str], data_dir: Path) -> None:
    break_it(data_dir)
    found = flaws(data_dir)
    for each in said:
        assert any(each in flaw for flaw in found), found


@pytest.mark.parametrize("apart", [1, 3, 5, 9, 20, 40, 80, 120])
def test_a_damaged_byte_of_a_raw_page_is_named_and_the_rest_looked_at(apart: int, data_dir: Path) -> None:
    file = data_dir / RUN / "pages.warc.gz"
    data = bytearray(file.read_bytes())
    data[-apart] ^= 0x55
    file.write_bytes(data)
    (data_dir / FEED).with_name("gone.jsonl").write_text('{"key": "en/9"}\n')
    found = flaws(data_dir)
    assert any("pages.warc.gz" in flaw for flaw in found), found
    assert any(flaw.startswith(f"{RUN}/gone.jsonl:1: ") for flaw in found), found


def cut(file: Path, length: int) -> None:
    file.write_bytes(file.read_bytes()[:-length])


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM revisions WHERE key = 'fa/2'", "FEED:2: not in the catalogue, which knows"),
        ("UPDATE revisions SET revision = 7 WHERE key = 'fa/2'", "FEED:2: told otherwise in the catalogue (revisions)"),
        ("UPDATE articles SET headline = 'x' WHERE key = 'fa/2'", "FEED:2: told otherwise in the catalogue (articles)"),
        ("UPDATE articles SET last_seen = '2030-01-01T00:00:00Z'", "catalogue.sqlite: en/1: first or last seen"),
        ("UPDATE articles SET start = 9 WHERE key = 'fa/2'", "catalogue.sqlite: fa/2: its newest line is another"),
        ("DELETE FROM gone", f"{RUN}/gone.jsonl:1: told otherwise in the catalogue (gone)"),
        ("DELETE FROM checks", f"{RUN}/checked.jsonl:1: newer than what the catalogue knows (checks)"),
        ("UPDATE checks SET etag = 'x'", f"{RUN}/checked.jsonl:1: told otherwise in the catalogue (checks)"),
        ("UPDATE walks SET pages = 9", "RUN/walked.jsonl:1: told otherwise in the catalogue (walks)"),
        ("UPDATE feeds SET bytes = 10", f"{FEED}:2: not in the catalogue yet; scrapy rebuild learns it"),
        (
            "INSERT INTO gone VALUES ('en/8', 'http_404', '', 'news/2026-11-01T120000Z', 5, 5)",
            f"catalogue.sqlite: 1 rows of gone have no line in {RUN}/gone.jsonl",
        ),
        ("PRAGMA user_version = 99", "catalogue.sqlite: "),
    ],
)
def test_a_catalogue_that_says_otherwise_is_told(statement: str, said: str, data_dir: Path) -> None:
    said = said.replace("FEED", FEED).replace("RUN", RUN)
    database = sqlite3.connect(data_dir / "catalogue.sqlite")
    database.execute(statement)
    database.commit()
    database.close()
    found = flaws(data_dir)
    assert any(each.startswith(said) for each in found), found


@pytest.mark.parametrize("page", [0, 1])
def test_a_catalogue_that_cannot_be_read_is_one_flaw_and_the_feeds_are_looked_at(page: int, data_dir: Path) -> None:
    file = data_dir / "catalogue.sqlite"
    content = bytearray(file.read_bytes())
    content[page * 4096 : 20 * 4096] = b"\xff" * len(content[page * 4096 : 20 * 4096])
    file.write_bytes(content)
    cut(data_dir / FEED, 40)
    found = flaws(data_dir)
    assert any(each.startswith(f"{FEED}:2: half a line") for each in found), found
    assert sum(each.startswith("catalogue.sqlite: ") and "scrapy rebuild makes it anew" in each for each in found) == 1


def test_a_run_under_way_may_end_in_half_a_line(data_dir: Path) -> None:
    make_run(data_dir, [article(7)][:0], day=3, tail=b'{"key": "en/', finished=False)
    assert flaws(data_dir) == [
        "news/2026-11-03T120000Z/articles.jsonl:1: half a line, cut off; scrapy rebuild sets it aside"
    ]
    with DataDirLock(data_dir, "news"):
        assert verify(data_dir).code == 0


def test_an_index_that_the_next_start_will_close_is_no_flaw(data_dir: Path) -> None:
    (data_dir / INDEX).rename(data_dir / RUN / "pages.cdxj.open")
    assert verify(data_dir).code == 0


def test_raw_pages_that_were_thrown_away_are_missed_by_their_articles_alone(data_dir: Path) -> None:
    for name in ("pages.warc.gz", "pages.cdxj"):
        (data_dir / RUN / name).unlink()
    (found,) = flaws(data_dir)
    assert found.startswith(f"{FEED}:1: warc: ")


def test_a_page_of_somebody_elses_archive_is_not_looked_for(data_dir: Path) -> None:
    elsewhere = WarcLocation(file="theirs.warc.gz/archive/a.warc.gz", record_id="<urn:uuid:1>", offset=0)
    lay_out(data_dir, [article(5, source="wayback", warc=elsewhere)], day=4)
    own = WarcLocation(file=f"../../{RUN}/pages.warc.gz", record_id="<urn:uuid:1>", offset=0)
    lay_out(data_dir, [article(6, source="saved", warc=own)], day=5)
    feed = "news/2026-11-05T120000Z/articles.jsonl"
    assert flaws(data_dir) == [f"{feed}:1: warc: {own.file}, byte 0: another record stands there"]


@pytest.fixture
def folder(data_dir: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    done = command(
        "export", "-o", str(folder), "--format", "jsonl,csv,parquet", "--revisions", "all", data_dir=data_dir
    )
    assert done.code == 0
    return folder


def test_a_sound_data_set_is_sound_and_left_alone(folder: Path) -> None:
    before = tree(folder)
    done = verify(folder)
    assert (done.code, done.log) == (0, "")
    assert done.out == f"{folder}: data set, 18 lines of 6 files; 0 flaws\n"
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (
            lambda d: edit(d / "articles.jsonl", "Changed.", "Chained."),
            [
                "articles.jsonl: another file than the one that SHA256SUMS:4 names",
                "articles.jsonl:2: content_hash is not that",
            ],
        ),
        (lambda d: edit(d / "articles.csv", "Changed.", "Chained."), ["articles.csv:3: content_hash is not that"]),
        (
            lambda d: edit(d / "articles.csv", '"2024-01-15","2024-01-15"', '"2024-01-15","2024-01-15","more"'),
            ["articles.csv:2: not a row of this table"],
        ),
        (
            lambda d: edit(d / "captions.jsonl", '"en/1/2"', '"en/1/3"'),
            ["captions.jsonl:2: not what its article says", "captions.jsonl: lacks the caption en/1/2"],
        ),
        (
            lambda d: drop_line(d / "articles.jsonl", 3),
            ["articles.csv: not the rows of articles.jsonl, from the sound row 3 on"],
        ),
        (lambda d: (d / "README.md").unlink(), ["SHA256SUMS:2: README.md is not there"]),
        (lambda d: (d / "more.txt").write_text("x"), ["more.txt: not named in SHA256SUMS"]),
        (lambda d: (d / "captions.csv").unlink(), ["datapackage.json: captions.csv is not there"]),
        (lambda d: (d / "SHA256SUMS").unlink(), ["SHA256SUMS: missing"]),
        (lambda d: (d / "datapackage.json").unlink(), ["datapackage.json: missing"]),
        (
            lambda d: edit(d / "SHA256SUMS", "  README.md", "  ../README.md"),
            ["SHA256SUMS:2: not a checksum and a path"],
        ),
        (lambda d: edit(d / "datapackage.json", '"path"', '"paths"'), ["datapackage.json: not a data package"]),
    ],
)
def test_what_is_broken_in_a_data_set_is_named(break_it: Callable[[Path], None], said: list[str], folder: Path) -> None:
    break_it(folder)
    found = flaws(folder)
    for each in said:
        assert any(flaw.startswith(each) for flaw in found), found


def drop_line(file: Path, number: int) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    del lines[number - 1]
    file.write_text("".join(lines), encoding="utf-8")


def test_revisions_that_do_not_follow_one_another_are_named(folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    lines[1]["previous_hash"] = "0" * 64
    (folder / "articles.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "articles.jsonl:2: previous_hash is not that of the revision before" in flaws(folder)
    lines[1]["revision"] = 1
    (folder / "articles.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "articles.jsonl:2: revision 1 of en/1 after 1" in flaws(folder)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("articles.csv", '"word_count"', '"words"'),
        ("schemas/article.schema.json", "{", "["),
        ("captions.csv", "One", 'One"x'),
    ],
)
def test_what_cannot_be_looked_at_is_one_line_and_exit_code_1(file: str, old: str, new: str, folder: Path) -> None:
    edit(folder / file, old, new)
    done = verify(folder)
    assert done.code == 1
    assert len(done.log.splitlines()) == 1
    assert done.log.startswith(f"iranwire_crawler: {folder}/{file}: ")


def test_a_damaged_parquet_file_is_told(folder: Path) -> None:
    cut(folder / "articles.parquet", 30)
    done = verify(folder)
    assert done.code == 1
    assert done.out.startswith("articles.parquet: another file than the one that SHA256SUMS:5 names")
    assert done.log.startswith("iranwire_crawler: DuckDB: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["a", "b"], "verify looks at one folder"), (["nowhere"], "nowhere: no such folder"), ([], "neither an archive")],
)
def test_bad_input_is_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = command("verify", *arguments, data_dir=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert said in done.log
    assert len(done.log.splitlines()) == 1


def test_a_guarded_cell_is_read_as_it_was(tmp_path: Path) -> None:
    odd = ["=1+1", "'=1", "''@x", "'quoted'", "＝x", "-", "\ttab"]
    articles = [replace(article(number, text=text)) for number, text in enumerate(odd, start=1)]
    lay_out(
        tmp_path / "data", [article(one.id, headline=text, text=text) for one, text in zip(articles, odd, strict=True)]
    )
    done = command("export", "-o", str(tmp_path / "out"), "--format", "csv", "--bom", data_dir=tmp_path / "data")
    assert done.code == 0
    assert verify(tmp_path / "out").code == 0
    assert "\n=" not in (tmp_path / "out" / "articles.csv").read_text(encoding="utf-8-sig")
