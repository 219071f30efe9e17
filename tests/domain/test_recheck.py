"""Known articles are looked at again, the less often the older they are."""

from datetime import UTC, datetime, timedelta

import pytest

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.recheck import Schedule
from iranwire_crawler.settings import RECHECK_SCHEDULE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def ago(**age: float) -> str:
    return (NOW - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("published", "checked", "due"),
    [
        (ago(hours=5), ago(minutes=59), False),
        (ago(hours=5), ago(minutes=60), True),
        (ago(days=2), ago(hours=2), False),
        (ago(days=2), ago(hours=3), True),
        (ago(days=8), ago(hours=71), False),
        (ago(days=8), ago(hours=72), True),
        (ago(days=31), ago(days=29), False),
        (ago(days=31), ago(days=30), True),
        (ago(days=366), ago(days=300), False),
        # A day alone: published at noon yesterday, for all that is known.
        ("2026-11-21", ago(hours=2), True),
        ("2026-11-20", ago(hours=2), False),
        # No date: since it was first seen, which is three hours ago here.
        (None, ago(hours=2), True),
        # A clock that goes wrong somewhere.
        ("2027-01-01", ago(hours=2), True),
        (ago(hours=5), "2027-01-01T00:00:00Z", False),
    ],
)
def test_when_an_article_is_due(published: str | None, checked: str, due: bool) -> None:
    schedule = Schedule.read(RECHECK_SCHEDULE)
    assert (schedule.overdue(published, ago(hours=3), checked, NOW) >= 1) == due


def test_the_most_overdue_is_the_one_that_missed_most_looks() -> None:
    schedule = Schedule.read("1d:1h 30d:3d")
    young, old = ago(hours=10), ago(days=20)
    assert schedule.overdue(young, young, ago(hours=5), NOW) > schedule.overdue(old, old, ago(days=9), NOW)


def test_an_empty_schedule_looks_at_nothing() -> None:
    assert Schedule.read("").overdue(ago(hours=5), ago(hours=5), ago(hours=5), NOW) == 0


@pytest.mark.parametrize(
    "text", ["1h", "1d:", "1d:soon", "7d:1h 1d:1h", "1d:1h 1d:2h", "0d:1h", "1d:0h", "1d:1h, 7d:3h"]
)
def test_what_is_no_schedule_is_told(text: str) -> None:
    with pytest.raises(ArgumentError, match=r"RECHECK_SCHEDULE=.*as 1d:1h 7d:3h"):
        Schedule.read(text)
