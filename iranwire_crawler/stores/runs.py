"""The run folder: `DATA_DIR/<spider>/<UTC start>/`, one a run, never shared."""

from datetime import UTC, datetime
from pathlib import Path

from iranwire_crawler.domain.errors import ArgumentError

_TRIES = 1000


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
