"""What describes a data set: its data package, its citation. Pure functions of what was asked and what was found."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from iranwire_crawler.domain.columns import table_schema
from iranwire_crawler.domain.schema import RECORDS
from iranwire_crawler.domain.selection import Selection
from iranwire_crawler.domain.site import HOST
from iranwire_crawler.domain.tally import Tally
from iranwire_crawler.domain.version import SCHEMA_VERSION, VERSION

Format = Literal["jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "parquet")
TABLES: Mapping[str, str] = {"articles": "article", "captions": "caption"}
"""Each table of a data set, and the record that its rows are (`domain.schema.RECORDS`)."""

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_SITE = f"https://{HOST}/"
_MEDIA_TYPES: Mapping[Format, str] = {
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DataFile:
    """One table in one format. `sha256` is hexadecimal."""

    table: str
    format: Format
    bytes: int
    sha256: str
    rows: int

    @property
    def path(self) -> str:
        return f"{self.table}.{self.format}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """All that the describing files are made of; no clock, no path of a machine, nothing of the operator."""

    selection: Selection
    tally: Tally
    files: Sequence[DataFile]
    bom: bool
    undated_elsewhere: int
    """Articles of the asked editions, sections and types that have no date and so are in no window."""
    excluded: int
    """Articles that were asked for and left out by their keys, which are told nowhere."""
    left_out: int

    @property
    def title(self) -> str:
        since, until = self.selection.since or self.tally.first_day, self.selection.until or self.tally.last_day
        return f"IranWire articles, {since} to {until}" if since and until else "IranWire articles"

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the data files' names and checksums: the same for the same data."""
        lines = sorted(f"{file.sha256}  {file.path}\n" for file in self.files)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @property
    def version(self) -> str:
        """`2026-11-22+3f9a0c12`: the day of the last reading, and the data's own fingerprint."""
        return f"{(self.tally.last_fetched or 'empty')[:10]}+{self.fingerprint[:8]}"

    @property
    def summary(self) -> str:
        asked = "; ".join(f"{name}: {said}" for name, said in self.selection.described().items())
        return (
            f"{self.tally.articles} articles and {self.tally.captions} captions of the news site IranWire, "
            f"collected by iranwire_crawler. Asked for: {asked}."
        )


def data_package(described: Description) -> dict[str, Any]:
    """`datapackage.json` (Data Package 2.0)."""
    return {
        "$schema": _PROFILE,
        "name": "iranwire-articles",
        "title": described.title,
        "description": described.summary,
        "version": described.version,
        **({"created": described.tally.last_fetched} if described.tally.last_fetched else {}),
        "homepage": _SITE,
        "keywords": ["IranWire", "news", "Iran", *sorted(described.tally.by_language)],
        "sources": [{"title": "IranWire", "path": _SITE}],
        "contributors": [{"title": "IranWire", "path": _SITE, "roles": ["creator"]}],
        "iranwire_crawler": {"version": VERSION, "schema_version": SCHEMA_VERSION, "selection": _asked(described)},
        "resources": [_resource(file, described) for file in described.files],
    }


def _asked(described: Description) -> dict[str, Any]:
    selection = described.selection
    return {
        "since": selection.since.isoformat() if selection.since else None,
        "until": selection.until.isoformat() if selection.until else None,
        "lang": list(selection.languages),
        "section": list(selection.sections),
        "type": list(selection.types),
        "source": list(selection.sources),
        "query": selection.query.text if selection.query else None,
        "revisions": selection.revisions,
        "excluded": described.excluded,
    }


def _resource(file: DataFile, described: Description) -> dict[str, Any]:
    kind = TABLES[file.table]
    # To Frictionless these are files, with size and checksum: it reads Parquet only with pandas beside it, and takes
    # JSON Lines without a line for broken ones (5.21: "generator raised StopIteration").
    as_file = file.format == "parquet" or (file.format == "jsonl" and not file.rows)
    resource: dict[str, Any] = {
        "name": f"{file.table}-{file.format}",
        "title": f"{file.table.capitalize()}: {file.rows} rows",
        "path": file.path,
        "type": "file" if as_file else "table",
        "format": file.format,
        "mediatype": _MEDIA_TYPES[file.format],
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "jsonSchema": f"schemas/{kind}.schema.json",
    }
    if as_file:
        return resource
    resource["encoding"] = "utf-8-sig" if described.bom and file.format == "csv" else "utf-8"
    schema = table_schema(RECORDS[kind], flat=file.format == "csv")
    if described.selection.revisions == "latest":
        schema["primaryKey"] = ["key"]
    elif kind == "article":
        schema["primaryKey"] = ["key", "revision"]
    if kind == "caption":
        reference = {"resource": f"articles-{file.format}", "fields": ["key"]}
        schema["foreignKeys"] = [{"fields": ["article_key"], "reference": reference}]
    return {**resource, "schema": schema}


def citation(described: Description) -> str:
    """`CITATION.cff` (Citation File Format 1.2.0)."""
    fetched = (described.tally.last_fetched or "")[:10]
    said: list[tuple[str, Any]] = [
        ("cff-version", "1.2.0"),
        ("message", "If you use this data set, cite it as below, and IranWire for each article that you quote."),
        ("type", "dataset"),
        ("title", described.title),
        ("abstract", described.summary),
        ("authors", [{"name": "IranWire", "website": _SITE}]),
        ("version", described.version),
        *([("date-released", fetched)] if fetched else []),
        ("url", _SITE),
        (
            "identifiers",
            [
                {
                    "type": "other",
                    "value": f"sha256:{described.fingerprint}",
                    "description": "SHA-256 over the sorted lines of SHA256SUMS that name data files",
                }
            ],
        ),
        ("keywords", ["IranWire", "news", "Iran"]),
        (
            "references",
            [
                {
                    "type": "software",
                    "title": "iranwire_crawler",
                    "version": VERSION,
                    "authors": [{"name": "The authors of iranwire_crawler"}],
                }
            ],
        ),
    ]
    # JSON is YAML: a value quoted as JSON does cannot be read as anything else.
    return "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in said)
