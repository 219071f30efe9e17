"""How far a section's listing was walked, so that a walk may stop at what is known and leave no gap."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from iranwire_crawler.domain.items import Walked


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """What the whole walks of a section cover, from the top of its listing as it was at `walked_at`.

    All that the listing named then, down to that depth, is known or could not be read. What was first seen later
    may stem from a run that was cut short, and says nothing of what stands under it.
    """

    walked_at: str
    """When the last whole walk ended; UTC, RFC 3339."""
    pages: int | None
    """How deep, in listing pages of that time; None: to the listing's end."""
    since: str | None
    """The day up to which a walk went that was to go no further; None where none was."""

    @classmethod
    def of(cls, walks: Iterable[Walked]) -> Self | None:
        """The reach of a section's whole walks, oldest first; None without any."""
        walked_at, pages, since = None, 0, None
        to_the_end = False
        for walk in walks:
            walked_at = walk.walked_at
            to_the_end |= walk.reached == "end"
            if walk.reached != "known":
                pages = max(pages, walk.pages)
            if walk.reached == "since" and walk.since is not None:
                since = min(since or walk.since, walk.since)
        return cls(walked_at=walked_at, pages=None if to_the_end else pages, since=since) if walked_at else None

    def covers(self, max_pages: int | None, since: str | None) -> bool:
        """Whether a walk may stop at what is known, though so many pages, or all since that day, are asked for."""
        if max_pages is None or self.pages is None or max_pages <= self.pages:
            return True
        return since is not None and self.since is not None and self.since <= since
