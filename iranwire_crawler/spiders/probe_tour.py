"""What `scrapy probe` asks for, in order: front pages, feeds, a listing and its second page, articles."""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.probe import ARTICLES, Kind
from iranwire_crawler.pages.feed import FeedItem, FeedPage
from iranwire_crawler.pages.light_section import LightForm, LightSectionPage
from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.pages.section import SectionPage

_MAX_LISTINGS = 2


@dataclass(frozen=True, slots=True)
class Ask:
    """One page that the tour wants. `way`: how a next page was found; `light`: what it is like where it is a light one;
    `known`: articles seen on the pages before."""

    kind: Kind
    language: str
    url: str
    way: str | None = None
    light: LightForm | None = None
    known: frozenset[str] = frozenset()
    redirects: tuple[tuple[int, str], ...] = ()

    @property
    def target(self) -> str:
        """The address to request: that of the last redirect, where there was one."""
        return self.redirects[-1][1] if self.redirects else self.url


@dataclass(slots=True)
class Seen:
    """A page as it was read: what goes to its line, and what the tour goes on from; none of an article."""

    facts: dict[str, Any]
    listing: SectionPage | None = None
    feed: FeedPage | None = None


@dataclass(slots=True)
class _Edition:
    """What the tour knows of one edition."""

    language: str
    front: SectionPage | None = None
    feed: FeedPage | None = None
    listing: SectionPage | None = None
    following: SectionPage | None = None
    asked: set[str] = field(default_factory=set)
    sections: set[str] = field(default_factory=set)

    @property
    def lives(self) -> bool:
        return self.front is not None or self.feed is not None

    def listings(self) -> list[str]:
        """Sections to look at, the likeliest first: those that most of the front page's articles stand in."""
        known = list(site.EDITIONS[self.language].sections)
        named = [section.slug for section in self.front.sections] if self.front else []
        articles = Counter(_section(card) for card in self.front.cards) if self.front else Counter()
        slugs = list(dict.fromkeys([*named, *known] if named else known))
        return sorted(slugs, key=lambda slug: -articles[slug])  # a stable sort: else in the site's own order

    def next_article(self) -> str | None:
        """An article not read yet: of the listing first, then of a section not read yet, then any."""
        listed = list(self._from(self.listing.cards if self.listing else ()))
        others = [*listed, *self._from(self.front.cards if self.front else ())]
        others += self._from(self.following.cards if self.following else ())
        others += self._from(_newest_first(self.feed.items) if self.feed else ())
        first = listed if not self.sections else []
        found = next(iter([*first, *(item for item in others if _section(item) not in self.sections), *others]), None)
        if found is None:
            return None
        self.asked.add(found.key)
        self.sections.add(_section(found))
        return found.url

    def _from(self, items: Iterable[Listed | FeedItem]) -> Iterator[Listed | FeedItem]:
        """The articles of this edition among them that were not asked for."""
        for item in items:
            key = urls.split_key(item.key)
            if key is not None and key[0] == self.language and item.key not in self.asked:
                yield item


def tour(languages: Iterable[str]) -> Generator[Ask, Seen, None]:
    """What is asked for, in order; each answer is sent back in."""
    editions = [_Edition(language) for language in languages]
    for edition in editions:
        seen = yield Ask("front", edition.language, f"https://{site.HOST}/{edition.language}/")
        edition.front = seen.listing
    for edition in editions:
        declared = edition.front.feeds if edition.front else ()
        feed = next(iter(declared), f"https://{site.HOST}/{edition.language}/feed/")
        edition.feed = (yield Ask("feed", edition.language, feed)).feed
    for edition in editions:
        yield from _listing(edition)
    for edition in editions:
        yield from _next(edition)
    for _ in range(ARTICLES):
        for edition in editions:
            url = edition.next_article()
            if url is not None:
                yield Ask("article", edition.language, url)


def _listing(edition: _Edition) -> Generator[Ask, Seen, None]:
    """A section page of an edition that answers; a second one where the first does not."""
    for slug in edition.listings()[:_MAX_LISTINGS] if edition.lives else ():
        address = urls.section_address(edition.language, slug)
        if address is None or edition.listing is not None:
            continue
        edition.listing = (yield Ask("listing", edition.language, address.url)).listing


def _next(edition: _Edition) -> Generator[Ask, Seen, None]:
    page = edition.listing
    following = (page.next_page(1) or page.probe(1)) if page is not None else None
    if page is not None and following is not None:
        known = frozenset(card.key for card in page.cards)
        light = page.form if isinstance(page, LightSectionPage) else None
        ask = Ask("next", edition.language, following.url, following.way, light, known)
        edition.following = (yield ask).listing


def _section(item: Listed | FeedItem) -> str:
    address = urls.article_address(item.url)
    return (address.section if address else None) or ""


def _newest_first(items: tuple[FeedItem, ...]) -> list[FeedItem]:
    return sorted(items, key=lambda item: item.date_published or "", reverse=True)
