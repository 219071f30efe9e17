"""Whether a finished run is sound, or someone must look: a pure judgement of what was counted."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeVar

from iranwire_crawler.domain.items import Section
from iranwire_crawler.domain.text import for_terminal

Status = Literal["sound", "look"]

SOUND = 0
COULD_NOT_RUN = 1
LOOK = 3

# The one line that installs a browser, on Debian.
INSTALL_BROWSER = "apt-get install -y --no-install-recommends chromium"

FINISHED = "finished"
FEEDS_FAILED = "feeds_failed"
OUTAGE = "outage"

# Fields that only some article types have; all others are expected of every article. A gallery may be
# pictures alone, and the site shows a read time over written articles only.
EXPECTED_OF: Mapping[str, frozenset[str]] = {
    "article_body": frozenset({"article"}),
    "body": frozenset({"article"}),
    "word_count": frozenset({"article"}),
    "reading_time_minutes": frozenset({"article"}),
}

_Key = TypeVar("_Key")


class Finding(NamedTuple):
    """A stable code for machines and one line for people."""

    code: str
    message: str


# What a look at the facts finds, and whether it is a reason for someone to look.
_Findings = Iterator[tuple[bool, Finding]]


class Coverage(NamedTuple):
    """In how many of the articles that should have a field it was read."""

    filled: int
    expected: int

    @property
    def share(self) -> float:
        return self.filled / self.expected if self.expected else 1.0


class Feed(NamedTuple):
    """A file of records: lines that were to be written, whole lines that stand there, half a line at its end."""

    name: str
    records: int
    lines: int
    torn: bool = False

    @property
    def whole(self) -> bool:
        return self.lines == self.records and not self.torn


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What was counted in a run that has ended."""

    finish_reason: str
    articles: int = 0
    """Article records kept."""
    known: int = 0
    """Articles that were seen again and are in the archive already."""
    out_of_range: int = 0
    """Articles read and left out, as of other days than was asked for."""
    section_pages: int = 0
    """Section walks that have ended."""
    cards: int | None = None
    """Articles that section pages named; None where nobody counts them."""
    listed: int = 0
    """Articles that were asked for because a page or a feed named them."""
    window_open: tuple[str, ...] = ()
    """Listings in which the edges of the window that was asked for were not seen, or pages of it not read."""
    window_ends: tuple[str, ...] = ()
    """Listings that end before the window does."""
    captions: int = 0
    rejected: int = 0
    read: int = 0
    """Pages read as articles, second readings and rejected records included."""
    unread: Mapping[str, int] = field(default_factory=dict)
    """Pages that could not be read as articles, by reason."""
    not_saved: int = 0
    """Addresses that the saved pages do not hold; each answers 404."""
    answers: Mapping[int, int] = field(default_factory=dict)
    """Final HTTP statuses, after redirects and retries, without robots.txt."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Requests that got no answer, retries included, by kind of error."""
    listings_failed: Mapping[str, int] = field(default_factory=dict)
    """Pages that name articles and did not come (no answer, refused, 5xx): front, section, feed, sitemap."""
    given_up: int = 0
    """Pages that got no answer after all retries and that no spider handled."""
    forbidden: int = 0
    """Requests that robots.txt forbids."""
    robots_unreachable: int = 0
    """Hosts whose robots.txt could not be had."""
    browser_wanted: int = 0
    """Pages that only a browser could have brought, and there is none."""
    browser_unusable: str = ""
    """Why the browser that there is cannot be used."""
    told_to_stay_away: int = 0
    """Answers that asked to wait longer than RETRY_AFTER_MAX."""
    errors: int = 0
    """Log records of level ERROR and above, but for given-up pages."""
    first_error: str = ""
    feeds: tuple[Feed, ...] = ()
    feeds_not_stored: int = 0
    coverage: Mapping[str, Coverage] = field(default_factory=dict)

    @property
    def found(self) -> int:
        return self.articles + self.known + self.out_of_range

    @property
    def nothing_to_do(self) -> bool:
        """Section pages name articles, and none of them was one to fetch."""
        return bool(self.cards) and not self.listed

    @property
    def unread_pages(self) -> int:
        """Pages that answered but could not be read, or did not answer; those that were not saved apart."""
        not_saved = min(self.not_saved, self.unread.get("http_404", 0))
        return sum(self.unread.values()) - not_saved + self.given_up


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """From where on someone must look. Defaults and their reasons stand in `settings.py`, as VERDICT_…"""

    asked_for: Collection[str]
    min_articles: int
    coverage_floors: Mapping[str, float]
    min_unread: int
    max_unread_share: float
    max_rejected_share: float
    max_listings_failed: int
    max_forbidden_share: float
    max_refused: int
    max_errors: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """`reasons`: why someone must look, none in a sound run. `notes`: odd, and no reason to look."""

    reasons: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    exit_code: int

    @property
    def status(self) -> Status:
        return "look" if self.reasons else "sound"


def judge(facts: Facts, thresholds: Thresholds) -> Verdict:
    """The verdict on a run; docs/run-json.md has the codes of its reasons and notes.

    A run that found nothing is told the cause alone, where that is known.
    """
    findings = [finding for look in _LOOKS for finding in look(facts, thresholds)]
    reasons = tuple(finding for must_look, finding in findings if must_look)
    notes = tuple(finding for must_look, finding in findings if not must_look)
    if not facts.found and not facts.nothing_to_do and not any(reason.code in _CAUSES for reason in reasons):
        reasons = (Finding("no_articles", "no article was found"), *reasons)
    return Verdict(reasons=reasons, notes=notes, exit_code=LOOK if reasons else SOUND)


def could_not_start(why: str) -> Verdict:
    """The verdict on a run that ended before its first request."""
    return Verdict(reasons=(Finding("could_not_start", why),), exit_code=COULD_NOT_RUN)


def filled(value: Any) -> bool:
    """Whether a record's field holds something; a section does when its name was read."""
    if isinstance(value, Section):
        return value.name is not None
    return value is not None and value != "" and value != () and value != {}


def expected(name: str, article_type: str) -> bool:
    """Whether an article of that type should have the field."""
    return article_type in EXPECTED_OF.get(name, {article_type})


def _site(facts: Facts, _: Thresholds) -> _Findings:
    if _unreachable(facts):
        said = [f"{kind} ×{count}" for kind, count in _by_number(facts.failures)]
        said += [f"HTTP {status} ×{count}" for status, count in _by_number(facts.answers)]
        yield True, Finding("site_unreachable", f"the site gave no page: {', '.join(said)}")
    elif facts.robots_unreachable:
        yield (
            True,
            Finding("robots_unreachable", f"robots.txt of {_count(facts.robots_unreachable, 'host')} cannot be had"),
        )


def _robots(facts: Facts, thresholds: Thresholds) -> _Findings:
    if not facts.forbidden or facts.robots_unreachable:
        return
    asked = facts.forbidden + sum(facts.answers.values())
    share = facts.forbidden / asked
    message = f"robots.txt forbids {facts.forbidden} of {_count(asked, 'address', 'addresses')} ({share:.0%})"
    yield share > thresholds.max_forbidden_share, Finding("robots_forbids", message)


def _refusals(facts: Facts, thresholds: Thresholds) -> _Findings:
    refused = {status: facts.answers[status] for status in (403, 429) if facts.answers.get(status)}
    said = [f"HTTP {status} ×{count}" for status, count in refused.items()]
    if facts.told_to_stay_away:
        said.append(f"Retry-After longer than RETRY_AFTER_MAX ×{facts.told_to_stay_away}")
    if not said:
        return
    blocked = bool(facts.told_to_stay_away) or sum(refused.values()) > thresholds.max_refused
    yield blocked, Finding("blocked" if blocked else "refused", f"the site refused pages: {', '.join(said)}")


def _sections(facts: Facts, _: Thresholds) -> _Findings:
    if facts.section_pages and facts.cards == 0 and not _unreachable(facts) and not facts.robots_unreachable:
        message = f"no article was found on the pages of {_count(facts.section_pages, 'section')}"
        yield True, Finding("sections_empty", message)


def _listings(facts: Facts, thresholds: Thresholds) -> _Findings:
    if not facts.listings_failed or _unreachable(facts) or facts.robots_unreachable:
        return
    said = ", ".join(f"{kind} ×{count}" for kind, count in _by_number(facts.listings_failed))
    walked = facts.listings_failed.get("front", 0) + facts.listings_failed.get("section", 0)
    message = f"pages that name articles did not come, so that new ones may be missing from this run: {said}"
    yield walked > thresholds.max_listings_failed, Finding("listings_failed", message)


def _saved_pages(facts: Facts, _: Thresholds) -> _Findings:
    if facts.not_saved:
        message = f"{_count(facts.not_saved, 'address', 'addresses')} not among the saved pages"
        yield not facts.found, Finding("not_saved", message)


def _unread(facts: Facts, thresholds: Thresholds) -> _Findings:
    unread = facts.unread_pages
    if not unread:
        return
    share = unread / (unread + max(facts.read, facts.found))
    said = [f"{reason} ×{count}" for reason, count in _by_number(facts.unread)]
    if facts.given_up:
        said.append(f"no answer ×{facts.given_up}")
    too_many = unread >= thresholds.min_unread and share > thresholds.max_unread_share
    message = f"{_count(unread, 'page')} could not be read ({share:.0%} of articles' pages): {', '.join(said)}"
    yield too_many, Finding("too_many_unread" if too_many else "unread", message)


def _browser(facts: Facts, _: Thresholds) -> _Findings:
    if facts.browser_wanted:
        why = f"the one there is cannot be started ({for_terminal(facts.browser_unusable)})"
        missing = why if facts.browser_unusable else f"there is none; to install one: {INSTALL_BROWSER}"
        pages = _count(facts.browser_wanted, "page")
        yield False, Finding("browser_missing", f"{pages} may need a browser, and {missing}")


def _rejected(facts: Facts, thresholds: Thresholds) -> _Findings:
    if not facts.rejected:
        return
    share = facts.rejected / (facts.rejected + facts.articles + facts.captions)
    too_many = share > thresholds.max_rejected_share
    message = f"{_count(facts.rejected, 'record')} rejected ({share:.1%}); see rejected.jsonl"
    yield too_many, Finding("too_many_rejected" if too_many else "rejected", message)


def _coverage(facts: Facts, thresholds: Thresholds) -> _Findings:
    for name, floor in thresholds.coverage_floors.items():
        coverage = facts.coverage.get(name, Coverage(0, 0))
        if coverage.expected >= max(1, thresholds.min_articles) and coverage.share < floor:
            message = f"{name} was read in {coverage.filled} of {coverage.expected} articles"
            yield True, Finding("coverage_low", f"{message} ({coverage.share:.1%}); the floor is {floor:.1%}")


def _errors(facts: Facts, thresholds: Thresholds) -> _Findings:
    if facts.errors:
        first = for_terminal(facts.first_error)
        message = f"{_count(facts.errors, 'error')} logged, the first: {first}"
        yield facts.errors > thresholds.max_errors, Finding("errors", message)


def _feeds(facts: Facts, _: Thresholds) -> _Findings:
    said = [
        f"{feed.name} holds {feed.lines} of {feed.records} lines" + (" and half a line at its end" if feed.torn else "")
        for feed in facts.feeds
        if not feed.whole
    ]
    if facts.feeds_not_stored:
        said.append(f"{_count(facts.feeds_not_stored, 'feed')} could not be stored")
    if facts.finish_reason == FEEDS_FAILED:
        said.append("the run stopped there")
    if said:
        yield True, Finding("feeds_incomplete", f"records could not be written: {'; '.join(said)}")


def _ending(facts: Facts, thresholds: Thresholds) -> _Findings:
    reason = facts.finish_reason
    if reason in {FINISHED, FEEDS_FAILED}:
        return
    if reason == OUTAGE:
        yield True, Finding(OUTAGE, "the site stopped answering, and the run ended before it was through")
        return
    if reason in thresholds.asked_for:
        yield False, Finding("limit_reached", f"stopped at the limit that was asked for ({for_terminal(reason)})")
    else:
        yield True, Finding("stopped_early", f"stopped before the end ({for_terminal(reason)})")


def _window(facts: Facts, _: Thresholds) -> _Findings:
    if facts.window_open:
        message = f"the window was not read from edge to edge in {_count(len(facts.window_open), 'listing')}"
        yield True, Finding("window_incomplete", f"{message}: {_few(facts.window_open)}; see ways in run.json")
    if facts.window_ends:
        message = f"{_count(len(facts.window_ends), 'listing')} ended before the window did"
        yield False, Finding("listing_ended", f"{message}: {_few(facts.window_ends)}")


def _nothing_new(facts: Facts, _: Thresholds) -> _Findings:
    if facts.articles:
        return
    if facts.known:
        yield False, Finding("nothing_new", f"all {_count(facts.known, 'article')} seen are known")
    elif facts.out_of_range or facts.nothing_to_do:
        yield False, Finding("nothing_new", "all articles seen are of other days than was asked for")


_LOOKS: tuple[Callable[[Facts, Thresholds], _Findings], ...] = (
    _site,
    _robots,
    _refusals,
    _sections,
    _listings,
    _saved_pages,
    _unread,
    _browser,
    _rejected,
    _coverage,
    _errors,
    _feeds,
    _ending,
    _window,
    _nothing_new,
)
# What explains that nothing was found.
_CAUSES = frozenset({"site_unreachable", "robots_unreachable", "robots_forbids"})


def _unreachable(facts: Facts) -> bool:
    if any(status < 500 for status in facts.answers):
        return False
    return bool(facts.failures or facts.answers)


def _by_number(counts: Mapping[_Key, int]) -> list[tuple[_Key, int]]:
    return sorted(counts.items(), key=lambda item: -item[1])


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(for_terminal(name, 60) for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
