"""Who wrote it and how long it reads: what stands between an article's date and its text."""

import re

from iranwire_crawler.domain import site
from iranwire_crawler.domain.items import Author
from iranwire_crawler.domain.text import fold, letters
from iranwire_crawler.pages.author_names import authors, joins_names, split_names, without_by
from iranwire_crawler.pages.blocks import Frame, Line
from iranwire_crawler.pages.lines import folded_lines
from iranwire_crawler.pages.page import Page

_LONGEST_NAME = 80
_MOST_OF_A_NAME = 4
# The words between them counted.
_MOST_NAMES = 8
# Words of Persian and Arabic that stand in no name: a short standfirst can look like one else.
_FUNCTION_WORDS = frozenset("از در به با برای که تا این آن را من في عن مع إلى التي الذي هذا هذه".split())
_FEWEST_LETTERS = 3
_COUNT = re.compile(
    r"[0-9۰-۹٠-٩][0-9۰-۹٠-٩.,٬،]*k? ?(?:views?|reads?|shares?|likes?|comments?|"
    r"بازدید|نظر|دیدگاه|اشتراک|مشاهده|تعلیق(?:ات)?)"
)
_INITIAL = re.compile(r"\b[A-Z]\.$")
# Lower-case words inside a name or between two; the site prints "andSety" for "and Sety".
_PARTICLE = re.compile(r"(?:and|de|van|von|al|el|bin|ibn|of)(?:$|[A-Z-])")


def read_byline(page: Page, start: int, headline: Line, end: int | None = None) -> tuple[list[Author], int | None, int]:
    """Authors, minutes, and the first line after them, from the line after a date line on, up to `end`.

    What stands between the date and the reading time is the byline. Without a reading time a line
    is a byline only if it looks like a name and is not a caption: those stand twice or on a picture.
    """
    lines = page.lines if end is None else page.lines[:end]
    reading = next(
        (at for at in range(start, min(start + 6, len(lines))) if lines[at].minutes is not None),
        None,
    )
    if reading is not None and _only_names(page, lines[start:reading], headline):
        names = [
            line
            for at, line in enumerate(lines[start:reading], start)
            if line.kind == "text" and not (_is_initial(page, at) or is_told_beside(page, line))
        ]
        after = reading + 1
        if not names and after < len(lines) and _declared_author(page, lines[after]):
            names, after = [lines[after]], after + 1
        return authors(page, names), lines[reading].minutes, after
    at = _after_portraits(page, start, headline)
    names = []
    while at < len(lines) and len(names) < _MOST_NAMES:
        line = lines[at]
        if not (_looks_like_name(page, at, headline) or _stands_before_picture(page, at, headline)):
            break
        names.append(line)
        following = _after_portraits(page, at + 1, headline)
        at += 1
        if not (joins_names(page, line) or _goes_on(page, line, following)):
            break
        at = following
    if all(joins_names(page, line) for line in names):
        return [], None, start
    return authors(page, names), None, at


def _after_portraits(page: Page, at: int, headline: Line) -> int:
    """The first line from `at` on that stands for no picture of somebody."""
    while at < len(page.lines) and (
        _is_portrait(page, at, headline) if page.lines[at].kind == "image" else _is_initial(page, at)
    ):
        at += 1
    return at


def _goes_on(page: Page, name: Line, at: int) -> bool:
    """Whether a line stands in the byline with a name above it: in its block, or as it does and as no text after.

    A short line that begins the text looks like a name, too.
    """
    if at >= len(page.lines):
        return False
    line = page.lines[at]
    if line.index == name.index or _declared_author(page, line) or joins_names(page, line):
        return True
    around = {id(frame) for frame in name.frame.ancestors()}
    box = next((frame for frame in line.frame.ancestors() if id(frame) in around), None)
    place = _place(line, box)
    if place is None or place != _place(name, box) or len(line.text.split()) > _MOST_OF_A_NAME:
        return False
    after = next((other for other in page.lines[at + 1 :] if not page.is_passed_over(other)), None)
    return after is None or _place(after, box) != place


def _place(line: Line, box: Frame | None) -> list[str] | None:
    """The elements that a line stands in within a box, from the inside; None where the box does not hold it."""
    tags: list[str] = []
    for frame in line.frame.ancestors():
        if frame is box:
            return tags
        tags.append(frame.tag)
    return None


def _only_names(page: Page, lines: list[Line], headline: Line) -> bool:
    texts = [line for line in lines if line.kind == "text" and not is_told_beside(page, line)]
    if any(line.kind in ("rule", "embed") for line in lines):
        return False
    return all(
        line.shown is None
        and len(line.text) <= _LONGEST_NAME * 2
        and line.folded != headline.folded
        and not any(map(str.isdigit, line.text))
        for line in texts
    )


def _looks_like_name(page: Page, at: int, headline: Line) -> bool:
    line = page.lines[at]
    if not line.plain or line.folded == headline.folded or page.is_tail(line) or page.region(line) == "button":
        return False
    if page.is_interface(line):
        return False
    if line.folded in folded_lines(site.PSEUDO_AUTHORS) or _declared_author(page, line) or joins_names(page, line):
        return True
    if len(line.text) > _LONGEST_NAME or len(line.text.split()) > 8 or _is_sentence(line):
        return False
    if (line.heading and not _leads_to_picture(page, at)) or is_told_beside(page, line):
        return False
    around = line.inside("figure", "figcaption", "li", "blockquote")
    if around is not None and not (_beside_above(page, at) or (around.tag == "li" and _leads_to_picture(page, at))):
        return False
    if _is_caption(page, at) and not (_leads_to_picture(page, at) and _beside_above(page, at)):
        return False
    if not any(map(str.isalpha, line.text)) or any(map(str.isdigit, line.text)) or line.text[0] in "[(*":
        return False
    words = [word for word in without_by(page, line.text).split() if word[0].isalpha()]
    if not _FUNCTION_WORDS.isdisjoint(words):
        return False
    latin = [word for word in words if word[0].isascii()]
    lower = [word for word in latin if word[0].islower() and not _PARTICLE.match(word)]
    return not lower and len(words) <= 8


def _is_caption(page: Page, at: int) -> bool:
    """Whether a line stands twice, or on a picture beside it."""
    line = page.lines[at]
    following = next((other for other in page.lines[at + 1 : at + 3] if other.kind == "text"), None)
    beside = page.lines[max(0, at - 2) : at + 2]
    return (following is not None and following.folded == line.folded) or any(
        other.kind == "image" and fold(other.text) == line.folded for other in beside
    )


def _leads_to_picture(page: Page, at: int) -> bool:
    """Whether a line stands right above a picture: those of an article come before its text."""
    return at + 1 < len(page.lines) and page.lines[at + 1].kind == "image"


def is_told_beside(page: Page, line: Line) -> bool:
    """What else may stand beside a byline: `A- A+`, `0`, `1,204 views`, the article in another language."""
    if line.kind != "text" or len(line.text) > _LONGEST_NAME or line.heading:
        return False
    if page.is_passed_over(line):
        return True
    if not any(map(str.isalnum, line.text)):
        return set(line.text) <= set("-–—")  # no count yet; else a divider
    if sum(map(str.isalpha, line.text)) < _FEWEST_LETTERS or _COUNT.fullmatch(line.folded):
        return True
    other = page.foreign(line)
    return other is not None and other.language != page.address.language


def _is_sentence(line: Line) -> bool:
    """Whether a line ends as a sentence does: `Solmaz E.` does not."""
    return line.ends_sentence and _INITIAL.search(line.text) is None


def _beside_above(page: Page, at: int) -> bool:
    """Whether a line stands in the same element, or list, as the line above it."""
    frame, above = page.lines[at].frame, page.lines[at - 1].frame
    return frame is above or (frame.tag == above.tag and frame.parent is above.parent)


def _stands_before_picture(page: Page, at: int, headline: Line) -> bool:
    """Short words between the date and a picture of the headline: captions stand after pictures."""
    line = page.lines[at]
    following = page.lines[at + 1] if at + 1 < len(page.lines) else None
    if following is None or not line.plain or len(line.text) > _LONGEST_NAME or line.ends_sentence:
        return False
    if page.is_interface(line) or is_told_beside(page, line):
        return False
    return line.folded != headline.folded and fold(following.text) == headline.folded


def _declared_author(page: Page, line: Line) -> bool:
    """Marked up as an author, or named as one by the page's metadata."""
    if not line.plain or len(line.text) > _LONGEST_NAME * 2:
        return False
    if any("author" in piece.rel.split() or (piece.href and "/author" in piece.href) for piece in line.pieces):
        return True
    if any(word in line.frame.words for word in ("author", "byline")):
        return True
    declared = set(map(letters, page.metadata.authors))
    return bool(declared) and declared.issuperset(map(letters, split_names(page, line.text)))


def _is_initial(page: Page, at: int) -> bool:
    """A letter that stands for a picture of somebody: that of the name that follows."""
    text, following = page.lines[at].text, page.lines[at + 1 : at + 2]
    return len(text) == 1 and text.isalpha() and bool(following) and following[0].plain and following[0].text[0] == text


def _is_portrait(page: Page, at: int, headline: Line) -> bool:
    """A picture in the byline: its alt is the name that follows, or it has none."""
    following = page.lines[at + 1] if at + 1 < len(page.lines) else None
    alt = fold(page.lines[at].text)
    if following is None or alt == headline.folded:
        return False
    return following.plain and alt in ("", following.folded) and _declared_author(page, following)
