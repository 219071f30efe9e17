"""What is learned of the runs' feeds, and that a catalogue is the same however it came to be."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule
from stores.feeds import append, finish, make_run, record, rows

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.stores import database_files, torn
from iranwire_crawler.stores.catalogue import Catalogue, CatalogueError
from iranwire_crawler.stores.learning import LearningCatalogue, learn_all, problems_of, rebuild
from iranwire_crawler.stores.run_folders import run_folders

ROOT = Path(__file__).parents[2]


def test_learning_twice_changes_nothing(tmp_path: Path) -> None:
    folder = make_run(tmp_path, [record(1), b"{}"])
    learn_all(tmp_path)
    before = rows(tmp_path)
    assert learn_all(tmp_path) == []
    with LearningCatalogue(tmp_path) as catalogue:
        again = catalogue.learn(folder)
    assert (again.lines, again.skipped, again.problems) == (0, 0, ())
    assert rows(tmp_path) == before


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{not json", "not JSON"),
        (b"\x00\x00\x00", "not JSON"),
        (b"[]", "not an object"),
        (b'{"key": "\\ud800"}', "not JSON"),
        (json.dumps(record(1) | {"key": "en/1'; DROP TABLE runs"}).encode(), "key"),
        (json.dumps(record(1) | {"key": "en/01"}).encode(), "key"),
        (json.dumps(record(1) | {"url": "https://iranwire.com/en/features/2/"}).encode(), "url"),
        (json.dumps(record(1) | {"url": "file:///etc/passwd"}).encode(), "url"),
        (json.dumps(record(1) | {"content_hash": None}).encode(), "content_hash"),
        (json.dumps(record(1) | {"revision": True}).encode(), "revision"),
        (json.dumps(record(1) | {"revision": 10**30}).encode(), "revision"),
        (json.dumps(record(1) | {"fetched_at": "yesterday"}).encode(), "fetched_at"),
        (json.dumps(record(1) | {"section": "features"}).encode(), "section"),
        (json.dumps(record(1) | {"headline": ""}).encode(), "headline"),
        (json.dumps(record(1) | {"previous_hash": "x"}).encode(), "previous_hash"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_left_out(line: bytes, reason: str, tmp_path: Path) -> None:
    make_run(tmp_path, [record(7), line, record(8)])
    (learned,) = learn_all(tmp_path)
    (problem,) = learned.problems
    assert (problem.file, problem.line) == ("news/2026-11-01T120000Z/articles.jsonl", 2)
    assert problem.reason.startswith(reason)
    with Catalogue(tmp_path) as catalogue:
        assert [key in catalogue for key in ("en/7", "en/1", "en/8")] == [True, False, True]


def test_line_numbers_count_from_the_feeds_start(tmp_path: Path) -> None:
    folder = make_run(tmp_path, [record(1), record(2)], finished=False)
    learn_all(tmp_path)
    append(folder / "articles.jsonl", [record(3), b"{}"])
    (learned,) = learn_all(tmp_path)
    assert [problem.line for problem in learned.problems] == [4]


def test_many_bad_lines_are_counted_and_the_first_told(tmp_path: Path) -> None:
    make_run(tmp_path, [b"{}"] * 250)
    (learned,) = learn_all(tmp_path)
    assert (learned.skipped, len(learned.problems)) == (250, 100)
    assert problems_of([learned])[-1] == "news/2026-11-01T120000Z: 150 more lines were left out"


# A run that was killed.


def test_half_a_line_is_set_aside(tmp_path: Path) -> None:
    whole = json.dumps(record(2)).encode()
    folder = make_run(tmp_path, [record(1)], tail=whole[:50], finished=False)
    make_run(tmp_path, [], feed="captions.jsonl", tail=b'{"key"', finished=False)
    (learned,) = learn_all(tmp_path)
    assert [(torn.file, torn.bytes, torn.moved_to) for torn in learned.torn] == [
        ("news/2026-11-01T120000Z/articles.jsonl", 50, "news/2026-11-01T120000Z/articles.jsonl.torn"),
        ("news/2026-11-01T120000Z/captions.jsonl", 6, "news/2026-11-01T120000Z/captions.jsonl.torn"),
    ]
    assert (folder / "articles.jsonl.torn").read_bytes() == whole[:50]
    assert (folder / "articles.jsonl").read_bytes() == json.dumps(record(1)).encode() + b"\n"
    assert (folder / "captions.jsonl").read_bytes() == b""
    assert learn_all(tmp_path) == []


def test_a_line_that_lacks_its_end_alone_is_set_aside_too(tmp_path: Path) -> None:
    make_run(tmp_path, [], tail=json.dumps(record(1)).encode(), finished=False)
    (learned,) = learn_all(tmp_path)
    assert len(learned.torn) == 1
    with Catalogue(tmp_path) as catalogue:
        assert "en/1" not in catalogue


def test_a_second_tail_does_not_overwrite_the_first(tmp_path: Path) -> None:
    folder = make_run(tmp_path, [], tail=b"first", finished=False)
    learn_all(tmp_path)
    append(folder / "articles.jsonl", [record(1)], b"second")
    (learned,) = learn_all(tmp_path)
    assert str(learned.torn[0]) == (
        "news/2026-11-01T120000Z/articles.jsonl: half a line at its end (6 bytes)"
        " moved to news/2026-11-01T120000Z/articles.jsonl.torn-2"
    )
    assert (folder / "articles.jsonl.torn").read_bytes() == b"first"


def test_a_long_tail_is_cut_where_the_line_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torn, "_CHUNK", 7)
    folder = make_run(tmp_path, [record(1)], tail=b"x" * 100, finished=False)
    (learned,) = learn_all(tmp_path)
    assert learned.torn[0].bytes == 100
    assert (folder / "articles.jsonl").read_bytes().endswith(b"}\n")


def test_a_tail_that_cannot_be_set_aside_is_told_and_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(tmp_path, [record(1)], tail=b"half", finished=False)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torn.os, "fsync", full)
    with LearningCatalogue(tmp_path) as catalogue:
        learned = catalogue.learn(folder)
        assert "en/1" in catalogue
    assert learned.torn[0].moved_to is None
    assert (folder / "articles.jsonl").read_bytes().endswith(b"half")


def test_an_unfinished_run_is_learned_and_its_end_as_well(tmp_path: Path) -> None:
    folder = make_run(tmp_path, [record(1)], finished=False)
    learn_all(tmp_path)
    assert [row[4] for row in rows(tmp_path)["runs"]] == ["unfinished"]
    append(folder / "articles.jsonl", [record(2)])
    assert [learned.lines for learned in learn_all(tmp_path)] == [1]
    finish(folder, status="look")
    assert [learned.lines for learned in learn_all(tmp_path)] == [0]
    assert [row[1:] for row in rows(tmp_path)["runs"]] == [
        ("news", "2026-11-01T12:00:00Z", "2026-11-01T12:10:00Z", "look", "finished")
    ]


# What no longer stands on disk is not known.


@pytest.mark.parametrize("lost", ["folder", "feed", "lines"])
def test_what_is_gone_from_disk_is_forgotten(lost: str, tmp_path: Path) -> None:
    folder = make_run(tmp_path, [record(1), record(2)])
    make_run(tmp_path, [record(3, day=2)], day=2)
    learn_all(tmp_path)
    feed = folder / "articles.jsonl"
    if lost == "lines":
        feed.write_bytes(feed.read_bytes().splitlines(keepends=True)[0])
    else:
        feed.unlink()
        if lost == "folder":
            (folder / "run.json").unlink()
            folder.rmdir()
    learn_all(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        assert [key in catalogue for key in ("en/1", "en/2", "en/3")] == [lost == "lines", False, True]


def make_unusable(file: Path, kind: str) -> None:
    match kind:
        case "garbage":
            file.write_bytes(b"not a database" * 1000)
        case "empty":
            file.write_bytes(b"")
        case "other version":
            with sqlite3.connect(file) as database:
                database.execute("PRAGMA user_version = 99")
            database.close()
        case "truncated":
            file.write_bytes(file.read_bytes()[:5000])


@pytest.mark.parametrize("kind", ["garbage", "empty", "other version", "truncated"])
def test_an_unusable_catalogue_is_made_anew(kind: str, tmp_path: Path) -> None:
    make_run(tmp_path, [record(number) for number in range(50)])
    learn_all(tmp_path)
    before = rows(tmp_path)
    make_unusable(tmp_path / "catalogue.sqlite", kind)
    with pytest.raises(CatalogueError, match="scrapy rebuild makes it anew"), Catalogue(tmp_path) as catalogue:
        catalogue.article("en/1")
    learn_all(tmp_path)
    assert rows(tmp_path) == before


def test_only_run_folders_are_learned(tmp_path: Path) -> None:
    folder = make_run(tmp_path, [record(1)])
    for name in ("news/draft", "warc", "news/2026-11-01T120000Z.bak", ".hidden/2026-11-01T120000Z"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "news" / "2026-12-01T120000Z-2").mkdir()
    (tmp_path / "news" / "2026-12-01T120000Z-10").mkdir()
    (tmp_path / "articles" / "2026-12-01T120000Z").mkdir(parents=True)
    assert [f"{found.parent.name}/{found.name}" for found in run_folders(tmp_path)] == [
        "news/2026-11-01T120000Z",
        "articles/2026-12-01T120000Z",
        "news/2026-12-01T120000Z-2",
        "news/2026-12-01T120000Z-10",
    ]
    elsewhere = tmp_path / "elsewhere"
    with LearningCatalogue(tmp_path) as catalogue:
        for wrong in (elsewhere, tmp_path / "news", folder / "articles.jsonl", Path("/")):
            with pytest.raises(ArgumentError, match="not a run folder"):
                catalogue.learn(wrong)
    with pytest.raises(ArgumentError, match="No such file"):
        rebuild(elsewhere)


def test_a_reader_of_the_old_catalogue_is_not_disturbed_by_a_rebuild(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run(tmp_path, [record(1)])
    learn_all(tmp_path)
    before = rows(tmp_path)
    monkeypatch.setattr(database_files, "LONGEST_WAIT", 0.1)
    with Catalogue(tmp_path) as reader:
        assert "en/1" in reader
        # SQLite lets nobody else in: the old one stays whole, and the rebuild says so.
        with pytest.raises(ArgumentError, match="cannot be replaced: database is locked"):
            rebuild(tmp_path)
        assert "en/1" in reader
    assert not list(tmp_path.glob("*.new*"))
    rebuild(tmp_path)
    assert rows(tmp_path) == before


def test_a_log_that_a_killed_process_left_is_not_read_into_the_new_one(tmp_path: Path) -> None:
    make_run(tmp_path, [record(1)], day=1)
    learn_all(tmp_path)
    make_run(tmp_path, [record(2, day=2)], day=2)
    source = (
        "import os, sys; from pathlib import Path; from iranwire_crawler.stores.learning import LearningCatalogue;"
        "catalogue = LearningCatalogue(Path(sys.argv[1]));"
        "[catalogue.learn(folder) for folder in catalogue.unlearned()]; os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", source, str(tmp_path)], cwd=ROOT, check=True)
    assert (tmp_path / "catalogue.sqlite-wal").stat().st_size > 0
    for file in (tmp_path / "news" / "2026-11-01T120000Z").iterdir():
        file.unlink()
    learn_all(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        assert [key in catalogue for key in ("en/1", "en/2")] == [False, True]


@pytest.mark.parametrize("what", ["learn", "rebuild"])
def test_killed_at_any_moment_it_is_the_same_in_the_end(what: str, tmp_path: Path) -> None:
    learn_all_first = tmp_path / "sound"
    data_dir = tmp_path / "data"
    for place in (learn_all_first, data_dir):
        for day in range(1, 5):
            make_run(place, [record(n, text=f"{day}", day=day, revision=day) for n in range(200)], day=day)
    learn_all(learn_all_first)
    expected = rows(learn_all_first)
    call = "rebuild" if what == "rebuild" else "learn_all"
    source = f"import sys, pathlib, iranwire_crawler.stores.learning as s; print(); s.{call}(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-u", "-c", source, str(data_dir)]
    killed = 0
    for pause in (0.0, 0.01, 0.02, 0.03, 0.05, 0.08):
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline()
            time.sleep(pause)
            process.kill()
        assert process.returncode in (0, -signal.SIGKILL)
        killed += process.returncode != 0
    assert killed
    learn_all(data_dir)
    assert rows(data_dir) == expected
    rebuild(data_dir)
    assert rows(data_dir) == expected
    assert sorted(file.name for file in data_dir.iterdir()) == ["catalogue.sqlite", "news"]


# However it came to be.

records = st.builds(
    record,
    st.integers(1, 4),
    text=st.sampled_from(["one", "two", "three"]),
    revision=st.integers(1, 3),
    day=st.integers(1, 6),
    language=st.sampled_from(["en", "fa"]),
    headline=st.sampled_from(["A", "خبر"]),
)
keys = st.sampled_from(["en/1", "en/2", "fa/1"])
moments = st.integers(1, 6).map("2026-11-{:02d}T12:00:00Z".format)
checked = st.builds(
    lambda key, at, status, etag: {"key": key, "checked_at": at, "status": status, "etag": etag},
    *(keys, moments, st.sampled_from([200, 304, 404]), st.sampled_from([None, '"a"', '"b"'])),
)
gone = st.builds(lambda key, at: {"key": key, "reason": "http_404", "fetched_at": at}, keys, moments)
bad = st.sampled_from([b"{}", b"\xff", b"[1", b""])
tails = st.sampled_from([b"", b"", b'{"key": "en/1"', b"\xd8"])
feeds = st.one_of(
    st.tuples(st.just("articles.jsonl"), st.lists(st.one_of(records, records, bad), max_size=5)),
    st.tuples(st.just("checked.jsonl"), st.lists(st.one_of(checked, bad), max_size=3)),
    st.tuples(st.just("gone.jsonl"), st.lists(st.one_of(gone, bad), max_size=3)),
)


class Growing(RuleBasedStateMachine):
    """Runs come, are killed, are learned in any order; a rebuild at any time has the same rows."""

    folders: Bundle[Path] = Bundle("folders")

    @initialize()
    def start(self) -> None:
        self.place = tempfile.TemporaryDirectory()
        self.data_dir = Path(self.place.name)

    def teardown(self) -> None:
        if hasattr(self, "place"):
            self.is_the_same_row_for_row()
            self.place.cleanup()

    @rule(
        target=folders,
        day=st.integers(1, 5),
        spider=st.sampled_from(["news", "archive"]),
        feed=feeds,
        tail=tails,
        finished=st.booleans(),
    )
    def run(self, day: int, spider: str, feed: tuple[str, list[Any]], tail: bytes, finished: bool) -> Any:
        if (self.data_dir / spider / f"2026-11-{day:02d}T120000Z").exists():
            return multiple()
        name, lines = feed
        return make_run(
            self.data_dir, lines, day=day, spider=spider, feed=name, tail=tail, finished=finished and not tail
        )

    @rule(folder=folders, feed=feeds, tail=tails)
    def write_on(self, folder: Path, feed: tuple[str, list[Any]], tail: bytes) -> None:
        name, lines = feed
        append(folder / name, lines, tail)

    @rule(folder=folders)
    def finish(self, folder: Path) -> None:
        finish(folder)

    @rule(folder=folders)
    def learn(self, folder: Path) -> None:
        with LearningCatalogue(self.data_dir) as catalogue:
            catalogue.learn(folder)

    @rule()
    def learn_all(self) -> None:
        learn_all(self.data_dir)

    @rule()
    def rebuild(self) -> None:
        rebuild(self.data_dir)

    @rule(folder=folders)
    def lose_lines(self, folder: Path) -> None:
        feed = folder / "articles.jsonl"
        if feed.exists():
            feed.write_bytes(b"".join(feed.read_bytes().splitlines(keepends=True)[:1]))
        # One that grows again before anybody looks is not told from one that has only grown.
        learn_all(self.data_dir)

    @rule()
    def is_the_same_row_for_row(self) -> None:
        learn_all(self.data_dir)
        copy = self.data_dir / "copy"
        for folder in run_folders(self.data_dir):
            shutil.copytree(folder, copy / folder.parent.name / folder.name)
        copy.mkdir(exist_ok=True)
        rebuild(copy)
        assert rows(self.data_dir) == rows(copy)
        shutil.rmtree(copy)
        with Catalogue(self.data_dir) as catalogue:
            for key in ("en/1", "en/2", "fa/1"):
                article, revisions = catalogue.article(key), catalogue.revisions(key)
                assert (article is None) == (not revisions)
                if article is not None:
                    assert (article.revision, article.content_hash) == (
                        revisions[-1].revision,
                        revisions[-1].content_hash,
                    )
                    assert [catalogue.line(each)["key"] for each in revisions] == [key] * len(revisions)


TestGrowing = Growing.TestCase
TestGrowing.settings = settings(max_examples=25, stateful_step_count=15)
