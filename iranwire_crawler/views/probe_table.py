"""What a probe of the live site found, as a table for people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from iranwire_crawler.domain import probe
from iranwire_crawler.domain.probe import Line
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import LOOK, SOUND, Finding

_WIDTH = 100
_TAIL_SHOWN = 14


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


def probe_table(done: Probe) -> Iterator[str]:
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
    yield f"Raw pages and {probe.LINES}: {done.folder}"


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
