"""`Walk`: one pass over the parser's tree that makes the blocks of a page."""

import re
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.blocks import HEADINGS, Block, Document, Frame, Piece
from iranwire_crawler.pages.elements import (
    BLOCK_TAGS,
    custom_player,
    holds_nothing,
    is_hidden,
    is_icon,
    picture_source,
    stands_alone,
)

# A page is untrusted: beyond these bounds the rest of it is not read.
MAX_NODES = 400_000
MAX_DEPTH = 2_000
MAX_SCRIPT = 2 * 1024 * 1024
# Nothing in these is text that a reader sees; some declare what is read all the same.
_UNSEEN = frozenset(
    (
        "script style template noscript svg math canvas select textarea datalist title object noframes meta link "
        "base embed input source track wbr"
    ).split()
)
_DECLARING = frozenset("title base meta link script object embed".split())
_REGION_TAGS = frozenset(("nav aside footer dialog form button menu").split())
_REGION_ROLES = {
    "navigation": "nav",
    "complementary": "aside",
    "contentinfo": "footer",
    "dialog": "dialog",
    "alertdialog": "dialog",
    "search": "form",
    "button": "button",
    "menu": "nav",
    "menubar": "nav",
}
# Chrome that holds neither a headline nor a date has nothing of the article, nor of a card.
_CHROME = frozenset({"nav", "aside", "footer", "dialog", "form", "menu"})
_PLAYERS = frozenset({"iframe", "video", "audio"})
_BLOCK_STYLE = re.compile(r"(?:^|;)\s*display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)
# Formatting elements whose attributes say nothing that is read here.
BARE = frozenset("b strong i em u s small big sup sub mark br font tt code".split())
_BOLD = frozenset({"b", "strong"})


class Inline(NamedTuple):
    """An open inline element: the link that was open before it, and whether it makes bold."""

    href: str | None
    rel: str
    bold: bool


class Walk:
    """One pass over the tree in document order. This is where a page's time goes: every node passes here."""

    def __init__(self, document: Document, chrome: bool) -> None:
        self.document = document
        self.chrome = chrome
        self.blocks = document.blocks
        self.frame = Frame("html", None, None, {}, 0)
        self.pieces: list[Piece] = []
        self.datetime: str | None = None
        self.href: str | None = None
        self.rel = ""
        self.inline = 0
        self.element = 0
        self.small = False
        self.boundary = True
        self.bold = 0

    def over(self, root: LexborNode) -> None:
        stack: list[tuple[LexborNode, Frame | Inline]] = []
        node: LexborNode = root
        for _ in range(MAX_NODES):
            tag = node.tag
            if tag == "-text":
                text = node.text_content or ""
                if self.pieces or not text.isspace():
                    self._text(text)
            elif tag is not None and tag[0] not in "-!":
                opened = self._enter(node, tag)
                if opened is not None:
                    child = node.child
                    if child is not None and len(stack) < MAX_DEPTH:
                        stack.append((node, opened))
                        node = child
                        continue
                    self.document.truncated |= child is not None
                    self._leave(opened)
            following = node.next
            while following is None:
                if not stack:
                    break
                node, opened = stack.pop()
                self._leave(opened)
                following = node.next
            if following is None:
                break
            node = following
        else:
            self.document.truncated = True
        while stack:
            self._leave(stack.pop()[1])
        self._flush()
        self.frame.end = len(self.blocks)

    def _enter(self, node: LexborNode, tag: str) -> "Frame | Inline | None":
        """Open an element; None where nothing inside it is seen."""
        if tag in _UNSEEN:
            self._unseen(node, tag)
            return None
        attributes = {} if tag in BARE else node.attributes
        if attributes and ("style" in attributes or "hidden" in attributes) and is_hidden(node, tag, attributes):
            return None
        if tag in BLOCK_TAGS:
            return self._open(node, tag, attributes)
        if tag == "img":
            self._picture(node, attributes)
            return None
        if tag == "br":
            self._break()
            return None
        if "-" in tag:
            if address := custom_player(tag, attributes):
                self._flush()
                self.blocks.append(Block("embed", tag, self.frame, source=address))
                return None
            if attributes.get("src") and "alt" in attributes:
                self._picture(node, attributes)
                return None
            if stands_alone(node):
                return self._open(node, tag, attributes)
        if "style" in attributes and _BLOCK_STYLE.search(attributes["style"] or ""):
            return self._open(node, tag, attributes)
        opened = Inline(self.href, self.rel, tag in _BOLD)
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

    def _open(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> "Frame | None":
        if self.pieces:
            self._flush()
        region = tag if tag in _REGION_TAGS else None
        if "role" in attributes:
            role = (attributes["role"] or "").lower()
            region = region or _REGION_ROLES.get(role)
            if role == "heading":
                tag = f"h{attributes.get('aria-level') or 2}"
        if region in _CHROME and not self.chrome and holds_nothing(node):
            self.document.passed_over.append(node)
            self.blocks.append(Block("chrome", "", self.frame))
            return None
        frame = self.frame = Frame(tag, self.frame, region, attributes, len(self.blocks))
        if tag == "hr":
            self.blocks.append(Block("rule", "", frame))
        elif tag in _PLAYERS:
            self._player(node, attributes)
        return frame

    def _leave(self, opened: "Frame | Inline") -> None:
        if isinstance(opened, Frame):
            if self.pieces:
                self._flush()
            opened.end = len(self.blocks)
            if self.datetime is not None and opened.end > opened.start:
                # A `time` that shows nothing belongs to what stands before it, not to the next card.
                self.blocks[-1].datetime = self.blocks[-1].datetime or self.datetime
                self.datetime = None
            if opened.parent is not None:
                self.frame = opened.parent
            return
        self.boundary = True
        self.href, self.rel = opened.href, opened.rel
        self.bold -= opened.bold
        self.inline -= 1

    def _text(self, text: str) -> None:
        if self.frame.tag == "pre" and "\n" in text:
            for number, line in enumerate(text.split("\n")):
                if number:
                    self._flush()
                if line:
                    self._text(line)
            return
        if self.pieces and not self.boundary:
            # One text that the markup cut in two: React's `2<!-- --> min read`.
            before = self.pieces[-1]
            self.pieces[-1] = before._replace(text=before.text + text)
            return
        element = self.element if self.inline else 0
        self.pieces.append(Piece(text, element, self.href, self.rel, self.bold > 0, self.small))
        self.boundary = False

    def _break(self) -> None:
        if self.frame.tag in HEADINGS:
            self.pieces.append(Piece(" ", 0))
            self.boundary = True
        else:
            self._flush()

    def _flush(self) -> None:
        pieces = self.pieces
        if not pieces:
            return
        text = clean(pieces[0].text if len(pieces) == 1 else "".join([piece.text for piece in pieces]))
        if text:
            self.blocks.append(Block("text", text, self.frame, pieces, self.datetime))
        self.pieces = []
        self.datetime = None
        self.boundary = True

    def _picture(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        alt = clean(attributes.get("alt") or "")
        source = picture_source(node, attributes)
        if "emoji" in (attributes.get("class") or ""):
            self._text(alt)
        elif (source or alt) and not is_icon(attributes):
            title = attributes.get("data-caption") or attributes.get("title")
            block = Block("image", alt, self.frame, href=self.href, source=source, title=clean(title or ""))
            self.blocks.append(block)

    def _player(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        source = attributes.get("src") or attributes.get("data-src")
        if not source:
            inner = node.css_first("source")
            source = inner.attributes.get("src") if inner is not None else None
        self.blocks.append(Block("embed", node.tag or "", self.frame, source=source))

    def _unseen(self, node: LexborNode, tag: str) -> None:
        """An element whose content no reader sees: what it declares is kept, the rest passed over."""
        document = self.document
        if tag not in _DECLARING:
            return
        attributes = node.attributes
        match tag:
            case "title":
                document.title = document.title or clean(node.text(deep=True))
            case "base":
                document.base = document.base or attributes.get("href")
            case "meta":
                name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
                content = attributes.get("content")
                if name and content and len(document.meta) < 500:
                    document.meta.append((name.lower(), content))
            case "link":
                if len(document.links) < 500:
                    document.links.append({name: value or "" for name, value in attributes.items()})
            case "object" if attributes.get("data"):
                self._flush()
                self.blocks.append(Block("embed", tag, self.frame, source=attributes["data"]))
            case "embed":
                self._player(node, attributes)
            case "script":
                kind = (attributes.get("type") or "").lower()
                if "json" in kind:
                    source = node.text(deep=True)
                    if len(source) <= MAX_SCRIPT:
                        document.scripts.append((kind, source))
