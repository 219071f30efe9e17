"""Which lines of a listing are which article's card.

No listing of the site was ever seen. So an article is recognised by the form of its address alone, and its
card is the largest element that links to it and to no other; where cards are mere lines one after another,
it reaches from its link to the next one's.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.text import letters
from iranwire_crawler.pages.blocks import Control, Document, Frame, Line
from iranwire_crawler.pages.embedded import Metadata
from iranwire_crawler.pages.labels import is_label, names_section, without_kicker
from iranwire_crawler.pages.lines import read_lines
from iranwire_crawler.pages.page import Page
from iranwire_crawler.pages.pager import page_number_in

# A page is untrusted: what lies beyond these bounds is not read.
MAX_CARDS = 2_000
_CARD_LINES = 16
_CARD_FRAMES = 12
# In how many places an article's link is looked at.
_MOST_PLACES = 4
# A line that links to more articles than this is a row of links, no card's text.
MOST_IN_LINE = 30


@dataclass(frozen=True, slots=True)
class CardLink:
    """One link to an article."""

    control: Control
    address: urls.Address


@dataclass(frozen=True, slots=True)
class Span:
    """The lines of one card: from `start` up to, not including, `end`."""

    start: int
    end: int


def _key_of(address: urls.Address | None) -> str | None:
    return address.key if address is not None and address.kind == "article" else None


def articles_of(addresses: Iterable[tuple[Control, urls.Address]]) -> dict[str, list[CardLink]]:
    """The links to each article, by its key, in the order of the source."""
    linked: dict[str, list[CardLink]] = {}
    for control, address in addresses:
        if address.kind != "article" or control.tag == "link":
            continue
        # `/en/features/2/` has an article's form; under the label 2 it is a pager's.
        if control.labels and all(page_number_in(label) == address.id for label in control.labels):
            continue
        if address.key in linked or len(linked) < MAX_CARDS:
            linked.setdefault(address.key, []).append(CardLink(control, address))
    return linked


def fullest(links: list[CardLink]) -> urls.Address:
    """The address among links to one article that says most: the one with the longest slug."""
    return max((link.address for link in links), key=lambda address: len(address.slug or ""))


def is_slug(text: str, address: urls.Address) -> bool:
    """Whether these are the words of an address's slug, one of the two cut short or not."""
    slug = letters(unquote(address.slug, errors="replace")) if address.slug else ""
    spelled = letters(text)
    return len(slug) > 5 and len(spelled) > 5 and (spelled.startswith(slug) or slug.startswith(spelled))


class CardSpans:
    """The lines of one listing, and to which articles they belong. `linked`: the links to each, by its key."""

    def __init__(
        self,
        document: Document,
        addresses: Sequence[tuple[Control, urls.Address]],
        language: str | None,
        base: str,
        linked: Mapping[str, list[CardLink]],
    ) -> None:
        self.linked = linked
        self._known = {control.attributes["href"]: _key_of(address) for control, address in addresses}
        self._base = base
        language = language or next(iter(linked)).partition("/")[0]
        edition = site.EDITIONS.get(language)
        lines = read_lines(document, language)
        lines = [line for line in lines if line.kind != "link" or self.key_of(line.href or "") in linked]
        # The readers of an article page tell its own links from others'; a listing has none of its own.
        nowhere = urls.Address("article", f"/{language}/", language, None, -1)
        whole = Page(lines, nowhere, edition, base, Metadata(), document)
        self.lines = [part for line in lines for part in self._parted(whole, line)]
        self.page = Page(self.lines, nowhere, edition, base, Metadata(), document)
        named = [(at, key) for at, line in enumerate(self.lines) for key in self.keys_of(line) if key in linked]
        # A card's text may mention another article: that one has no place of its own there.
        self._mentions = [(at, key) for at, key in named if self.is_mention(self.lines[at])]
        self._named = [(at, key) for at, key in named if not self.is_mention(self.lines[at])]
        self._positions = [at for at, _ in self._named]
        self._indexes = [line.index for line in self.lines]
        self._date_first = self._shows_date_first()

    def _parted(self, page: Page, line: Line) -> list[Line]:
        """The label and the headline of a line that is one link around both, each in an element of its own."""
        links = self.linked.get(self.key_of(line.link) or "") if len(line.pieces) > 1 and line.link else None
        if links is None or is_slug(line.text, fullest(links)):
            return [line]
        label, headline = without_kicker(page, line, links[0].address.section)
        return [headline] if label is None else [label, headline]

    def spans(self) -> dict[str, Span]:
        """The lines of each card: of an article that is linked in several places, of the first that shows a date."""
        places: dict[str, list[int]] = {}
        for at, key in self._named:
            places.setdefault(key, []).append(at)
        spans: dict[str, Span] = {}
        for key, at_all in places.items():
            cards = [self._enclosing(at, key) or self._flat(at, key) for at in at_all[:_MOST_PLACES]]
            spans[key] = next((card for card in cards if self._is_dated(card)), cards[0])
        for at, key in self._mentions:
            spans.setdefault(key, Span(at, at + 1))
        return spans

    def keys_of(self, line: Line) -> list[str]:
        """The articles that a line links to; none of a mere row of links."""
        hrefs = dict.fromkeys(piece.href for piece in line.pieces if piece.href)
        if line.href:
            hrefs.setdefault(line.href)
        if len(hrefs) > MOST_IN_LINE:
            return []
        return list(dict.fromkeys(key for href in hrefs if (key := self.key_of(href)) is not None))

    def key_of(self, href: str) -> str | None:
        if href not in self._known:
            self._known[href] = _key_of(urls.article_address(href, self._base))
        return self._known[href]

    def is_mention(self, line: Line) -> bool:
        """A line that only mentions an article: mostly no link, and long, or a sentence that begins with none."""
        linked = sum(len(piece.text) for piece in line.pieces if piece.href)
        if line.kind != "text" or linked * 2 >= len(line.text):
            return False
        first = next((piece for piece in line.pieces if not piece.text.isspace()), None)
        begins = first is not None and first.href is None and len(first.text.split()) > 1
        return len(line.text) > 120 or (line.ends_sentence and begins)

    def _is_dated(self, span: Span) -> bool:
        return any(line.shown is not None or line.datetime for line in self.lines[span.start : span.end])

    def _enclosing(self, at: int, key: str) -> Span | None:
        """The largest element around a line that holds links to its article alone, and is no page."""
        best: Span | None = None
        for number, frame in enumerate(self.lines[at].frame.ancestors()):
            span = self._inside(frame)
            if number >= _CARD_FRAMES or span.end - span.start > _CARD_LINES or not self._is_only(key, span):
                break
            shown = {line.text for line in self.lines[span.start : span.end] if line.shown is not None}
            if len(shown) > 1:
                break
            best = span
        if best is None:
            return None
        # An element around a link alone is no card: the date stands beside it. One that holds other
        # words too is a whole card, and what stands beside it is its neighbour's.
        inner = self.lines[best.start : best.end]
        told = any(line.shown is not None or line.minutes is not None or line.datetime for line in inner)
        whole = sum(line.plain for line in inner) > 1
        return best if told or whole or self._is_alone(best, key) else None

    def _is_alone(self, span: Span, key: str) -> bool:
        """Whether neither a date nor the article's link once more stands right beside a card that shows no date."""
        beside = self.lines[max(0, span.start - 2) : span.start] + self.lines[span.end : span.end + 3]
        return not any(
            key in self.keys_of(line) or (line.shown is not None and self._may_be_of(key, line)) for line in beside
        )

    def _may_be_of(self, key: str, line: Line) -> bool:
        """Whether the nearest element around a line that holds links to articles holds one to this article."""
        for frame in line.frame.ancestors():
            span = self._inside(frame)
            first, last = bisect_left(self._positions, span.start), bisect_left(self._positions, span.end)
            if first < last:
                return any(other == key for _, other in self._named[first:last])
        return True

    def _inside(self, frame: Frame) -> Span:
        return Span(bisect_left(self._indexes, frame.start), bisect_left(self._indexes, frame.end))

    def _is_only(self, key: str, span: Span) -> bool:
        first, last = bisect_left(self._positions, span.start), bisect_left(self._positions, span.end)
        return all(other == key for _, other in self._named[first:last])

    def _flat(self, at: int, key: str) -> Span:
        """Where cards are just lines one after another: from this link to the next article's."""
        end = min(at + _CARD_LINES, len(self.lines))
        following = bisect_left(self._positions, at)
        while following < len(self._named) and self._named[following][1] == key:
            following += 1
        if following < len(self._named) and self._named[following][0] < end:
            end = max(self._named[following][0], at + 1)
            end = max(self._start(end, at, self._named[following][1]), at + 1)
        before = bisect_left(self._positions, at)
        floor = self._named[before - 1][0] if before else -1
        return Span(self._start(at, floor, key), end)

    def _start(self, at: int, floor: int, key: str) -> int:
        """Where a card begins above its link: its section's label, and its date where the date comes first."""
        start = at
        slug = self.linked[key][0].address.section
        while start - 1 > floor and at - start < 3:
            line = self.lines[start - 1]
            dated = line.shown is not None or line.minutes is not None
            after_minutes = start - 2 > floor and self.lines[start - 2].minutes is not None
            labelled = names_section(self.page, line, slug) or (after_minutes and is_label(self.page, line))
            if not (dated and self._date_first) and not labelled:
                break
            start -= 1
        return start

    def _shows_date_first(self) -> bool:
        """Whether a date stands above the first link of those that stand as most do: not a ticker's, not a menu's."""
        if not self._named:
            return False
        (usual, _), *_ = Counter(self.lines[at].frame.tag for at in self._positions).most_common(1)
        first = next(at for at in self._positions if self.lines[at].frame.tag == usual)
        return any(line.shown is not None for line in self.lines[max(0, first - 2) : first])
