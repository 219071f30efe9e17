"""Data that a page's scripts hold as JSON, whatever they are called: `type=…json`, `window.x = {…}`, `f([…])`."""

import json
import re
from collections.abc import Iterator
from typing import Any

# A page is untrusted: beyond these bounds no more data is looked for.
MAX_CHARACTERS = 8 * 1024 * 1024
MAX_STARTS = 400
MAX_VALUES = 100_000
MAX_DEPTH = 60
_SHORTEST = 80
# JSON begins where a value may begin in JavaScript. Quotes: a string that is JSON itself.
_START = re.compile(r"""[=(,:]\s*(?=[{\[])|JSON\.parse\(\s*(?=["'])|^\s*(?=[{\[])""")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*+)'", re.DOTALL)
_ESCAPE = re.compile(r"""\\.|["\n\r]""", re.DOTALL)
# A line of a stream of JSON texts, each under a short name.
_NAMED_LINE = re.compile(r"^[0-9A-Za-z_$]{1,12}:(?=[\[{])", re.MULTILINE)
_DECODER = json.JSONDecoder(strict=False)


def page_data(scripts: list[str]) -> Iterator[Any]:
    """Every JSON array and object in the scripts' sources, in order, the outermost one of each.

    JSON inside a string of JSON is decoded by `walk`. What is no JSON (unquoted names, functions) is passed over.
    """
    left, starts = MAX_CHARACTERS, MAX_STARTS
    for source in scripts:
        at = 0
        while left > 0 and starts > 0 and (start := _START.search(source, at)):
            starts -= 1
            value, end, looked_at = _decode(source, start.end())
            left -= looked_at
            at = end
            if value is not None:
                yield value


def walk(values: Iterator[Any]) -> Iterator[dict[str, Any]]:
    """Every object in the values, outer ones first; strings that hold JSON are opened."""
    seen = 0
    for root in values:
        pending: list[tuple[Any, int]] = [(root, 0)]
        while pending and seen < MAX_VALUES:
            value, depth = pending.pop()
            seen += 1
            if isinstance(value, dict):
                yield value
            inner = inside(value) if depth < MAX_DEPTH else []
            pending.extend((each, depth + 1) for each in reversed(inner))


def inside(value: Any) -> list[Any]:
    """The arrays, objects and strings in a value; of a string the JSON that it holds."""
    if isinstance(value, dict):
        return [each for each in value.values() if isinstance(each, (dict, list, str))]
    if isinstance(value, list):
        return [each for each in value if isinstance(each, (dict, list, str))]
    return list(_json_in(value)) if isinstance(value, str) and len(value) >= _SHORTEST else []


def _json_in(text: str) -> Iterator[Any]:
    """The JSON texts that a string holds, as its whole or as its named lines."""
    bare = len(text) - len(text.lstrip())
    starts = [bare] if text[bare : bare + 1] in ("{", "[") else [match.end() for match in _NAMED_LINE.finditer(text)]
    for start in starts[:MAX_STARTS]:
        value, _, _ = _decode(text, start)
        if value is not None:
            yield value


def _decode(source: str, start: int) -> tuple[Any, int, int]:
    """(array or object, where to go on, characters looked at) of the JSON at `start`; None where there is none."""
    if source[start : start + 1] == "'":
        quoted = _QUOTED.match(source, start)
        if quoted is None:
            return None, start + 1, len(source) - start
        value, _, _ = _decode(f'"{_ESCAPE.sub(_as_json_escape, quoted[1])}"', 0)
        return value, quoted.end(), len(quoted[0])
    try:
        value, end = _DECODER.raw_decode(source, start)
    except json.JSONDecodeError as error:
        # An object literal with unquoted names: what it holds may be JSON all the same.
        return None, start + 1, error.pos - start + 1
    except (RecursionError, ValueError):
        return None, start + 1, len(source) - start
    if isinstance(value, str):
        value = next(_json_in(value), None) if len(value) >= _SHORTEST else None
    return (value if isinstance(value, (dict, list)) else None), end, end - start


def _as_json_escape(escape: re.Match[str]) -> str:
    match escape[0]:
        case "\\'":
            return "'"
        case '"':
            return '\\"'
        case "\n" | "\r":
            return " "
    return escape[0]
