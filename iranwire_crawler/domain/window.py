"""A window of days, both included, either end open."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """`since` and `until` belong to it; None: open at that end."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return not self.is_before(day) and not self.is_after(day)

    def __str__(self) -> str:
        return f"{self.since or ''}..{self.until or ''}"

    def is_before(self, day: date) -> bool:
        """Whether `day` lies before the window."""
        return self.since is not None and day < self.since

    def is_after(self, day: date) -> bool:
        """Whether `day` lies after the window."""
        return self.until is not None and day > self.until

    def widened(self, days: int) -> "Window":
        """The window with so many days more at each end that is not open."""
        return Window(_moved(self.since, -days), _moved(self.until, days))


def _moved(day: date | None, days: int) -> date | None:
    try:
        return day + timedelta(days) if day else None
    except OverflowError:
        return day
