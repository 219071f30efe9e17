"""`Walk`: one pass over the parser's tree that makes the blocks of a page."""

import re
from collections.abc import Mapping

from selectolax.lexbor import LexborNode

from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.block_builder import NONE, Inline, piece_of
from iranwire_crawler.pages.blocks import Document, Frame, Line, Surroundings
from iranwire_crawler.pages.declared import declare
from iranwire_crawler.pages.decoding import MAX_BYTES
from iranwire_crawler.pages.elements import (
    DATED,
    LONGEST_CLASS,
    Told,
    holds_figures,
    holds_slides,
    is_empty,
    is_hidden,
    is_ornament,
    stands_alone,
    tells_of_change,
    told_by_class,
)
from iranwire_crawler.pages.picture_builder import MOST_PLAYERS, PictureBuilder
from iranwire_crawler.pages.sources import (
    background,
    custom_player,
)
from iranwire_crawler.pages.tags import (
    BARE_TAGS,
    BOLD,
    CHROME,
    FIGURES,
    FRAMING,
    HEADINGS,
    ITEMS,
    KNOWN,
    PARAGRAPHS,
    PLAYERS,
    REGION_ROLES,
    ROLE_TAGS,
    Kind,
    learn,
)

# A page is untrusted: beyond these bounds the rest of it is not read.
MAX_NODES = 400_000  # texts apart, of which there is at most one beside each
MAX_DEPTH = 2_000
# More characters in a player are not just what it shows where it cannot play.
_LONGEST_FALLBACK = 400
_LONGEST_ICON = 40
_MOST_OVERLAYS = 1_000
# How many characters of chrome are searched for what may be the article's: chrome can stand in chrome.
_MAX_HEARD = 2 * MAX_BYTES
# How many regions around nothing but pictures are opened.
_MOST_FRAMING = 50
_BLOCK_STYLE = re.compile(r"(?:^|;)\s*display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)
# Google Docs' clipboard wraps all that is pasted in such a `b`.
_NOT_BOLD = re.compile(r"font-weight\s*:\s*(?:normal|400)", re.IGNORECASE)
# Attributes that say more than which element it is.
_TELLING = frozenset({"style", "hidden", "role"})
# Kinds that often hold one text and nothing else.
_HOLDING_TEXT = ("bare", "inline")


class Walk(PictureBuilder):
    """One pass over the tree in document order. This is where a page's time goes: every node passes here."""

    def __init__(self, document: Document, chrome: bool) -> None:
        super().__init__(document)
        self.chrome = chrome
        self.heard = self.framing = 0

    def over(self, root: LexborNode) -> None:
        known = KNOWN
        # The elements that are open: of each the node, and what is to be closed after it.
        stack: list[tuple[LexborNode, Frame | Inline]] = []
        node: LexborNode | None = root
        left = MAX_NODES
        while True:
            # From sibling to sibling: half of the time that the parser's iterators take.
            while node is not None and left:
                number = node.tag_id
                try:
                    tag, kind = known[number]
                except KeyError:
                    tag, kind = learn(node, number)
                if kind == "text":
                    text = node.text_content or ""
                    if self.pieces or not text.isspace():
                        self._text(text)
                    node = node.next
                    continue
                left -= 1
                child = node.first_child
                if kind == "block":
                    opened = self._enter_block(node, tag, child)
                elif (
                    kind in _HOLDING_TEXT
                    and child is not None
                    and child.next is None
                    and child.is_text_node
                    and self._read_inline(node, tag, child)
                ):
                    opened = None
                else:
                    opened = self._enter(node, tag, kind)
                if opened is not None:
                    if child is not None and len(stack) < MAX_DEPTH:
                        stack.append((node, opened))
                        node = child
                        continue
                    if child is None and tag == "a":
                        self._overlay(node)
                    self.document.truncated |= child is not None
                    self._leave(opened)
                node = node.next
            if not stack:
                break
            node, opened = stack.pop()
            self._leave(opened)
            node = node.next
        self.document.truncated |= not left
        self._flush()
        self.frame.end = len(self.blocks)

    def _enter_block(self, node: LexborNode, tag: str, child: LexborNode | None) -> "Frame | Inline | None":
        """Open a block-level element; None where there is nothing in it, or one text that is read at once."""
        attributes = node.attributes
        if attributes and not _TELLING.isdisjoint(attributes):
            return self._enter(node, tag, "block")
        names = attributes.get("class")
        told = told_by_class(names) if names and len(names) <= LONGEST_CLASS else ""
        if told == "spoken" and not _holds_headline(node, tag):
            return None
        if self.pieces:
            self._flush()
        blocks = self.blocks
        start = len(blocks)
        frame = Frame(tag, self.frame, attributes, start)
        if told == "caption" and tag != "table":
            around = frame.around
            frame.around = Surroundings(around.region, frame, around.item)
        if child is None or child.next is not None or not child.is_text_node or self.inline or self.datetime:
            self.frame = frame
            return frame
        # Most elements hold one text and nothing else: a short way for those.
        raw = child.text_content or ""
        if text := clean(raw):
            blocks.append(Line("text", text, frame, start, [piece_of((raw, 0, None, "", False, False))]))
            frame.end = start + 1
        return None

    def _read_inline(self, node: LexborNode, tag: str, child: LexborNode) -> bool:
        """The short way through an inline element that holds one text; False where it is not that simple."""
        attributes = NONE if tag in BARE_TAGS and tag != "i" else node.attributes
        if not _TELLING.isdisjoint(attributes) or self.frame.tag == "pre":
            return False
        text = child.text_content or ""
        told = attributes and ("class" in attributes or "aria-hidden" in attributes or tag == "time")
        if told and _is_unread(node, tag, attributes, text):
            return True
        if not self.inline:
            self.element += 1
            self.small = tag == "small"
        href, rel = self.href, self.rel
        if tag == "a":
            href, rel = attributes.get("href"), (attributes.get("rel") or "").lower()
        elif tag == "time":
            self.datetime = self.datetime or attributes.get("datetime")
        if self.pieces or not text.isspace():
            self.pieces.append(piece_of((text, self.element, href, rel, self.bold > 0 or tag in BOLD, self.small)))
        self.boundary = True
        return True

    def _enter(self, node: LexborNode, tag: str, kind: Kind | None) -> "Frame | Inline | None":
        """Open an element; None where nothing inside it is seen."""
        if kind == "unseen":
            return None
        if kind == "break":
            self._break()
            return None
        if kind == "unscripted":
            self._unscripted(node)
            return None
        if kind == "declaring":
            declare(self.document, node, tag)
            return None
        if kind == "embedded":
            self._embedded(node, tag)
            return None
        attributes = NONE if kind == "bare" else node.attributes
        if attributes and ("style" in attributes or "hidden" in attributes) and is_hidden(tag, attributes):
            # What is hidden within slides is another slide: to ask again would take time that grows with the depth.
            if self.slides is None and not holds_slides(node):
                return None
            if self.slides is None and kind != "picture":
                self.slides = self._open(node, tag, attributes, tag if kind == "region" else None)
                return self.slides
        if "class" in attributes and _told_by(attributes) == "spoken" and not _holds_headline(node, tag):
            return None
        if kind == "inline" and attributes and _is_unread(node, tag, attributes):
            return None
        if kind in ("block", "other block", "region"):
            return self._open(node, tag, attributes, tag if kind == "region" else None)
        if kind == "picture":
            self._picture(node, attributes)
            return None
        if kind is None:
            if tag[0] in "-!":
                return None
            if "-" in tag:
                if tag.endswith("-icon") and len(node.text(deep=True)) <= _LONGEST_ICON:
                    return None
                if address := custom_player(tag, attributes):
                    self._flush()
                    self._add("embed", tag, source=address)
                    return None
                if attributes.get("src") and "alt" in attributes:
                    return self._custom_picture(node, tag, attributes)
                if stands_alone(node):
                    return self._open(node, tag, attributes, None)
        if self._is_block(node, tag, attributes):
            return self._open(node, tag, attributes, None)
        return self._open_inline(tag, attributes)

    def _is_block(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Whether an inline element stands as a block does."""
        if self.frame.tag in HEADINGS:
            return False  # a headline in two lines is one
        if "style" in attributes:
            if _BLOCK_STYLE.search(attributes["style"] or ""):
                return True
            if self._may_be_picture(attributes) and is_empty(node) and background(attributes):
                return self.frame.tag not in PARAGRAPHS
        return attributes.get("role") == "button" and self.frame.tag not in PARAGRAPHS

    def _open(
        self, node: LexborNode, tag: str, attributes: Mapping[str, str | None], region: str | None
    ) -> "Frame | None":
        if self.pieces:
            self._flush()
        if "role" in attributes:
            role = (attributes["role"] or "").lower()
            region = region or REGION_ROLES.get(role)
            if role == "heading":
                tag = f"h{attributes.get('aria-level') or 2}"
            tag = ROLE_TAGS.get(role, tag)
        around = self.frame.around.item
        if tag == "footer" and around is not None and around.tag == "blockquote":
            region = None  # it names who is quoted
        if region in CHROME and not self.chrome and self._holds_nothing(node, region):
            self.document.passed_over.append(node)
            self._add("chrome", "")
            return None
        frame = self.frame = Frame(tag, self.frame, attributes, len(self.blocks))
        frame.around = _surroundings(frame, region)
        if "style" in attributes and (source := background(attributes)):
            self._background(node, attributes, source)
        if tag == "hr":
            self._add("rule", "")
        elif tag in PLAYERS:
            self._player(node, attributes)
            if self.players <= MOST_PLAYERS and len(node.text(deep=True)) <= _LONGEST_FALLBACK:
                # What is shown where there is no player; a longer text is the page's, in a player never closed.
                self._leave(frame)
                return None
        return frame

    def _holds_nothing(self, node: LexborNode, region: str) -> bool:
        """Whether chrome has no headline in it, no date, no reading time, and is no frame around pictures."""
        if self.heard > _MAX_HEARD:
            return False
        words = node.text(deep=True)
        self.heard += len(words)
        if DATED.search(words) or node.css_first("h1") is not None:
            return False
        if region not in FRAMING or self.framing >= _MOST_FRAMING or not holds_figures(node, words):
            return True
        self.framing += 1
        return False

    def _open_inline(self, tag: str, attributes: Mapping[str, str | None]) -> Inline:
        opened = Inline(self.href, self.rel, tag in BOLD and not _NOT_BOLD.search(attributes.get("style") or ""))
        if tag == "a":
            self.href, self.rel = attributes.get("href"), (attributes.get("rel") or "").lower()
        elif tag == "time":
            self.datetime = self.datetime or attributes.get("datetime")
        self.bold += opened.bold
        self.boundary = True
        if not self.inline:
            self.element += 1
            self.small = tag == "small"
        self.inline += 1
        return opened

    def _embedded(self, node: LexborNode, tag: str) -> None:
        if tag == "embed":
            self._player(node, node.attributes)
        elif source := node.attributes.get("data"):
            self._flush()
            self._add("embed", tag, source=source)

    def _custom_picture(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> "Frame | None":
        """A picture that is a custom element: what stands in it is its figure's, but for what AMP falls back to."""
        if is_empty(node) or tag.startswith("amp-") or self.frame.tag in PARAGRAPHS:
            self._picture(node, attributes)
            return None
        opened = self._open(node, "figure", attributes, None)
        before = len(self.blocks)
        self._picture(node, attributes)
        self.stand_in = self.pictured if len(self.blocks) > before else None
        return opened

    def _overlay(self, node: LexborNode) -> None:
        href = node.attributes.get("href")
        if href and len(self.document.overlays) < _MOST_OVERLAYS:
            self.document.overlays.append((len(self.blocks), href))


def _told_by(attributes: Mapping[str, str | None]) -> Told:
    names = attributes.get("class")
    return told_by_class(names) if names and len(names) <= LONGEST_CLASS else ""


def _is_unread(node: LexborNode, tag: str, attributes: Mapping[str, str | None], text: str | None = None) -> bool:
    """Whether no reader reads the text of an inline element: an icon's, or the day of a change."""
    if tag == "time":
        return tells_of_change(node, attributes)
    told = _told_by(attributes)
    if told not in ("spoken", "icon") and "aria-hidden" not in attributes:
        return False
    return is_ornament(tag, told, attributes, node.text(deep=True) if text is None else text)


def _holds_headline(node: LexborNode, tag: str) -> bool:
    return tag == "h1" or node.css_first("h1") is not None


def _surroundings(frame: Frame, name: str | None) -> Surroundings:
    """What a frame stands in, itself among it."""
    region, figure, item = around = frame.around
    if name is not None:
        frame.region_name = name
        region = frame
    if frame.tag in ITEMS:
        item = frame
    named = "class" in frame.attributes and _told_by(frame.attributes) == "caption" and frame.tag != "table"
    if frame.tag in FIGURES or named:
        figure = frame
    changed = region is frame or item is frame or figure is frame
    return Surroundings(region, figure, item) if changed else around
