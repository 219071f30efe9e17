"""JSON Lines of records as Parquet and CSV, by DuckDB: in the lines' own order, the same bytes each time."""

import csv
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from iranwire_crawler.domain.columns import Column, duckdb_type, flat_columns, record_of_row
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
    as_json = {column.name for column in columns if column.is_json}
    types = {field.name: "JSON" if field.name in as_json else duckdb_type(field.hint) for field in fields_of(record)}
    selected = ", ".join(f"{_cell(column)} AS {_name(column.name)}" for column in columns)
    draft = target.with_name(target.name + ".part") if bom else target
    _copy(f"SELECT {selected} FROM {_source(lines, types)}", draft, "FORMAT csv, HEADER, FORCE_QUOTE *")  # noqa: S608 - names of our own fields
    if bom:
        with target.open("wb") as marked, draft.open("rb") as plain:
            marked.write(_BOM)
            shutil.copyfileobj(plain, marked, 1 << 20)
        draft.unlink()


def read_csv(file: Path, record: type[Any]) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """The line on which each row ends, and the record it was written from, or what is wrong with it.

    An empty cell is null where the column may be. Raises CrawlerError where the file cannot be read so at all.
    """
    columns = flat_columns(record)
    # A cell is as long as a body.
    csv.field_size_limit(_LONGEST_LINE)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream, strict=True)
            if next(rows, None) != [column.name for column in columns]:
                raise CrawlerError(f"{file}: its head does not name the columns of {record.__name__}")
            for row in rows:
                try:
                    cells = [unguarded(cell) for cell in row]
                    yield rows.line_num, record_of_row(record, dict(zip(_names(columns), cells, strict=True)))
                except (ValueError, LookupError) as error:
                    yield rows.line_num, f"not a row of this table: {error}"
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CrawlerError(f"{file}: {error}") from error


def read_parquet(file: Path, record: type[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row's number, and the record it was written from. Raises CrawlerError as `read_csv` does."""
    names = [field.name for field in fields_of(record)]
    with _duckdb() as database:
        rows = database.execute(f"SELECT * FROM read_parquet({_text(str(file))})")  # noqa: S608 - quoted
        if [column[0] for column in rows.description] != names:
            raise CrawlerError(f"{file}: its columns are not the fields of {record.__name__}")
        batches = iter(lambda: rows.fetchmany(1000), [])
        for number, row in enumerate(chain.from_iterable(batches), start=1):
            yield number, dict(zip(names, row, strict=True))


def unguarded(cell: str) -> str:
    """A cell's text as the page has it."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _names(columns: list[Column]) -> list[str]:
    return [column.name for column in columns]


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
