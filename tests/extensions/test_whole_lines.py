"""Feeds of the run folder: each line on disk at once, none of them half."""

import json
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from iranwire_crawler.domain.items import Gone
from iranwire_crawler.extensions.whole_lines import WholeLines

GONE = Gone(key="fa/1", url="https://iranwire.com/fa/features/1/", reason="http_404", status=404, fetched_at="…")


def test_a_line_is_there_when_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "gone.jsonl"
    with file.open("ab") as stream:
        exporter = WholeLines(stream, encoding="utf-8")
        exporter.start_exporting()
        for number in range(1, 4):
            exporter.export_item(GONE)
            lines = file.read_text(encoding="utf-8").splitlines()
            assert [json.loads(line)["fetched_at"] for line in lines] == ["…"] * number
        exporter.finish_exporting()


@pytest.fixture
def file_limit() -> Iterator[int]:
    """No file may grow beyond so many bytes: the system takes a part of a line, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    yield 200
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, ignored)


def test_a_line_that_does_not_fit_leaves_no_part_of_itself(tmp_path: Path, file_limit: int) -> None:
    file = tmp_path / "gone.jsonl"
    with file.open("ab") as stream:
        exporter = WholeLines(stream, encoding="utf-8")
        exporter.export_item(GONE)
        for _ in range(2):
            with pytest.raises(OSError, match=r"File too large|could not be written"):
                exporter.export_item(GONE)
    # What would fit goes nowhere either: captions without their article.
    with (tmp_path / "other.jsonl").open("ab") as stream, pytest.raises(OSError, match="could not be written"):
        WholeLines(stream, encoding="utf-8").export_item(GONE)
    assert [json.loads(line)["key"] for line in file.read_bytes().splitlines()] == ["fa/1"]
