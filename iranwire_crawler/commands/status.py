"""`scrapy status`: the last runs and their verdicts, and how old the newest article is; for people and monitors."""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand

from iranwire_crawler.commands.archive_command import ArchiveCommand
from iranwire_crawler.domain.ages import UNITS, read_age
from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.errors import ArgumentError, CrawlerError
from iranwire_crawler.domain.overview import Run
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import LOOK, SOUND
from iranwire_crawler.stores.catalogue import Catalogue, KnownArticle
from iranwire_crawler.stores.lock import Holder, holder
from iranwire_crawler.stores.run_folders import run_folders
from iranwire_crawler.stores.run_summary import read_run

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    runs: list[Run]
    last_good: Run | None
    newest: KnownArticle | None
    catalogue_problem: str | None
    under_way: Holder | None
    now: datetime
    max_age: timedelta | None

    @property
    def age(self) -> timedelta | None:
        """How long ago the last good run ended."""
        return _since(self.last_good.finished, self.now) if self.last_good else None

    @property
    def too_old(self) -> bool:
        return self.max_age is not None and (self.age is None or self.age > self.max_age)


class Command(ArchiveCommand, ScrapyCommand):
    """Exit codes: 0; 3, there is no good run, or the last one is older than --max-age; 1, it cannot be told."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Show the last runs and their verdicts, and how old the newest article is"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--max-age", metavar="AGE", help="exit 3 when the last good run is older: 36h, 90m, 2d")
        parser.add_argument("--spider", metavar="NAME", help="look at this spider's runs alone")
        parser.add_argument("--last", metavar="N", default="10", help="how many runs to show (default: 10)")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        if args:
            raise ArgumentError(f"status takes no argument {args[0]!r}: scrapy status [--max-age 36h]")
        max_age = _max_age(opts.max_age) if opts.max_age is not None else None
        if not re.fullmatch("[1-9][0-9]{0,5}", opts.last):
            raise ArgumentError(f"--last {opts.last}: not a number of runs")
        assert self.settings is not None
        data_dir = Path(self.settings["DATA_DIR"])
        state = look(data_dir, opts.spider, int(opts.last), max_age, datetime.now(UTC))
        if opts.json:
            # Escaped throughout: no character of a page reaches the terminal.
            sys.stdout.write(json.dumps(_as_json(state), indent=1) + "\n")
        else:
            sys.stdout.write("\n".join(_as_text(state)) + "\n")
        return LOOK if state.too_old else SOUND


def _max_age(given: str) -> timedelta:
    age = read_age(given)
    if age is None:
        raise ArgumentError(f"--max-age {given}: not an age; say 36h, 90m or 2d")
    return age


def look(data_dir: Path, spider: str | None, last: int, max_age: timedelta | None, now: datetime) -> State:
    """The last runs, and the last good one however long ago it was."""
    runs: list[Run] = []
    last_good: Run | None = None
    for folder in reversed(run_folders(data_dir)):
        if spider is not None and folder.parent.name != spider:
            continue
        if len(runs) >= last and last_good is not None:
            break
        run = read_run(folder)
        if len(runs) < last:
            runs.append(run)
        if last_good is None and run.good:
            last_good = run
    newest, problem = _newest(data_dir, now)
    return State(
        runs=runs,
        last_good=last_good,
        newest=newest,
        catalogue_problem=problem,
        under_way=holder(data_dir),
        now=now,
        max_age=max_age,
    )


def _newest(data_dir: Path, now: datetime) -> tuple[KnownArticle | None, str | None]:
    """The article published last, or why it cannot be told. A day ahead is still today somewhere."""
    try:
        with Catalogue(data_dir) as catalogue:
            return catalogue.newest((now + timedelta(days=1)).date()), None
    except CrawlerError as error:
        return None, str(error)


def _since(moment: str | None, now: datetime) -> timedelta | None:
    """How long ago; None for what is no moment. A day alone counts from its start, UTC."""
    try:
        then = datetime.fromisoformat(moment or "")
    except ValueError:
        return None
    return now - (then if then.tzinfo is not None else then.replace(tzinfo=UTC))


def _as_json(state: State) -> dict[str, Any]:
    newest = state.newest
    return {
        "schema_version": SCHEMA_VERSION,
        "now": utc_text(state.now),
        "runs": [_run_as_json(run) for run in state.runs],
        "last_good": _run_as_json(state.last_good) if state.last_good else None,
        "last_good_age_seconds": _seconds(state.age),
        "max_age_seconds": _seconds(state.max_age),
        "too_old": state.too_old,
        "newest_article": {
            "key": newest.key,
            "headline": newest.headline,
            "date_published": newest.date_published,
            "age_seconds": _seconds(_since(newest.date_published, state.now)),
            "first_seen": newest.first_seen,
        }
        if newest
        else None,
        "catalogue_problem": state.catalogue_problem,
        "under_way": state.under_way._asdict() if state.under_way else None,
    }


def _run_as_json(run: Run) -> dict[str, Any]:
    return {
        **{name: getattr(run, name) for name in ("run", "spider", "started", "finished", "state", "exit_code")},
        "articles": run.articles,
        "reasons": list(run.reasons),
    }


def _as_text(state: State) -> Iterator[str]:
    yield from _rows(state.runs)
    if state.under_way:
        yield f"under way     {state.under_way}"
    if state.last_good and state.age is not None:
        yield f"last good run {state.last_good.run}, ended {_ago(state.age)} ago"
    else:
        yield "last good run none"
    if state.too_old and state.max_age is not None:
        yield f"TOO OLD       no good run in the last {_ago(state.max_age)}"
    if state.newest:
        age = _since(state.newest.date_published, state.now) or timedelta()
        yield f"newest        {state.newest.key}, published {_ago(age)} ago: {for_terminal(state.newest.headline)}"
    else:
        yield f"newest        not known: {for_terminal(state.catalogue_problem or 'no article has a date', 1000)}"


def _rows(runs: Sequence[Run]) -> Iterator[str]:
    if not runs:
        yield "no runs"
    for run in runs:
        found = "" if run.articles is None else f"{run.articles} articles"
        yield f"{run.run:<32} {for_terminal(run.state, 20):<10} {found}".rstrip()
        yield from (f"    {for_terminal(reason, 300)}" for reason in run.reasons)


def _seconds(age: timedelta | None) -> int | None:
    return int(age.total_seconds()) if age is not None else None


def _ago(age: timedelta) -> str:
    """In the largest unit that gives at least two: `90m`, `36h`, `5d`."""
    seconds = max(0, int(age.total_seconds()))
    for unit in ("d", "h", "m"):
        if seconds >= 2 * UNITS[unit]:
            return f"{seconds // UNITS[unit]}{unit}"
    return f"{seconds}s"
