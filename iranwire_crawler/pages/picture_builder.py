"""`PictureBuilder`: pictures and players among the blocks, each once, whichever of its elements says where it is."""

from collections.abc import Mapping

from selectolax.lexbor import LexborNode

from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.block_builder import BlockBuilder
from iranwire_crawler.pages.blocks import Document, Frame, Line
from iranwire_crawler.pages.elements import is_empty, is_icon
from iranwire_crawler.pages.sources import (
    is_placeholder,
    picture_source,
    picture_without_script,
    player_source,
)
from iranwire_crawler.pages.tags import PARAGRAPHS

# How many players are looked into: they can stand in one another.
MOST_PLAYERS = 100
# How many <noscript> are parsed.
_MOST_NOSCRIPTS = 1_000


class PictureBuilder(BlockBuilder):
    """Knows which picture another may stand in for: a placeholder, a copy in a <noscript>, one behind an element."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.players = 0
        self.noscripts = 0
        # The last picture; the one whose address may be a placeholder's; how many blocks stand before one that says
        # nothing of itself; the one that makes way for its figure's own.
        self.pictured: Line | None = None
        self.lazy: Line | None = None
        self.blank = -1
        self.stand_in: Line | None = None

    def _picture(self, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        alt = clean(attributes.get("alt") or "")
        source = picture_source(node, attributes)
        if "emoji" in (attributes.get("class") or ""):
            self._text(alt)
        elif is_icon(node, attributes):
            return
        elif source or alt:
            title = attributes.get("data-caption") or attributes.get("title")
            line = self._show(source, alt, clean(title or ""))
            self.lazy = line if source is None or source == attributes.get("src") else None
        else:
            self.blank = len(self.blocks)

    def _show(self, source: str | None, alt: str, title: str = "") -> Line:
        """A picture: one of its own, or what another stood in for."""
        other = self.stand_in
        self.stand_in = None
        if other is not None and other.frame.around.figure is self.frame.around.figure:
            other.source, other.text, other.title = source or other.source, alt or other.text, title
            return other
        if self.frame.tag not in PARAGRAPHS:
            self._flush()  # the words before it stand above it
        line = self.pictured = self._add("image", alt, href=self.href, source=source)
        line.title = title
        return line

    def _may_be_picture(self, attributes: Mapping[str, str | None]) -> bool:
        """Whether a picture laid behind an element is to be seen for itself."""
        return attributes.get("role") == "img" or self.frame.around.figure is not None

    def _shows_none(self, figure: Frame | None) -> bool:
        """Whether this is a figure that shows no picture so far."""
        return figure is not None and (self.pictured is None or self.pictured.index < figure.start)

    def _background(self, node: LexborNode, attributes: Mapping[str, str | None], source: str) -> None:
        """A picture that is laid behind an element; where that holds anything, it may be no more than an ornament."""
        alone = self._shows_none(self.frame.around.figure)
        if attributes.get("role") == "img" or (alone and is_empty(node)):
            line = self._show(source, clean(attributes.get("aria-label") or attributes.get("title") or ""))
            line.href = attributes.get("href") or line.href
            self.stand_in = line if alone else None

    def _unscripted(self, node: LexborNode) -> None:
        """A <noscript>: it may hold the copy of the placeholder right before it, or its figure's only picture."""
        lazy = self.lazy
        alone = self._shows_none(self.frame.around.figure)
        follows = lazy is not None and lazy is self.blocks[-1]
        if not (alone or follows or self.blank == len(self.blocks)) or self.noscripts >= _MOST_NOSCRIPTS:
            return
        self.noscripts += 1
        if (found := picture_without_script(node)) is None:
            return
        source, alt = found
        if lazy is None or not follows:
            line = self._show(source, alt)
            self.stand_in = line if alone else None
        elif lazy.text == alt != "" or (is_placeholder(lazy.source or "data:") and not (lazy.text and alt)):
            lazy.source, lazy.text = source, alt or lazy.text

    def _player(self, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        self.players += 1
        source = player_source(node, attributes, inside=self.players <= MOST_PLAYERS)
        self._add("embed", node.tag or "", source=source)
