"""How far one walk has come, and whether it leaves a gap behind."""

from dataclasses import dataclass

from iranwire_crawler.domain.items import WalkEnd
from iranwire_crawler.domain.reach import Reach


@dataclass(slots=True, kw_only=True)
class Extent:
    """What a walk is to cover. `reach`: what whole walks of runs before cover already, None for nothing."""

    reach: Reach | None
    max_pages: int | None
    """The limit that was asked for; None where none was."""
    since: str | None
    first_pages: int
    """How deep a section's first walk goes where no limit was asked for."""
    gap_pages: int
    """How deep a walk goes at most to come to what is covered, where no limit was asked for."""
    pages: int = 0
    joined: bool = False
    """Whether a page brought nothing that is not covered."""
    reached: WalkEnd = "end"
    broken: bool = False
    """Whether a page did not come."""
    ended: bool = False
    told: bool = False
    """Whether it was written down as whole."""

    @property
    def limit(self) -> int:
        return self.max_pages or (self.first_pages if self.reach is None else self.gap_pages)

    def is_covered(self, first_seen: str) -> bool:
        """Whether all that stands under an article that was first seen then is dealt with as well."""
        return self.reach is not None and first_seen <= self.reach.walked_at

    def end_at(self, number: int, *, covered: bool, too_old: bool) -> str | None:
        """Why the walk ends at a page; None where it goes on.

        `covered`: the page names nothing that is not covered. `too_old`: nothing from `since` on.
        """
        self.pages = number
        self.joined |= covered
        if covered and self.reach is not None and self.reach.covers(self.max_pages, self.since):
            self.reached = "known"
            return f"page {number} brings only known articles"
        if number >= self.limit:
            self.reached = "max_pages"
            return f"page {number} is the last that was asked for"
        if too_old:
            self.reached = "since"
            return f"page {number} is older than {self.since}"
        return None

    @property
    def whole(self) -> bool:
        """Whether no gap is left between what this walk has seen and what was covered before it."""
        if self.broken or not self.ended or not self.pages:
            return False
        if self.reached in ("known", "end") or self.reach is None or self.joined:
            return True
        # All that is younger than the last whole walk has been seen.
        return self.reached == "since" and self.since is not None and self.since < self.reach.walked_at[:10]
