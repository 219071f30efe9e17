"""The run folders of a DATA_DIR, the order of runs, and the feeds in them that the catalogue learns."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from iranwire_crawler.domain.errors import ArgumentError

ARTICLES, CAPTIONS, GONE, CHECKED = "articles.jsonl", "captions.jsonl", "gone.jsonl", "checked.jsonl"
WALKED, REJECTED, UNREAD = "walked.jsonl", "rejected.jsonl", "unread/index.jsonl"
# Those that the catalogue learns.
FEEDS = (ARTICLES, GONE, CHECKED, WALKED)

_SPIDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")
_STAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z(?:-([0-9]{1,4}))?")


def run_folders(data_dir: Path) -> list[Path]:
    """The run folders under DATA_DIR, oldest first. What is not named like one is not one.

    Raises ArgumentError where DATA_DIR cannot be looked into.
    """
    found = []
    with told_of_folder(data_dir), os.scandir(data_dir) as spiders:
        for spider in spiders:
            if _SPIDER.fullmatch(spider.name) and spider.is_dir():
                with os.scandir(spider) as runs:
                    found += [f"{spider.name}/{run.name}" for run in runs if _STAMP.fullmatch(run.name)]
    return [data_dir / run for run in sorted(found, key=_run_order)]


def run_name(data_dir: Path, run_folder: Path) -> str:
    """`news/2026-11-22T120000Z`. Raises ArgumentError for what is no run folder of this DATA_DIR (a resolved path)."""
    folder = run_folder.resolve()
    spider, stamp = folder.parent.name, folder.name
    is_ours = folder.parent.parent == data_dir and _SPIDER.fullmatch(spider) and _STAMP.fullmatch(stamp)
    if not is_ours or not folder.is_dir():
        raise ArgumentError(f"{run_folder}: not a run folder of DATA_DIR={data_dir}")
    return f"{spider}/{stamp}"


def started_at(run: str) -> str:
    """When a run started, by its name: `2026-11-22T12:00:00Z` of `news/2026-11-22T120000Z-2`."""
    match = _STAMP.fullmatch(run.rpartition("/")[2])
    assert match is not None
    return f"{match[1]}T{match[2]}:{match[3]}:{match[4]}Z"


def line_order(fetched_at: str, run: str, start: int) -> tuple[str, tuple[str, int, str], int]:
    """Lines in the order in which their pages were fetched; of one second, in the order of the runs."""
    return fetched_at, _run_order(run), start


def feed_sizes(folder: Path) -> dict[str, int]:
    """The sizes in bytes of the feeds that are there. A run that has none has nothing to be learned."""
    sizes = {}
    for file in FEEDS:
        with suppress(FileNotFoundError, NotADirectoryError):
            sizes[file] = (folder / file).stat().st_size
    return sizes


@contextmanager
def told_of_folder(data_dir: Path) -> Iterator[None]:
    """An error of the file system as an ArgumentError that names DATA_DIR."""
    try:
        yield
    except OSError as error:
        raise ArgumentError(f"DATA_DIR={data_dir}: {error.strerror or error}") from error


def _run_order(run: str) -> tuple[str, int, str]:
    spider, _, stamp = run.partition("/")
    moment, _, number = stamp.partition("Z")
    return moment, int(number[1:] or 1), spider
