"""Where the article begins: section label, headline, standfirst, date line, byline, reading time.

The order is always SECTION, TITLE, DATE, AUTHOR, READ (51 of 51 stored pages); each part but the
title can be missing. A headline that links to another article is that article's card.
"""

import re
from dataclasses import dataclass, field

from iranwire_crawler.domain import urls
from iranwire_crawler.domain.dates import ShownDate
from iranwire_crawler.domain.items import Author
from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.blocks import Line, Piece
from iranwire_crawler.pages.byline import is_told_beside, read_byline
from iranwire_crawler.pages.datelines import leads
from iranwire_crawler.pages.embedded import is_site_name, matches_title
from iranwire_crawler.pages.labels import LONGEST_LABEL, evidence, is_label, known_label, names_section, without_kicker
from iranwire_crawler.pages.page import BREADCRUMB_SIGNS, Page
from iranwire_crawler.pages.tags import HEADINGS

# How far above its date line a headline may stand (a standfirst in between), in lines.
_REACH = 5
_LONGEST_HEADLINE = 400
# A heading of the first level that is the declared title, right above a date.
_CERTAIN = 10
# A heading of the first level, or the declared title, a line or two above a date.
_PROVED = 3
# From the front page over the section to this very page.
_LONGEST_BREADCRUMB = 3
_BREADCRUMB = re.compile(rf"[{BREADCRUMB_SIGNS}/]")
# Of a headline.
_MOST_LINES = 3
_FULL_STOP = (".", "۔", ".”", '."')


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
    regions = [page.region(page.lines[position]) for position in page.dated]
    inside = [position for position, region in zip(page.dated, regions, strict=True) if region in (None, "form")]
    # What is told of an article can stand in an `aside` or a `footer` of its header.
    beside = [position for position, region in zip(page.dated, regions, strict=True) if region in ("aside", "footer")]
    found = _best_date(page, inside) or next(
        (best for position in beside if (best := _best_date(page, [position])) and best[0] >= _PROVED), None
    )
    if found is not None:
        return _read_header(page, found[1], found[2])
    if page.metadata.published:
        for position, line in enumerate(page.lines):
            if line.plain and not page.foreign(line) and evidence(page, line) >= 4 and page.region(line) is None:
                return _read_header(page, position, None)
    return None


def _best_date(page: Page, positions: list[int]) -> tuple[float, int, int] | None:
    """(how sure, where the headline is, where the date is) of the date line that stands under the best headline."""
    best: tuple[float, int, int] | None = None
    for position in positions:
        following = page.lines[position + 1 : position + 2]
        if following and page.foreign(following[0]) is not None:
            continue  # a list that shows each date before its headline
        candidate = _headline_above(page, position)
        if candidate is not None and (best is None or candidate[0] > best[0] + 2):
            best = (*candidate, position)
            if best[0] >= _CERTAIN:
                break
    return best


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
        if page.is_passed_over(line):
            continue
        if page.is_interface(line) or page.region(line) is not None:
            break
        if page.foreign(line):
            if best is not None and best[0] < 0 and page.lines[best[1]].frame.parent is line.frame.parent:
                return None  # a card's teaser
            break
        seen += 1
        if len(line.text) > _LONGEST_HEADLINE or is_site_name(line.text):
            continue
        # The nearest line unless a farther one has proof.
        # A standfirst ends with a full stop; what stands farther up and is short is a label.
        against = 2 * line.text.endswith(_FULL_STOP) + (seen > 1 and is_label(page, line))
        score = evidence(page, line) - seen - against
        if len(line.pieces) > 1:
            score = max(score, evidence(page, without_kicker(page, line, page.address.section)[1]) - seen)
        if best is None or score > best[0]:
            best = (score, at)
            if score >= _CERTAIN:
                break
    return best


def _read_header(page: Page, headline_at: int, date_at: int | None) -> Header:
    headline_at, headline = _whole_headline(page, headline_at)
    kicker, headline = without_kicker(page, headline, page.address.section)
    header = Header(headline, headline_at + 1)
    header.section_name = kicker.text if kicker is not None else _section_label(page, headline_at)
    if date_at is not None:
        date_line = page.lines[date_at]
        header.date, header.date_line = date_line.shown, date_line
        between = [line for line in page.lines[headline_at + 1 : date_at] if not page.is_passed_over(line)]
        standfirst = [line.text for line in between if line.folded != headline.folded and not leads(line.text)]
        header.description = " ".join(standfirst) or None
        header.end = date_at + 1
    header.authors, header.minutes, header.end = read_byline(page, header.end, headline)
    while header.end < len(page.lines) and is_told_beside(page, page.lines[header.end]):
        header.end += 1
    return header


def _whole_headline(page: Page, at: int) -> tuple[int, Line]:
    """(where it begins, the headline) of one that stands in several lines of one element: the declared title tells."""
    line = page.lines[at]
    first, text, pieces = at, line.text, line.pieces
    while first and at - first < _MOST_LINES and not matches_title(text, page.metadata):
        above = page.lines[first - 1]
        box = above.frame.parent
        in_heading = box is line.frame.parent and box is not None and box.tag in HEADINGS
        if not above.plain or not (above.frame is line.frame or in_heading):
            return at, line
        first, text, pieces = first - 1, f"{above.text} {text}", [*above.pieces, Piece(" ", 0), *pieces]
    whole = first < at and matches_title(text, page.metadata)
    return (first, line.part(text, pieces)) if whole else (at, line)


def _section_label(page: Page, headline_at: int) -> str | None:
    """The label right above the headline; None where what stands there is something else."""
    headline = page.lines[headline_at]
    at = headline_at - 1
    while at >= 0 and (page.lines[at].kind != "text" or page.lines[at].folded == headline.folded):
        at -= 1
    above = page.lines[max(at, 0) : headline_at]
    chrome = [line for line in above if line.kind == "chrome"]
    if at < 0 or chrome:
        return _of_chrome(page, chrome[-1]) if chrome else None
    line = page.lines[at]
    if _BREADCRUMB.search(line.text):
        label = _of_breadcrumb(page, line.links()) or _last_of_breadcrumb(page, line)
        if label is not None:
            return label
    if not is_label(page, line) or _in_menu(page, at) or page.foreign(line) is not None or is_site_name(line.text):
        return None
    proved = names_section(page, line, page.address.section)
    region = page.region(line, headline)
    if region == "button" or _leads_nowhere(page, line) or (line.frame.tag == "li" and not _in_list_of(line, headline)):
        return line.text if proved else None
    return line.text if region is None or (region == "aside" and page.linked_section(line) is not None) else None


def _of_chrome(page: Page, line: Line) -> str | None:
    """The section's label that stands in chrome right above a headline: a breadcrumb's, or in an `aside` of its own."""
    node = page.chrome(line)
    if node.tag == "aside" and known_label(page, text := clean(node.text(deep=True))):
        return text
    return _of_breadcrumb(page, page.breadcrumb(line))


def _of_breadcrumb(page: Page, links: list[tuple[str, str]]) -> str | None:
    """What a breadcrumb calls the article's section: `Home » Features`. One that leads on to others is a menu."""
    if len(links) > _LONGEST_BREADCRUMB:
        return None
    addresses = [urls.read_address(urls.absolute(href, page.base)) for href, _ in links]
    named = [
        (address.section, text)
        for address, (_, text) in zip(addresses, links, strict=True)
        if address is not None and address.kind == "section"
    ]
    return named[0][1] if len(named) == 1 and named[0][0] == page.address.section else None


def _last_of_breadcrumb(page: Page, line: Line) -> str | None:
    """The section in a breadcrumb whose last part is no link: `Home / Features`."""
    links = line.links()
    first = urls.read_address(urls.absolute(links[0][0], page.base)) if links else None
    last = clean(_BREADCRUMB.split(line.text)[-1])
    return last if last and first is not None and first.kind == "front" and len(last) <= LONGEST_LABEL else None


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
