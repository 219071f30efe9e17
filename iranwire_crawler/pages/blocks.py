"""What a page is made of: the blocks that a reader sees, in reading order, and the elements they stand in.

`walk.py` makes them, `document.py` is where a page comes in. Nothing here knows what an article is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from iranwire_crawler.domain.text import clean

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ITEMS = frozenset({"li", "blockquote"})
_FIGURES = frozenset({"figure", "figcaption"})


class Frame:
    """A block-level element. It holds the blocks from `start` up to, not including, `end`.

    `region`, `figure` and `item` are the nearest frames, itself or around it, that are a region of
    the page (nav, aside, …), a figure or a caption, a list item or a quote; None where there is none.
    """

    __slots__ = ("attributes", "end", "figure", "item", "parent", "region", "region_name", "start", "tag")

    def __init__(
        self, tag: str, parent: "Frame | None", region: str | None, attributes: dict[str, str | None], start: int
    ) -> None:
        self.tag = tag
        self.parent = parent
        self.region_name = region
        self.attributes = attributes
        self.start = start
        self.end = -1
        self.region: Frame | None = None
        self.figure: Frame | None = None
        self.item: Frame | None = None
        if parent is not None:
            self.region, self.figure, self.item = parent.region, parent.figure, parent.item
        if region is not None:
            self.region = self
        if tag in _ITEMS:
            self.item = self
        if tag in _FIGURES or ("class" in attributes and "caption" in (attributes["class"] or "").lower()):
            self.figure = self

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


@dataclass(slots=True, eq=False)
class Block:
    """What a reader sees as one unit: text, an image, an embed (player), a rule, or chrome passed over.

    Of kind `link`, only where controls are asked for: a link that shows nothing, laid over a card.
    """

    kind: str
    text: str
    frame: Frame
    pieces: list[Piece] = field(default_factory=list)
    datetime: str | None = None
    href: str | None = None
    source: str | None = None
    title: str | None = None

    @property
    def heading(self) -> int:
        """1 to 6 where this block is a heading's text, else 0."""
        for frame in self.frame.ancestors():
            if frame.tag in HEADINGS:
                return HEADINGS[frame.tag] if len(frame) <= 1 else 0
            if frame.tag not in ("div", "center") and "-" not in frame.tag:
                return 0
        return 0

    @property
    def bold(self) -> bool:
        """Whether every visible character stands in bold."""
        return all(piece.bold for piece in self.pieces if not piece.text.isspace())

    def inside(self, *tags: str) -> Frame | None:
        """The nearest of `tags` around this block, else None."""
        for frame in self.frame.ancestors():
            if frame.tag in tags:
                return frame
        return None


@dataclass(frozen=True, slots=True)
class Control:
    """An element that may lead somewhere, shown or hidden: a link, an option, or one with a data attribute.

    `labels` are its names: its text, then what it is called for those who cannot see it.
    """

    tag: str
    attributes: Mapping[str, str]
    labels: tuple[str, ...]

    @property
    def rel(self) -> list[str]:
        return self.attributes.get("rel", "").lower().split()


@dataclass(slots=True)
class Document:
    """A page as read: its blocks, and what its head declares, untouched by interpretation."""

    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    meta: list[tuple[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    scripts: list[tuple[str, str]] = field(default_factory=list)
    base: str | None = None
    damaged_text: bool = False
    truncated: bool = False
    passed_over: list[LexborNode] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)

    def chrome_links(self) -> Iterator[tuple[str, str]]:
        """(href, text) of each link in the chrome that was passed over."""
        for node in self.passed_over:
            for link in node.css("a[href]"):
                yield link.attributes.get("href") or "", clean(link.text(deep=True))
