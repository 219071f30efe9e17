"""The benchmarks start and print their tables; what they measure is no test's business."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def benchmarks(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout


def test_reading_and_right_without_peers() -> None:
    said = benchmarks("reading", "right", "--quick", "--sides", "iranwire_crawler")
    rows = [line for line in said.splitlines() if line.startswith("| iranwire_crawler")]
    assert len(rows) == 3
    assert "`python -m benchmarks reading --quick --sides iranwire_crawler`" in said
    assert "- Ours right on every page and field: held" in said
