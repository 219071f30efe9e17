"""Writes the shipped JSON Schemas and docs/fields.md from the item classes: `python docs/generate_fields.py`."""

import dataclasses
import json
import sys
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from iranwire_crawler.domain.schema import RECORDS, fields_of, json_schema

ROOT = Path(__file__).parent.parent
FILES = {
    "article": "articles.jsonl",
    "caption": "captions.jsonl",
    "gone": "gone.jsonl",
    "checked": "checked.jsonl",
    "rejected": "rejected.jsonl",
    "unread": "unread/index.jsonl",
}


def generated() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    files = {
        ROOT / "iranwire_crawler" / "schemas" / f"{name}.schema.json": json.dumps(
            json_schema(record), indent=2, ensure_ascii=False
        )
        + "\n"
        for name, record in RECORDS.items()
    }
    files[ROOT / "docs" / "fields.md"] = fields_page()
    return files


def fields_page() -> str:
    lines = [
        "# Fields",
        "",
        "One JSON object a line, UTF-8, no escapes for Persian and Arabic; every field is always there, null or",
        "empty when unknown, in this order. This page and `iranwire_crawler/schemas/*.schema.json` (JSON Schema",
        "draft 2020-12) are made from `iranwire_crawler/domain/items.py` by `python docs/generate_fields.py`;",
        "a test keeps them in step.",
    ]
    for name, record in RECORDS.items():
        lines += ["", f"## {record.__name__}: `{FILES[name]}`", "", record.__doc__ or ""]
        nested: dict[str, type[Any]] = {}
        lines += ["", *_table(record, nested)]
        while nested:
            inner, kind = nested.popitem()
            lines += ["", f"### {inner}", "", *_table(kind, nested)]
    return "\n".join(lines) + "\n"


def _table(record: type[Any], nested: dict[str, type[Any]]) -> list[str]:
    rows = ["| field | type | meaning |", "|---|---|---|"]
    for name, hint, doc in fields_of(record):
        rows.append(f"| `{name}` | {_type_name(hint, nested)} | {doc} |")
    return rows


def _type_name(hint: Any, nested: dict[str, type[Any]]) -> str:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join("null" if part is type(None) else _type_name(part, nested) for part in parts)
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        return f"list of {_type_name(parts[0], nested)}"
    if origin is not None:
        return "object"
    if dataclasses.is_dataclass(hint):
        nested[hint.__name__] = hint  # type: ignore[assignment]
        return hint.__name__
    return {str: "string", int: "integer", bool: "boolean", float: "number"}[hint]


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
