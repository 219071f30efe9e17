"""Stretches of days without an article."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

_DAY = timedelta(days=1)


class Gap(NamedTuple):
    """Both days belong to it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{self.first} to {self.last} ({self.days} days)"


def gaps(days: Iterable[date], first: date, last: date, *, at_least: int) -> Iterator[Gap]:
    """The stretches between `first` and `last` (both included) that hold none of the days, in order."""
    inside = sorted(day for day in set(days) if first <= day <= last)
    for before, after in pairwise([first - _DAY, *inside, last + _DAY]):
        gap = Gap(before + _DAY, after - _DAY)
        if gap.days >= at_least:
            yield gap


def months(first: date, last: date) -> Iterator[str]:
    """`2024-01` and so on: each month from the one of `first` to the one of `last`."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield f"{year:04}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
