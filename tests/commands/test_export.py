"""`scrapy export`, as a researcher runs it."""

import csv
import hashlib
import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import jsonschema_rs
import pytest
import yaml
from commands.running import Done, command, scrapy
from stores.archive import article, lay_out
from stores.feeds import make_run

from iranwire_crawler.domain.items import Article
from iranwire_crawler.stores.learning import learn_all
from iranwire_crawler.stores.tables import unguarded

FOLDER = Path(__file__).parent
PERSIAN = "می‌گوید: «کتاب را ببند»، و رفت."


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    data_dir = tmp_path / "data"
    lay_out(
        data_dir,
        [
            article(1, day="2024-01-01", captions=["The well.", "=A caption"]),
            article(2, day="2024-01-31", section="politics", headline='=HYPERLINK("http://x")', text="+1\n-2"),
            article(3, day="2024-02-01T00:30:00+03:30", text="Of February."),
            # Shown on 31 January; its metadata says so in a zone where it was still the day before.
            replace(article(4, day="2024-01-31"), date_published="2024-01-30T21:00:00Z"),
            article(5, language="fa", day="2024-01-20", text=PERSIAN, captions=["تصویر، یک"]),
            article(6, day=None, text="Undated."),
            article(7, language="ar", day="2023-12-31", article_type="video", text=""),
        ],
    )
    lay_out(data_dir, [second_text()], day=2)
    return data_dir


def second_text() -> Article:
    first = article(1, captions=["The well.", "=A caption"])
    return article(
        1, day="2024-01-01", text="The well ran dry.", captions=["The well."],
        revision=2, previous_hash=first.content_hash, fetched_at="2026-11-02T12:00:00Z",
    )  # fmt: skip


def export(data_dir: Path, folder: Path, *arguments: str) -> Done:
    return command("export", "-o", str(folder), *arguments, data_dir=data_dir)


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def keys(folder: Path) -> list[str]:
    return [line["key"] for line in lines(folder / "articles.jsonl")]


def test_a_data_set_is_whole_and_says_what_it_is(data_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sets" / "january"
    # 11 Dey 1402 is 1 January 2024.
    done = scrapy(
        *("export", "-o", str(folder), "--format", "parquet,jsonl,csv", "--bom"),
        *("--since", "1402-10-11", "--until", "2024-01-31"),
        *("-s", "CONTACT=someone@example.org", "-s", "NOTIFY_URL=https://hooks.example.org/secret"),
        data_dir=data_dir,
    )
    assert (done.code, done.log) == (0, "iranwire_crawler: 1 articles have no date and belong to no window\n")
    assert done.out.startswith(f"{folder}: articles.jsonl (4), articles.csv (4), articles.parquet (4), captions.jsonl")
    assert keys(folder) == ["en/1", "fa/5", "en/4", "en/2"]
    articles = lines(folder / "articles.jsonl")
    assert (articles[0]["revision"], articles[0]["article_body"]) == (2, "The well ran dry.")
    assert [line["key"] for line in lines(folder / "captions.jsonl")] == ["en/1/1", "fa/5/1"]
    assert sorted(file.name for file in tmp_path.joinpath("sets").iterdir()) == ["january"]

    fits_the_schemas(folder)
    the_checksums_hold(folder)
    the_citation_is_valid(folder)
    frictionless_finds_it_valid(folder)
    csv_and_parquet_hold_the_same(folder)

    readme = (folder / "README.md").read_text(encoding="utf-8")
    for said in (
        "# IranWire articles, 2024-01-01 to 2024-01-31",
        "4 articles and 2 captions",
        "Fetched between 2026-11-01T12:00:00Z and 2026-11-02T12:00:00Z",
        "| `--since` | 2024-01-01 (1402-10-11) |",
        "| 2024-01 | 3 | 1 | 4 |",
        "| en | politics | 1 |",
        "- en: 2024-01-02 to 2024-01-30 (29 days)",
        "| `headline` | 4 | 4 | 100.0% |",
        "1 articles of the asked editions, sections and types have no date",
        "| `date_published_jalali` | string or null | The same day in the Solar Hijri calendar: `1402-11-14`. |",
        "`section_slug`, `section_name`",
    ):
        assert said in readme, readme
    everything = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    for nobodys in (b"example.org", str(data_dir).encode(), str(tmp_path).encode()):
        assert nobodys not in everything


def fits_the_schemas(folder: Path) -> None:
    for table, kind in (("articles", "article"), ("captions", "caption")):
        schema = json.loads((folder / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8"))
        for line in lines(folder / f"{table}.jsonl"):
            jsonschema_rs.Draft202012Validator(schema).validate(line)


def the_checksums_hold(folder: Path) -> None:
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    assert sums.keys() == files.keys() - {"SHA256SUMS"}
    for name, known in sums.items():
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == known


def the_citation_is_valid(folder: Path) -> None:
    said = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    schema = json.loads((FOLDER / "cff-1.2.0.schema.json").read_text(encoding="utf-8"))
    jsonschema_rs.validate(schema, said)
    assert (said["type"], said["date-released"]) == ("dataset", "2026-11-02")


def frictionless_finds_it_valid(folder: Path) -> None:
    tables = {task["name"]: task for task in frictionless(folder)["tasks"]}
    assert {name: task["valid"] for name, task in tables.items()} == dict.fromkeys(tables, True), tables
    assert len(tables) == 6
    assert tables["articles-csv"]["stats"]["rows"] == 4
    # It would not find everything valid.
    file = folder / "captions.jsonl"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace('"en/1"', '"en/9"'), encoding="utf-8")
    assert not frictionless(folder)["valid"]
    file.write_text(whole, encoding="utf-8")


def frictionless(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "frictionless", "validate", "--json", "datapackage.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return json.loads(done.stdout)


def csv_and_parquet_hold_the_same(folder: Path) -> None:
    articles = lines(folder / "articles.jsonl")
    table = duckdb.sql(f"SELECT * FROM '{folder}/articles.parquet'")
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
    assert rows == articles
    assert (folder / "articles.csv").read_bytes().startswith(b'\xef\xbb\xbf"schema_version"')
    with (folder / "articles.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.DictReader(file))
    by_key = {row["key"]: row for row in cells}
    assert [*by_key] == [line["key"] for line in articles]
    risky = by_key["en/2"]
    assert (risky["headline"], risky["article_body"]) == ('\'=HYPERLINK("http://x")', "'+1\n\n-2")
    assert unguarded(risky["headline"]) == '=HYPERLINK("http://x")'
    assert by_key["fa/5"]["article_body"] == PERSIAN
    assert json.loads(by_key["fa/5"]["body"]) == [{"type": "paragraph", "text": PERSIAN}]
    assert (risky["section_slug"], risky["warc_file"], risky["reread"]) == ("politics", "", "false")


def test_the_same_question_gives_the_same_bytes(data_dir: Path, tmp_path: Path) -> None:
    arguments = ("--revisions", "all", "--format", "jsonl,csv,parquet", "--lang", "en,fa")
    first, second = tmp_path / "first", tmp_path / "second"
    assert export(data_dir, first, *arguments).code == export(data_dir, second, *arguments).code == 0
    files = sorted(file.relative_to(first) for file in first.rglob("*") if file.is_file())
    assert len(files) == 12
    for file in files:
        assert (first / file).read_bytes() == (second / file).read_bytes(), file
    found = [(line["key"], line["revision"]) for line in lines(first / "articles.jsonl")]
    assert found == [("en/6", 1), ("en/1", 1), ("en/1", 2), ("fa/5", 1), ("en/4", 1), ("en/2", 1), ("en/3", 1)]
    assert frictionless(first)["valid"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), ["en/6", "ar/7", "en/1", "fa/5", "en/4", "en/2", "en/3"]),
        (("--lang", "fa,ar"), ["ar/7", "fa/5"]),
        (("--section", "politics"), ["en/2"]),
        (("--type", "video"), ["ar/7"]),
        (("--source", "saved"), []),
        (("--query", "كتاب  می‌گوید"), ["fa/5"]),
        (("--query", "never dry"), ["en/4"]),
        (("--since", "2024-02-01"), ["en/3"]),
        (("--until", "2023-12-31"), ["ar/7"]),
    ],
)
def test_what_is_asked_for_is_what_is_found(
    arguments: tuple[str, ...], found: list[str], data_dir: Path, tmp_path: Path
) -> None:
    assert export(data_dir, tmp_path / "out", *arguments).code == 0
    assert keys(tmp_path / "out") == found


NOTHING_MATCHES = (
    "iranwire_crawler: no article matches, the data set is empty; the catalogue knows the sections features, politics"
)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--section", "featuers"), NOTHING_MATCHES),
        (
            ("--since", "2031-01-01"),
            f"{NOTHING_MATCHES}\niranwire_crawler: 1 articles have no date and",
        ),
        (("--exclude", "en/1", "--since", "2024-01-01", "--until", "2024-01-01"), NOTHING_MATCHES),
        (
            ("--section", "politics,featuers"),
            "iranwire_crawler: --section featuers: no article stands there; the catalogue knows ",
        ),
        (("--section", "politics,features"), ""),
    ],
)
def test_what_was_asked_for_in_vain_is_told(
    arguments: tuple[str, ...], said: str, data_dir: Path, tmp_path: Path
) -> None:
    done = export(data_dir, tmp_path / "out", *arguments)
    assert done.code == 0
    assert done.log.startswith(said)
    assert bool(done.log) == bool(said)


def test_nothing_found_is_a_data_set_too(data_dir: Path, tmp_path: Path) -> None:
    done = export(data_dir, tmp_path / "out", "--query", "zebra", "--format", "jsonl,csv,parquet", "--lang", "fa")
    assert (done.code, done.log) == (0, f"{NOTHING_MATCHES}\n")
    assert (tmp_path / "out" / "articles.jsonl").read_bytes() == b""
    assert "- fa: no article at all" in (tmp_path / "out" / "README.md").read_text()
    assert frictionless(tmp_path / "out")["valid"]
    the_citation_is_valid_without_a_date(tmp_path / "out")


def the_citation_is_valid_without_a_date(folder: Path) -> None:
    said = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    jsonschema_rs.validate(json.loads((FOLDER / "cff-1.2.0.schema.json").read_text(encoding="utf-8")), said)


def test_lines_that_cannot_be_used_are_left_out_and_told(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    good, odd = article(1), replace(article(2), date_published_raw=5)
    feed = lay_out(data_dir, [good, odd, article(3)]) / "articles.jsonl"
    changed = feed.read_bytes().replace(b'"en/3"', b'"en/4"')
    feed.write_bytes(changed)
    done = export(data_dir, tmp_path / "out")
    assert done.code == 3
    assert keys(tmp_path / "out") == ["en/1"]
    first, second = done.log.splitlines()
    place = "iranwire_crawler: news/2026-11-01T120000Z/articles.jsonl, byte "
    assert first.startswith(place)
    assert "does not fit the schema: /date_published_raw: 5 is not" in first
    assert second.endswith("no longer holds what was learned from it; scrapy rebuild learns it anew")
    assert "2 lines of the archive could not be used" in (tmp_path / "out" / "README.md").read_text()


def test_runs_that_did_not_know_of_one_another_are_counted_on(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    old, new = article(1, text="old"), article(1, text="new", fetched_at="2026-11-02T12:00:00Z")
    lay_out(data_dir, [old])
    lay_out(data_dir, [new], day=2)
    # The same text, read again later: no revision, and its newest reading is the one that counts.
    lay_out(data_dir, [replace(new, tags=("water",), fetched_at="2026-11-03T12:00:00Z")], day=3)
    assert export(data_dir, tmp_path / "out", "--revisions", "all").code == 0
    found = [(line["revision"], line["previous_hash"], line["tags"]) for line in lines(tmp_path / "out/articles.jsonl")]
    assert found == [(1, None, []), (2, old.content_hash, ["water"])]


def test_a_data_set_of_live_and_saved_pages_says_so(data_dir: Path, tmp_path: Path) -> None:
    lay_out(data_dir, [article(8, source="saved"), article(9, source="wayback")], day=3)
    done = export(data_dir, tmp_path / "out")
    assert done.code == 0
    (line,) = done.log.splitlines()
    assert line.startswith("iranwire_crawler: read from different sources: 7 live, 1 saved, 1 wayback; --source live ")
    assert "Where pages came from:\nlive (7), saved (1), wayback (1)." in (tmp_path / "out/README.md").read_text()

    done = export(data_dir, tmp_path / "others", "--source", "wayback,live")
    assert (done.code, done.log) == (0, "")
    assert "en/9" in keys(tmp_path / "others")
    assert "en/8" not in keys(tmp_path / "others")
    package = json.loads((tmp_path / "others" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["iranwire_crawler"]["selection"]["source"] == ["live", "wayback"]
    assert "| `--source` | live, wayback |" in (tmp_path / "others" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("from_file", [False, True])
def test_articles_are_left_out_by_their_keys(from_file: bool, data_dir: Path, tmp_path: Path) -> None:
    given = "fa/5,en/1,en/6,en/99"
    if from_file:
        file = tmp_path / "forget.txt"
        file.write_text("# asked by letter\n\nfa/5\r\nen/1\nen/6\nen/99\n")
        given = f"@{file}"
    done = export(
        data_dir, tmp_path / "out", "--exclude", given, "--format", "jsonl,csv,parquet", "--until", "2024-02-01"
    )
    assert (done.code, done.log) == (0, "iranwire_crawler: --exclude: 1 of the keys are not in the catalogue: en/99\n")
    folder = tmp_path / "out"
    assert keys(folder) == ["ar/7", "en/4", "en/2", "en/3"]
    assert lines(folder / "captions.jsonl") == []
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "- 2 articles that were asked for were left out by their keys" in readme
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["iranwire_crawler"]["selection"]["excluded"] == 2
    for file in (file for file in folder.rglob("*") if file.is_file()):
        for named in (b"fa/5", b'"en/1"', b"/features/1/", b"Story 5", "کتاب".encode()):
            assert named not in file.read_bytes(), file
    # All formats hold the same rows.
    assert command("verify", str(folder), data_dir=data_dir).code == 0


def test_an_exclusion_that_meets_nothing_changes_nothing(data_dir: Path, tmp_path: Path) -> None:
    assert export(data_dir, tmp_path / "plain", "--lang", "fa").code == 0
    assert export(data_dir, tmp_path / "out", "--lang", "fa", "--exclude", "en/1").code == 0
    for file in ("README.md", "datapackage.json", "SHA256SUMS"):
        assert (tmp_path / "plain" / file).read_bytes() == (tmp_path / "out" / file).read_bytes()


@pytest.mark.parametrize("kind", ["full", "file", "link", "unwritable"])
def test_nothing_is_ever_written_over(kind: str, data_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    match kind:
        case "full":
            folder.mkdir()
            (folder / "mine.txt").write_text("mine")
        case "file":
            folder.write_text("mine")
        case "link":
            (tmp_path / "empty").mkdir()
            folder.symlink_to(tmp_path / "empty")
        case "unwritable":
            (tmp_path / "a-file").write_text("")
            folder = tmp_path / "a-file" / "out"
    before = everything(tmp_path)
    done = export(data_dir, folder)
    assert (done.code, done.out) == (1, "")
    assert done.log.startswith(f"iranwire_crawler: -o {folder}: ")
    assert len(done.log.splitlines()) == 1
    assert everything(tmp_path) == before


def everything(folder: Path) -> list[Path]:
    """SQLite's own files come and go beside the catalogue."""
    return sorted(path for path in folder.rglob("*") if not path.name.startswith("catalogue.sqlite"))


def test_an_empty_folder_will_do(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert export(data_dir, tmp_path / "out").code == 0
    assert len(keys(tmp_path / "out")) == 7


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "-o FOLDER is needed"),
        (("-o", "x", "extra"), "export takes no argument 'extra'"),
        (("-o", "x", "--since", "yesterday"), "--since 'yesterday': a day is needed, as 2024-02-03 or 1402-11-14"),
        (
            ("-o", "x", "--since", "2024-02-01", "--until", "2024-01-01"),
            "--since 2024-02-01 --until 2024-01-01: the fi",
        ),
        (("-o", "x", "--lang", "de"), "--lang 'de': there are en, fa, ar, parted by commas"),
        (("-o", "x", "--type", "poem"), "--type 'poem': there are article, gallery"),
        (("-o", "x", "--source", "lived"), "--source 'lived': there are live, saved, wayback"),
        (("-o", "x", "--exclude", "en/1,two\x1b[31m"), "--exclude: 'two[31m' is not an article's key (en/124964)"),
        (("-o", "x", "--exclude", " , "), "--exclude ',': names no article"),
        (("-o", "x", "--exclude", "@nowhere"), "--exclude @nowhere: cannot read it: No such file"),
        (("-o", "x", "--exclude", f"@{__file__}"), f"--exclude @{__file__}, line 1: "),
        (("-o", "x", "--section", "../x"), "--section '../x': not a section"),
        (("-o", "x", "--query", "!"), "--query '!': words are needed"),
        (("-o", "x", "--revisions", "some"), "--revisions 'some': there are latest, all"),
        (("-o", "x", "--revisions", "latest,all"), "--revisions 'latest,all': one of latest, all"),
        (("-o", "x", "--bom"), "--bom begins CSV files: it needs --format csv"),
        (("-o", "x", "--format", "xlsx\x1b[31m"), "--format 'xlsx[31m': there are jsonl, csv, parquet"),
        (("-o", "x", "--since", "2024-01-01"), "DATA_DIR="),
    ],
)
def test_bad_input_is_one_line(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = command("export", *arguments, data_dir=tmp_path)
    assert (done.code, done.out, list(tmp_path.iterdir())) == (1, "", [])
    (line,) = done.log.splitlines()
    assert line.startswith(f"iranwire_crawler: {said}")


def test_a_run_that_is_not_learned_yet_is_told(data_dir: Path, tmp_path: Path) -> None:
    make_run(data_dir, [b"{}"], day=9, finished=False)
    done = export(data_dir, tmp_path / "out")
    assert done.code == 0
    assert "1 runs hold lines that the catalogue does not know yet" in done.log


def test_it_reads_while_others_learn(data_dir: Path, tmp_path: Path) -> None:
    """One moment of the catalogue is read, and nobody is kept from learning meanwhile."""
    from iranwire_crawler.domain.selection import Selection
    from iranwire_crawler.stores.catalogue import Catalogue
    from iranwire_crawler.stores.selected import selected

    with Catalogue(data_dir) as catalogue:
        found = selected(catalogue, Selection())
        next(found)
        learning = threading.Thread(target=lay_out, args=(data_dir, [article(99, day="2025-01-01")]), kwargs={"day": 5})
        learning.start()
        learning.join(timeout=30)
        assert not learning.is_alive()
        assert sum(1 for _ in found) == 6
    learn_all(data_dir)
    with Catalogue(data_dir) as catalogue:
        assert sum(1 for _ in selected(catalogue, Selection())) == 8
