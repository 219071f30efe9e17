"""Stretches of days without an article."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.domain.gaps import gaps, months

FIRST, LAST = date(2024, 1, 1), date(2024, 1, 31)
DAYS = st.integers(0, 30).map(lambda number: FIRST + timedelta(days=number))


def test_the_ends_of_the_window_count() -> None:
    found = gaps([date(2024, 1, 10), date(2024, 1, 12)], FIRST, LAST, at_least=7)
    assert [str(gap) for gap in found] == ["2024-01-01 to 2024-01-09 (9 days)", "2024-01-13 to 2024-01-31 (19 days)"]


@given(st.sets(DAYS))
def test_days_and_gaps_together_are_the_window(days: set[date]) -> None:
    empty = [gap.first + timedelta(days=n) for gap in gaps(days, FIRST, LAST, at_least=1) for n in range(gap.days)]
    assert sorted([*days, *empty]) == [FIRST + timedelta(days=number) for number in range(31)]


def test_months_run_over_the_year() -> None:
    assert list(months(date(2023, 11, 30), date(2024, 2, 1))) == ["2023-11", "2023-12", "2024-01", "2024-02"]
