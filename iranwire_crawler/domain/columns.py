"""The item classes as tables: columns, and what each is called in DuckDB and in a Frictionless Table Schema."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from iranwire_crawler.domain.schema import Field, exported, fields_of, without_none

# JSON Schema's keywords that a Table Schema knows as constraints.
_CONSTRAINTS = ("pattern", "minLength", "maxLength", "minimum", "maximum")
_DUCKDB: Mapping[Any, str] = {str: "VARCHAR", int: "BIGINT", bool: "BOOLEAN", float: "DOUBLE"}
_FRICTIONLESS: Mapping[Any, str] = {str: "string", int: "integer", bool: "boolean", float: "number"}


class Column(NamedTuple):
    """A column of a flat table. A record's one part (`section`) has a column for each of its fields
    (`section_slug`); lists and maps are one column of JSON."""

    name: str
    path: tuple[str, ...]
    field: Field
    optional: bool

    @property
    def is_json(self) -> bool:
        """Whether its cells hold a list or a map."""
        return duckdb_type(self.field.hint).startswith("MAP") or duckdb_type(self.field.hint).endswith("[]")

    @property
    def is_text(self) -> bool:
        """Whether its cells hold words of a page, which may begin with anything."""
        return duckdb_type(self.field.hint) == "VARCHAR"


def flat_columns(record: type[Any]) -> list[Column]:
    """The columns of a record in the order of its fields."""
    found = []
    for field in fields_of(record):
        inner, optional = without_none(field.hint)
        if dataclasses.is_dataclass(inner):
            found += [
                Column(
                    f"{field.name}_{part.name}", (field.name, part.name), part, optional or without_none(part.hint)[1]
                )
                for part in fields_of(inner)  # type: ignore[arg-type]
            ]
        else:
            found.append(Column(field.name, (field.name,), field, optional))
    return found


def record_of_row(record: type[Any], row: Mapping[str, str]) -> dict[str, Any]:
    """The record that a row of the flat table was made from. An empty cell is null where the column may be.

    Raises ValueError where a cell is not of its column's type, LookupError where one is missing.
    """
    found: dict[str, Any] = {}
    for column in flat_columns(record):
        value = _value(row[column.name], column)
        if len(column.path) == 1:
            found[column.name] = value
        else:
            found.setdefault(column.path[0], {})[column.path[1]] = value
    for field in fields_of(record):
        inner, optional = without_none(field.hint)
        if optional and dataclasses.is_dataclass(inner) and not any(found[field.name].values()):
            found[field.name] = None
    return found


def _value(cell: str, column: Column) -> Any:
    if not cell and column.optional:
        return None
    kind = duckdb_type(column.field.hint)
    if kind == "BOOLEAN":
        return {"true": True, "false": False}[cell]
    read = {"VARCHAR": str, "BIGINT": int, "DOUBLE": float}.get(kind, json.loads)
    return read(cell)


def duckdb_type(hint: Any) -> str:
    """`VARCHAR`, `STRUCT("name" VARCHAR, "url" VARCHAR)[]`, `MAP(VARCHAR, VARCHAR)`."""
    inner, _ = without_none(hint)
    origin, parts = get_origin(inner), get_args(inner)
    if origin is Literal:
        return _DUCKDB[type(parts[0])]
    if origin is tuple:
        return f"{duckdb_type(parts[0])}[]"
    if origin is not None:
        return f"MAP({duckdb_type(parts[0])}, {duckdb_type(parts[1])})"
    if dataclasses.is_dataclass(inner):
        hints = get_type_hints(inner)
        parts_of_it = [f'"{name}" {duckdb_type(hints[name])}' for name in exported(inner)]  # type: ignore[arg-type]
        return f"STRUCT({', '.join(parts_of_it)})"
    return _DUCKDB[inner]


def table_schema(record: type[Any], *, flat: bool) -> dict[str, Any]:
    """The Frictionless Table Schema of a record's lines, or of its flat table."""
    if flat:
        fields = [_descriptor(column.name, column.field, optional=column.optional) for column in flat_columns(record)]
        # An empty cell is null or an empty text.
        for field in fields:
            if field["type"] == "string" and "minLength" not in field.get("constraints", {}):
                field.get("constraints", {}).pop("required", None)
    else:
        fields = [_descriptor(field.name, field, optional=without_none(field.hint)[1]) for field in fields_of(record)]
    return {"fields": fields, "missingValues": [""] if flat else []}


def _descriptor(name: str, field: Field, *, optional: bool) -> dict[str, Any]:
    inner, _ = without_none(field.hint)
    origin, parts = get_origin(inner), get_args(inner)
    constraints: dict[str, Any] = {} if optional else {"required": True}
    constraints |= {keyword: field.keywords[keyword] for keyword in _CONSTRAINTS if keyword in field.keywords}
    if origin is Literal:
        kind, constraints["enum"] = _FRICTIONLESS[type(parts[0])], list(parts)
    elif origin is tuple:
        kind = "array"
    elif origin is not None or dataclasses.is_dataclass(inner):
        kind = "object"
    else:
        kind = _FRICTIONLESS[inner]
    if "const" in field.keywords:
        constraints["enum"] = [field.keywords["const"]]
    return {
        "name": name,
        "type": kind,
        "description": field.text,
        **({"constraints": constraints} if constraints else {}),
    }
