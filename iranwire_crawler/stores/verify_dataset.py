"""Whether an exported folder is what it says: every row, every checksum, and each format like the others."""

import json
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from iranwire_crawler.domain.dataset_files import FORMATS, TABLES, Format
from iranwire_crawler.domain.errors import ArgumentError, CrawlerError
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.schema import RECORDS
from iranwire_crawler.stores.dataset import PACKAGE, SUMS, sha256_of
from iranwire_crawler.stores.feed_file import lines_of
from iranwire_crawler.stores.flaws import CaptionCheck, Flaw, LookedAt, RecordCheck
from iranwire_crawler.stores.tables import read_csv, read_parquet

# A row's number, and its record or what is wrong with it.
_Rows = Iterator[tuple[int, dict[str, Any] | str]]


def is_dataset(folder: Path) -> bool:
    return any((folder / file).is_file() for file in (PACKAGE, SUMS))


def verify_dataset(folder: Path, checked: LookedAt) -> Iterator[Flaw]:
    """Everything that is wrong with it. Reads only. Raises ArgumentError where it cannot be looked at."""
    try:
        sums = _sums(folder)
        yield from _checksums(folder, sums)
        yield from _package(folder, checked)
        formats = [form for form in FORMATS if any((folder / f"{table}.{form}").exists() for table in TABLES)]
        if not formats:
            yield Flaw(PACKAGE, None, "no data beside it")
        seen = [_TableSet(folder, form) for form in formats]
        for each in seen:
            yield from each.flaws()
            checked.rows += each.rows
            for other in seen[: seen.index(each)][:1]:
                yield from each.compared(other)
    except OSError as error:
        raise ArgumentError(f"{error.filename or folder}: cannot read it: {error.strerror or error}") from error


def _sums(folder: Path) -> dict[str, tuple[int, str]] | Flaw:
    """By path: the line, and the checksum it says."""
    found: dict[str, tuple[int, str]] = {}
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return Flaw(SUMS, None, "missing")
    except UnicodeDecodeError:
        return Flaw(SUMS, None, "not a text file in UTF-8")
    for number, line in enumerate(lines, start=1):
        known, parted, path = line.partition("  ")
        if not parted or len(known) != 64 or path.startswith("/") or ".." in path.split("/"):
            return Flaw(SUMS, number, "not a checksum and a path")
        found[path] = (number, known)
    return found


def _checksums(folder: Path, sums: dict[str, tuple[int, str]] | Flaw) -> Iterator[Flaw]:
    if isinstance(sums, Flaw):
        yield sums
        return
    for path, (number, known) in sums.items():
        if not (folder / path).is_file():
            yield Flaw(SUMS, number, f"{path} is not there")
        elif sha256_of(folder / path) != known:
            yield Flaw(path, None, f"another file than the one that {SUMS}:{number} names: its checksum differs")
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if path != SUMS and path not in sums and not file.is_dir():
            yield Flaw(path, None, f"not named in {SUMS}")


def _package(folder: Path, checked: LookedAt) -> Iterator[Flaw]:
    """Whether the description names each table with the size that it has; checksums are looked at elsewhere."""
    try:
        resources = json.loads((folder / PACKAGE).read_bytes())["resources"]
        said = {str(each["path"]): int(each["bytes"]) for each in resources}
    except FileNotFoundError:
        yield Flaw(PACKAGE, None, "missing")
        return
    except (ValueError, LookupError, TypeError):
        yield Flaw(PACKAGE, None, "not a data package: no resources with path and bytes")
        return
    checked.files += len(said)
    for table in TABLES:
        for form in FORMATS:
            file = folder / f"{table}.{form}"
            if file.exists() != (file.name in said):
                yield Flaw(PACKAGE, None, f"{file.name} is {'not described' if file.exists() else 'not there'}")
            elif file.exists() and file.stat().st_size != said[file.name]:
                yield Flaw(PACKAGE, None, f"{file.name} has {file.stat().st_size} bytes, not {said[file.name]}")


@dataclass(slots=True)
class _TableSet:
    """The tables of one format."""

    folder: Path
    form: Format
    rows: int = 0
    marks: dict[str, "array[int]"] = field(default_factory=lambda: {table: array("Q") for table in TABLES})
    """A fingerprint of each row's identity, by table."""

    def flaws(self) -> Iterator[Flaw]:
        captions, keys = CaptionCheck(), dict[str, list[tuple[int, str]]]()
        check = self._check("article")
        for number, record in self._rows("articles"):
            article, wrong = (None, [record]) if isinstance(record, str) else check.article(record)
            yield from (Flaw(self._file("articles"), number, what) for what in wrong)
            if article is None:
                continue
            captions.expect(article)
            yield from self._order(article, number, keys.setdefault(article.key, []))
            self._mark("articles", article.key, article.revision, article.content_hash)
        check = self._check("caption")
        for number, record in self._rows("captions"):
            if isinstance(record, str):
                yield Flaw(self._file("captions"), number, record)
                continue
            wrong = list(check.flaws(record)) or list(captions.flaws(record))
            yield from (Flaw(self._file("captions"), number, what) for what in wrong)
            if not wrong:
                self._mark("captions", record["key"], record["fetched_at"], record["caption"])
        yield from (Flaw(self._file("captions"), None, f"lacks the caption {key}") for key in captions.missing())

    def compared(self, other: "_TableSet") -> Iterator[Flaw]:
        """Whether the rows are the other format's; the first one that is not."""
        for table in TABLES:
            mine, theirs = self.marks[table], other.marks[table]
            if mine == theirs:
                continue
            differs = next(
                (place for place, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]), None
            )
            place = (min(len(mine), len(theirs)) if differs is None else differs) + 1
            yield Flaw(self._file(table), None, f"not the rows of {table}.{other.form}, from the sound row {place} on")

    def _order(self, article: Article, number: int, before: list[tuple[int, str]]) -> Iterator[Flaw]:
        """Revisions of one article come once each, and each names the one before it."""
        if before:
            revision, content_hash = before[-1]
            if article.revision <= revision:
                yield Flaw(
                    self._file("articles"), number, f"revision {article.revision} of {article.key} after {revision}"
                )
            elif article.previous_hash != content_hash:
                yield Flaw(self._file("articles"), number, "previous_hash is not that of the revision before")
        before.append((article.revision, article.content_hash))

    def _check(self, kind: str) -> RecordCheck:
        file = self.folder / "schemas" / f"{kind}.schema.json"
        try:
            return RecordCheck(json.loads(file.read_bytes()))
        except (OSError, ValueError) as error:
            raise ArgumentError(f"{file}: not a JSON Schema that can be read: {error}") from error

    def _rows(self, table: str) -> _Rows:
        file = self.folder / self._file(table)
        if not file.exists():
            return
        read: Callable[[Path, type[Any]], _Rows] = {"jsonl": _read_jsonl, "csv": read_csv, "parquet": read_parquet}[
            self.form
        ]
        try:
            for number, record in read(file, RECORDS[TABLES[table]]):
                self.rows += 1
                yield number, record
        except CrawlerError as error:
            raise ArgumentError(str(error)) from error

    def _file(self, table: str) -> str:
        return f"{table}.{self.form}"

    def _mark(self, table: str, *identity: Any) -> None:
        self.marks[table].append(int.from_bytes(blake2b(orjson.dumps(identity), digest_size=8).digest()))


def _read_jsonl(file: Path, _: type[Any]) -> _Rows:
    for line in lines_of(file):
        yield line.number, line.problem or line.record
