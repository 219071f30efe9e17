"""A folder with a data set in it: data, description, checksums. It is there in one step or not at all."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from iranwire_crawler.domain.dataset_files import FORMATS, TABLES, DataFile, Description, Format, citation, data_package
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.records import captions_of
from iranwire_crawler.domain.schema import RECORDS, json_schema
from iranwire_crawler.domain.selection import Selection
from iranwire_crawler.domain.tally import Tally
from iranwire_crawler.stores.catalogue import Catalogue
from iranwire_crawler.stores.durable import sync
from iranwire_crawler.stores.selected import Chosen, Excluded, LeftOut, selected, undated
from iranwire_crawler.stores.tables import write_csv, write_parquet
from iranwire_crawler.views.dataset_readme import dataset_readme

SUMS = "SHA256SUMS"
PACKAGE = "datapackage.json"

_CHUNK = 1 << 20
_TOLD = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What was written. `left_out` names the first lines that could not be used, at most 100 of them."""

    description: Description
    left_out: tuple[LeftOut, ...]


@dataclass(slots=True)
class _Written:
    """How far the lines are."""

    tally: Tally = field(default_factory=Tally)
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))
    excluded: int = 0
    left_out: int = 0
    told: list[LeftOut] = field(default_factory=list)


def make_dataset(
    catalogue: Catalogue, selection: Selection, folder: Path, *, formats: Collection[Format], bom: bool = False
) -> Made:
    """Write the articles of a selection, and what describes them, into a new folder.

    `bom` begins CSV files with a byte order mark, without which some spreadsheets take UTF-8 for another
    encoding. Raises ArgumentError where the folder holds something or cannot be written; nothing is left then.
    """
    with _draft_of(folder) as draft:
        in_a_window = selection.since is not None or selection.until is not None
        with catalogue.snapshot():
            written = _write_lines(catalogue, selection, draft)
            undated_elsewhere = undated(catalogue, selection) if in_a_window else 0
        files = []
        for table, kind in TABLES.items():
            lines = draft / f"{table}.jsonl"
            if "csv" in formats:
                write_csv(lines, RECORDS[kind], draft / f"{table}.csv", bom=bom)
            if "parquet" in formats:
                write_parquet(lines, RECORDS[kind], draft / f"{table}.parquet")
            if "jsonl" not in formats:
                lines.unlink()
            files += [_data_file(draft, table, each, written.rows[table]) for each in FORMATS if each in formats]
        description = Description(
            selection=selection,
            tally=written.tally,
            files=files,
            bom=bom,
            undated_elsewhere=undated_elsewhere,
            excluded=written.excluded,
            left_out=written.left_out,
        )
        _describe(description, draft)
    return Made(description=description, left_out=tuple(written.told))


def _write_lines(catalogue: Catalogue, selection: Selection, draft: Path) -> _Written:
    written = _Written()
    with (draft / "articles.jsonl").open("wb") as articles, (draft / "captions.jsonl").open("wb") as captions:
        for found in selected(catalogue, selection):
            match found:
                case LeftOut():
                    written.left_out += 1
                    if len(written.told) < _TOLD:
                        written.told.append(found)
                case Excluded():
                    written.excluded += 1
                case Chosen(readings=[*older, latest], gone=gone):
                    for reading in older:
                        written.tally.add_older(reading.article)
                    written.tally.add(latest.article, gone=gone)
                    for line, article in found.readings:
                        articles.write(line)
                        written.rows["articles"] += 1
                        for caption in captions_of(article):
                            captions.write(orjson.dumps(caption, option=orjson.OPT_APPEND_NEWLINE))
                            written.rows["captions"] += 1
    return written


def _describe(description: Description, draft: Path) -> None:
    _write(draft / PACKAGE, json.dumps(data_package(description), ensure_ascii=False, indent=2) + "\n")
    _write(draft / "CITATION.cff", citation(description))
    _write(draft / "README.md", dataset_readme(description))
    (draft / "schemas").mkdir()
    for kind in TABLES.values():
        schema = json.dumps(json_schema(RECORDS[kind]), ensure_ascii=False, indent=2)
        _write(draft / "schemas" / f"{kind}.schema.json", schema + "\n")
    known = {file.path: file.sha256 for file in description.files}
    paths = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
    _write(draft / SUMS, "".join(f"{known.get(path) or sha256_of(draft / path)}  {path}\n" for path in paths))


def _write(file: Path, text: str) -> None:
    # Names that are not UTF-8 reach Python as lone surrogates; none is in a record that fits its schema.
    file.write_bytes(text.encode("utf-8", "backslashreplace"))


def _data_file(folder: Path, table: str, form: Format, rows: int) -> DataFile:
    file = folder / f"{table}.{form}"
    return DataFile(table=table, format=form, bytes=file.stat().st_size, sha256=sha256_of(file), rows=rows)


def sha256_of(file: Path) -> str:
    """Hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _draft_of(folder: Path) -> Iterator[Path]:
    """A folder beside the wanted one, that takes its place in the end; gone where something failed."""
    try:
        folder = folder.absolute()
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise ArgumentError(f"-o {folder}: already there; a data set is never written over, name another folder")
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".draft", dir=folder.parent))
    except OSError as error:
        raise ArgumentError(f"-o {folder}: cannot write there: {error.strerror or error}") from error
    try:
        try:
            yield draft
            umask = os.umask(0)
            os.umask(umask)
            draft.chmod(0o777 & ~umask)
            for path in [*draft.rglob("*"), draft]:
                sync(path)
            # An empty folder is replaced in the same step; one that somebody has filled meanwhile is not.
            draft.rename(folder)
        except OSError as error:
            raise ArgumentError(f"-o {folder}: {error.strerror or error}") from error
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
