"""What `scrapy probe` sees, and what it concludes: whether the reader would do, and what has changed.

A probe is a list of lines, one a page, as they stand in `LINES`; everything here is a
function of such lines, so that a probe of last month is judged and compared as today's is.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from iranwire_crawler.domain.verdict import Finding, expected

Kind = Literal["robots", "front", "feed", "listing", "next", "article"]
Line = Mapping[str, Any]

# The feed that a probe's pages are written to.
LINES = "probe.jsonl"
MAX_REQUESTS = 25
ARTICLES = 3
# More than this share of the article pages unreadable, and the reader would not do.
MAX_UNREADABLE_SHARE = 1 / 3
# ProbedPage.error of a page that was not asked for any more: the requests were spent.
NOT_ASKED = "not_asked"
# The fields whose source the report shows, in its order: those that a reader of the records would miss.
FIELDS = (
    *("headline", "description", "authors", "date_published", "date_modified", "section.name"),
    *("reading_time_minutes", "body", "images", "links", "tags", "related"),
)
# Statuses that say that an edition does not exist, not that it is closed to us.
_ABSENT = (404, 410)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbedPage:
    """One page of a probe: one line of `LINES`."""

    number: int
    kind: Kind
    language: str | None
    url: str
    """The public address that was asked for."""
    final_url: str
    """The public address that answered, after redirects."""
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, address it led to) of each redirect that was followed."""
    status: int | None
    """Final HTTP status; None where there was no answer."""
    error: str | None = None
    """Why there was no answer, or how the reader failed on the page."""
    seconds: float | None = None
    """Download latency of the final answer."""
    size: int = 0
    """Bytes of the body, unpacked."""
    content_type: str | None = None
    fetched_at: str
    file: str | None = None
    """The raw page, relative to the run folder."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What was read on it; which facts there are depends on `kind`."""
    body: bytes = b""


def judge(lines: Sequence[Line], finish_reason: str) -> tuple[Finding, ...]:
    """Why the reader would not do; empty where it would.

    Codes: `nothing_answered`, `robots_unreachable`, `robots_forbids`, `edition_closed`, `no_listing`,
    `no_articles_listed`, `articles_unreadable`, `field_unread`, `reader_failed`, `stopped_early`.
    """
    return tuple(
        finding
        for look in (_answers, _robots, _editions, _listings, _articles, _fields, _failures)
        for finding in look(lines)
    ) + (() if finish_reason == "finished" else (Finding("stopped_early", f"stopped before the end: {finish_reason}"),))


def notes(lines: Sequence[Line]) -> tuple[Finding, ...]:
    """What is odd and no reason to think that the reader would not do.

    Codes: `edition_absent`, `no_feed`, `no_navigation`, `no_next_page`, `left_out`.
    """
    found: list[Finding] = []
    for line in of_kind(lines, "front", "feed", "next"):
        language, status, facts = line["language"], line["status"] or "no answer", line["facts"]
        if line["kind"] == "front":
            if line["status"] in _ABSENT:
                found.append(Finding("edition_absent", f"{language}: no such edition ({status})"))
            elif answered(line) and not facts.get("sections"):
                found.append(Finding("no_navigation", f"{language}: the front page names no sections"))
        elif line["kind"] == "feed":
            if not facts.get("articles"):
                found.append(Finding("no_feed", f"{language}: no feed with articles at {line['url']} ({status})"))
        elif not facts.get("new"):
            found.append(Finding("no_next_page", f"{language}: {line['url']} brings no other articles ({status})"))
    if left := sum(line["error"] == NOT_ASKED for line in lines):
        found.append(Finding("left_out", f"{left} pages were not asked for: the {MAX_REQUESTS} requests were spent"))
    return tuple(found)


def changes(before: Sequence[Line], now: Sequence[Line]) -> list[str]:
    """What has changed from an earlier probe to this one, one line each; only editions in both are compared."""
    languages = {line["language"] for line in before} & {line["language"] for line in now}
    older, newer = ([line for line in lines if line["language"] in languages] for lines in (before, now))
    return [
        change
        for compare in (_changed_robots, _changed_statuses, _changed_ways, _changed_metadata, _changed_fields)
        for change in compare(older, newer)
    ] + list(_changed_tails(older, newer))


def of_kind(lines: Sequence[Line], *kinds: Kind) -> list[Line]:
    """The pages of these kinds that were asked for."""
    return [line for line in lines if line["kind"] in kinds and line["error"] != NOT_ASKED]


def answered(line: Line) -> bool:
    return bool(line["status"] == 200)


def languages_of(lines: Sequence[Line]) -> list[str]:
    """The editions of a probe, in its order."""
    return list(dict.fromkeys(line["language"] for line in lines if line["language"]))


def _answers(lines: Sequence[Line]) -> Iterator[Finding]:
    pages = [line for line in lines if line["kind"] != "robots"]
    if not any(map(answered, pages)):
        said = dict.fromkeys(str(line["status"] or line["error"] or "no answer") for line in pages)
        yield Finding("nothing_answered", f"no page answered: {', '.join(said) or 'none was asked for'}")


def _robots(lines: Sequence[Line]) -> Iterator[Finding]:
    for line in of_kind(lines, "robots"):
        if line["facts"].get("unreachable"):
            yield Finding("robots_unreachable", f"{line['url']} cannot be had: {line['status'] or line['error']}")
        forbidden = [path for path, allowed in line["facts"].get("allowed", {}).items() if not allowed]
        if forbidden:
            yield Finding("robots_forbids", f"{line['url']} forbids {', '.join(forbidden)}")


def _editions(lines: Sequence[Line]) -> Iterator[Finding]:
    """An edition whose front page does not answer is told of, but for one that does not exist beside others."""
    for front in of_kind(lines, "front"):
        if not answered(front) and front["status"] not in _ABSENT and any(map(answered, lines)):
            why = front["status"] or front["error"]
            yield Finding("edition_closed", f"{front['language']}: the front page gave no page: {why}")


def _listings(lines: Sequence[Line]) -> Iterator[Finding]:
    listings = [line for line in of_kind(lines, "listing") if answered(line)]
    for language in languages_of(lines):
        mine = [line for line in listings if line["language"] == language]
        lives = any(answered(line) for line in of_kind(lines, "front", "feed") if line["language"] == language)
        if lives and not mine:
            yield Finding("no_listing", f"{language}: no section page answered")
        elif mine and not any(line["facts"].get("articles") for line in mine):
            yield Finding("no_articles_listed", f"{language}: no articles were found on {mine[0]['url']}")


def _articles(lines: Sequence[Line]) -> Iterator[Finding]:
    pages = of_kind(lines, "article")
    unread = [line for line in pages if "fields" not in line["facts"]]
    if not pages:
        if any(map(answered, lines)):
            yield Finding("articles_unreadable", "no article was found to read")
    elif len(unread) > len(pages) * MAX_UNREADABLE_SHARE:
        why = dict.fromkeys(line["facts"].get("reason") or str(line["status"] or line["error"]) for line in unread)
        yield Finding("articles_unreadable", f"{len(unread)} of {len(pages)} articles not read: {', '.join(why)}")


def _fields(lines: Sequence[Line]) -> Iterator[Finding]:
    for line in of_kind(lines, "article"):
        facts = line["facts"]
        if "fields" not in facts:
            continue
        missing = [name for name in ("headline", "date_published") if not facts["fields"].get(name)]
        if not facts["fields"].get("body") and expected("body", facts["article_type"]):
            missing.append("body")
        if missing:
            yield Finding("field_unread", f"{line['url']}: no {', '.join(missing)}")


def _failures(lines: Sequence[Line]) -> Iterator[Finding]:
    for line in lines:
        if "failed" in line["facts"]:
            yield Finding("reader_failed", f"{line['url']}: {line['facts']['failed']}")


def _changed_robots(before: Sequence[Line], now: Sequence[Line]) -> Iterator[str]:
    old, new = ({line["url"]: line for line in of_kind(lines, "robots")} for lines in (before, now))
    for url in [url for url in new if url in old]:
        for name, words in (("crawl_delay", "Crawl-delay"), ("sitemaps", "sitemaps"), ("allowed", "allowed paths")):
            was, is_ = old[url]["facts"].get(name), new[url]["facts"].get(name)
            if name == "allowed":
                was, is_ = _shared(was or {}, is_ or {})
            if was != is_:
                yield f"robots.txt: {words}: {_said(was)} → {_said(is_)}"


def _shared(was: Mapping[str, bool], is_: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    """The forbidden ones of the paths that both probes looked at."""
    both = [path for path in was if path in is_]
    return [path for path in both if not was[path]], [path for path in both if not is_[path]]


def _changed_statuses(before: Sequence[Line], now: Sequence[Line]) -> Iterator[str]:
    old, new = _statuses(before), _statuses(now)
    for place in [place for place in new if place in old]:
        if old[place] != new[place]:
            yield f"{place}: status {_said(old[place])} → {_said(new[place])}"


def _statuses(lines: Sequence[Line]) -> dict[str, list[str]]:
    """For each edition and kind of page the statuses seen, each once: other articles are read every time."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line["error"] != NOT_ASKED:
            way = "".join(f"{status} " for status, _ in line["redirects"])
            found[_place(line)].add(f"{way}{line['status'] or 'no answer'}")
    return {place: sorted(statuses) for place, statuses in found.items()}


def _place(line: Line) -> str:
    kind = "robots.txt" if line["kind"] == "robots" else line["kind"]
    return f"{line['language']} {kind}" if line["language"] else str(kind)


def _changed_ways(before: Sequence[Line], now: Sequence[Line]) -> Iterator[str]:
    old, new = _ways(before), _ways(now)
    for place in [place for place in new if place in old]:
        if old[place] != new[place]:
            yield f"{place}: {_said(old[place])} → {_said(new[place])}"


def _ways(lines: Sequence[Line]) -> dict[str, str]:
    ways: dict[str, str] = {}
    for line in filter(answered, lines):
        facts = line["facts"]
        if line["kind"] == "front" and "sections" in facts:
            ways[f"{line['language']} sections"] = "from navigation" if facts["sections"] else "only the known ones"
        elif line["kind"] == "next" and "way" in facts:
            ways[f"{line['language']} next page"] = facts["way"] if facts.get("new") else f"{facts['way']}, in vain"
    return ways


def _changed_metadata(before: Sequence[Line], now: Sequence[Line]) -> Iterator[str]:
    old, new = metadata_kinds(before), metadata_kinds(now)
    for place in [place for place in new if place in old]:
        if gone := sorted(old[place] - new[place]):
            yield f"{place}: metadata gone: {', '.join(gone)}"
        if come := sorted(new[place] - old[place]):
            yield f"{place}: new metadata: {', '.join(come)}"


def metadata_kinds(lines: Sequence[Line]) -> dict[str, set[str]]:
    """For each edition and kind of page every kind of metadata seen."""
    found: dict[str, set[str]] = {}
    for line in lines:
        declared = line["facts"].get("declared")
        if declared is None:
            continue
        kinds = found.setdefault(_place(line), set())
        kinds |= {f"JSON-LD {name}" for name in declared["json_ld"]}
        kinds |= {*declared["opengraph"], *declared["meta"]}
        kinds |= {f"hreflang {language}" for language in declared["hreflang"]}
        kinds |= ({"canonical"} if declared["canonical"] else set()) | ({"feed link"} if declared["feeds"] else set())
    return found


def _changed_fields(before: Sequence[Line], now: Sequence[Line]) -> Iterator[str]:
    old, new = _sources(before), _sources(now)
    for language in [language for language in new if language in old]:
        for name in FIELDS:
            was, is_ = old[language].get(name, []), new[language].get(name, [])
            if was and not is_:
                yield f"{language} articles: {name} is read no more (was {', '.join(was)})"
            elif is_ and not was:
                yield f"{language} articles: {name} is read now ({', '.join(is_)})"
            elif was != is_:
                yield f"{language} articles: {name} comes from elsewhere: {_said(was)} → {_said(is_)}"


def _sources(lines: Sequence[Line]) -> dict[str, dict[str, list[str]]]:
    """For each edition with articles read: the sources of each field."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in of_kind(lines, "article"):
        sources = found.setdefault(line["language"], {}) if "fields" in line["facts"] else {}
        for name, source in line["facts"].get("fields", {}).items():
            if source is not None:
                sources[name] = sorted({*sources.get(name, []), source})
    return found


def _changed_tails(before: Sequence[Line], now: Sequence[Line]) -> Iterator[str]:
    old, new = _boilerplate(before), _boilerplate(now)
    for language in [language for language in new if language in old]:
        for text in [text for text in new[language] if text not in old[language]]:
            yield f"{language} articles: new line after the body: {text}"


def _boilerplate(lines: Sequence[Line]) -> dict[str, list[str]]:
    """For each edition: the kinds of lines after the body, and unknown ones that more than one article has."""
    found: dict[str, list[str]] = {}
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for line in of_kind(lines, "article"):
        kinds = found.setdefault(line["language"], []) if "fields" in line["facts"] else []
        for text in dict.fromkeys(map(tail_label, line["facts"].get("tail", ()))):
            counted[line["language"], text] += 1
            if text not in kinds and (text.startswith("a ") or counted[line["language"], text] > 1):
                kinds.append(text)
    return found


def tail_label(tail: Mapping[str, Any]) -> str:
    """What a line after the body is: its kind, or for a line of the site's own, its words."""
    match tail["kind"]:
        case "card" | "date" | "read_time" | "picture":
            return f"a {tail['kind'].replace('_', ' ')} line"
        case "region":
            return f"a line in {tail['region']}"
    return f"“{tail['text']}”"


def _said(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
