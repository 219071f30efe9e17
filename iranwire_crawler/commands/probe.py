"""`scrapy probe`: the first look at the live site, in at most 25 requests."""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from scrapy.crawler import Crawler

from iranwire_crawler.commands import crawl
from iranwire_crawler.commands.probe_fixtures import write_fixtures
from iranwire_crawler.domain import probe
from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.probe import Line
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.extensions.verdict import RunReport
from iranwire_crawler.stores.runs import read_report, write_report
from iranwire_crawler.views.probe_table import Probe, probe_table

SCHEMA_VERSION = 1


class Command(crawl.Command):
    """Exit codes: 0, the reader would do; 3, it would not; 1, the probe could not run (one line says why)."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Look at the live site in at most 25 requests: what answers, what is read, what is not"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--fixtures", metavar="DIR", help="also write the pages as test-page folders under DIR")
        parser.add_argument("--json", action="store_true", help="print the report as JSON, not as a table")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            self._fail("probe takes no spider: scrapy probe [-a lang=en,fa]")
            return
        self.options = opts
        if opts.fixtures:
            try:
                Path(opts.fixtures).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                self._fail(f"--fixtures {opts.fixtures}: cannot write there: {error.strerror or error}")
                return
        super().run(["probe"], opts)

    def _verdict(self, crawler: Crawler) -> int:
        done = _finished(crawler)
        report = RunReport(crawler)
        try:
            write_report(done.folder, {**report.head(), **_run_report(done, crawler)})
        except OSError as error:
            sys.stderr.write(f"iranwire_crawler: {done.folder}: cannot write run.json: {error.strerror or error}\n")
        if self.options.json:
            # Escaped throughout: no character of a page reaches the terminal.
            sys.stdout.write(json.dumps(_as_json(done), indent=1) + "\n")
        else:
            sys.stdout.write("\n".join(probe_table(done)) + "\n")
        if self.options.fixtures:
            for said in write_fixtures(done, Path(self.options.fixtures)):
                sys.stderr.write(f"iranwire_crawler: {for_terminal(said, 1000)}\n")
        return done.exit_code


def read_lines(folder: Path) -> list[Line]:
    """The pages of a probe as they stand in its folder; half a line, of one that was killed, is left out."""
    try:
        written = (folder / probe.LINES).read_bytes()
    except OSError:
        return []
    return [orjson.loads(line) for line in written.splitlines(keepends=True) if line.endswith(b"\n")]


def _finished(crawler: Crawler) -> Probe:
    folder = Path(crawler.settings["RUN_DIR"])
    stats = crawler.stats.get_stats()
    lines = read_lines(folder)
    started = stats.get("start_time", datetime.now(UTC))
    earlier = _earlier(folder, crawler)
    return Probe(
        folder=folder,
        started=utc_text(started),
        seconds=round(stats.get("elapsed_time_seconds", 0.0), 1),
        requests=stats.get("downloader/request_count", 0),
        lines=lines,
        reasons=probe.judge(lines, str(stats.get("finish_reason", "unknown"))),
        notes=probe.notes(lines),
        earlier=earlier,
        changes=probe.changes(read_lines(earlier), lines) if earlier else [],
    )


def _earlier(folder: Path, crawler: Crawler) -> Path | None:
    """The last probe before this one that looked at the same thing: the live site, a test server or saved pages."""
    here = _looked_at(crawler.settings)
    for other in sorted((path for path in folder.parent.iterdir() if path != folder), reverse=True):
        settings = (read_report(other) or {}).get("settings")
        if isinstance(settings, dict) and _looked_at(settings) == here and read_lines(other):
            return other
    return None


def _looked_at(settings: Mapping[str, Any]) -> tuple[bool, str]:
    return bool(settings.get("SAVED_PAGES")), settings.get("SITE_URL") or ""


def _run_report(done: Probe, crawler: Crawler) -> dict[str, Any]:
    return {
        "started": done.started,
        "finished": utc_text(datetime.now(UTC)),
        "duration_seconds": done.seconds,
        "finish_reason": crawler.stats.get_value("finish_reason"),
        "requests": done.requests,
        "verdict": _verdict(done),
        "compared_with": done.earlier.name if done.earlier else None,
        "changes": done.changes,
        "files": {probe.LINES: len(done.lines)},
    }


def _verdict(done: Probe) -> dict[str, Any]:
    return {
        "status": "look" if done.reasons else "sound",
        "exit_code": done.exit_code,
        "reasons": [finding._asdict() for finding in done.reasons],
        "notes": [finding._asdict() for finding in done.notes],
    }


def _as_json(done: Probe) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "folder": str(done.folder),
        "started": done.started,
        "seconds": done.seconds,
        "requests": done.requests,
        "verdict": _verdict(done),
        "compared_with": done.earlier.name if done.earlier else None,
        "changes": done.changes,
        "pages": done.lines,
    }
