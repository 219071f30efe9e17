"""JSON Lines of records as Parquet and CSV, by DuckDB: in the lines' own order, the same bytes each time."""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from iranwire_crawler.domain.columns import Column, duckdb_type, flat_columns
from iranwire_crawler.domain.errors import CrawlerError
from iranwire_crawler.domain.schema import fields_of

# A spreadsheet takes a cell for a formula that begins with one of these, or with its full-width form.
_FORMULA = "=+\\-@\t\r\n＝＋－＠"
_TO_GUARD, _GUARD = f"^('*[{_FORMULA}])", r"'\1"
_GUARDED = re.compile(f"'+[{_FORMULA}]")
# Longer than any page that is read (16 MiB).
_LONGEST_LINE = 1 << 26
# A row group is held in memory until it is written: as many articles as make some ten megabytes.
_ROW_GROUP = 2048
_BOM = b"\xef\xbb\xbf"


def write_parquet(lines: Path, record: type[Any], target: Path) -> None:
    """A table with a column for each field: parts are structs, lists lists, and `provenance` is a map."""
    types = {field.name: duckdb_type(field.hint) for field in fields_of(record)}
    _copy(
        f"SELECT * FROM {_source(lines, types)}",  # noqa: S608 - names of our own fields
        target,
        f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP}",
    )


def write_csv(lines: Path, record: type[Any], target: Path, *, bom: bool) -> None:
    """A flat table (`domain.columns.flat_columns`), every cell quoted, null an empty cell without quotes.

    A text that a spreadsheet would take for a formula has an apostrophe before it, and so has one that
    already begins with apostrophes and then such a character: `unguarded` takes it off again.
    """
    columns = flat_columns(record)
    types = {
        field.name: "JSON" if _is_json(columns, field.name) else duckdb_type(field.hint) for field in fields_of(record)
    }
    selected = ", ".join(f"{_cell(column)} AS {_name(column.name)}" for column in columns)
    draft = target.with_name(target.name + ".part") if bom else target
    _copy(f"SELECT {selected} FROM {_source(lines, types)}", draft, "FORMAT csv, HEADER, FORCE_QUOTE *")  # noqa: S608 - names of our own fields
    if bom:
        with target.open("wb") as marked, draft.open("rb") as plain:
            marked.write(_BOM)
            shutil.copyfileobj(plain, marked, 1 << 20)
        draft.unlink()


def records_of_csv(file: Path, record: type[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    raise NotImplementedError


def unguarded(cell: str) -> str:
    """A cell's text as the page has it."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _is_json(columns: list[Column], name: str) -> bool:
    """Whether a field is one column of JSON: a list or a map."""
    return any(column.path == (name,) and _is_nested(column) for column in columns)


def _is_nested(column: Column) -> bool:
    return duckdb_type(column.field.hint).startswith("MAP") or duckdb_type(column.field.hint).endswith("[]")


def _cell(column: Column) -> str:
    place = ".".join(map(_name, column.path))
    return f"regexp_replace({place}, {_text(_TO_GUARD)}, {_text(_GUARD)})" if column.is_text else place


def _source(lines: Path, types: Mapping[str, str]) -> str:
    columns = ", ".join(f"{_name(name)}: {_text(kind)}" for name, kind in types.items())
    return (
        f"read_json({_text(str(lines))}, format = 'newline_delimited', compression = 'none',"
        f" columns = {{{columns}}}, maximum_object_size = {_LONGEST_LINE})"
    )


def _copy(query: str, target: Path, options: str) -> None:
    with _duckdb() as database:
        database.execute(f"COPY ({query}) TO {_text(str(target))} ({options})")


@contextmanager
def _duckdb() -> Iterator[Any]:
    import duckdb  # 0.15 s, which a data set of JSON Lines alone need not wait for

    # No extension is looked for: what is needed is built in.
    options = {"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False}
    try:
        with duckdb.connect(":memory:", config=options) as database:  # type: ignore[arg-type]
            yield database
    except duckdb.Error as error:
        raise CrawlerError(f"DuckDB: {str(error).splitlines()[0]}") from error


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
