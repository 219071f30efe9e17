"""A made-up section's listing, as long as wanted: dated articles, newest first, page by page, with the faults of
real ones. `tests/listing_site.py` serves it over HTTP; `benchmarks/seek.py` counts what it takes to find a month."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

Beyond = Literal["empty", "missing", "last", "first"]


@dataclass(frozen=True)
class Entry:
    """An article. `shown`: the day on its card, where that is not the day of its page."""

    id: int
    day: date
    shown: date | None


@dataclass
class Listing:
    """`pages` pages of `size` articles, `per_day` a day, the newest of day `newest`.

    `disorder`: by how many places an article may stand off. `pinned`: articles of odd dates that stand on top of
    every page. `beyond`: what is answered for a number beyond the last: nothing, no page at all, the last page or
    the first.
    `moves`: after so many answers so many new articles come in on top (fewer than 0: the newest go).
    """

    pages: int
    size: int = 10
    per_day: int = 3
    newest: date = date(2026, 11, 20)
    disorder: int = 0
    pinned: int = 0
    beyond: Beyond = "empty"
    dated: bool = True
    moves: tuple[int, int] | None = None
    moves_once: tuple[int, int] | None = None
    seed: int = 0
    asked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        total = self.pages * self.size
        places = [(place + chance.uniform(0, self.disorder), place) for place in range(total)]
        self.entries = [self._entry(total - place, place) for _, place in sorted(places)]
        days = [date(2009, 6, 12) + timedelta(chance.randrange(6000)) for _ in range(self.pinned)]
        self.on_every_page = [Entry(900_000 + n, day, day if self.dated else None) for n, day in enumerate(days)]
        self._next_id = total + 1

    def _entry(self, number: int, place: int) -> Entry:
        day = self.newest - timedelta(place // self.per_day)
        return Entry(number, day, day if self.dated else None)

    def page(self, number: int) -> list[Entry] | None:
        """What page `number` shows; None where there is no such page. Counts as a request."""
        self.asked.append(number)
        if self.moves and len(self.asked) % self.moves[0] == 0:
            self._move(self.moves[1])
        if self.moves_once and len(self.asked) == self.moves_once[0]:
            self._move(self.moves_once[1])
        last = -(-len(self.entries) // self.size)
        if number > last:
            if self.beyond == "missing":
                return None
            if self.beyond == "empty":
                return []
            number = last if self.beyond == "last" else 1
        start = (number - 1) * self.size
        return self.on_every_page + self.entries[start : start + self.size]

    def _move(self, by: int) -> None:
        if by < 0:
            del self.entries[:-by]
        for _ in range(by):
            self.entries.insert(0, self._entry(self._next_id, 0))
            self._next_id += 1

    def published(self, since: date | None, until: date | None) -> set[int]:
        """The articles of a window, those on every page apart."""
        return {
            each.id for each in self.entries if (not since or since <= each.day) and (not until or each.day <= until)
        }
