"""Boxes amid or under an article that are none of it: an advertisement, a newsletter's form, who the author is.

ASSUMED: the stored pages show none. They are known by the class names that the web's usual themes give them, and by
being small; words alone could be the article's.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from iranwire_crawler.pages.blocks import Frame
from iranwire_crawler.pages.elements import LONGEST_CLASS
from iranwire_crawler.pages.page import Page

_MOST_LINES = 12
_MOST_CHARACTERS = 800
_BOX = re.compile(
    r"(?:^|\s)(?:ads?|adsense|adsbygoogle)(?=\s|$)|(?:^|[\s_-])(?:ad-(?:slot|unit|box|banner|container|wrapper)|"
    r"advert(?:isements?|ising|s)?|newsletter|sign-?up|subscri(?:be|ption)|donat(?:e|ion)s?|"
    r"author-(?:box|bio|info|card)|about-(?:the-)?author|also-read|read-also|most-(?:read|viewed|popular)|"
    r"related-(?:inline|posts?|articles?|stories|news|links))(?=[\s_-]|$)",
    re.IGNORECASE,
)


def lines_of_box(page: Page, at: int, around: Collection[int]) -> int:
    """How many lines from `at` on stand in a box that begins there; 0 where none does.

    `around`: the ids of the frames that hold the headline too. A box that shows a date is a card's.
    """
    found = 0
    line = page.lines[at]
    frame: Frame | None = line.frame
    while frame is not None and frame.start == line.index and id(frame) not in around:
        if _is_called_a_box(frame):
            begin, end = page.span(frame)
            inside = page.lines[begin:end] if end - begin <= _MOST_LINES else []
            small = sum(len(other.text) for other in inside) <= _MOST_CHARACTERS
            if begin == at and small and all(other.shown is None for other in inside):
                found = len(inside)
        frame = frame.parent
    return found


def _is_called_a_box(frame: Frame) -> bool:
    names = frame.attributes.get("class")
    return names is not None and len(names) <= LONGEST_CLASS and _names_a_box(names)


@lru_cache(maxsize=4096)
def _names_a_box(names: str) -> bool:
    return _BOX.search(names) is not None
