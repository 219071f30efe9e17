"""A JSON Lines file, line by line, with each line's place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson


class FeedLine(NamedTuple):
    """`record` is None where the line is not JSON: `problem` says why. `whole` is False for half a line at the end."""

    number: int
    start: int
    length: int
    record: Any
    problem: str | None
    whole: bool


def lines_of(file: Path) -> Iterator[FeedLine]:
    """Numbers count from 1, places are byte offsets; a file that is not there has no line."""
    start = 0
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                record, problem = None, None
                try:
                    record = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    problem = f"not JSON: {error}"
                yield FeedLine(number, start, len(line), record, problem, line.endswith(b"\n"))
                start += len(line)
    except FileNotFoundError:
        return
