"""Two runs never share a folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.stores.runs import create_run_folder

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_runs_of_one_second_get_folders_of_their_own(tmp_path: Path) -> None:
    names = [create_run_folder(tmp_path, "news", NOON).name for _ in range(3)]
    assert names == ["2026-11-22T120000Z", "2026-11-22T120000Z-2", "2026-11-22T120000Z-3"]


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "news").write_text("x")
    with pytest.raises(ArgumentError, match="cannot write there"):
        create_run_folder(tmp_path, "news", NOON)
