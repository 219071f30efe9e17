"""The cards of a listing in the data of its page's scripts, found by shape: an article's address beside a headline.

Nothing here knows a framework. One such object proves nothing (the next article, an advertisement); a listing is
several of them side by side, most of them of the section that the page is of.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from iranwire_crawler.domain import dates, site, urls
from iranwire_crawler.domain.items import Author, Section
from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.card_spans import MAX_CARDS
from iranwire_crawler.pages.embedded import is_site_name
from iranwire_crawler.pages.listing import LONGEST_HEADLINE, Listed, is_headline
from iranwire_crawler.pages.page_data import MAX_DEPTH, MAX_VALUES, inside
from iranwire_crawler.pages.rich_text import text_of
from iranwire_crawler.pages.stories import AUTHOR, MODIFIED, SECTION, names_in

# Fewer cards side by side are no listing: a page's data often holds the article before and the one after.
FEWEST_CARDS = 3
MAX_SECTIONS = 200
_MAX_NEXT_PAGES = 50
_LONGEST_ADDRESS = 1000
_LONGEST_LABEL = 100
_LONGEST_TITLE = 2000
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ADDRESS = re.compile(r"^(?:.*_)?(?:url|uri|href|link|path|permalink|address|canonical|@id)$")
_HEADLINE = re.compile(r"^(?:(?!.*(?:seo|meta|short|sub|section|categor|site|image)).*_)?(?:headline|title|heading)$")
_LABEL = ("title", "name", "label", "text")
_PUBLISHED = re.compile(r"publi|^date$|_date$")
# What an address of the next page is called; that of the next article leads to no listing, and is passed over.
_NEXT = re.compile(r"^(?:@?next|older|load_?more)(?:_?page)?(?:_?(?:url|uri|href|link|path|address))?$")
_NEXT_NUMBER = re.compile(r"^next_?page(?:_?(?:number|no))?$")


@dataclass(frozen=True, slots=True)
class ListedData:
    """`cards`: empty where the data holds no listing. `sections`: (slug, address, label), of the page's edition.

    `next_pages`: addresses and numbers that the data calls the next page's, as they stand.
    """

    cards: tuple[Listed, ...]
    sections: tuple[tuple[str, str, str], ...]
    next_pages: tuple[str | int, ...]


def read_listed(values: Iterator[Any], here: urls.Address | None, base: str) -> ListedData:
    """What the data of the page at `here` lists. `base`: what its relative addresses are relative to."""
    reading = _Reading(base)
    for value in values:
        reading.read(value)
        if reading.seen >= MAX_VALUES:
            break
    language = here.language if here is not None else None
    own = {group for group, cards in reading.groups.items() if here is not None and _is_listing(cards, here)}
    cards: dict[str, Listed] = {}
    for group, card in reading.cards if own and here is not None else ():
        if group in own or _is_of(card, here):
            cards.setdefault(card.key, card)
    sections = {
        slug: (slug, address.url, label)
        for address, label in reading.sections
        if address.language == language and (slug := address.section)
    }
    return ListedData(tuple(cards.values()), tuple(sections.values()), tuple(dict.fromkeys(reading.next_pages)))


def _is_listing(cards: Mapping[str, Listed], here: urls.Address) -> bool:
    return len(cards) >= FEWEST_CARDS and 2 * sum(_is_of(card, here) for card in cards.values()) >= len(cards)


def _is_of(card: Listed, here: urls.Address | None) -> bool:
    """Whether an article is of the page's section; of its edition, on a front page."""
    if here is None or not card.key.startswith(f"{here.language}/"):
        return False
    return here.section is None or (card.section is not None and card.section.slug == here.section)


class _Reading:
    """One walk through a page's data. What stands side by side, in an array or an object, is a group."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.seen = 0
        self.cards: list[tuple[int, Listed]] = []
        self.groups: dict[int, dict[str, Listed]] = {}
        self.sections: list[tuple[urls.Address, str]] = []
        self.next_pages: list[str | int] = []

    def read(self, root: Any) -> None:
        pending: list[tuple[Any, int, int]] = [(root, 0, self.seen)]
        while pending and self.seen < MAX_VALUES and len(self.cards) < MAX_CARDS:
            value, depth, group = pending.pop()
            self.seen += 1
            if isinstance(value, dict):
                card = self._card(value)
                if card is not None:
                    # What a card holds besides is about its article: articles that it relates to are none of the list.
                    self.cards.append((group, card))
                    self.groups.setdefault(group, {})[card.key] = card
                    continue
                self._look_on(value)
            if isinstance(value, list) or (isinstance(value, dict) and self._is_map_of_cards(value)):
                group = self.seen
            if depth < MAX_DEPTH:
                pending.extend((each, depth + 1, group) for each in reversed(inside(value)))

    def _is_map_of_cards(self, value: Mapping[str, Any]) -> bool:
        """Whether an object is a list by other means: cards under keys of their own."""
        objects = [each for each in value.values() if isinstance(each, dict)]
        return len(objects) >= FEWEST_CARDS and sum(self._card(each) is not None for each in objects) >= FEWEST_CARDS

    def _card(self, entity: Mapping[str, Any]) -> Listed | None:
        address = self._article(entity)
        headline = _headline(entity, address) if address is not None else None
        if address is None or headline is None:
            return None
        authors = next(
            (names for name, value in entity.items() if AUTHOR.search(name) and (names := names_in(value))), []
        )
        label = next(
            (names for name, value in entity.items() if SECTION.search(name) and (names := names_in(value))), []
        )
        return Listed(
            key=address.key,
            url=address.url,
            headline=headline,
            section=Section(slug=address.section, name=label[0] if label and label[0] != address.section else None),
            date_published=_date(entity, address.language or ""),
            authors=tuple(Author(name=name, url=None) for name in authors if not is_site_name(name)),
        )

    def _article(self, entity: Mapping[str, Any]) -> urls.Address | None:
        """The article that an object is of; None where it names none, or several."""
        found = [
            (name, address)
            for name, value in entity.items()
            if (url := self._address(value)) and (address := urls.article_address(url))
        ]
        if len({address.key for _, address in found}) > 1:
            found = [(name, address) for name, address in found if _ADDRESS.search(_snake(name))]
        addresses = [address for _, address in found]
        if len({address.key for address in addresses}) != 1:
            return None
        return max(addresses, key=lambda address: len(address.slug or ""))

    def _address(self, value: Any) -> str | None:
        """An absolute address; None for a value that is no address, or one that only a script could complete."""
        if not isinstance(value, str) or not 1 < len(value) <= _LONGEST_ADDRESS or "/" not in value or " " in value:
            return None
        if value.startswith(("/", "http://", "https://", "./", "../")):
            return urls.absolute(value, self.base)
        # `en/features/1-x`: from the root. Any other text with a slash may be a date, a ratio, a kind of file.
        return urls.absolute(f"/{value}", self.base) if value.partition("/")[0] in site.EDITIONS else None

    def _look_on(self, entity: Mapping[str, Any]) -> None:
        """Sections, and ways to the next page, that an object names."""
        for name, value in entity.items():
            if len(self.next_pages) < _MAX_NEXT_PAGES:
                self.next_pages.extend(_next_pages(_snake(name), value))
            url = self._address(value) if len(self.sections) < MAX_SECTIONS else None
            address = urls.read_address(url) if url and "?" not in url else None
            if address is None or address.kind != "section" or not _ADDRESS.search(_snake(name)):
                continue
            label = next((clean(entity[each]) for each in _LABEL if isinstance(entity.get(each), str)), "")
            if 0 < len(label) <= _LONGEST_LABEL:
                self.sections.append((address, label))


def _snake(name: str) -> str:
    return _CAMEL.sub("_", name[:_LONGEST_LABEL]).replace("-", "_").lower()


def _headline(entity: Mapping[str, Any], address: urls.Address) -> str | None:
    named = [value for name, value in entity.items() if _HEADLINE.search(_snake(name))]
    for value in (*named, entity.get("name")):
        inner = value.get("rendered") or value.get("text") if isinstance(value, dict) else value
        if not isinstance(inner, str) or not 0 < len(inner) <= _LONGEST_TITLE:
            continue
        text = clean(text_of(html.unescape(inner)))
        if 0 < len(text) <= LONGEST_HEADLINE and "://" not in text and is_headline(text, address):
            return text
    return None


def _date(entity: Mapping[str, Any], language: str) -> str | None:
    """The day that the data has as it is shown; else when it says that the article was published."""
    declared: str | None = None
    for name, value in entity.items():
        if not isinstance(value, str) or len(value) > 60 or MODIFIED.search(name):
            continue
        shown = dates.read_shown_date(clean(value), language)
        if shown is not None and shown.day is not None:
            return shown.day.isoformat()
        if declared is None and _PUBLISHED.search(_snake(name)) and (read := dates.read_declared(value)):
            declared = read.iso
    return declared


def _next_pages(name: str, value: Any) -> Iterator[str | int]:
    """Addresses, and a page's number, under a name that says that they are the next page's."""
    if isinstance(value, int) and not isinstance(value, bool):
        if _NEXT_NUMBER.search(name):
            yield value
    elif _NEXT.search(name):
        inner = value if isinstance(value, dict) else {"url": value}
        for each in inner.values():
            if isinstance(each, str) and len(each) <= _LONGEST_ADDRESS and each.startswith(("/", "?", "./", "http")):
                yield each
