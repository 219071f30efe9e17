"""The lists of captures that CDX servers give, in their three forms."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from iranwire_crawler.domain.web_archive import Capture

# A list is untrusted: what lies beyond is not read.
MAX_CAPTURES = 200_000
_FIELDS = {"timestamp": "timestamp", "original": "url", "url": "url", "statuscode": "status", "status": "status"}
_FIELDS |= {"mimetype": "mime", "mime": "mime"}


def read_captures(body: bytes) -> list[Capture] | None:
    """The captures of a list in the server's order; None where it is none. Never raises, on any bytes.

    Read are: one JSON array whose first row names the columns (the Internet Archive's `output=json`), a JSON object
    a line (pywb's), and CDXJ lines. Nothing at all is an empty list.
    """
    text = body.decode("utf-8", errors="replace").strip()
    if not text:
        return []
    try:
        rows = list(_table(text) if text.startswith("[") else _lines(text))
    except (ValueError, TypeError, RecursionError):
        return None
    return [_capture(row) for row in rows[:MAX_CAPTURES]]


def _table(text: str) -> Iterator[Mapping[str, Any]]:
    rows = json.loads(text)
    if not rows:
        return
    heads = [str(head) for head in rows[0]]
    for row in rows[1 : MAX_CAPTURES + 1]:
        if len(row) == len(heads):  # else it is a resume key
            yield dict(zip(heads, row, strict=True))


def _lines(text: str) -> Iterator[Mapping[str, Any]]:
    for line in text.splitlines()[:MAX_CAPTURES]:
        start = line.index("{")
        said = line[:start].split()
        row = json.loads(line[start:])
        yield {"timestamp": said[1], **row} if len(said) == 2 else dict(row)


def _capture(row: Mapping[str, Any]) -> Capture:
    found = {"timestamp": "", "url": "", "status": "", "mime": ""}
    for name, value in row.items():
        if name in _FIELDS and isinstance(value, str) and value != "-":
            found[_FIELDS[name]] = value
    return Capture(**found)
