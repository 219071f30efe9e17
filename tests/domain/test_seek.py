"""Finding a window of days in a listing, against made-up listings with the faults of real ones."""

import math
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numbered_listing import Listing

from iranwire_crawler.domain.seek import MARGIN, Card, Reached, Seek
from iranwire_crawler.domain.window import Window


def sought(listing: Listing, window: Window, *, numbered: bool = True, lost: frozenset[int] = frozenset()) -> tuple:
    """What a search named of the window, what it reports, and the numbers it asked for."""
    seek = Seek(window, numbered=numbered)
    named = set()
    while seek.page is not None:
        assert len(listing.asked) < 10_000
        number = seek.page
        if number in lost:
            listing.asked.append(number)
            seek.unanswered()
            continue
        entries = listing.page(number) or []
        named.update(entry.id for entry in entries if entry.day in window)
        # Where cards show no date the articles' own pages are asked.
        seek.tell([Card(f"en/{entry.id}", entry.shown or entry.day) for entry in entries])
    return named, seek.reached, listing.asked


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    size = draw(st.integers(8, 20))
    return Listing(
        pages=draw(st.integers(1, 400)),
        size=size,
        per_day=draw(st.integers(1, 30)),
        # An article may stand a page away from its place.
        disorder=draw(st.integers(0, size)),
        pinned=draw(st.integers(0, size // 3)),
        beyond=draw(st.sampled_from(["empty", "missing", "last", "first"])),
        moves=draw(st.sampled_from([None, (7, 1), (29, 8)])),
        seed=draw(st.integers(0, 99)),
    )


@st.composite
def windows(draw: st.DrawFn) -> Window:
    newest = date(2026, 11, 20)
    until = draw(st.none() | st.integers(-40, 5000).map(lambda days: newest - timedelta(days)))
    length = draw(st.integers(0, 90))
    since = draw(st.booleans()) and (until or newest) - timedelta(length)
    return Window(since or None, until)


@settings(max_examples=60)
@given(listings(), windows(), st.booleans())
@example(Listing(pages=1), Window(date(2026, 11, 1), date(2026, 11, 2)), True)
def test_nothing_of_the_window_is_missed(listing: Listing, window: Window, numbered: bool) -> None:
    expected = listing.published(window.since, window.until)
    named, reached, _ = sought(listing, window, numbered=numbered)
    assert expected <= named
    assert reached.complete


@settings(max_examples=60)
@given(listings(), windows())
def test_the_way_there_is_short(listing: Listing, window: Window) -> None:
    listing.moves = None
    expected = listing.published(window.since, window.until)
    own = len({place // listing.size for place, entry in enumerate(listing.entries) if entry.id in expected})
    _, reached, asked = sought(listing, window)
    # Articles that stand a page off or have moved on lie on more pages than the window would fill.
    extra = len(asked) - own
    assert extra <= 2 * math.log2(listing.pages + 1) + 6 * MARGIN + own + 2
    assert len(reached.searched) <= 2 * math.log2(listing.pages + 1) + 8


@pytest.mark.parametrize("pages", [10, 100, 1_000, 10_000])
def test_a_month_far_back_costs_little_more_than_its_own_pages(pages: int) -> None:
    listing = Listing(pages=pages * 2)
    until = listing.newest - timedelta(pages * 10 // 3)
    window = Window(until - timedelta(30), until)
    named, reached, asked = sought(listing, window)
    assert named == listing.published(window.since, window.until)
    assert reached.complete
    assert len(asked) - 10 <= 2 * math.log2(pages) + 2 * MARGIN + 1


def month(listing: Listing, back: int = 300) -> Window:
    until = listing.newest - timedelta(back)
    return Window(until - timedelta(30), until)


@pytest.mark.parametrize("moves", [(1, 1), (3, 3), (3, 10), (11, 30)])
def test_a_listing_that_grows_while_it_is_read(moves: tuple[int, int]) -> None:
    listing = Listing(pages=300, moves=moves)
    window = month(listing)
    named, reached, _ = sought(listing, window)
    assert listing.published(window.since, window.until) <= named
    assert reached.complete


@pytest.mark.parametrize("by", [10, 4, -1, -4, -10, -20])
def test_a_listing_that_moves_once_whenever_that_is(by: int) -> None:
    window = month(Listing(pages=300))
    expected = Listing(pages=300).published(window.since, window.until)
    _, _, asked = sought(Listing(pages=300), window)
    for moment in range(1, len(asked) + 1):
        named, reached, _ = sought(Listing(pages=300, moves_once=(moment, by)), window)
        assert expected <= named, moment
        assert reached.complete, moment


@pytest.mark.parametrize("beyond", ["empty", "missing", "last", "first"])
def test_a_listing_that_ends_before_the_window(beyond: str) -> None:
    listing = Listing(pages=70, beyond=beyond)
    _, reached, asked = sought(listing, Window(date(2010, 1, 1), date(2010, 2, 1)))
    assert reached.older_edge == "end"
    assert reached.newer_edge == "seen"
    assert len(asked) <= 2 * math.log2(70) + 14
    assert reached.oldest
    assert reached.oldest > date(2026, 1, 1)


@pytest.mark.parametrize("beyond", ["empty", "missing", "last", "first"])
def test_a_window_that_reaches_to_the_listings_end(beyond: str) -> None:
    listing = Listing(pages=70, beyond=beyond)
    window = Window(None, date(2026, 4, 20))
    named, reached, _ = sought(listing, window)
    assert named == listing.published(None, window.until)
    assert (reached.newer_edge, reached.older_edge) == ("seen", "end")


def test_a_window_at_the_top() -> None:
    listing = Listing(pages=1000)
    window = Window(listing.newest - timedelta(10), None)
    named, reached, asked = sought(listing, window)
    assert named == listing.published(window.since, None)
    assert (reached.newer_edge, reached.older_edge) == ("top", "seen")
    assert len(asked) <= 4 + MARGIN + 1


def test_a_listing_without_numbers_is_walked_from_its_top() -> None:
    listing = Listing(pages=200)
    window = month(listing, 100)
    named, reached, asked = sought(listing, window, numbered=False)
    assert named == listing.published(window.since, window.until)
    assert all(after in (before + 1, 1) for before, after in pairwise(asked))
    assert reached.searched == []


def test_pages_that_do_not_answer_are_told() -> None:
    listing = Listing(pages=300)
    window = month(listing)
    all_named, _, asked = sought(listing, window)
    inner = asked[-4]
    named, reached, _ = sought(Listing(pages=300), window, lost=frozenset({inner}))
    assert inner in reached.unread
    assert not reached.complete
    assert named < all_named


def test_a_listing_that_stops_answering() -> None:
    listing = Listing(pages=300)
    window = month(listing)
    _, reached, _ = sought(listing, window, lost=frozenset(range(95, 2000)))
    assert not reached.complete
    assert reached.older_edge == "not_seen"


def test_nothing_answers() -> None:
    listing = Listing(pages=300)
    _, reached, asked = sought(listing, month(listing), lost=frozenset(range(1, 1 << 21)))
    assert (reached.newer_edge, reached.older_edge) == ("not_seen", "not_seen")
    assert len(asked) < 20


def test_a_listing_in_no_order_is_told() -> None:
    listing = Listing(pages=300, disorder=3000)
    _, reached, _ = sought(listing, month(listing, 500))
    assert not reached.ordered
    assert not reached.complete


def test_a_search_that_is_over_asks_for_nothing() -> None:
    seek = Seek(Window(None, None), numbered=True)
    while seek.page is not None:
        seek.tell([])
    assert seek.reached == Reached(walked=[1, 2, 1], newer_edge="top", older_edge="end")
