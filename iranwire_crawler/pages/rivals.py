"""Which of a page's lists a link that leads on belongs to: beside a section's list there can be picks with a pager too.

The list itself is taken to be the one with most articles.
"""

from bisect import bisect_left
from collections.abc import Collection
from itertools import islice
from typing import NamedTuple

from iranwire_crawler.pages.blocks import Document, Frame, Line

# At how many of the links to one address is looked.
_MOST_PLACES = 4
# How many elements around a link are looked at.
_MOST_AROUND = 60


class Place(NamedTuple):
    """Where a link stands; of two that lead on, the greater is the list's own.

    `outside`: of an <aside>; `inside`: how many articles the nearest element around it holds that holds any, not
    beyond an <aside>; `before`: how many stand before the link.
    """

    outside: bool
    inside: int
    before: int


_NOWHERE = Place(outside=True, inside=0, before=0)


class Places:
    """Where the links of a page stand, among its articles. `articles`: the links to these, as they stand there."""

    def __init__(self, document: Document, articles: Collection[str]) -> None:
        self._lines: dict[str, list[Line]] = {}
        self._positions: list[int] = []
        # Where the first headline of the page's own stands.
        self._title = next((line.index for line in document.blocks if line.heading == 1), -1)
        last = None
        for line in document.blocks:
            for href in dict.fromkeys((*[piece.href for piece in line.pieces], line.href)):
                if not href:
                    continue
                if href not in articles:
                    self._lines.setdefault(href, []).append(line)
                elif href != last:
                    # The links of one card count once.
                    self._positions.append(line.index)
                    last = href

    def of(self, href: str) -> Place:
        """Where a link stands; of several to one address, the one nearest to most articles."""
        lines = self._lines.get(href, ())[:_MOST_PLACES]
        return max((self._place(line)[0] for line in lines), default=_NOWHERE)

    def is_foreign(self, href: str, in_words: bool) -> bool:
        """Whether a link is another list's: with few of the articles in an <aside>, or above the page's own headline
        and most of them."""
        lines = self._lines.get(href, ())[:_MOST_PLACES]
        return bool(lines) and all(self._is_foreign(line, in_words) for line in lines)

    def _is_foreign(self, line: Line, in_words: bool) -> bool:
        place, scope = self._place(line)
        total = len(self._positions)
        if place.inside * 2 >= total:
            return False
        if not place.outside:
            return place.inside > 0 or not in_words
        before, beyond = self._range(scope)
        return self._title >= scope.end and total - beyond > place.inside + before

    def _place(self, line: Line) -> tuple[Place, Frame]:
        before = bisect_left(self._positions, line.index)
        inside, around, outside = 0, line.frame, True
        for frame in islice(line.frame.ancestors(), _MOST_AROUND):
            if not inside and outside:
                first, beyond = self._range(frame)
                inside, around = beyond - first, frame
            outside = outside and frame.region_name != "aside"
        return Place(outside, inside, before), around

    def _range(self, frame: Frame) -> tuple[int, int]:
        return bisect_left(self._positions, frame.start), bisect_left(self._positions, frame.end)
