"""JSON Schema (draft 2020-12) of the record types, made from the item classes themselves."""

import dataclasses
import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from iranwire_crawler.domain.items import Article, Caption, Checked, Doc, Gone, Rejected, Unread, Walked

DIALECT = "https://json-schema.org/draft/2020-12/schema"
RECORDS: Mapping[str, type[Any]] = {
    "article": Article,
    "caption": Caption,
    "gone": Gone,
    "checked": Checked,
    "walked": Walked,
    "rejected": Rejected,
    "unread": Unread,
}
_SIMPLE: Mapping[Any, str] = {str: "string", int: "integer", bool: "boolean", float: "number"}


class Field(NamedTuple):
    """A field of a record: its type, what it means, and the JSON Schema keywords that bound it."""

    name: str
    hint: Any
    text: str
    keywords: Mapping[str, Any]


def json_schema(record: type[Any]) -> dict[str, Any]:
    """The schema of one record type: every field required, none besides."""
    return {"$schema": DIALECT, "title": record.__name__, **_object(record)}


def exported(record: type[Any]) -> list[str]:
    """The names of the fields that stand in a line, in order: bytes never do."""
    hints = get_type_hints(record)
    return [declared.name for declared in dataclasses.fields(record) if hints[declared.name] is not bytes]


def fields_of(record: type[Any]) -> list[Field]:
    """Each field that stands in a line, in the order of the record."""
    hints = get_type_hints(record, include_extras=True)
    found = []
    for name in exported(record):
        hint, *notes = get_args(hints[name])
        doc = next(note for note in notes if isinstance(note, Doc))
        found.append(Field(name, hint, doc.text, doc.keywords))
    return found


def without_none(hint: Any) -> tuple[Any, bool]:
    """A field's type, and whether it may be null."""
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = [part for part in get_args(hint) if part is not type(None)]
        return inner, True
    return hint, False


def _object(record: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(record, include_extras=True)
    names = exported(record)
    schema: dict[str, Any] = {"type": "object"}
    if record.__doc__ and not record.__doc__.startswith(record.__name__ + "("):
        schema["description"] = record.__doc__.strip()
    schema["properties"] = {name: _schema(hints[name]) for name in names}
    schema["required"] = names
    schema["additionalProperties"] = False
    return schema


def _schema(hint: Any) -> dict[str, Any]:
    inner, optional = without_none(hint)
    if optional:
        return {"anyOf": [_schema(inner), {"type": "null"}]}
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        doc = next(note for note in parts if isinstance(note, Doc))
        return {"description": doc.text, **_bounded(_schema(parts[0]), doc.keywords)}
    if origin is Literal:
        return {"enum": list(parts)}
    if origin is tuple:
        return {"type": "array", "items": _schema(parts[0])}
    if origin is not None and issubclass(origin, Mapping):
        values = {} if parts[1] is Any else {"additionalProperties": _schema(parts[1])}
        return {"type": "object", **values}
    if dataclasses.is_dataclass(hint):
        return _object(hint)  # type: ignore[arg-type]
    return {"type": _SIMPLE[hint]}


def _bounded(schema: dict[str, Any], keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords bound the value itself: in `X | null` they stand on X."""
    if "anyOf" in schema:
        return {"anyOf": [{**schema["anyOf"][0], **keywords}, *schema["anyOf"][1:]]}
    return {**schema, **keywords}
