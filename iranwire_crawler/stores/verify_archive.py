"""Whether a DATA_DIR is what it says: every line of every run, the catalogue over them, the raw pages, their index."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.schema import RECORDS, json_schema
from iranwire_crawler.stores.catalogue import FILE
from iranwire_crawler.stores.dataset import PACKAGE
from iranwire_crawler.stores.feed_file import FeedLine, lines_of
from iranwire_crawler.stores.flaws import CaptionCheck, Flaw, LookedAt, RecordCheck
from iranwire_crawler.stores.lock import holder
from iranwire_crawler.stores.raw_place import raw_page_flaw
from iranwire_crawler.stores.run_folders import (
    ARTICLES,
    CAPTIONS,
    CHECKED,
    FEEDS,
    GONE,
    REJECTED,
    UNREAD,
    WALKED,
    run_folders,
)
from iranwire_crawler.stores.runs import REPORT, read_report
from iranwire_crawler.stores.verify_catalogue import CatalogueCheck
from iranwire_crawler.stores.verify_index import index_flaws

# Articles first: captions are held against them. Rejected captions are none that are missing.
_FEEDS = {
    ARTICLES: "article",
    REJECTED: "rejected",
    CAPTIONS: "caption",
    GONE: "gone",
    CHECKED: "checked",
    WALKED: "walked",
    UNREAD: "unread",
}


def verify_archive(data_dir: Path, checked: LookedAt) -> Iterator[Flaw]:
    """Everything that is wrong with it. Reads only, and takes no lock.

    Of a run that is under way what stands there is looked at, and half a line at a feed's end is no flaw.
    Raises ArgumentError where it cannot be looked at.
    """
    under_way = holder(data_dir) is not None
    checks = {kind: RecordCheck(json_schema(record)) for kind, record in RECORDS.items()}
    folders = run_folders(data_dir)
    if not folders and not (data_dir / FILE).exists():
        raise ArgumentError(f"{data_dir}: neither an archive (no run folder) nor a data set (no {PACKAGE})")
    try:
        catalogue = CatalogueCheck(data_dir)
        yield from catalogue.opened()
        for folder in folders:
            report = read_report(folder)
            ended = report is not None and isinstance(report.get("finished"), str)
            run = _Run(folder, checks, catalogue, growing=under_way and not ended and folder == folders[-1])
            yield from run.flaws(report)
            if not run.growing:
                yield from index_flaws(folder, run.name, ended=ended)
            checked.rows += sum(run.lines.values())
            checked.files += len(run.lines)
        yield from catalogue.closed()
    except OSError as error:
        raise ArgumentError(f"{error.filename or data_dir}: cannot read it: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise ArgumentError(f"SQLite's temporary folder (SQLITE_TMPDIR): cannot use it: {error}") from error


@dataclass(slots=True)
class _Run:
    folder: Path
    checks: dict[str, RecordCheck]
    catalogue: CatalogueCheck
    growing: bool
    """Whether a run is writing to it now."""
    lines: dict[str, int] = field(default_factory=dict)
    """Whole lines by file."""
    captions: CaptionCheck = field(default_factory=CaptionCheck)
    rejected: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    def flaws(self, report: dict[str, Any] | None) -> Iterator[Flaw]:
        if report is None:
            yield Flaw(f"{self.name}/{REPORT}", None, "missing, or no report of a run")
        for file, kind in _FEEDS.items():
            path = self.folder / file
            if path.exists():
                self.lines[file] = 0
                yield from self._feed(file, kind)
        if not self.growing:
            missing = (key for key in self.captions.missing() if key not in self.rejected)
            yield from (self._flaw(CAPTIONS, None, f"lacks the caption {key}") for key in missing)
            yield from self._counted(report or {})

    def _feed(self, file: str, kind: str) -> Iterator[Flaw]:
        for line in lines_of(self.folder / file):
            if not line.whole:
                if not self.growing:
                    yield self._flaw(file, line.number, "half a line, cut off; scrapy rebuild sets it aside")
                continue
            self.lines[file] += 1
            if line.problem is not None:
                yield self._flaw(file, line.number, line.problem)
            else:
                yield from (self._flaw(file, line.number, what) for what in self._line(file, kind, line))
                if file in FEEDS:
                    found = self.catalogue.line(self.name, file, line)
                    yield from (self._flaw(file, line.number, what) for what in found)

    def _line(self, file: str, kind: str, line: FeedLine) -> Iterator[str]:
        if kind == "article":
            article, wrong = self.checks[kind].article(line.record)
            yield from wrong
            if article is not None:
                self.captions.expect(article)
                if flaw := raw_page_flaw(self.folder, article):
                    yield flaw
            return
        wrong = list(self.checks[kind].flaws(line.record))
        yield from wrong
        if wrong:
            return
        record = line.record
        if kind == "caption":
            yield from self.captions.flaws(record)
        if kind == "rejected":
            self.rejected.add(record["key"])
        if kind == "unread" and record["file"] is not None:
            page = (self.folder / file).parent / record["file"]
            if Path(record["file"]).name != record["file"] or not page.is_file():
                yield f"the raw page {record['file']} is not there"

    def _counted(self, report: dict[str, Any]) -> Iterator[Flaw]:
        """Whether the run's report counts the lines that stand there."""
        said = report.get("files")
        for file, number in said.items() if isinstance(said, dict) else ():
            if number != self.lines.get(file, 0) and file in _FEEDS:
                yield Flaw(
                    f"{self.name}/{REPORT}",
                    None,
                    f"counts {number} lines of {file}; there are {self.lines.get(file, 0)}",
                )

    def _flaw(self, file: str, number: int | None, what: str) -> Flaw:
        return Flaw(f"{self.name}/{file}", number, what)
