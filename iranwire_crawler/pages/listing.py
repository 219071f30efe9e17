"""A listing's cards: the articles that it links to, and what it shows of each.

No listing of the site was ever seen. So an article is recognised by the form of its address alone,
and what its card says by the text around the link.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iranwire_crawler.domain import dates, site, urls
from iranwire_crawler.domain.items import Author, Section
from iranwire_crawler.domain.text import clean, fold
from iranwire_crawler.pages.blocks import Control, Document, Line
from iranwire_crawler.pages.byline import read_byline
from iranwire_crawler.pages.card_spans import MOST_IN_LINE, CardLink, CardSpans, Span, articles_of, fullest, is_slug
from iranwire_crawler.pages.datelines import leads
from iranwire_crawler.pages.labels import is_label, label_slug, names_section, section_of
from iranwire_crawler.pages.lines import folded_lines
from iranwire_crawler.pages.pager import AROUND_LABEL, FOLDED_NEXT

LONGEST_HEADLINE = 300
# In words.
_SHORTEST_NAME, _LONGEST_NAME = 2, 4
_MOST_BESIDE_LABEL = 3
# ASSUMED: a link of a card that is not its headline.
READ_WORDS = (
    *("read", "read more", "read on", "continue reading", "full story", "read the full story", "watch", "listen"),
    *("ادامه", "ادامه مطلب", "بیشتر بخوانید", "ادامه گزارش", "مشاهده", "بخوانید"),
    *("اقرأ", "اقرأ المزيد", "قراءة المزيد", "تابع القراءة", "شاهد", "التفاصيل"),
)
# ASSUMED: what stands where an author may, and is none.
_NO_NAME = re.compile(
    r"[:0-9]|\bcomments?\b|^share$|^(?:in|on|under|filed|posted|در|في) |دیدگاه|نظر\b|اشتراک|تعليق|مشاركة", re.IGNORECASE
)
# How an excerpt ends.
_CUT = ("[…]", "[...]", "…", "...")
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


def read_cards(
    document: Document, addresses: Sequence[tuple[Control, urls.Address]], language: str | None, base: str
) -> tuple[Listed, ...]:
    """Every article that a page links to, of any language, each once, in the order of the source.

    `addresses` are the page's links; `language` is the listing's own, `base` what its links are relative to.
    """
    linked = articles_of(addresses)
    if not linked:
        return ()
    spans = CardSpans(document, addresses, language, base, linked)
    reader = _CardReader(spans)
    found = {key: reader.read(key, span) for key, span in spans.spans().items()}
    return tuple(found.get(key) or _bare(fullest(links), links) for key, links in linked.items())


def _bare(address: urls.Address, links: list[CardLink]) -> Listed:
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


class _CardReader:
    """What the cards of one listing say of their articles."""

    def __init__(self, spans: CardSpans) -> None:
        self.spans = spans
        self.page = spans.page
        self.lines = spans.lines

    def read(self, key: str, span: Span) -> Listed:
        links = self.spans.linked[key]
        address = fullest(links)
        lines = self.lines[span.start : span.end]
        headline_at, headline = self._headline(key, address, span)
        if headline is None and any(line.kind == "link" for line in lines):
            headline = _bare(address, links).headline
        label_at, label = self._label(span, headline_at, address)
        section = section_of(self.page, label, address.section)
        authors = self._authors(span, headline_at, label_at)
        day = _day(lines, self.lines[headline_at] if headline_at is not None else None, address)
        return Listed(address.key, address.url, headline, section, day, authors)

    def _headline(self, key: str, address: urls.Address, span: Span) -> tuple[int | None, str | None]:
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
            yield line.text, key in self.spans.keys_of(line)
        if line.kind != "text":
            return
        mention = self.spans.is_mention(line)
        parts: dict[tuple[str, int], str] = {}
        for piece in line.pieces:
            if piece.href and len(parts) <= MOST_IN_LINE:
                parts[piece.href, piece.element] = parts.get((piece.href, piece.element), "") + piece.text
        for (href, _), text in parts.items():
            if self.spans.key_of(href) == key and not mention and (words := clean(text)):
                yield words, True
        if not parts:
            yield line.text, False

    def _score(self, at: int, text: str, linked: bool, address: urls.Address) -> float:
        line = self.lines[at]
        heading = 3.0 if line.heading else 0.0
        if linked and line.heading:  # a standfirst can be a heading too: of a lower level
            heading += 1.2 * max(0, 4 - line.heading)
        score = 3.0 * linked + heading - (2 if line.kind == "image" else 0)
        if is_slug(text, address):
            score += 6
        if names_section(self.page, line, address.section):
            score -= 5
        following = self.lines[at + 1] if at + 1 < len(self.lines) else None
        if following is not None and following.shown is not None:
            score += 1
        if len(text) > 140 or (line.ends_sentence and text.endswith(".")) or text.endswith(_CUT):
            score -= 2
        elif len(text.split()) <= 2:
            score -= 1
        return score if linked or line.heading else score - 1

    def _label(self, span: Span, headline_at: int | None, address: urls.Address) -> tuple[int | None, Line | None]:
        """Where the card's section is named, and the label: a known one anywhere, an unknown one above the headline."""
        for at in range(span.start, span.end):
            if at != headline_at and self._names(self.lines[at], address.section):
                return at, self.lines[at]
        for at in range(span.start, span.end):
            if at != headline_at and (filed := self._filed(self.lines[at], address.section)) is not None:
                return at, filed
        if headline_at is None:
            return None, None
        above = [at for at in range(span.start, headline_at) if self.lines[at].kind == "text"]
        line, headline = self.lines[above[-1]] if above else None, self.lines[headline_at]
        if line is None or not is_label(self.page, line) or line.folded == headline.folded:
            return None, None
        fits = self._may_name(line, address.section) and is_headline(line.text, address)
        return (above[-1], line) if fits else (None, None)

    def _filed(self, line: Line, slug: str | None) -> Line | None:
        """The label amid a few words that lead to it: a link to the article's own section, or a known name."""
        if line.kind != "text":
            return None
        linked = [piece for piece in line.pieces if piece.href and self.page.section_of_link(piece.href) == slug]
        if linked:
            beside = "".join([piece.text for piece in line.pieces if not piece.href])
            alone = len({piece.href for piece in linked}) == 1 and len(beside.split()) <= _MOST_BESIDE_LABEL
            label = line.part(clean("".join([piece.text for piece in linked])), linked)
            return label if alone and self._names(label, slug) else None
        lead, _, name = line.text.partition(" ")
        label = line.part(name, line.pieces)
        return label if name and leads(lead) and self._names(label, slug) else None

    def _names(self, line: Line, slug: str | None) -> bool:
        """Whether a line names a section, known or in the page's menu, and not another than the article's."""
        if not self._may_name(line, slug):
            return False
        return names_section(self.page, line, slug) or (line.folded in self.page.labels and is_label(self.page, line))

    def _may_name(self, line: Line, slug: str | None) -> bool:
        known = label_slug(self.page.edition, line) if self.page.edition is not None else None
        return known in (None, slug) and not self._is_byline(line) and not _TOLD.search(line.text)

    def _authors(self, span: Span, headline_at: int | None, label_at: int | None) -> tuple[Author, ...]:
        if headline_at is None:
            return ()
        headline = self.lines[headline_at]
        labelled = span.end if label_at is None else label_at
        for at in range(span.start, span.end):
            line = self.lines[at]
            if at not in (headline_at, label_at) and self._is_byline(line):
                end = self._end_of_byline(at, span, headline_at, label_at)
                authors, _, _ = read_byline(self.page, at, headline, end)
                if named := self._named(authors):
                    return named
        for at in range(span.start, span.end):
            if self.lines[at].shown is None:
                continue
            start = max(at, headline_at) + 1
            # A label can stand below the byline; it is no author.
            authors, _, _ = read_byline(self.page, start, headline, labelled if labelled >= start else span.end)
            if authors:
                return self._named(authors)
        return self._beside_date(span, headline_at, label_at)

    def _beside_date(self, span: Span, headline_at: int, label_at: int | None) -> tuple[Author, ...]:
        """A name that stands in one line with the date, before it or after the reading time."""
        dated = {line.index for line in self.lines[span.start : span.end] if line.shown is not None}
        for at in range(span.start, span.end):
            line = self.lines[at]
            if line.index not in dated or not line.plain or at in (label_at, headline_at):
                continue
            words = line.text.split()
            if not _SHORTEST_NAME <= len(words) <= _LONGEST_NAME or line.ends_sentence or not _is_named_so(words):
                continue
            if named := self._named([Author(name=line.text, url=None)]):
                return named
        return ()

    def _named(self, authors: list[Author]) -> tuple[Author, ...]:
        """Those that are names: what else stands beside a card's date leads on, counts or files."""
        # The site names some of its sections as authors.
        sections = self.page.labels - folded_lines(site.PSEUDO_AUTHORS)
        return tuple(author for author in authors if not _is_no_name(author) and fold(author.name) not in sections)

    def _end_of_byline(self, at: int, span: Span, headline_at: int, label_at: int | None) -> int:
        """Where at the latest a byline ends that begins at `at`: at a date, the headline or the label."""
        for end in range(at + 1, span.end):
            if self.lines[end].shown is not None or end in (headline_at, label_at):
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


def _is_named_so(words: list[str]) -> bool:
    """Whether words can be a name: none in lower case."""
    return not any(word[0].islower() for word in words)


def _is_no_name(author: Author) -> bool:
    if leads(author.name) or (author.name.isascii() and author.name.islower()):
        return True
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
