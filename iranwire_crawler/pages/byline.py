"""Who wrote it and how long it reads: what stands between an article's date and its text."""

import re
from functools import cache

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.items import Author
from iranwire_crawler.domain.text import clean, fold, letters
from iranwire_crawler.pages.blocks import Frame, Line
from iranwire_crawler.pages.lines import folded_lines
from iranwire_crawler.pages.page import Page

_LONGEST_NAME = 80
_MOST_OF_A_NAME = 4
# Words of Persian and Arabic that stand in no name: a short standfirst can look like one else.
_FUNCTION_WORDS = frozenset("از در به با برای که تا این آن را من في عن مع إلى التي الذي هذا هذه".split())
_LONGEST_SIGN = 3
_BETWEEN_NAMES = ",،;&|·•"
_INITIAL = re.compile(r"\b[A-Z]\.$")
# Lower-case words inside a name or between two; the site prints "andSety" for "and Sety".
_PARTICLE = re.compile(r"(?:and|de|van|von|al|el|bin|ibn|of)(?:$|[A-Z-])")


def read_byline(page: Page, start: int, headline: Line, end: int | None = None) -> tuple[list[Author], int | None, int]:
    """Authors, minutes, and the first line after what is told of an article, from the line after a date line on.

    `end`: where a card ends.

    What stands between the date and the reading time is the byline. Without a reading time a line
    is a byline only if it looks like a name and is not a caption: those stand twice or on a picture.
    """
    lines = page.lines if end is None else page.lines[:end]
    reading = next(
        (at for at in range(start, min(start + 6, len(lines))) if lines[at].minutes is not None),
        None,
    )
    if reading is not None and _only_names(lines[start:reading], headline):
        names = [
            line
            for at, line in enumerate(lines[start:reading], start)
            if line.kind == "text" and page.region(line) != "button" and not _is_initial(page, at)
        ]
        after = reading + 1
        if not names and after < len(lines) and _declared_author(page, lines[after]):
            names, after = [lines[after]], after + 1
        return _authors(page, names), lines[reading].minutes, after
    at = start
    names = []
    while at < len(lines) and len(names) < 4:
        line = lines[at]
        portrait = _is_portrait(page, at, headline) if line.kind == "image" else _is_initial(page, at)
        if portrait:
            at += 1
            continue
        if not (_looks_like_name(page, at, headline) or _stands_before_picture(page, at, headline)):
            break
        names.append(line)
        at += 1
        if not (_declared_author(page, line) or _joins_names(page, line) or _goes_on(page, at)):
            break
    if all(_joins_names(page, line) for line in names):
        return [], None, start
    return _authors(page, names), None, at


def _goes_on(page: Page, at: int) -> bool:
    """Whether a line stands in the byline with the name above it: in its block, or as it does and as no text after.

    A short line that begins the text looks like a name, too.
    """
    if at >= len(page.lines):
        return False
    line, above = page.lines[at], page.lines[at - 1]
    if line.index == above.index or _declared_author(page, line):
        return True
    around = {id(frame) for frame in above.frame.ancestors()}
    box = next((frame for frame in line.frame.ancestors() if id(frame) in around), None)
    place = _place(line, box)
    if place is None or place != _place(above, box) or len(line.text.split()) > _MOST_OF_A_NAME:
        return False
    after = next((other for other in page.lines[at + 1 :] if other.kind == "text"), None)
    return after is None or _place(after, box) != place


def _place(line: Line, box: Frame | None) -> list[str] | None:
    """The elements that a line stands in within a box, from the inside; None where the box does not hold it."""
    tags: list[str] = []
    for frame in line.frame.ancestors():
        if frame is box:
            return tags
        tags.append(frame.tag)
    return None


def _only_names(lines: list[Line], headline: Line) -> bool:
    texts = [line for line in lines if line.kind == "text"]
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
    if line.folded in folded_lines(site.PSEUDO_AUTHORS) or _declared_author(page, line) or _joins_names(page, line):
        return True
    if len(line.text) > _LONGEST_NAME or len(line.text.split()) > 8 or _is_sentence(line) or line.heading:
        return False
    if line.inside("figure", "figcaption", "li", "blockquote") is not None and not _beside_above(page, at):
        return False
    following = [other for other in page.lines[at + 1 : at + 3] if other.kind == "text"]
    if following and following[0].folded == line.folded:
        return False
    if any(other.kind == "image" and fold(other.text) == line.folded for other in page.lines[max(0, at - 2) : at + 2]):
        return False
    if not any(map(str.isalpha, line.text)) or any(map(str.isdigit, line.text)) or line.text[0] in "[(*":
        return False
    words = [word for word in _without_by(page, line.text).split() if word[0].isalpha()]
    if not _FUNCTION_WORDS.isdisjoint(words):
        return False
    latin = [word for word in words if word[0].isascii()]
    lower = [word for word in latin if word[0].islower() and not _PARTICLE.match(word)]
    return not lower and len(words) <= 8


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
    if page.is_interface(line) or page.region(line) == "button":
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
    return bool(declared) and declared.issuperset(map(letters, _split_names(page, line.text)))


def _joins_names(page: Page, line: Line) -> bool:
    edition = page.edition
    if edition is None or not line.plain:
        return False
    sign = len(line.text) <= _LONGEST_SIGN and not any(map(str.isalnum, line.text))
    return sign or line.folded.rstrip(" :") in folded_lines((*edition.by, edition.conjunction))


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


def _authors(page: Page, lines: list[Line]) -> list[Author]:
    found: list[Author] = []
    for line in lines:
        if _joins_names(page, line):
            continue
        links = line.links()
        if len(links) > 1:
            names: list[tuple[str, str | None]] = [(text, href) for href, text in links]
        else:
            href = links[0][0] if links else None
            names = [(name, href) for name in _split_names(page, line.text)]
        for name, link in names:
            if any(map(str.isalpha, name)) and name not in [author.name for author in found]:
                # A card is one link to its article: that is no author's address.
                to_article = urls.article_address(link, page.base) is not None
                found.append(Author(name=name, url=None if to_article else urls.web_address(link, page.base)))
    return found


@cache
def _by_words(words: tuple[str, ...]) -> list[tuple[tuple[str, str], int]]:
    """How a line begins that says whom it is by, and how long that word is."""
    return [((fold(word) + " ", fold(word) + ":"), len(word)) for word in words]


def _without_by(page: Page, text: str) -> str:
    if page.edition is not None:
        folded = fold(text)
        for beginnings, length in _by_words(page.edition.by):
            if folded.startswith(beginnings):
                return text[length:].lstrip(" :")
    return text


def _split_names(page: Page, text: str) -> list[str]:
    """`By A`, `A and B`, `A, B & C`, and the glued `A andB` that the site prints."""
    text = _without_by(page, text)
    parts = re.split(rf"\s*[{_BETWEEN_NAMES}]\s*|\s+and\s*(?=[^\Wa-z\d_])|\s+و\s+|\s+و(?=[A-Za-z])", text)
    return [name for part in parts if (name := clean(part))]
