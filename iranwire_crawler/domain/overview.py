"""What an archive holds, for people: its articles counted, its runs, and the articles that were changed most."""

from dataclasses import dataclass

from iranwire_crawler.domain.difference import FieldDifference
from iranwire_crawler.domain.tally import Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A run as its `run.json` tells of it. `state`: `sound`, `look`, or `unfinished` (under way, or killed)."""

    run: str
    spider: str
    started: str
    finished: str | None
    state: str
    exit_code: int | None
    articles: int | None
    reasons: tuple[str, ...]
    gathers: bool
    """Whether it asks the site for articles: a probe does not, nor a run over saved pages."""

    @property
    def good(self) -> bool:
        return self.gathers and self.state == "sound"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """From one revision of an article to the next."""

    old: int
    new: int
    fetched_at: str
    fields: tuple[FieldDifference, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Revised:
    """An article and its last changes, newest first."""

    key: str
    language: str
    url: str
    headline: str
    date_published: str | None
    revision: int
    gone_since: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """`runs` are the last ones, newest first; `revised` the articles with the most revisions."""

    tally: Tally
    left_out: int
    runs: tuple[Run, ...]
    all_runs: int
    revised: tuple[Revised, ...]
    revised_articles: int
