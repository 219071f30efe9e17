"""The next article's card at the end of a page, and any card between: what must never enter the body.

A card is a second date line under a headline (9 of 9 stored pages with a visible end), proved by
a link to another article, a reading time, its headline shown once more, or by ending the page.
"""

import re
from dataclasses import dataclass

from iranwire_crawler.domain.items import RelatedArticle, Section
from iranwire_crawler.domain.text import fold
from iranwire_crawler.domain.urls import Address
from iranwire_crawler.pages.blocks import Line
from iranwire_crawler.pages.byline import read_byline
from iranwire_crawler.pages.labels import is_label, leads_on, names_section, section_of, without_kicker
from iranwire_crawler.pages.page import Page

_LONGEST_HEADLINE = 300
_COPYRIGHT = re.compile(r"©|copyright\b", re.IGNORECASE)
_LONG = 100
# How many lines an element may hold above a card's headline and below its date to be the card's own.
_REACH = 6
_REACH_BELOW = 400


@dataclass(frozen=True, slots=True)
class Card:
    """Another article's card: the lines from `own_start` up to, not including, `end`.

    `start` is where the element around it begins that holds no words of the article: a heading
    over a list of cards, say.
    """

    start: int
    own_start: int
    end: int
    enclosed: bool
    full: bool
    aside: bool
    article: RelatedArticle


def find_cards(page: Page, start: int, headline: Line, lead: int) -> list[Card]:
    """The cards from line `start` on, in order; the lines before `lead` are of the article's own pictures."""
    cards: list[Card] = []
    for position in page.dated:
        if position < start or (cards and position < cards[-1].end):
            continue
        if page.region(page.lines[position], headline) == "dialog":
            continue
        floor = lead if position >= lead else start
        card = _card(page, position, cards[-1].end if cards else floor, headline)
        if card is not None:
            cards.append(card)
    return cards


def next_articles(cards: list[Card]) -> list[Card]:
    """The cards of next articles, lists of latest headlines left out.

    A card shows its reading time or its headline once more (9 of 9 stored pages); a barer one
    counts where it is alone. Cards side by side are a list.
    """
    shown = [card for card in cards if not card.aside] or cards
    alone = [card for at, card in enumerate(shown) if not _in_list(shown, at)]
    full = [card for card in alone if card.full]
    bare = [card for card in alone if not card.full and (not card.aside or len(cards) == 1)]
    return full or (bare if len(bare) == 1 else [])


def _in_list(cards: list[Card], at: int) -> bool:
    """Whether a card has a neighbour of its own kind right before or after it."""
    card = cards[at]
    before = at > 0 and cards[at - 1].full == card.full and cards[at - 1].end >= card.own_start
    after = at + 1 < len(cards) and cards[at + 1].full == card.full and card.end >= cards[at + 1].own_start
    return before or after


def _card(page: Page, at: int, floor: int, headline: Line) -> Card | None:
    title_at = _title_above(page, at, floor)
    following = page.lines[at + 1] if at + 1 < len(page.lines) else None
    if following is not None and page.foreign(following) is not None and not _is_day_of_text(page, at, following):
        above = page.lines[title_at] if title_at is not None else None
        if above is None or page.foreign(above) is None:
            title_at = at + 1  # a list that shows the date first
    if title_at is None:
        return None
    title = page.lines[title_at]
    if (
        _COPYRIGHT.match(title.text)
        or not title.plain
        or len(title.text) > _LONGEST_HEADLINE
        or (_is_prose(title) and page.foreign(title) is None)
        or title.folded == headline.folded
    ):
        return None
    address = page.foreign(title) or next(
        (found for line in page.lines[min(at, title_at) : at + 1] if (found := page.foreign(line))), None
    )
    kicker, bare_title = without_kicker(page, title, address.section if address else None)
    address = address or page.foreign(bare_title)
    if address is None and not _proved(page, title, title_at, at):
        return None
    start = min(at, title_at)
    label_at = _text_above(page, start, floor) if kicker is None else None
    while label_at is not None and leads_on(page.lines[label_at].folded):
        label_at = _text_above(page, label_at, floor)
    label = page.lines[label_at] if label_at is not None else None
    outer, first, last = _container(page, at, start, headline)
    if label is not None and label_at is not None:
        smaller = label.heading > title.heading > 0
        within = label_at >= first and is_label(page, label) and (smaller or not label.heading)
        one_link = page.foreign(page.lines[at]) is not None and label.link is None
        if not within and not _names_its_section(page, label, title, address, flat=last <= at and not one_link):
            label = None
        elif label is not None:
            first = min(first, label_at)
    first = min(first, start)
    while first > floor and page.lines[first - 1].kind == "image" and _pictures(page, first - 1, title):
        first -= 1
    authors, minutes, end = read_byline(page, max(at, title_at) + 1, bare_title, last if last > at else None)
    while end < len(page.lines) and _belongs(page, end, bare_title):
        end += 1
    again = sum(line is title or line.folded == bare_title.folded for line in page.lines[first : max(end, last)])
    aside = page.region(page.lines[at], headline) == "aside"
    for line in page.lines[title_at:end]:
        address = address or page.foreign(line)
    address = address or _laid_over(page, first, max(end, last))
    shown = page.lines[at].shown
    day = shown.day if shown is not None else None
    slug = address.section if address else None
    section = section_of(page, label, slug) if kicker is None else Section(slug=slug, name=kicker.text)
    article = RelatedArticle(
        url=address.url if address else None,
        headline=bare_title.text,
        section=section,
        date_published=day.isoformat() if day else None,
        authors=tuple(authors),
    )
    full = minutes is not None or again > 1
    return Card(min(outer, first), first, max(end, last), last > at, full, aside, article)


def _laid_over(page: Page, first: int, end: int) -> Address | None:
    """The article that an empty link amid a card's lines leads to."""
    begin, close = page.lines[first].index, page.lines[end - 1].index + 1
    for before, href in page.document.overlays:
        if begin <= before <= close and (address := page.foreign_address(href)) is not None:
            return address
    return None


def _names_its_section(page: Page, label: Line, title: Line, address: Address | None, flat: bool) -> bool:
    """Whether a line above a card's own is the card's label, not the body's end.

    `flat`: the card has no element of its own, so that its label may stand as a paragraph does.
    """
    if names_section(page, label, address.section if address else None):
        return True
    if not is_label(page, label):
        return False
    if label.folded in page.labels:
        return True
    # Flat markup and an unknown label: short words in title case that end no sentence.
    words = label.text.split()
    return (
        flat
        and (label.heading > title.heading > 0 or not label.heading)
        and (not label.pieces[0].bold or address is not None)
        and len(words) <= 3
        and all(word[0].isupper() or not word[0].isascii() for word in words)
    )


def _text_above(page: Page, at: int, floor: int) -> int | None:
    """The nearest text line above `at`, pictures passed over."""
    at -= 1
    while at >= floor and page.lines[at].kind != "text":
        at -= 1
    return at if at >= floor else None


def _title_above(page: Page, at: int, floor: int) -> int | None:
    """The nearest line above a date that may be a headline: no button, unless the card stands in one."""
    within = page.region(page.lines[at])
    at -= 1
    while at >= floor and page.is_passed_over(page.lines[at], within):
        at -= 1
    return at if at >= floor else None


def _proved(page: Page, title: Line, title_at: int, at: int) -> bool:
    following = page.lines[at + 1 : at + 6]
    if any(line.folded == title.folded for line in following):
        return True
    if any(line.minutes is not None for line in following[:3]):
        return True
    if any(line.kind == "image" and fold(line.text) == title.folded for line in page.lines[max(0, title_at - 3) : at]):
        return True
    if title.ends_sentence and not title.heading:
        return False
    if _stands_as_text(page, title_at):
        return False  # who wrote a letter, and when
    if len(page.lines) - at > _REACH_BELOW:
        return False
    rest = [line for line in page.lines[at + 1 :] if line.kind == "text" and page.region(line) is None]
    return len(rest) <= 3 and not any(len(line.text) > _LONG or line.ends_sentence for line in rest)


def _is_day_of_text(page: Page, at: int, title: Line) -> bool:
    """Whether a day belongs to the text above it, not to the card whose title follows it."""
    day, above = page.lines[at], _text_above(page, at, 0)
    if not title.plain or (day.heading and not title.heading):
        return True
    beside = above is not None and _stand_alike(day, page.lines[above])
    return beside and title.frame.parent is not day.frame.parent


def _stands_as_text(page: Page, at: int) -> bool:
    """Whether a line stands as the sentence above it does."""
    line, above = page.lines[at], _text_above(page, at, 0)
    if above is None or line.heading or not page.lines[above].ends_sentence:
        return False
    return _stand_alike(line, page.lines[above])


def _stand_alike(line: Line, other: Line) -> bool:
    """Whether two lines stand in one element, or in two of a kind side by side."""
    one, two = line.frame, other.frame
    return one is two or (one.tag == two.tag and one.parent is two.parent)


def _container(page: Page, at: int, title_at: int, headline: Line) -> tuple[int, int, int]:
    """(outer, first, end): the lines of the largest element that holds this card and no words but cards'.

    `first` and `end` are those of the largest that holds this card alone; (title, title, date) where
    it has no element of its own.
    """
    around = set(map(id, headline.frame.ancestors()))
    outer, first, end = title_at, title_at, at
    seen_from, seen_to, alone = title_at, at + 1, True
    for frame in page.lines[at].frame.ancestors():
        if id(frame) in around:
            break
        begin, close = page.span(frame)
        if begin < title_at - _REACH or close > at + _REACH_BELOW:
            break
        # What this element holds beside the one within it.
        above, below = page.lines[begin:seen_from], page.lines[seen_to:close]
        if any(map(_is_prose, above)) or any(map(_is_prose, below)):
            break
        if any(line.kind == "text" and not _may_stand_above(page, line) for line in above):
            break
        alone = alone and all(line.shown is None for line in (*above, *below))
        seen_from, seen_to = min(begin, seen_from), max(close, seen_to)
        if begin <= title_at:
            outer = begin
            if alone:
                first, end = begin, close
    return outer, first, end


def _may_stand_above(page: Page, line: Line) -> bool:
    return is_label(page, line) or page.is_tail(line) or leads_on(line.folded)


def _is_prose(line: Line) -> bool:
    return line.plain and (len(line.text) > 2 * _LONG or (len(line.text) > _LONG and line.ends_sentence))


def _pictures(page: Page, at: int, title: Line) -> bool:
    """A picture above the card that is the card's: it shows the card's headline or links where it links."""
    line = page.lines[at]
    return fold(line.text) == title.folded or page.foreign(line) is not None


def _belongs(page: Page, at: int, title: Line) -> bool:
    line = page.lines[at]
    if line.kind == "image":
        return _pictures(page, at, title)
    return line.minutes is not None or (line.kind == "text" and line.folded == title.folded)
