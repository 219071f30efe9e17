"""`scrapy probe`: the first look at the live site, in at most 25 requests."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from scrapy.crawler import Crawler

from iranwire_crawler.commands import crawl
from iranwire_crawler.domain import probe
from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.probe import Line
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import LOOK, SOUND, Finding
from iranwire_crawler.extensions.verdict import RunReport
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.stores.runs import read_report, write_report

LINES = "probe.jsonl"
SCHEMA_VERSION = 1
_WIDTH = 100
_TAIL_SHOWN = 14
# What a person checks on a fixture; the rest of a record is derived or about the run.
_FIXTURE_FIELDS = (
    *("key", "id", "in_language", "url", "section", "article_type", "headline", "description", "authors"),
    *("date_published", "date_published_raw", "date_published_jalali", "date_modified", "reading_time_minutes"),
    *("article_body", "body", "images", "links", "tags", "related"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """A probe that has ended, as it is reported."""

    folder: Path
    started: str
    seconds: float
    requests: int
    lines: list[Line]
    reasons: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    earlier: Path | None
    changes: list[str]

    @property
    def exit_code(self) -> int:
        return LOOK if self.reasons else SOUND


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
            sys.stdout.write("\n".join(_table(done)) + "\n")
        if self.options.fixtures:
            for said in _write_fixtures(done, Path(self.options.fixtures)):
                sys.stderr.write(f"iranwire_crawler: {for_terminal(said, 1000)}\n")
        return done.exit_code


def read_lines(folder: Path) -> list[Line]:
    """The pages of a probe as they stand in its folder; half a line, of one that was killed, is left out."""
    try:
        written = (folder / LINES).read_bytes()
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
        "files": {LINES: len(done.lines)},
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


def _table(done: Probe) -> Iterator[str]:
    """The report for people. Whatever comes from a page passes `for_terminal`."""
    yield f"Probe of {done.started}: {done.requests} requests in {done.seconds:g} s"
    for title, part in (
        ("What answered", _answers),
        ("robots.txt", _robots),
        ("Sections and next pages", _ways),
        ("Metadata", _metadata),
        ("Articles: where each field came from", _fields),
        ("Articles: what was read, and what stands after the body", _articles),
    ):
        rows = list(part(done.lines))
        if rows:
            yield from ("", title, *rows)
    yield from ("", *_changes(done), "", *_conclusion(done))


def _answers(lines: Sequence[Line]) -> Iterator[str]:
    yield f"  {'page':<11} {'status':<9} {'seconds':>7} {'bytes':>9}  address"
    for line in lines:
        status = "not asked" if line["error"] == probe.NOT_ASKED else str(line["status"] or "none")
        seconds = "-" if line["seconds"] is None else f"{line['seconds']:.2f}"
        yield f"  {_place(line):<11} {status:<9} {seconds:>7} {line['size']:>9}  {_path(line['url'])}"
        for code, url in line["redirects"]:
            yield f"  {'':<38}  {code} → {for_terminal(url, _WIDTH)}"
        if line["error"] and line["error"] != probe.NOT_ASKED:
            yield f"  {'':<38}  {for_terminal(line['error'], _WIDTH)}"
        if not probe.answered(line) and line["facts"].get("opening"):
            yield f"  {'':<38}  it says: {for_terminal(' · '.join(line['facts']['opening']), _WIDTH)}"


def _robots(lines: Sequence[Line]) -> Iterator[str]:
    for line in probe.of_kind(lines, "robots"):
        facts = line["facts"]
        host = for_terminal(urlsplit(line["url"]).netloc)
        if facts.get("unreachable"):
            yield f"  {host}: cannot be had; nothing of that host was fetched"
            continue
        forbidden = [path for path, allowed in facts["allowed"].items() if not allowed]
        if probe.answered(line):
            yield f"  {host}: {len(facts['allowed'])} of our paths looked up; forbidden: {_list(forbidden)}"
        else:
            yield f"  {host}: none (HTTP {line['status']}), so everything is allowed"
        delay = facts["crawl_delay"]
        yield f"    Crawl-delay: {'none' if delay is None else f'{delay:g} s'}; sitemaps: {_list(facts['sitemaps'])}"


def _ways(lines: Sequence[Line]) -> Iterator[str]:
    for line in filter(probe.answered, lines):
        facts, language = line["facts"], line["language"]
        if "failed" in facts:
            yield f"  {_place(line)}: the reader failed: {for_terminal(facts['failed'])}"
        elif line["kind"] == "front":
            found = facts["sections"]
            how = f"{len(found)} sections from its navigation: {_list(found)}" if found else "no sections named"
            yield f"  {language} front page: {how if found else how + '; only the known ones are left'}"
            yield f"    {_cards(facts)}; editions linked: {_list(facts['editions'])}"
        elif line["kind"] == "feed":
            span = f", {facts['oldest'][:10]} to {facts['newest'][:10]}" if facts["oldest"] else ""
            warned = f"; {_list(facts['warnings'])}" if facts["warnings"] else ""
            yield f"  {language} feed: {facts['articles']} articles{span}{warned}"
        elif line["kind"] == "listing":
            following = facts["next"]
            how = f"next page by {following['way']}" if following else "no next page shown; ?page=2 was tried"
            yield f"  {language} listing {_path(line['url'])}: {_cards(facts)}; {how}"
        elif line["kind"] == "next":
            found = f"{facts['articles']} articles, {facts['new']} of them new"
            yield f"  {language} second page by {facts['way']}: {found}"


def _cards(facts: Mapping[str, Any]) -> str:
    by = {"light": "from its light version, ", "embedded": "from the data in its scripts, "}.get(
        facts.get("by") or "", ""
    )
    return f"{by}{facts['articles']} articles ({facts['with_headline']} with headline, {facts['with_date']} with date)"


def _metadata(lines: Sequence[Line]) -> Iterator[str]:
    for place, kinds in probe.metadata_kinds(lines).items():
        yield f"  {place:<11} {_list(sorted(kinds), 40)}"


def _fields(lines: Sequence[Line]) -> Iterator[str]:
    """A table for each edition: a row a field, a column an article; `-` where it was not read."""
    for language in probe.languages_of(lines):
        pages = [line for line in probe.of_kind(lines, "article") if line["language"] == language]
        read = [line["facts"] for line in pages if "fields" in line["facts"]]
        if not read:
            continue
        yield f"  {'':<21} " + " ".join(f"{for_terminal(facts['key'], 13):<13}" for facts in read)
        for name in probe.FIELDS:
            yield f"  {name:<21} " + " ".join(f"{facts['fields'][name] or '-':<13}" for facts in read)


def _articles(lines: Sequence[Line]) -> Iterator[str]:
    for line in probe.of_kind(lines, "article"):
        facts = line["facts"]
        if "fields" in facts:
            yield from _article(facts)
        elif "reason" in facts:
            yield f"  {_path(line['url'])}: not an article ({facts['reason']}): {for_terminal(facts['detail'])}"
            yield "    the page begins:"
            yield from (f"      {for_terminal(text, _WIDTH)}" for text in facts["opening"])


def _article(facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {_identity(facts)}: {for_terminal(facts['headline'], 90)}"
    amounts = ", ".join(f"{name} {facts[name]}" for name in ("blocks", "words", "images", "captions"))
    unread = [name for name, source in facts["fields"].items() if source is None]
    yield f"    {amounts}; not read: {_list(unread, 20)}"
    if facts["warnings"]:
        yield f"    warnings: {_list(facts['warnings'], 20)}"
    if facts["last_block"] is not None:
        yield f"    the body ends:  {_end_of(facts['last_block'])}"
    yield from _tail(facts["tail"], facts["tail_more"])


def _identity(facts: Mapping[str, Any]) -> str:
    return f"{facts['key']} ({facts['article_type']}, {(facts['date_published'] or 'no date')[:10]})"


def _tail(tail: Sequence[Mapping[str, Any]], more: int) -> Iterator[str]:
    """The lines after the body. `?` marks what the reader does not know; a menu's or footer's lines are one."""
    rows: list[tuple[str, list[str]]] = []
    for line in tail:
        label = line["region"] if line["kind"] == "region" else line["kind"].replace("_", " ")
        label = "?" if label == "unknown" else label
        if rows and rows[-1][0] == label and line["kind"] == "region":
            rows[-1][1].append(line["text"])
        else:
            rows.append((label, [line["text"]]))
    if not rows:
        yield "    nothing stands after it"
    for label, texts in rows[:_TAIL_SHOWN]:
        yield f"    {label:>14}  {for_terminal(' · '.join(texts), _WIDTH)}"
    left = more + sum(len(texts) for _, texts in rows[_TAIL_SHOWN:])
    if left:
        yield f"    {'':>14}  and {left} more lines"


def _changes(done: Probe) -> Iterator[str]:
    if done.earlier is None:
        yield "Changes: there is no earlier probe to compare with"
        return
    yield f"Changes since the probe {done.earlier.name}: {len(done.changes) or 'none'}"
    yield from (f"  {for_terminal(change, 400)}" for change in done.changes)


def _conclusion(done: Probe) -> Iterator[str]:
    if done.reasons:
        yield f"The reader would not do (exit code {done.exit_code}):"
        yield from (f"  {finding.code}: {for_terminal(finding.message, 400)}" for finding in done.reasons)
    else:
        yield f"The reader would do (exit code {done.exit_code})."
    for note in done.notes:
        yield f"  note: {note.code}: {for_terminal(note.message, 400)}"
    yield f"Raw pages and {LINES}: {done.folder}"


def _place(line: Line) -> str:
    return f"{line['language']} {line['kind']}" if line["language"] else str(line["kind"])


def _path(url: str) -> str:
    parts = urlsplit(url)
    return for_terminal(unquote(parts.path, errors="replace") + (f"?{parts.query}" if parts.query else ""), _WIDTH)


def _end_of(text: str) -> str:
    text = for_terminal(text)
    return text if len(text) <= _WIDTH else "…" + text[1 - _WIDTH :]


def _list(names: Sequence[Any], most: int = 12) -> str:
    shown = [for_terminal(str(name), 80) for name in names[:most]]
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return ", ".join(shown) or "none"


def _write_fixtures(done: Probe, target: Path) -> Iterator[str]:
    """Write each HTML page as a folder that `tests/saved_pages.py` reads; yields what there is to say."""
    written = 0
    for line in done.lines:
        if line["status"] != 200 or line["file"] is None or line["kind"] in ("robots", "feed"):
            continue
        folder = target / _fixture_name(line)
        try:
            folder.mkdir()
            body = (done.folder / line["file"]).read_bytes()
            (folder / "page.html").write_bytes(body)
            facts = json.dumps(_fixture_facts(line, body), ensure_ascii=False, indent=2) + "\n"
            (folder / "facts.json").write_text(facts, encoding="utf-8")
        except FileExistsError:
            yield f"{folder} is there already and was left as it is"
        except OSError as error:
            yield f"{folder}: cannot write it: {error.strerror or error}"
        else:
            written += 1
    yield f"{written} pages written as test pages to {target}; correct their facts.json, then accept them"


def _fixture_name(line: Line) -> str:
    parts = [part for part in urlsplit(line["final_url"]).path.split("/") if part][1:]
    named = parts[-1].partition("-")[0] if line["kind"] == "article" and parts else "-".join(parts)
    safe = "".join(
        character for character in named if character.isascii() and (character.isalnum() or character == "-")
    )
    return "-".join(filter(None, (line["language"], line["kind"], safe[:40]))) + "--live"


def _fixture_facts(line: Line, body: bytes) -> dict[str, Any]:
    """What `facts.json` holds: the address, and what was read on the page, for a person to correct."""
    fetched_at = datetime.fromisoformat(line["fetched_at"])
    page = ArticlePage(body, Fetch(line["final_url"], fetched_at, "saved", line["content_type"]))
    head = {"url": line["final_url"], "content_type": line["content_type"], "markup": "live"}
    kept = f"Kept by scrapy probe on {line['fetched_at']}; not yet checked by a person."
    try:
        article = page.article()
    except NotAnArticle as refusal:
        notes = f"{kept} Asked for as: {line['kind']}."
        return {**head, "layout": "", "notes": notes, "not_an_article": f"{refusal.reason}: {refusal.detail}"}
    record = orjson.loads(orjson.dumps(article))
    warnings = ", ".join(article.warnings) or "none"
    return {
        **head,
        "layout": _layout(article),
        "notes": f"{kept} Warnings: {warnings}.",
        "article": {name: record[name] for name in _FIXTURE_FIELDS},
        "captions": [caption.caption for caption in page.captions(article)],
    }


def _layout(article: Article) -> str:
    """The parts that were read, in the order in which the site shows them."""
    captions = sum(image.caption is not None for image in article.images)
    parts = {
        "SECTION": article.section.name,
        "TITLE": article.headline,
        "DATE": article.date_published_raw,
        "AUTHOR": article.authors,
        "READ": article.reading_time_minutes is not None,
        f"CAP({captions})": captions,
        "BODY": article.body,
        "CARD": article.related,
    }
    return " ".join(name for name, read in parts.items() if read)
