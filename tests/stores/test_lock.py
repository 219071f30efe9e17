"""One run a DATA_DIR at a time, with processes that are real and die."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.stores.lock import DataDirLock, holder

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys; from pathlib import Path; from iranwire_crawler.stores.lock import DataDirLock\n"
    "from iranwire_crawler.domain.errors import ArgumentError\n"
    "lock = DataDirLock(Path(sys.argv[1]), sys.argv[2])\n"
    "try:\n    lock.acquire()\nexcept ArgumentError as error:\n    print(error, flush=True); sys.exit(1)\n"
    "print('held', flush=True)\n"
    "sys.stdin.read()\n"
)


def start(data_dir: Path, spider: str = "news") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(data_dir), spider]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@contextmanager
def holding(data_dir: Path, spider: str = "news") -> Iterator[subprocess.Popen[str]]:
    process = start(data_dir, spider)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_taker_is_told_who_holds_it(tmp_path: Path) -> None:
    with holding(tmp_path) as process:
        with pytest.raises(ArgumentError) as told:
            DataDirLock(tmp_path, "archive").acquire()
        line = rf"DATA_DIR={re.escape(str(tmp_path))}: in use by news \(process {process.pid}\), started 20\S+Z"
        assert re.fullmatch(line, str(told.value))
        found = holder(tmp_path)
        assert found is not None
        assert (found.pid, found.spider) == (process.pid, "news")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_dead_owners_lock_is_taken_over(number: int, tmp_path: Path) -> None:
    with holding(tmp_path) as process:
        os.kill(process.pid, number)
        process.wait(10)
    assert (tmp_path / ".lock").stat().st_size > 0
    assert holder(tmp_path) is None
    with DataDirLock(tmp_path, "archive"):
        found = holder(tmp_path)
        assert found is not None
        assert (found.pid, found.spider) == (os.getpid(), "archive")


def test_it_is_free_when_it_is_released(tmp_path: Path) -> None:
    lock = DataDirLock(tmp_path / "new" / "folder", "news")
    for _ in range(2):
        lock.acquire()
        lock.acquire()
        lock.release()
        lock.release()
    assert holder(tmp_path / "new" / "folder") is None
    with holding(tmp_path / "new" / "folder"):
        pass


def test_of_many_that_start_at_once_one_gets_it(tmp_path: Path) -> None:
    processes = [start(tmp_path, f"spider{number}") for number in range(6)]
    lines = [process.stdout.readline() for process in processes if process.stdout]
    for process in processes:
        process.kill()
        process.communicate()
    assert lines.count("held\n") == 1
    assert sum("in use by" in line for line in lines) == 5


def test_looking_who_holds_it_locks_nobody_out(tmp_path: Path) -> None:
    with DataDirLock(tmp_path, "first"):
        pass
    look = "import sys; from pathlib import Path; from iranwire_crawler.stores.lock import holder; print()\n"
    look += "while True: holder(Path(sys.argv[1]))"
    command = [sys.executable, "-u", "-c", look, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as looker:
        assert looker.stdout is not None
        looker.stdout.readline()
        try:
            for _ in range(20):
                with DataDirLock(tmp_path, "news"):
                    pass
        finally:
            looker.kill()
    assert looker.returncode == -signal.SIGKILL


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"pid": "x"}', b"\xff" * 10_000])
def test_a_note_that_says_nothing_is_another_process(note: bytes, tmp_path: Path) -> None:
    with holding(tmp_path):
        (tmp_path / ".lock").write_bytes(note)
        with pytest.raises(ArgumentError, match=r"in use by another process$"):
            DataDirLock(tmp_path, "news").acquire()


def test_a_note_cannot_turn_the_terminal_upside_down(tmp_path: Path) -> None:
    with holding(tmp_path):
        (tmp_path / ".lock").write_text('{"pid": 1, "spider": "\\u001b[31m\\u202enews\\n", "started": "x"}')
        with pytest.raises(ArgumentError) as told:
            DataDirLock(tmp_path, "news").acquire()
    assert str(told.value).endswith("in use by [31mnews (process 1), started x")


def test_a_data_dir_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArgumentError, match="cannot write there: Not a directory"):
        DataDirLock(tmp_path / "file" / "data", "news").acquire()
    assert holder(tmp_path / "file") is None
