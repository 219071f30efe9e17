"""A listing's cards: the articles that it links to, and what it shows of each.

No listing of the site was ever seen. So an article is recognised by the form of its address alone,
and what its card says by the text around the link.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from iranwire_crawler.domain import dates, site, urls
from iranwire_crawler.domain.items import Author, Section
from iranwire_crawler.domain.text import clean, fold, letters
from iranwire_crawler.pages.blocks import Control, Document, Frame, Line
from iranwire_crawler.pages.embedded import Metadata
from iranwire_crawler.pages.header import is_label, label_slug, names_section, read_byline, section_of, without_kicker
from iranwire_crawler.pages.lines import read_lines
from iranwire_crawler.pages.page import Page
from iranwire_crawler.pages.pager import AROUND_LABEL, FOLDED_NEXT, page_number_in

# A page is untrusted: what lies beyond these bounds is not read.
MAX_CARDS = 2_000
LONGEST_HEADLINE = 300
_CARD_LINES = 16
_CARD_FRAMES = 12
# In how many places an article's link is looked at.
_MOST_PLACES = 4
# A line that links to more articles than this is a row of links, no card's text.
_MOST_IN_LINE = 30

# ASSUMED: a link of a card that is not its headline.
READ_WORDS = (
    *("read", "read more", "read on", "continue reading", "full story", "read the full story", "watch", "listen"),
    *("ادامه", "ادامه مطلب", "بیشتر بخوانید", "ادامه گزارش", "مشاهده", "بخوانید"),
    *("اقرأ", "اقرأ المزيد", "قراءة المزيد", "تابع القراءة", "شاهد", "التفاصيل"),
)
# ASSUMED: what stands where an author may, and is none.
_NO_NAME = re.compile(r"[:0-9]|\bcomments?\b|^share$|دیدگاه|نظر\b|اشتراک|تعليق|مشاركة", re.IGNORECASE)
_FILED = re.compile(r"/(?:tags?|topics?|categor(?:y|ies)|labels?)/")
# What is told of an article above its headline, and is no section's name: a day, a credit.
_TOLD = re.compile(r"[:0-9۰-۹٠-٩]")
_FOLDED_READ = frozenset(map(fold, READ_WORDS)) | FOLDED_NEXT


@dataclass(frozen=True, slots=True)
class Listed:
    """One article as a listing shows it. Facts that its card does not show are null or empty."""

    key: str
    url: str
    headline: str | None
    section: Section | None
    date_published: str | None
    authors: tuple[Author, ...]


@dataclass(frozen=True, slots=True)
class _Link:
    control: Control
    address: urls.Address


def read_cards(
    document: Document, addresses: Sequence[tuple[Control, urls.Address]], language: str | None, base: str
) -> tuple[Listed, ...]:
    """Every article that a page links to, of any language, each once, in the order of the source.

    `addresses` are the page's links; `language` is the listing's own, `base` what its links are relative to.
    """
    linked = _articles(addresses)
    if not linked:
        return ()
    known = {control.attributes["href"]: _key_of(address) for control, address in addresses}
    found = _Cards(document, linked, known, language, base).read()
    return tuple(found.get(key) or _bare(_fullest(links), links) for key, links in linked.items())


def _key_of(address: urls.Address | None) -> str | None:
    return address.key if address is not None and address.kind == "article" else None


def _articles(addresses: Iterable[tuple[Control, urls.Address]]) -> dict[str, list[_Link]]:
    linked: dict[str, list[_Link]] = {}
    for control, address in addresses:
        if address.kind != "article" or control.tag == "link":
            continue
        # `/en/features/2/` has an article's form; under the label 2 it is a pager's.
        if control.labels and all(page_number_in(label) == address.id for label in control.labels):
            continue
        if address.key in linked or len(linked) < MAX_CARDS:
            linked.setdefault(address.key, []).append(_Link(control, address))
    return linked


def _fullest(links: list[_Link]) -> urls.Address:
    return max((link.address for link in links), key=lambda address: len(address.slug or ""))


def _bare(address: urls.Address, links: list[_Link]) -> Listed:
    """An article that only unseen markup links to: its address, and the link's own words."""
    labels = [label for link in links for label in link.control.labels if len(label) <= LONGEST_HEADLINE]
    headline = next((label for label in labels if is_headline(label, address)), None)
    return Listed(address.key, address.url, headline, Section(slug=address.section, name=None), None, ())


def is_headline(text: str, address: urls.Address) -> bool:
    """Words that can be an article's headline: no reading time, no date, not `Read more`."""
    language = address.language or ""
    if fold(text.strip(AROUND_LABEL)) in _FOLDED_READ or not any(map(str.isalpha, text)):
        return False
    return dates.read_shown_date(text, language) is None and dates.read_minutes(text, language) is None


def _is_slug(text: str, address: urls.Address) -> bool:
    """Whether these are the words of an address's slug, one of the two cut short or not."""
    slug = letters(unquote(address.slug, errors="replace")) if address.slug else ""
    spelled = letters(text)
    return len(slug) > 5 and len(spelled) > 5 and (spelled.startswith(slug) or slug.startswith(spelled))


@dataclass(frozen=True, slots=True)
class _Span:
    """The lines of one card: from `start` up to, not including, `end`."""

    start: int
    end: int


class _Cards:
    """The cards of one listing: which lines belong to which article, and what they say."""

    def __init__(
        self,
        document: Document,
        linked: Mapping[str, list[_Link]],
        known: dict[str, str | None],
        language: str | None,
        base: str,
    ) -> None:
        self.linked = linked
        self.known = known
        self.base = base
        language = language or next(iter(linked)).partition("/")[0]
        edition = site.EDITIONS.get(language)
        lines = read_lines(document, language)
        lines = [line for line in lines if line.kind != "link" or self._key(line.href or "") in linked]
        # The readers of an article page tell its own links from others'; a listing has none of its own.
        nowhere = urls.Address("article", f"/{language}/", language, None, -1)
        whole = Page(lines, nowhere, edition, base, Metadata(), document)
        self.lines = [part for line in lines for part in self._parted(whole, line)]
        self.page = Page(self.lines, nowhere, edition, base, Metadata(), document)
        named = [(at, key) for at, line in enumerate(self.lines) for key in self._keys(line) if key in linked]
        # A card's text may mention another article: that one has no place of its own there.
        self.mentions = [(at, key) for at, key in named if self._is_mention(self.lines[at])]
        self.keys = [(at, key) for at, key in named if not self._is_mention(self.lines[at])]
        self.positions = [at for at, _ in self.keys]
        self.indexes = [line.index for line in self.lines]
        self.date_first = self._shows_date_first()

    def _parted(self, page: Page, line: Line) -> list[Line]:
        """The label and the headline of a line that is one link around both, each in an element of its own."""
        links = self.linked.get(self._key(line.link) or "") if len(line.pieces) > 1 and line.link else None
        if links is None or _is_slug(line.text, _fullest(links)):
            return [line]
        label, headline = without_kicker(page, line, links[0].address.section)
        return [headline] if label is None else [label, headline]

    def read(self) -> dict[str, Listed]:
        """The article of each key that stands in a line."""
        found: dict[str, Listed] = {}
        spans = self._spans()
        for key, span in spans.items():
            found[key] = self._card(key, span)
        return found

    def _keys(self, line: Line) -> list[str]:
        """The articles that a line links to; none of a mere row of links."""
        hrefs = dict.fromkeys(piece.href for piece in line.pieces if piece.href)
        if line.href:
            hrefs.setdefault(line.href)
        if len(hrefs) > _MOST_IN_LINE:
            return []
        return list(dict.fromkeys(key for href in hrefs if (key := self._key(href)) is not None))

    def _key(self, href: str) -> str | None:
        if href not in self.known:
            self.known[href] = _key_of(urls.article_address(href, self.base))
        return self.known[href]

    def _spans(self) -> dict[str, _Span]:
        """The lines of each card: of an article that is linked in several places, of the first that shows a date."""
        places: dict[str, list[int]] = {}
        for at, key in self.keys:
            places.setdefault(key, []).append(at)
        spans: dict[str, _Span] = {}
        for key, at_all in places.items():
            cards = [self._enclosing(at, key) or self._flat(at, key) for at in at_all[:_MOST_PLACES]]
            spans[key] = next((card for card in cards if self._is_dated(card)), cards[0])
        for at, key in self.mentions:
            spans.setdefault(key, _Span(at, at + 1))
        return spans

    def _is_dated(self, span: _Span) -> bool:
        return any(line.shown is not None or line.datetime for line in self.lines[span.start : span.end])

    def _enclosing(self, at: int, key: str) -> _Span | None:
        """The largest element around a line that holds links to its article alone, and is no page."""
        best: _Span | None = None
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

    def _is_alone(self, span: _Span, key: str) -> bool:
        """Whether neither a date nor the article's link once more stands right beside a card that shows no date."""
        beside = self.lines[max(0, span.start - 2) : span.start] + self.lines[span.end : span.end + 3]
        return not any(
            key in self._keys(line) or (line.shown is not None and self._may_be_of(key, line)) for line in beside
        )

    def _may_be_of(self, key: str, line: Line) -> bool:
        """Whether the nearest element around a line that holds links to articles holds one to this article."""
        for frame in line.frame.ancestors():
            span = self._inside(frame)
            first, last = bisect_left(self.positions, span.start), bisect_left(self.positions, span.end)
            if first < last:
                return any(other == key for _, other in self.keys[first:last])
        return True

    def _inside(self, frame: Frame) -> _Span:
        return _Span(bisect_left(self.indexes, frame.start), bisect_left(self.indexes, frame.end))

    def _is_only(self, key: str, span: _Span) -> bool:
        first, last = bisect_left(self.positions, span.start), bisect_left(self.positions, span.end)
        return all(other == key for _, other in self.keys[first:last])

    def _flat(self, at: int, key: str) -> _Span:
        """Where cards are just lines one after another: from this link to the next article's."""
        end = min(at + _CARD_LINES, len(self.lines))
        following = bisect_left(self.positions, at)
        while following < len(self.keys) and self.keys[following][1] == key:
            following += 1
        if following < len(self.keys) and self.keys[following][0] < end:
            end = max(self.keys[following][0], at + 1)
            end = max(self._start(end, at, self.keys[following][1]), at + 1)
        before = bisect_left(self.positions, at)
        floor = self.keys[before - 1][0] if before else -1
        return _Span(self._start(at, floor, key), end)

    def _start(self, at: int, floor: int, key: str) -> int:
        """Where a card begins above its link: its section's label, and its date where the date comes first."""
        start = at
        slug = self.linked[key][0].address.section
        while start - 1 > floor and at - start < 3:
            line = self.lines[start - 1]
            dated = line.shown is not None or line.minutes is not None
            after_minutes = start - 2 > floor and self.lines[start - 2].minutes is not None
            labelled = names_section(self.page, line, slug) or (after_minutes and is_label(self.page, line))
            if not (dated and self.date_first) and not labelled:
                break
            start -= 1
        return start

    def _shows_date_first(self) -> bool:
        """Whether a date stands above the first link of those that stand as most do: not a ticker's, not a menu's."""
        if not self.keys:
            return False
        (usual, _), *_ = Counter(self.lines[at].frame.tag for at in self.positions).most_common(1)
        first = next(at for at in self.positions if self.lines[at].frame.tag == usual)
        return any(line.shown is not None for line in self.lines[max(0, first - 2) : first])

    def _is_mention(self, line: Line) -> bool:
        """A line that only mentions an article: mostly no link, and long, or a sentence that begins with none."""
        linked = sum(len(piece.text) for piece in line.pieces if piece.href)
        if line.kind != "text" or linked * 2 >= len(line.text):
            return False
        first = next((piece for piece in line.pieces if not piece.text.isspace()), None)
        begins = first is not None and first.href is None and len(first.text.split()) > 1
        return len(line.text) > 120 or (line.ends_sentence and begins)

    def _card(self, key: str, span: _Span) -> Listed:
        links = self.linked[key]
        address = _fullest(links)
        lines = self.lines[span.start : span.end]
        headline_at, headline = self._headline(key, address, span)
        if headline is None and any(line.kind == "link" for line in lines):
            headline = _bare(address, links).headline
        label = self._label(span, headline_at, address)
        section = section_of(self.page, label, address.section)
        authors = self._authors(span, headline_at, label)
        day = _day(lines, self.lines[headline_at] if headline_at is not None else None, address)
        return Listed(address.key, address.url, headline, section, day, authors)

    def _headline(self, key: str, address: urls.Address, span: _Span) -> tuple[int | None, str | None]:
        """Where the card's headline stands, and its words: the best proved text of the card."""
        lines = self.lines[span.start : span.end]
        times: dict[str, int] = {}
        for line in lines:
            times[line.folded] = times.get(line.folded, 0) + 1
        best: tuple[float, int, str] | None = None
        for at in range(span.start, span.end):
            line = self.lines[at]
            for text, linked in self._texts(line, key):
                if not is_headline(text, address) or len(text) > LONGEST_HEADLINE:
                    continue
                if not linked and not line.plain:
                    continue
                score = self._score(at, text, linked, address) + 2 * (times.get(fold(text), 1) > 1)
                if best is None or score > best[0]:
                    best = (score, at, text)
        if best is None or best[0] < 0:
            return None, None
        return best[1], best[2]

    def _texts(self, line: Line, key: str) -> Iterator[tuple[str, bool]]:
        """The texts of a line that may be the headline, and whether each links to the article."""
        if line.kind == "image":
            yield line.text, key in self._keys(line)
        if line.kind != "text":
            return
        mention = self._is_mention(line)
        parts: dict[tuple[str, int], str] = {}
        for piece in line.pieces:
            if piece.href and len(parts) <= _MOST_IN_LINE:
                parts[piece.href, piece.element] = parts.get((piece.href, piece.element), "") + piece.text
        for (href, _), text in parts.items():
            if self._key(href) == key and not mention and (words := clean(text)):
                yield words, True
        if not parts:
            yield line.text, False

    def _score(self, at: int, text: str, linked: bool, address: urls.Address) -> float:
        line = self.lines[at]
        score = 3.0 * linked + (3 if line.heading else 0) - (2 if line.kind == "image" else 0)
        if _is_slug(text, address):
            score += 6
        if names_section(self.page, line, address.section):
            score -= 5
        following = self.lines[at + 1] if at + 1 < len(self.lines) else None
        if following is not None and following.shown is not None:
            score += 1
        if len(text) > 140 or (line.ends_sentence and text.endswith(".")):
            score -= 2
        elif len(text.split()) <= 2:
            score -= 1
        return score if linked or line.heading else score - 1

    def _label(self, span: _Span, headline_at: int | None, address: urls.Address) -> Line | None:
        """The line that names the card's section: a known one anywhere, an unknown one above the headline."""
        for at in range(span.start, span.end):
            if at != headline_at and self._names(self.lines[at], address.section):
                return self.lines[at]
        if headline_at is None:
            return None
        above = [line for line in self.lines[span.start : headline_at] if line.kind == "text"]
        headline = self.lines[headline_at]
        if above and is_label(self.page, above[-1]) and above[-1].folded != headline.folded:
            fits = self._may_name(above[-1], address.section) and is_headline(above[-1].text, address)
            return above[-1] if fits else None
        return None

    def _names(self, line: Line, slug: str | None) -> bool:
        """Whether a line names a section, known or in the page's menu, and not another than the article's."""
        if not self._may_name(line, slug):
            return False
        return names_section(self.page, line, slug) or (line.folded in self.page.labels and is_label(self.page, line))

    def _may_name(self, line: Line, slug: str | None) -> bool:
        known = label_slug(self.page.edition, line) if self.page.edition is not None else None
        return known in (None, slug) and not self._is_byline(line) and not _TOLD.search(line.text)

    def _authors(self, span: _Span, headline_at: int | None, label: Line | None) -> tuple[Author, ...]:
        if headline_at is None:
            return ()
        headline = self.lines[headline_at]
        labelled = next((at for at in range(span.start, span.end) if self.lines[at] is label), span.end)
        for at in range(span.start, span.end):
            line = self.lines[at]
            if at != headline_at and line is not label and self._is_byline(line):
                authors, _, _ = read_byline(self.page, at, headline, self._end_of_byline(at, span, headline_at, label))
                if named := _named(authors):
                    return named
        for at in range(span.start, span.end):
            if self.lines[at].shown is None:
                continue
            start = max(at, headline_at) + 1
            # A label can stand below the byline; it is no author.
            authors, _, _ = read_byline(self.page, start, headline, labelled if labelled >= start else span.end)
            if authors:
                return _named(authors)
        return ()

    def _end_of_byline(self, at: int, span: _Span, headline_at: int, label: Line | None) -> int:
        """Where at the latest a byline ends that begins at `at`: at a date, the headline or the label."""
        for end in range(at + 1, span.end):
            if self.lines[end].shown is not None or end == headline_at or self.lines[end] is label:
                return end
        return span.end

    def _is_byline(self, line: Line) -> bool:
        """A line that says that it names an author, wherever it stands."""
        if not line.plain or len(line.text) > 100:
            return False
        if any("author" in piece.rel.split() or (piece.href and "/author" in piece.href) for piece in line.pieces):
            return True
        by = self.page.edition.by if self.page.edition else ()
        return any(line.folded.startswith((fold(word) + " ", fold(word) + ":")) for word in by)


def _unlinked(line: Line) -> str:
    """What stands beside the link in a line; "" where it holds none."""
    words = "".join([piece.text for piece in line.pieces if not piece.href])
    return clean(words) if any(piece.href for piece in line.pieces) else ""


def _named(authors: list[Author]) -> tuple[Author, ...]:
    """Those that are names: what else stands beside a card's date leads on, counts or files."""
    return tuple(author for author in authors if not _is_no_name(author))


def _is_no_name(author: Author) -> bool:
    if fold(author.name.strip(AROUND_LABEL)) in _FOLDED_READ or _NO_NAME.search(author.name):
        return True
    address = urls.read_address(author.url) if author.url else None
    return address is not None and (address.kind == "section" or _FILED.search(address.path) is not None)


def _day(lines: list[Line], headline: Line | None, address: urls.Address) -> str | None:
    """The day that a card shows, or that its `time` element holds. A day in its headline is not the article's."""
    for line in lines:
        shown = line.shown
        if shown is None and line.kind == "text" and address.language:
            shown = dates.read_shown_date(line.text, address.language)
        if shown is not None:
            return shown.day.isoformat() if shown.day else None
    for line in lines:
        text = _unlinked(line) if line is headline else line.text
        labelled = dates.read_labelled_date(text, address.language or "") if line.kind == "text" else None
        if labelled is not None:
            return labelled.day.isoformat() if labelled.day else None
    for line in lines:
        declared = dates.read_declared(line.datetime) if line.datetime else None
        if declared is not None:
            return declared.day.isoformat()
    return None
