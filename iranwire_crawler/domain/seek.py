"""Where in a long listing, newest first, a window of days lies: which pages to ask for, one after the other.

The first page of the window is found by doubling and halving on the dates that pages show; from there every
page is read until the listing is older than the window. Listings are not in perfect order and may move while
they are read, so a page is placed by the median of its dates, and `MARGIN` pages are read past both edges.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from iranwire_crawler.domain.window import Window

Phase = Literal["search", "walk"]
Edge = Literal["seen", "top", "end", "not_seen"]
_Side = Literal["newer", "within", "older", "beyond", "unknown", "unanswered"]

MARGIN = 2
"""Pages without an article of the window that are read at each edge before it counts as seen."""
MAX_NUMBER = 1 << 20
MAX_WALKED = 20_000
# A page that cannot be placed is passed over in favour of the next; after so many the listing is given up.
_TRIES = 3
_REPEATED = 0.6
_MAX_WALKS = 3
_UNPLACED = ("unknown", "unanswered")
# By how much a later page may be newer than an earlier one before the listing counts as unordered.
_DISORDER = timedelta(45)


class Card(NamedTuple):
    """An article as a listing's page names it; `day` is None where it is not known."""

    key: str
    day: date | None


@dataclass(slots=True)
class Reached:
    """How a window was reached in one listing."""

    searched: list[int] = field(default_factory=list)
    """Numbers of the pages asked for to find the window, in order."""
    walked: list[int] = field(default_factory=list)
    """Numbers of the pages asked for to read it, in order."""
    newer_edge: Edge = "not_seen"
    """`seen`: pages newer than the window come before it. `top`: the listing begins with it."""
    older_edge: Edge = "not_seen"
    """`seen`: pages older than the window follow. `end`: the listing ends before that."""
    oldest: date | None = None
    """The oldest page's median day."""
    unread: list[int] = field(default_factory=list)
    """Pages on the walk that did not answer, or show no dates."""
    ordered: bool = True
    """Whether later pages were older, as far as pages were seen."""

    @property
    def complete(self) -> bool:
        """Whether nothing of the window can have been passed by, as far as the listing tells."""
        return "not_seen" not in (self.newer_edge, self.older_edge) and not self.unread and self.ordered

    def __str__(self) -> str:
        said = [f"{len(self.searched)} pages to find the window, {len(self.walked)} to read it"]
        said += [f"its newer edge: {_words(self.newer_edge)}", f"its older edge: {_words(self.older_edge)}"]
        if self.unread:
            said.append(f"{len(self.unread)} pages could not be read or placed")
        if not self.ordered:
            said.append("the listing is in no order of dates")
        return "; ".join(said)

    def report(self) -> dict[str, Any]:
        """For `run.json`. `walked` as [first, last] of each stretch."""
        return {
            "searched": list(self.searched),
            "walked": _stretches(self.walked),
            "newer_edge": self.newer_edge,
            "older_edge": self.older_edge,
            "oldest": self.oldest.isoformat() if self.oldest else None,
            "unread": list(self.unread),
            "ordered": self.ordered,
            "complete": self.complete,
        }


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it was read.

    `touches`: it names an article of the window. `whole`: every day is known. `twin`: the earlier page that it repeats.
    `turn`: the place of its request among all.
    """

    number: int
    side: _Side
    keys: frozenset[str] = frozenset()
    median: date | None = None
    touches: bool = False
    whole: bool = True
    twin: int | None = None
    turn: int = 0


class Seek:
    """The search for one window in one listing.

    `page` is the number of the page to ask for, from 1; None once all was asked for. Each answer is given
    with `tell` or `unanswered`. `numbered`: whether pages can be asked for in any order; else the numbers
    follow one another from 1.
    """

    def __init__(self, window: Window, *, numbered: bool) -> None:
        self.window = window
        self.reached = Reached()
        self.phase: Phase = "search" if numbered and window.until is not None else "walk"
        self._pages: dict[int, _Page] = {}
        self._places: dict[str, _Places] = {}
        self._course = self._plan()
        self.page: int | None = None
        self._go_on(None)

    def tell(self, cards: Sequence[Card]) -> None:
        """What page `page` names; nothing where there is no such page."""
        assert self.page is not None
        self._go_on(self._read(self.page, cards))

    def unanswered(self) -> None:
        """Page `page` cannot be had."""
        assert self.page is not None
        self._go_on(_Page(self.page, "unanswered"))

    def _go_on(self, page: _Page | None) -> None:
        try:
            self.page = self._course.send(page)  # type: ignore[arg-type]
        except StopIteration:
            self.page = None
            self.reached.ordered = self._is_ordered()

    # The plan: what is yielded is asked for, and what was read is sent back.

    def _plan(self) -> Generator[int, _Page, None]:
        first = 1
        if self.phase == "search":
            first = yield from self._search()
            self.phase = "walk"
        read = yield from self._walk(max(1, first - MARGIN))
        for _ in range(_MAX_WALKS - 1):
            if not (yield from self._moved_up(read)):
                return
            read = yield from self._walk(read.start)

    def _search(self) -> Generator[int, _Page, int]:
        """The number of the first page that is not newer than the window."""
        before = newer = yield from self._placed(1, MAX_NUMBER)
        if newer.side != "newer":
            return 1
        ahead = yield from self._placed(2, MAX_NUMBER)
        while ahead.side == "newer" and ahead.number < MAX_NUMBER:
            before, newer = newer, ahead
            ahead = yield from self._placed(newer.number * 2, MAX_NUMBER)
        last = frozenset[str]()
        if newer.number > 1 and ahead.twin == newer.number:
            # The listing's last page, given for every number beyond it: the first of those is looked for.
            last, newer, ahead = newer.keys, before, newer
        halve = False
        while ahead.number - newer.number > 1:
            between = (newer.number + ahead.number) // 2 if halve or last else self._guess(newer, ahead)
            page = yield from self._placed(between, ahead.number)
            # A guess that falls short by far is followed by a halving: never more than twice log2 of the distance.
            halve = not halve
            if page.side == "newer" and not _alike(page.keys, last):
                newer = page
            else:
                ahead = page if page.number == between else _Page(between, page.side, median=page.median)
        return ahead.number

    def _guess(self, newer: _Page, ahead: _Page) -> int:
        """Where between two pages the window begins, were articles spread evenly over the days."""
        middle = (newer.number + ahead.number) // 2
        if newer.median is None or ahead.median is None or self.window.until is None or newer.median <= ahead.median:
            return middle
        part = (newer.median - self.window.until) / (newer.median - ahead.median)
        guess = newer.number + round((ahead.number - newer.number) * part)
        return min(max(guess, newer.number + 1), ahead.number - 1)

    def _placed(self, number: int, end: int) -> Generator[int, _Page, _Page]:
        """The page of that number, or the next one before `end` whose place is known; else as if the listing ended."""
        number = min(number, MAX_NUMBER)
        for candidate in range(number, min(number + _TRIES, max(end, number + 1))):
            page = self._pages.get(candidate) or (yield from self._ask(candidate))
            if page.side not in _UNPLACED:
                return page
        return _Page(number, "beyond")

    def _walk(self, start: int) -> Generator[int, _Page, range]:
        """Read the window's pages; returns their numbers."""
        self.reached.newer_edge = self.reached.older_edge = "not_seen"
        self.reached.unread.clear()
        first = yield from self._walk_back(start)
        quiet, lost, older, twin = 0, 0, False, None
        for number in range(first, first + MAX_WALKED):
            page = yield from self._page(number)
            if page.side in _UNPLACED:
                lost += 1
                if lost == _TRIES:
                    break
                continue
            lost = 0
            if page.side not in ("older", "beyond") or page.touches:
                quiet = 0
            elif page.twin in (None, twin) or quiet == 0:
                quiet += 1
            # Else it repeats another page than the one before it did: the listing has moved, and not ended.
            twin = page.twin
            older = quiet > 0 and (older or page.side == "older")
            if quiet == MARGIN:
                self.reached.older_edge = "seen" if older else "end"
                break
        return range(first, number + 1)

    def _walk_back(self, start: int) -> Generator[int, _Page, int]:
        """Read from `start` towards the top until a page is newer than the window; returns that page's number."""
        page = yield from self._page(start)
        number, lost = start, 0
        while number > 1 and (page.touches or page.side != "newer") and lost < _TRIES:
            number -= 1
            page = yield from self._page(number)
            lost = lost + 1 if page.side in _UNPLACED else 0
        if page.side == "newer" and not page.touches:
            self.reached.newer_edge = "seen"
        elif number == 1 and page.side not in _UNPLACED:
            self.reached.newer_edge = "top"
        return number

    def _moved_up(self, read: range) -> Generator[int, _Page, bool]:
        """Whether articles have moved to earlier pages meanwhile, so that one may have slipped past the walk.

        The page that was read longest ago is read again. Articles that have moved to later pages were read twice,
        and none is missed.
        """
        number = next(number for number in self._pages if number in read)
        before = self._pages[number]
        now = yield from self._ask(number)
        places = [self._places[key] for key in now.keys - before.keys if key in self._places]
        older = now.median is not None and before.median is not None and now.median < before.median
        moved = older or any(place.last > number for place in places)
        if moved:
            self._pages = {number: now}
        return moved

    def _page(self, number: int) -> Generator[int, _Page, _Page]:
        """A page of the walk. One that was read before is asked for again, unless nothing can have slipped past it.

        An article that moves to the next page between the reading of that one and of its own is on neither.
        """
        page = self._pages.get(number)
        before = self._pages.get(number - 1)
        slipped = page is None or page.side == "beyond" or (before is not None and before.turn > page.turn)
        if page is None or not page.whole or (slipped and page.turn != self._turn):
            page = yield from self._ask(number)
        if page.side in _UNPLACED and number not in self.reached.unread:
            self.reached.unread.append(number)
        return page

    def _ask(self, number: int) -> Generator[int, _Page, _Page]:
        asked = self.reached.searched if self.phase == "search" else self.reached.walked
        asked.append(number)
        page = replace((yield number), turn=self._turn)
        self._pages.pop(number, None)
        self._pages[number] = page  # in the order in which they were read
        if page.median is not None and page.side != "beyond":
            self.reached.oldest = min(self.reached.oldest or page.median, page.median)
        return page

    @property
    def _turn(self) -> int:
        return len(self.reached.searched) + len(self.reached.walked)

    # What a page says of its place.

    def _read(self, number: int, cards: Sequence[Card]) -> _Page:
        keys = frozenset(card.key for card in cards)
        twin = self._twin(number, keys)
        if twin is not None and twin.number < number:
            return _Page(number, "beyond", keys, twin=twin.number)
        if not keys or self._starts_again(number, _median(cards)):
            return _Page(number, "beyond", keys)
        if twin is not None:
            # The later one was asked for first and lies beyond the end, or the listing has moved up: its articles
            # belong here now, and what is there now is not known.
            del self._pages[twin.number]
            for key in twin.keys:
                if not self._places[key].is_loose:
                    del self._places[key]
        for key in keys:
            self._places.setdefault(key, _Places(number, number)).add(number)
        own = [card for card in cards if not self._places[card.key].is_loose]
        if not own:
            return _Page(number, "beyond", keys)
        median = _median(own)
        if median is None:
            return _Page(number, "unknown", keys, whole=False)
        touches = any(card.day in self.window for card in own if card.day)
        return _Page(number, self._side_of(median), keys, median, touches, whole=all(card.day for card in own))

    def _side_of(self, day: date) -> _Side:
        if self.window.is_after(day):
            return "newer"
        return "older" if self.window.is_before(day) else "within"

    def _twin(self, number: int, keys: frozenset[str]) -> _Page | None:
        """Another page that names the same articles: what servers give for numbers beyond the last.

        A neighbour does not count: a listing that has moved by a whole page looks the same.
        """
        known = [self._places[key] for key in keys if key in self._places]
        for other in {each for places in known for each in (places.first, places.last)}:
            page = self._pages.get(other)
            if page is None or abs(other - number) < 2 or page.side == "beyond":
                continue
            if _alike(keys, page.keys):
                return page
        return None

    def _starts_again(self, number: int, median: date | None) -> bool:
        """Whether a page is the first one again, with what has come in since: as new, and after much older ones."""
        first = self._pages.get(1)
        if median is None or first is None or first.median is None or median < first.median:
            return False
        before = (page.median for page in self._pages.values() if page.number < number and page.median)
        return median - min(before, default=median) > _DISORDER

    def _is_ordered(self) -> bool:
        placed = sorted((page.number, page.median) for page in self._pages.values() if page.median)
        medians = [median for _, median in placed if median]
        newest_after = list(medians)
        for place in range(len(medians) - 2, -1, -1):
            newest_after[place] = max(newest_after[place], newest_after[place + 1])
        wrong = sum(newest - median > _DISORDER for median, newest in zip(medians, newest_after, strict=True))
        return wrong <= 1


@dataclass(slots=True)
class _Places:
    """On which pages an article stood."""

    first: int
    last: int
    count: int = 0

    def add(self, number: int) -> None:
        self.first, self.last = min(self.first, number), max(self.last, number)
        self.count += 1

    @property
    def is_loose(self) -> bool:
        """Whether it belongs to no place in the listing: pinned, or in a box that stands on every page."""
        return self.count >= 3 and self.last - self.first > 3


def _alike(keys: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two pages name mostly the same."""
    return bool(others) and len(keys & others) >= _REPEATED * max(len(keys), len(others))


def _words(edge: Edge) -> str:
    return {"top": "the listing's top", "end": "the listing's end", "not_seen": "not seen"}.get(edge, edge)


def _stretches(numbers: Sequence[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def _median(cards: Sequence[Card]) -> date | None:
    """The day in the middle of those that are known; None where none is."""
    days = sorted(card.day for card in cards if card.day)
    return days[len(days) // 2] if days else None
