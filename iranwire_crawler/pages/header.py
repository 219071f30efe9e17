"""Where the article begins: section label, headline, standfirst, date line, byline, reading time.

The order is always SECTION, TITLE, DATE, AUTHOR, READ (51 of 51 stored pages); each part but the
title can be missing. A headline that links to another article is that article's card.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.dates import ShownDate
from iranwire_crawler.domain.items import Author, Section
from iranwire_crawler.domain.site import Edition
from iranwire_crawler.domain.text import clean, fold, letters
from iranwire_crawler.pages.blocks import Frame, Line
from iranwire_crawler.pages.embedded import is_site_name, matches_title
from iranwire_crawler.pages.lines import folded_lines
from iranwire_crawler.pages.page import Page

# How far above its date line a headline may stand (a standfirst in between), in lines.
_REACH = 5
_LONGEST_HEADLINE = 400
# A heading of the first level that is the declared title, right above a date.
_CERTAIN = 10
_LONGEST_LABEL = 40
_LONGEST_NAME = 80
_MOST_OF_A_NAME = 4
_FULL_STOP = (".", "۔", ".”", '."')
_BETWEEN_NAMES = ",،;&|·•"
# Lower-case words inside a name or between two; the site prints "andSety" for "and Sety".
_PARTICLE = re.compile(r"(?:and|de|van|von|al|el|bin|ibn|of)(?:$|[A-Z-])")


@dataclass(slots=True)
class Header:
    """The header as found; `end` is the first line after it."""

    headline: Line
    end: int
    date: ShownDate | None = None
    date_line: Line | None = None
    section_name: str | None = None
    description: str | None = None
    authors: list[Author] = field(default_factory=list)
    minutes: int | None = None


def find_header(page: Page) -> Header | None:
    """The article's own header, or None where every date line is a card's or there is none."""
    best: tuple[float, int, int] | None = None
    for position in page.dated:
        if page.region(page.lines[position]) in ("nav", "aside", "footer", "dialog", "button"):
            continue
        following = page.lines[position + 1 : position + 2]
        if following and page.foreign(following[0]) is not None:
            continue  # a list that shows each date before its headline
        candidate = _headline_above(page, position)
        if candidate is not None and (best is None or candidate[0] > best[0] + 2):
            best = (*candidate, position)
            if best[0] >= _CERTAIN:
                break
    if best is not None:
        return _read_header(page, best[1], best[2])
    if page.metadata.published:
        for position, line in enumerate(page.lines):
            if line.plain and not page.foreign(line) and _evidence(page, line) >= 4 and page.region(line) is None:
                return _read_header(page, position, None)
    return None


def has_cards(page: Page) -> bool:
    """Whether date lines stand under headlines that link to other articles."""
    return any(page.foreign(above) for at in page.dated for above in page.lines[max(0, at - 3) : at])


def _headline_above(page: Page, position: int) -> tuple[float, int] | None:
    """(how sure, where) of the headline over a date line; None where that line belongs to a card."""
    best: tuple[float, int] | None = None
    seen = 0
    for at in range(position - 1, -1, -1):
        line = page.lines[at]
        if line.shown is not None or line.minutes is not None or seen >= _REACH:
            break
        if line.kind != "text":
            continue
        if page.is_interface(line) or page.region(line) is not None:
            break
        if page.foreign(line):
            break
        seen += 1
        if len(line.text) > _LONGEST_HEADLINE or is_site_name(line.text):
            continue
        # The nearest line unless a farther one has proof.
        # A standfirst ends with a full stop; what stands farther up and is short is a label.
        against = 2 * line.text.endswith(_FULL_STOP) + (seen > 1 and is_label(page, line))
        score = _evidence(page, line) - seen - against
        if len(line.pieces) > 1:
            score = max(score, _evidence(page, without_kicker(page, line, page.address.section)[1]) - seen)
        if best is None or score > best[0]:
            best = (score, at)
            if score >= _CERTAIN:
                break
    return best


def _evidence(page: Page, line: Line) -> float:
    score = 0.0
    if line.heading == 1:
        score += 5
    elif line.heading:
        score += 2
    if matches_title(line.text, page.metadata):
        score += 6
    written = page.slug_letters
    if written and len(line.text) > 8:
        spelled = letters(line.text)
        if spelled and (spelled.startswith(written) or written.startswith(spelled)) and len(written) > 5:
            score += 4
    if page.edition is not None and label_slug(page.edition, line) is not None:
        score -= 4
    return score


def _read_header(page: Page, headline_at: int, date_at: int | None) -> Header:
    headline = page.lines[headline_at]
    kicker, headline = without_kicker(page, headline, page.address.section)
    header = Header(headline, headline_at + 1)
    header.section_name = kicker.text if kicker is not None else _section_label(page, headline_at)
    if date_at is not None:
        date_line = page.lines[date_at]
        header.date, header.date_line = date_line.shown, date_line
        standfirst = [line.text for line in page.lines[headline_at + 1 : date_at] if line.plain]
        standfirst = [text for text in standfirst if fold(text) != headline.folded]
        header.description = " ".join(standfirst) or None
        header.end = date_at + 1
    byline = read_byline(page, header.end, headline)
    header.authors, header.minutes, header.end = byline
    return header


def without_kicker(page: Page, line: Line, slug: str | None) -> tuple[Line | None, Line]:
    """(label, headline) of a line that holds both, each in an element of its own; else (None, line)."""
    pieces = [piece for piece in line.pieces if not piece.text.isspace()]
    if len(pieces) < 2 or not pieces[0].inline:
        return None, line
    at = line.pieces.index(pieces[0]) + 1  # not the last: another with words follows
    label = line.part(clean(pieces[0].text), line.pieces[:at])
    headline = line.part(clean("".join([piece.text for piece in line.pieces[at:]])), line.pieces[at:])
    if not is_label(page, label):
        return None, line
    proved = pieces[0].small or names_section(page, label, slug) or label.folded in page.labels
    proved = proved or (label.link is None and page.foreign(headline) is not None)
    # `InterviewThe Judge`: no white space, and yet a reader sees two.
    beside = line.pieces[at]
    proved = proved or (beside.inline and pieces[0].text[-1:].islower() and beside.text[:1].isupper())
    return (label, headline) if proved or _evidence(page, headline) > _evidence(page, line) else (None, line)


def _section_label(page: Page, headline_at: int) -> str | None:
    """The label right above the headline; None where what stands there is something else."""
    headline = page.lines[headline_at]
    at = headline_at - 1
    while at >= 0 and (page.lines[at].kind != "text" or page.lines[at].folded == headline.folded):
        at -= 1
    if at < 0 or any(line.kind == "chrome" for line in page.lines[at:headline_at]):
        return None
    line = page.lines[at]
    if not is_label(page, line) or page.region(line, headline) is not None or _in_menu(page, at):
        return None
    if page.foreign(line) is not None or is_site_name(line.text) or _leads_nowhere(page, line):
        return None
    in_other_list = line.frame.tag == "li" and not _in_list_of(line, headline)
    return None if in_other_list and not names_section(page, line, page.address.section) else line.text


def _leads_nowhere(page: Page, line: Line) -> bool:
    """Whether a line links to this very page, or to the front page: no section's label does."""
    link = line.link
    if link is None:
        return False
    address = urls.read_address(urls.absolute(link, page.base))
    return link.startswith("#") or (address is not None and address.kind == "front")


def _in_list_of(line: Line, headline: Line) -> bool:
    """Whether the list that a line is an item of holds the headline too."""
    outer = line.frame.parent
    return outer is not None and any(frame is outer for frame in headline.frame.ancestors())


def _in_menu(page: Page, at: int) -> bool:
    """Whether a line is one of several links side by side."""
    line = page.lines[at]
    above = page.lines[at - 1] if at else None
    if above is None or line.link is None or above.link is None or above.kind != "text":
        return False
    if page.is_interface(above):
        return False
    outer, other = line.frame.parent, above.frame.parent
    return line.frame.tag == above.frame.tag and outer is not None and outer is other


def is_label(page: Page, line: Line) -> bool:
    """Short words that could name a section."""
    if not line.plain or len(line.text) > _LONGEST_LABEL or page.is_interface(line) or page.is_tail(line):
        return False
    if len(line.links()) > 1 or "|" in line.text:
        return False
    return not line.ends_sentence and len(line.text.split()) <= 6 and any(map(str.isalpha, line.text))


def names_section(page: Page, line: Line, slug: str | None) -> bool:
    """Whether a line is a section's label: a known one, one that links to it, or the slug in words."""
    if not is_label(page, line):
        return False
    if page.edition is not None and label_slug(page.edition, line) is not None:
        return True
    return page.linked_section(line) is not None or bool(slug and letters(slug) == letters(line.text))


def section_of(page: Page, line: Line | None, slug: str | None) -> Section | None:
    """A card's section from its label and its link's address; None where it has neither."""
    if line is None:
        return Section(slug=slug, name=None) if slug else None
    return Section(slug=slug or page.linked_section(line), name=line.text)


def label_slug(edition: Edition, line: Line) -> str | None:
    """The section that an edition is known to call so."""
    if len(line.text) > _LONGEST_LABEL:
        return None
    return _labels(edition.language).get(line.folded)


@cache
def _labels(language: str) -> dict[str, str]:
    sections = site.EDITIONS[language].sections.items()
    return {fold(label): slug for slug, label in sections if label is not None}


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
    if reading is not None and _only_names(lines[start:reading], headline):
        names = [line for line in lines[start:reading] if line.kind == "text" and page.region(line) != "button"]
        after = reading + 1
        if not names and after < len(lines) and _declared_author(page, lines[after]):
            names, after = [lines[after]], after + 1
        return _authors(page, names), lines[reading].minutes, after
    at = start
    names = []
    while at < len(lines) and len(names) < 4:
        line = lines[at]
        if line.kind == "image" and _is_portrait(page, at, headline):
            at += 1
            continue
        if not (_looks_like_name(page, at, headline) or _stands_before_picture(page, at, headline)):
            break
        names.append(line)
        at += 1
        if not (_declared_author(page, line) or _joins_names(page, line) or _goes_on(page, at)):
            break
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
    if len(line.text) > _LONGEST_NAME or len(line.text.split()) > 8 or line.ends_sentence or line.heading:
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
    words = [word for word in line.text.split() if word[0].isalpha()]
    latin = [word for word in words if word[0].isascii()]
    lower = [word for word in latin if word[0].islower() and not _PARTICLE.match(word)]
    return not lower and len(words) <= 8


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
    if page.is_interface(line):
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
    return line.text in _BETWEEN_NAMES or line.folded in folded_lines((*edition.by, edition.conjunction))


def _is_portrait(page: Page, at: int, headline: Line) -> bool:
    """A picture in the byline: its alt is the name that follows."""
    following = page.lines[at + 1] if at + 1 < len(page.lines) else None
    alt = fold(page.lines[at].text)
    if following is None or not alt or alt == headline.folded:
        return False
    return following.plain and following.folded == alt and _declared_author(page, following)


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


def _split_names(page: Page, text: str) -> list[str]:
    """`By A`, `A and B`, `A, B & C`, and the glued `A andB` that the site prints."""
    if page.edition is not None:
        folded = fold(text)
        for beginnings, length in _by_words(page.edition.by):
            if folded.startswith(beginnings):
                text = text[length:].lstrip(" :")
                break
    parts = re.split(rf"\s*[{_BETWEEN_NAMES}]\s*|\s+and\s*(?=[^\Wa-z\d_])|\s+و\s+", text)
    return [name for part in parts if (name := clean(part))]
