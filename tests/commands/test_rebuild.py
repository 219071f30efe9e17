"""`scrapy rebuild`, as an operator runs it."""

import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from commands.running import scrapy
from crawling import ROOT
from stores.feeds import make_run, record, rows

from iranwire_crawler.stores.learning import learn_all
from iranwire_crawler.stores.lock import DataDirLock, holder


def test_it_makes_the_catalogue_that_growing_made(tmp_path: Path) -> None:
    make_run(tmp_path, [record(1)], day=1)
    learn_all(tmp_path)
    make_run(tmp_path, [record(1, text="two", revision=2, day=2), record(2, day=2)], day=2, finished=False)
    learn_all(tmp_path)
    grown = rows(tmp_path)
    (tmp_path / "catalogue.sqlite").unlink()
    done = scrapy("rebuild", data_dir=tmp_path)
    assert (done.code, done.log) == (0, "")
    assert done.out == f"{tmp_path}/catalogue.sqlite: 3 lines of 2 runs; 0 left out\n"
    assert rows(tmp_path) == grown
    assert holder(tmp_path) is None


def test_the_catalogue_is_the_one_that_the_docs_describe(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
    make_run(tmp_path, [record(1)])
    assert scrapy("rebuild", data_dir=tmp_path).code == 0
    database = sqlite3.connect(tmp_path / "catalogue.sqlite")
    try:
        version = re.search(r"`PRAGMA user_version` is (\d+)\.", page)
        assert version is not None
        assert database.execute("PRAGMA user_version").fetchone() == (int(version[1]),)
        found = database.execute(
            "SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c"
        ).fetchall()
    finally:
        database.close()
    told = {
        (name, column)
        for name, cells in re.findall(r"^\| `(\w+)` \|(.*)", page.partition("\n## Tables\n")[2], re.MULTILINE)
        for column in re.findall(r"`([a-z_]+)`", cells.rpartition(" | ")[2])
    }
    assert len(found) > 40
    assert [place for place in found if place not in told] == []


def test_what_was_left_out_is_told_and_someone_must_look(tmp_path: Path) -> None:
    torn = json.dumps(record(2)).encode()[:40]
    make_run(tmp_path, [record(1), b'{"key": "\x1b[31m"}'], tail=torn, finished=False)
    done = scrapy("rebuild", data_dir=tmp_path)
    assert done.code == 3
    feed = "news/2026-11-01T120000Z/articles.jsonl"
    assert done.log.splitlines() == [
        f"iranwire_crawler: {feed}: half a line at its end (40 bytes) moved to {feed}.torn",
        f"iranwire_crawler: {feed}:2: not JSON: unexpected control character in string: line 1 column 10 (char 9)",
    ]
    assert "1 lines of 1 runs; 1 left out" in done.out
    assert scrapy("rebuild", data_dir=tmp_path).code == 3


def test_a_running_crawl_keeps_it_out(tmp_path: Path) -> None:
    make_run(tmp_path, [record(1)], tail=b"half", finished=False)
    with DataDirLock(tmp_path, "news"):
        done = scrapy("rebuild", data_dir=tmp_path)
    assert done.code == 1
    assert done.log.startswith(f"iranwire_crawler: DATA_DIR={tmp_path}: in use by news (process {os.getpid()})")
    assert len(done.log.splitlines()) == 1
    # The crawl's feed was left alone.
    assert (tmp_path / "news" / "2026-11-01T120000Z" / "articles.jsonl").read_bytes().endswith(b"half")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["news"], "rebuild takes no argument 'news'"), (["--fast"], "rebuild takes no argument '--fast'")],
)
def test_bad_input_is_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = scrapy("rebuild", *arguments, data_dir=tmp_path)
    assert (done.code, done.out) == (1, "")
    (line,) = done.log.splitlines()
    assert line.startswith(f"iranwire_crawler: {said}")


def test_no_data_dir_is_one_line_and_none_is_made(tmp_path: Path) -> None:
    done = scrapy("rebuild", data_dir=tmp_path / "data")
    assert (done.code, done.log) == (1, f"iranwire_crawler: DATA_DIR={tmp_path}/data: no such folder\n")
    assert not (tmp_path / "data").exists()


def test_a_disk_that_fills_up_leaves_the_old_catalogue(tmp_path: Path) -> None:
    """No file may grow beyond 64 KiB: to SQLite that is a full disk, for root too."""
    make_run(tmp_path, [record(1)], day=1)
    learn_all(tmp_path)
    before = rows(tmp_path)
    make_run(tmp_path, [record(number, day=2) for number in range(2, 2000)], day=2)
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "rebuild", "-s", f"DATA_DIR={tmp_path}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"iranwire_crawler: {tmp_path}/catalogue.sqlite.new: ")
    assert rows(tmp_path) == before
    assert sorted(file.name for file in tmp_path.iterdir()) == [".lock", "catalogue.sqlite", "news"]
