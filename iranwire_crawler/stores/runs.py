"""The run folder: `DATA_DIR/<spider>/<UTC start>/`, one a run, never shared, and its report `run.json`."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.stores.durable import replace_whole

REPORT = "run.json"
SCHEMA_VERSION = 1

_TRIES = 1000
_CHUNK = 1 << 20


class Lines(NamedTuple):
    """What a JSON Lines file holds: whole lines, and whether half a line stands at its end."""

    whole: int
    torn: bool


def create_run_folder(data_dir: Path, spider: str, started: datetime) -> Path:
    """Make the folder of a run and return it; a second run within one second gets `…-2`.

    Raises ArgumentError where DATA_DIR cannot be written.
    """
    name = started.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    parent = data_dir / spider
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(1, _TRIES):
            folder = parent / (name if number == 1 else f"{name}-{number}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder.resolve()
    except OSError as error:
        raise ArgumentError(f"DATA_DIR={data_dir}: cannot write there: {error.strerror or error}") from error
    raise ArgumentError(f"DATA_DIR={data_dir}: {_TRIES} runs of {spider} started within one second")


def discard_run_folder(folder: Path) -> None:
    """Remove the folder of a run that could not start: its report, and what in it is empty.

    Whatever holds something stays, and the folders it stands in.
    """
    for place, _, names in os.walk(folder, topdown=False):
        for file in (Path(place, name) for name in names):
            with suppress(OSError):
                if file == folder / REPORT or not file.stat().st_size:
                    file.unlink()
        with suppress(OSError):
            Path(place).rmdir()


def write_report(folder: Path, report: Mapping[str, Any]) -> None:
    """Write `run.json` in one step: a reader sees the former report or this one, never half of it.

    Raises OSError where it cannot be written; the former report then still stands.
    """
    # An argument that is not UTF-8 reaches Python as lone surrogates; their escape is JSON's own.
    text = json.dumps({"schema_version": SCHEMA_VERSION, **report}, ensure_ascii=False, indent=2) + "\n"
    data = text.encode("utf-8", "backslashreplace")
    replace_whole(folder / REPORT, [data])


def read_report(folder: Path) -> dict[str, Any] | None:
    """The report in a run's folder; None where there is none, or one that is not of our making.

    A run that was killed, or is still under way, has `"finished": null` in it.
    """
    try:
        report = json.loads((folder / REPORT).read_bytes())
    except (OSError, ValueError):
        return None
    return report if isinstance(report, dict) and report.get("schema_version") == SCHEMA_VERSION else None


def ending(report: Mapping[str, Any] | None) -> tuple[str | None, str | None, str]:
    """(finished, finish reason, state) of a report; the state is `sound`, `look` or `unfinished`."""
    verdict = report.get("verdict") if report else None
    status = verdict.get("status") if isinstance(verdict, dict) else None
    if report is None or not isinstance(report.get("finished"), str) or not isinstance(status, str):
        return None, None, "unfinished"
    reason = report.get("finish_reason")
    return report["finished"], reason if isinstance(reason, str) else None, status


def check_writable(file: Path) -> None:
    """Raises OSError where records could not be appended to the file; leaves none that was not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    existed = file.exists()
    with file.open("ab"):
        pass
    if not existed:
        file.unlink()


def count_lines(file: Path) -> Lines:
    """Lines of a feed. A file that is not there has none."""
    whole, last = 0, b"\n"
    try:
        with file.open("rb") as feed:
            while chunk := feed.read(_CHUNK):
                whole += chunk.count(b"\n")
                last = chunk[-1:]
    except FileNotFoundError:
        pass
    return Lines(whole, last != b"\n")
