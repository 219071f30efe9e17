"""What the whole walks of a section cover."""

from typing import Any

import pytest

from iranwire_crawler.domain.items import Walked
from iranwire_crawler.domain.reach import Reach


def walked(reached: Any, pages: int = 1, day: int = 1, since: str | None = None) -> Walked:
    return Walked(
        section="en/news", walked_at=f"2026-11-{day:02d}T12:00:00Z", pages=pages, reached=reached, since=since
    )


def reach(*walks: Walked) -> Reach:
    found = Reach.of(walks)
    assert found is not None
    return found


def test_no_walk_covers_nothing() -> None:
    assert Reach.of([]) is None


def test_a_walk_to_what_is_known_adds_only_its_time() -> None:
    first = walked("max_pages", 5, day=1)
    assert reach(first, walked("known", 1, day=2)) == Reach(walked_at="2026-11-02T12:00:00Z", pages=5, since=None)


@pytest.mark.parametrize(
    ("walks", "max_pages", "since", "covered"),
    [
        ([walked("max_pages", 5)], None, None, True),
        ([walked("max_pages", 5)], 5, None, True),
        ([walked("max_pages", 5)], 6, None, False),
        ([walked("max_pages", 5), walked("max_pages", 9), walked("known", 1)], 9, None, True),
        ([walked("end", 7)], 1000, None, True),
        ([walked("end", 7), walked("known", 1), walked("max_pages", 2)], 1000, None, True),
        # Three pages back to that day: fifty pages back to that day, or a later one, are no more.
        ([walked("since", 3, since="2024-01-01")], 50, "2024-01-01", True),
        ([walked("since", 3, since="2024-01-01")], 50, "2025-01-01", True),
        ([walked("since", 3, since="2024-01-01")], 50, "2023-01-01", False),
        ([walked("since", 3, since="2024-01-01")], 50, None, False),
    ],
)
def test_whether_a_walk_may_stop_at_what_is_known(
    walks: list[Walked], max_pages: int | None, since: str | None, covered: bool
) -> None:
    assert reach(*walks).covers(max_pages, since) == covered
