"""When a known article is looked at again: the less often the older it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from iranwire_crawler.domain.ages import moment, read_age
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal

_OLDEST = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Schedule:
    """(younger than, look again after) in the order of age; what is older than the last one is left alone."""

    steps: tuple[tuple[timedelta, timedelta], ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """`1d:1h 7d:3h`: after an hour while younger than a day, after three hours while younger than a week.

        Raises ArgumentError for anything else.
        """
        steps = []
        for step in text.split():
            limit, _, interval = step.partition(":")
            steps.append((read_age(limit), read_age(interval)))
        found = tuple((limit, interval) for limit, interval in steps if limit and interval)
        growing = list(found) == sorted(found) and len(dict(found)) == len(found)
        if len(found) != len(steps) or not growing or any(limit > _OLDEST for limit, _ in found):
            needed = f"needed is AGE:INTERVAL …, ages growing to {_OLDEST.days}d at most, as 1d:1h 7d:3h"
            raise ArgumentError(f"RECHECK_SCHEDULE={for_terminal(text)}: {needed}")
        return cls(found)

    @property
    def oldest(self) -> timedelta:
        """Up to which age articles are looked at again."""
        return self.steps[-1][0] if self.steps else timedelta()

    def overdue(self, published: str | None, first_seen: str, checked: str, now: datetime) -> float:
        """How many intervals have passed since an article was looked at last; it is due from 1 on.

        Its age counts from its date, a day alone from that day's end; from `first_seen` where it has none.
        """
        age = now - (moment(published) or moment(first_seen) or now)
        last = moment(checked)
        for limit, interval in self.steps:
            if age < limit:
                return (now - last) / interval if last is not None else 1.0
        return 0.0
