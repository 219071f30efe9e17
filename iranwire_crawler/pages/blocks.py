"""What a page is made of: the blocks that a reader sees, in reading order, and the elements they stand in.

`walk.py` makes them, `document.py` is where a page comes in. Nothing here knows what an article is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from iranwire_crawler.domain import urls
from iranwire_crawler.domain.dates import ShownDate
from iranwire_crawler.domain.text import clean, fold_cleaned
from iranwire_crawler.pages.tags import HEADINGS

_SENTENCE_END = (".", "!", "?", "؟", "۔", ":", ";", "؛", "…", '."', ".”", "»", "!”")
# How much of a line is folded before the rest is.
_BEGINNING = 16


class Surroundings(NamedTuple):
    """The nearest frames, itself or around it, that are a region of the page (nav, aside, …), a figure or a
    caption, a list item or a quote; None where there is none.
    """

    region: "Frame | None" = None
    figure: "Frame | None" = None
    item: "Frame | None" = None


NOWHERE = Surroundings()


class Frame:
    """A block-level element. It holds the blocks from `start` up to, not including, `end`."""

    # What most frames have none of.
    region_name: str | None = None

    def __init__(self, tag: str, parent: "Frame | None", attributes: Mapping[str, str | None], start: int) -> None:
        self.tag = tag
        self.parent = parent
        self.attributes = attributes
        self.start = start
        self.end = start
        self.around: Surroundings = NOWHERE if parent is None else parent.around

    @property
    def words(self) -> str:
        """Its class names and itemprop, in lower case."""
        return f"{self.attributes.get('class') or ''} {self.attributes.get('itemprop') or ''}".lower()

    def ancestors(self) -> "Iterator[Frame]":
        """This frame, the one around it, and so on outwards."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent

    def __len__(self) -> int:
        return self.end - self.start


class Piece(NamedTuple):
    """One text node of a block: its raw text, the inline element it stands in, its link, bold or not.

    `element` numbers the outermost inline element around the text within its block; 0 for bare text.
    `small` says that this element is `<small>`.
    """

    text: str
    element: int
    href: str | None = None
    rel: str = ""
    bold: bool = False
    small: bool = False

    @property
    def inline(self) -> bool:
        return self.element > 0


class Line:
    """What a reader sees as one unit: text, an image, an embed (player), a rule, or chrome passed over.

    Of kind `link`, only where controls are asked for: a link that shows nothing, laid over a card.
    `index` is its block's place on the page: the lines that a block was taken apart into share it.
    `plain`: text that is neither a date line (`shown`) nor a reading time (`minutes`), which
    `lines.py` tells apart.
    """

    # What most lines have none of.
    datetime: str | None = None
    href: str | None = None
    source: str | None = None
    title: str | None = None
    shown: ShownDate | None = None
    minutes: int | None = None
    _folded: str | None = None

    def __init__(self, kind: str, text: str, frame: Frame, index: int, pieces: list[Piece]) -> None:
        self.kind = kind
        self.text = text
        self.frame = frame
        self.index = index
        self.pieces = pieces
        self.plain = kind == "text"

    def part(self, text: str, pieces: list[Piece]) -> "Line":
        """A line of its own that some of its pieces make."""
        line = Line(self.kind, text, self.frame, self.index, pieces)
        line.datetime = self.datetime
        return line

    @property
    def folded(self) -> str:
        """`fold(text)`: what two spellings of one line share."""
        if self._folded is None:
            self._folded = fold_cleaned(self.text)
        return self._folded

    def reads(self, folded: str) -> bool:
        """Whether `folded` is this line's; most lines are told apart by how they begin."""
        if self._folded is None and not folded.startswith(fold_cleaned(self.text[:_BEGINNING])):
            return False
        return self.folded == folded

    @property
    def ends_sentence(self) -> bool:
        return self.text.endswith(_SENTENCE_END)

    def links(self) -> list[tuple[str, str]]:
        """(href, text) of each link in this line, in order; one that is broken by markup comes once."""
        if len(self.pieces) == 1 and self.pieces[0].href is None:
            return []
        found: list[tuple[str, str]] = []
        for piece in self.pieces:
            if piece.href is None:
                continue
            if found and found[-1][0] == piece.href:
                found[-1] = (piece.href, found[-1][1] + piece.text)
            else:
                found.append((piece.href, piece.text))
        cleaned = [(href, clean(text)) for href, text in found]
        return [(href, text) for href, text in cleaned if text]

    @property
    def link(self) -> str | None:
        """The address that the whole of this line links to; None where it does not or only in part."""
        pieces = self.pieces
        if len(pieces) == 1:
            return pieces[0].href  # its text is the line's, which is not empty
        hrefs = {piece.href for piece in pieces if not piece.text.isspace()}
        return hrefs.pop() if len(hrefs) == 1 else None

    def article(self, base: str) -> urls.Address | None:
        """The article of the site that the whole of this line links to."""
        return urls.article_address(self.link or self.href, base)

    @property
    def heading(self) -> int:
        """1 to 6 where this is a heading's text, else 0."""
        frame: Frame | None = self.frame
        while frame is not None:
            tag = frame.tag
            if tag in HEADINGS:
                return HEADINGS[tag] if len(frame) <= 1 else 0
            if tag not in ("div", "center") and "-" not in tag:
                return 0
            frame = frame.parent
        return 0

    @property
    def bold(self) -> bool:
        """Whether every visible character stands in bold."""
        return all(piece.bold for piece in self.pieces if not piece.text.isspace())

    def inside(self, *tags: str) -> Frame | None:
        """The nearest of `tags` around this line, else None."""
        for frame in self.frame.ancestors():
            if frame.tag in tags:
                return frame
        return None


@dataclass(frozen=True, slots=True)
class Control:
    """An element that may lead somewhere, shown or hidden: a link, an option, or one with a data attribute.

    `labels` are its names: its text, then what it is called for those who cannot see it. It or the item that it fills
    may say that it is `off`: there is nothing to lead to; or that it is `hidden`, until a script shows it or for good.
    """

    tag: str
    attributes: Mapping[str, str]
    labels: tuple[str, ...]
    off: bool = False
    hidden: bool = False

    @property
    def rel(self) -> list[str]:
        return self.attributes.get("rel", "").lower().split()


@dataclass(slots=True)
class Document:
    """A page as read: its blocks, and what its head declares, untouched by interpretation."""

    blocks: list[Line] = field(default_factory=list)
    title: str = ""
    meta: list[tuple[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    scripts: list[tuple[str, str]] = field(default_factory=list)
    base: str | None = None
    damaged_text: bool = False
    truncated: bool = False
    passed_over: list[LexborNode] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    overlays: list[tuple[int, str]] = field(default_factory=list)
    """(how many blocks stand before it, href) of each link that is empty: it can be laid over a card."""

    def chrome_links(self) -> Iterator[tuple[str, str]]:
        """(href, text) of each link in the chrome that was passed over."""
        for node in self.passed_over:
            yield from links_of(node)


def links_of(node: LexborNode) -> Iterator[tuple[str, str]]:
    """(href, text) of each link in an element."""
    for link in node.css("a[href]"):
        yield link.attributes.get("href") or "", clean(link.text(deep=True))
