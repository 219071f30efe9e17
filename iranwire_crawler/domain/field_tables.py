"""The fields of a record and of its parts as Markdown tables, made from the item classes."""

import dataclasses
from typing import Any, Literal, get_args, get_origin

from iranwire_crawler.domain.schema import fields_of, without_none


def field_tables(record: type[Any], *, heading: str) -> list[str]:
    """Lines of Markdown: the record's own table, then a table under a heading (`###`) for each of its parts."""
    nested: dict[str, type[Any]] = {}
    lines = _table(record, nested)
    while nested:
        name, part = nested.popitem()
        lines += ["", f"{heading} {name}", "", *_table(part, nested)]
    return lines


def _table(record: type[Any], nested: dict[str, type[Any]]) -> list[str]:
    rows = ["| field | type | meaning |", "|---|---|---|"]
    return rows + [f"| `{each.name}` | {_type_name(each.hint, nested)} | {each.text} |" for each in fields_of(record)]


def _type_name(hint: Any, nested: dict[str, type[Any]]) -> str:
    inner, optional = without_none(hint)
    if optional:
        return f"{_type_name(inner, nested)} or null"
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        return f"list of {_type_name(parts[0], nested)}"
    if origin is not None:
        return "object"
    if dataclasses.is_dataclass(hint):
        part: type[Any] = hint  # type: ignore[assignment]
        nested[part.__name__] = part
        return part.__name__
    return {str: "string", int: "integer", bool: "boolean", float: "number"}[hint]
