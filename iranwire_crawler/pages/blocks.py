"""Any markup -> the blocks a reader sees, in reading order. The only place that knows the HTML parser.

lexbor (selectolax) builds the tree that a browser builds from broken markup. One walk over that
tree makes a flat list of `Block`s, each with a chain of `Frame`s: the block-level elements it
stands in, and which run of blocks each of them holds. Nothing here knows what an article is.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

from iranwire_crawler.domain.text import clean

# A page is untrusted: beyond these bounds the rest of it is not read.
MAX_BYTES = 16 * 1024 * 1024
MAX_NODES = 400_000
MAX_DEPTH = 2_000
LARGEST_ICON = 64
MAX_SCRIPT = 2 * 1024 * 1024
# lexbor's time grows with the square of the attributes on one tag (40,000: 6 s) and of the depth
# (16,000: 0.5 s). A page up to this size cannot cost more than seconds; a larger one is looked over.
UNGUARDED = 128 * 1024
MAX_UNCLOSED = 20_000
MAX_TAG = 64 * 1024
MAX_ATTRIBUTES = 2_000
MAX_CONTROLS = 20_000
# Longer than any address that is followed: one that is cut here is still too long.
_LONGEST_ATTRIBUTE = 8_192
_LONGEST_LABEL = 400
# How many nodes are asked for the words of one control, and how many characters for those of all.
_MOST_HEARD = 40
_MAX_HEARD = 8 * 1024 * 1024
_MOST_OPENED = 200

_BLOCK_TAGS = frozenset(
    (
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption "
        "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup "
        "option p pre search section summary table tbody td tfoot th thead tr ul button select label video audio "
        "iframe head"
    ).split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
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
_ITEMS = frozenset({"li", "blockquote"})
_FIGURES = frozenset({"figure", "figcaption"})
# Chrome that holds neither a headline nor a date has nothing of the article, nor of a card.
_CHROME = frozenset({"nav", "aside", "footer", "dialog", "form", "menu"})
_DATED = re.compile(r"\d\D{1,24}\d{4}")
_PLAYERS = frozenset({"iframe", "video", "audio"})
_TAG = re.compile(
    r"""<(script|style)\b.*?</\1|<!--.*?-->|<([a-z][^\s/>]*+)((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>?""",
    re.IGNORECASE | re.DOTALL,
)
# Hidden only until a script has run: a page that shows nothing is no page.
_ALWAYS_SHOWN = frozenset({"html", "body", "main", "article"})
_BLOCK_STYLE = re.compile(r"(?:^|;)\s*display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# Formatting elements whose attributes say nothing that is read here.
_BARE = frozenset("b strong i em u s small big sup sub mark br font tt code".split())
_BOLD = frozenset({"b", "strong"})
_CONTROLS = ("a[href]", "area[href]", "link[href]", "option[value]", "noscript", "template")
_CONTROL_ATTRIBUTES = ("href", "rel", "type", "value")
# Elements whose edges part no words; in any other a new word begins.
_AMID_WORDS = (_BARE - {"br"}) | {"span", "wbr", "bdi", "bdo"}
_LAZY_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-srcset", "srcset")


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


class _Inline(NamedTuple):
    """An open inline element: the link that was open before it, and whether it makes bold."""

    href: str | None
    rel: str
    bold: bool


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
            if frame.tag in _HEADINGS:
                return _HEADINGS[frame.tag] if len(frame) <= 1 else 0
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


def decode(body: bytes, content_type: str | None = None, language: str | None = None) -> tuple[str, bool]:
    """The page's text, and whether some of it could not be decoded.

    Bytes that are valid UTF-8 are UTF-8, whatever a header or a meta tag says: Persian or Arabic
    in another charset is never valid UTF-8 by chance. Otherwise a byte order mark, the header and
    the meta tag are believed in that order, and a page with just a few bad bytes stays UTF-8.
    Where nothing is declared, `language` decides as a browser's locale does (WHATWG Encoding).
    """
    body = body[:MAX_BYTES]
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = body.decode("utf-16", errors="replace")
        return text, "\ufffd" in text
    try:
        return body.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        pass
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body[:4096])
    encoding = resolve_encoding(declared) if declared else None
    lenient = body.decode("utf-8", errors="replace")
    if lenient.count("\ufffd") * 10 <= sum(character > "\x7f" for character in lenient):
        return lenient, True
    if encoding in (None, "utf-8"):
        encoding = "cp1256" if language in ("fa", "ar") else "cp1252"
    text = body.decode(encoding or "cp1252", errors="replace")
    return text, "\ufffd" in text


def read_document(
    body: bytes,
    content_type: str | None = None,
    language: str | None = None,
    *,
    chrome: bool = True,
    controls: Collection[str] = (),
) -> Document:
    """Parse a page. Never raises on any bytes; what lies beyond the bounds above is left out and said.

    Without `chrome`, menus, footers and dialogs that hold neither a headline nor a date are passed
    over: half of a page's elements, and none of its article.

    With `controls` it is read as a listing, whose way on is often not text: `Document.controls` holds
    every link, and every element with a data attribute of these names; a link that shows nothing is
    a block; a long link is a long card's, not one that was never closed.
    """
    text, damaged = decode(body, content_type, language)
    document = Document(damaged_text=damaged, truncated=len(body) > MAX_BYTES)
    if len(text) > UNGUARDED:
        text = _guard(text, document)
    # With scripting on, a browser keeps <noscript> as one unseen text node: so do we. Without events
    # the tree is the same but for <selectedcontent>, in about half the time.
    tree = LexborHTMLParser(text, scripting=True, options=LexborDocumentOptions.WO_EVENTS)
    if tree.root is not None:
        if controls:
            _ListingWalk(document, chrome).over(tree.root)
            document.controls = list(islice(_controls(tree.root, controls), MAX_CONTROLS))
        else:
            _Walk(document, chrome).over(tree.root)
            _drop_unclosed_link(document.blocks)
    return document


def _guard(text: str, document: Document) -> str:
    """Take out what would keep the parser busy for hours: monstrous tags, elements never closed."""
    if text.count("<") - 2 * text.count("</") > MAX_UNCLOSED:
        document.truncated = True
        return text[:UNGUARDED]

    def bare(tag: re.Match[str]) -> str:
        if tag[2] is None or len(tag[3]) <= MAX_TAG or tag[3].count("=") + len(tag[3].split()) <= MAX_ATTRIBUTES:
            return tag[0]
        document.truncated = True
        return f"<{tag[2]}>"

    return _TAG.sub(bare, text)


def _drop_unclosed_link(blocks: list[Block]) -> None:
    """A link around several paragraphs is one that its author forgot to close; a card has no such length."""
    prose = Counter(
        block.pieces[0].href for block in blocks if len(block.text) > 60 and block.pieces and block.pieces[0].href
    )
    unclosed = {href for href, count in prose.items() if count >= 3}
    if not unclosed:
        return
    for block in blocks:
        block.pieces = [piece._replace(href=None) if piece.href in unclosed else piece for piece in block.pieces]


class _Walk:
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
        stack: list[tuple[LexborNode, Frame | _Inline]] = []
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

    def _enter(self, node: LexborNode, tag: str) -> "Frame | _Inline | None":
        """Open an element; None where nothing inside it is seen."""
        if tag in _UNSEEN:
            self._unseen(node, tag)
            return None
        attributes = {} if tag in _BARE else node.attributes
        if attributes and ("style" in attributes or "hidden" in attributes) and _hidden(node, tag, attributes):
            return None
        if tag in _BLOCK_TAGS:
            return self._open(node, tag, attributes)
        if tag == "img":
            self._picture(node, attributes)
            return None
        if tag == "br":
            self._break()
            return None
        if "-" in tag:
            if address := _custom_player(tag, attributes):
                self._flush()
                self.blocks.append(Block("embed", tag, self.frame, source=address))
                return None
            if attributes.get("src") and "alt" in attributes:
                self._picture(node, attributes)
                return None
            if _stands_alone(node):
                return self._open(node, tag, attributes)
        if "style" in attributes and _BLOCK_STYLE.search(attributes["style"] or ""):
            return self._open(node, tag, attributes)
        opened = _Inline(self.href, self.rel, tag in _BOLD)
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
        if region in _CHROME and not self.chrome and _holds_nothing(node):
            self.document.passed_over.append(node)
            self.blocks.append(Block("chrome", "", self.frame))
            return None
        frame = self.frame = Frame(tag, self.frame, region, attributes, len(self.blocks))
        if tag == "hr":
            self.blocks.append(Block("rule", "", frame))
        elif tag in _PLAYERS:
            self._player(node, attributes)
        return frame

    def _leave(self, opened: "Frame | _Inline") -> None:
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
        if self.frame.tag in _HEADINGS:
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
        source = _source(node, attributes)
        if "emoji" in (attributes.get("class") or ""):
            self._text(alt)
        elif (source or alt) and not _is_icon(attributes):
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


class _OpenLink(NamedTuple):
    """A link that is open: what opened with it, the link around it, and how much was shown before it."""

    opened: Frame | _Inline
    around: str | None
    shown: int


class _ListingWalk(_Walk):
    """The walk over a listing: a link that shows neither words nor a picture is a block too."""

    def __init__(self, document: Document, chrome: bool) -> None:
        super().__init__(document, chrome)
        self.links: list[_OpenLink] = []
        self.shown = 0
        self.overlays = 0

    def _enter(self, node: LexborNode, tag: str) -> "Frame | _Inline | None":
        around = self.href
        opened = super()._enter(node, tag)
        if tag == "a" and opened is not None and (href := node.attributes.get("href")):
            self.links.append(_OpenLink(opened, around, self.shown))
            self.href = href
        return opened

    def _leave(self, opened: "Frame | _Inline") -> None:
        link = self.links.pop() if self.links and self.links[-1].opened is opened else None
        if link is not None and link.shown == self.shown and self.overlays < MAX_CONTROLS:
            self.overlays += 1
            self.blocks.append(Block("link", "", self.frame, href=self.href))
        super()._leave(opened)
        if link is not None:
            self.href = link.around

    def _text(self, text: str) -> None:
        super()._text(text)
        if self.links and clean(text):
            self.shown += 1

    def _picture(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        before = len(self.blocks)
        super()._picture(node, attributes)
        self.shown += len(self.blocks) - before


def _controls(root: LexborNode, data: Collection[str]) -> Iterator[Control]:
    """What may lead somewhere, in document order, hidden or not.

    What a browser keeps closed is opened: the markup of <noscript> and of <template>.
    """
    # One selector, not a list: of a list each that matches counts.
    selector = f":is({', '.join([*_CONTROLS, *(f'[{name}]' for name in data)])})"
    names = frozenset((*_CONTROL_ATTRIBUTES, *data))
    heard = opened = 0
    for outer in root.css(selector):
        nodes = [outer]
        if outer.tag in ("noscript", "template"):
            nodes = _inside(outer, selector) if opened < _MOST_OPENED else []
            opened += 1
        for node in nodes:
            attributes = node.attributes
            kept = {name: value[:_LONGEST_ATTRIBUTE] for name, value in attributes.items() if value and name in names}
            if not kept:
                continue
            text = _words(node) if heard < _MAX_HEARD else ""
            heard += len(text)
            named = (text, attributes.get("aria-label") or "", attributes.get("title") or "")
            labels = tuple(label for name in named if (label := clean(name[:_LONGEST_LABEL])))
            yield Control(node.tag or "", kept, labels)


def _inside(node: LexborNode, selector: str) -> list[LexborNode]:
    """What matches in the markup that a <noscript> or a <template> keeps closed."""
    # As a <div>: a template would stay closed.
    markup = node.text(deep=True) if node.tag == "noscript" else (node.html or "").replace("<template", "<div", 1)
    if len(markup) > UNGUARDED:
        return []
    root = LexborHTMLParser(markup, scripting=True).root
    return root.css(selector) if root is not None else []


def _words(node: LexborNode) -> str:
    """The first words in an element, those that stand for its pictures among them."""
    words: list[str] = []
    length = 0
    stack: list[LexborNode] = []
    inner = node.child
    for _ in range(_MOST_HEARD):
        if inner is None:
            if not stack:
                break
            left = stack.pop()
            inner = left.next
            if left.tag not in _AMID_WORDS:
                words.append(" ")
            continue
        tag = inner.tag or ""
        if tag == "-text":
            text = inner.text_content or ""
            text = " " if text.isspace() else text
            words.append(text)
            length += len(text)
            if length > _LONGEST_LABEL:
                break
        elif tag[:1] not in ("-", "!") and tag not in ("script", "style"):
            if tag not in _AMID_WORDS:
                words.append(f" {inner.attributes.get('alt') or ''} ")
            stack.append(inner)
            inner = inner.child
            continue
        inner = inner.next
    return "".join(words)


def _holds_nothing(node: LexborNode) -> bool:
    """Whether chrome has neither a headline nor a date in it."""
    return node.css_first("h1") is None and not _DATED.search(node.text(deep=True))


def _hidden(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    """Not shown. A slide that waits for its turn, just a picture and its caption, counts as shown."""
    if tag in _ALWAYS_SHOWN:
        return False
    style = attributes.get("style")
    hidden = attributes.get("hidden", "until-found") != "until-found"
    if not hidden and not (style and _HIDDEN_STYLE.search(style)):
        return False
    picture = node.css_first("img[alt]")
    alt = clean(picture.attributes.get("alt") or "") if picture is not None else ""
    return not alt or clean(node.text(deep=True)) not in ("", alt)


def _custom_player(tag: str, attributes: dict[str, str | None]) -> str | None:
    """The address that an unknown element plays, such as AMP's `amp-iframe` and `amp-youtube`."""
    if not any(word in tag for word in ("iframe", "youtube", "video", "audio", "player")):
        return None
    video = attributes.get("data-videoid")
    return f"https://www.youtube.com/embed/{video}" if video and "youtube" in tag else attributes.get("src")


def _stands_alone(node: LexborNode) -> bool:
    """Whether an unknown element is a block: not one amid its parent's own words."""
    parent = node.parent
    while parent is not None:
        amid_text = False
        sibling = parent.child
        while sibling is not None:
            if sibling.is_text_node:
                amid_text = amid_text or not (sibling.text_content or "").isspace()
            elif sibling.tag in _BLOCK_TAGS:
                return True
            sibling = sibling.next
        if amid_text:
            return False
        tag = parent.tag or ""
        if tag in _BLOCK_TAGS or "-" in tag:
            return True
        parent = parent.parent
    return True


def _source(node: LexborNode, attributes: dict[str, str | None]) -> str | None:
    """The address of a picture: of a lazy one the real address, not the placeholder."""
    plain = attributes.get("src")
    for name in _LAZY_SOURCES:
        value = attributes.get(name)
        if value and (name.startswith("data-") or not plain or plain.startswith("data:")):
            return _first_of_set(value)
    if plain and not plain.startswith("data:"):
        return plain
    parent = node.parent
    if parent is not None and parent.tag == "picture":
        for source in parent.css("source"):
            value = source.attributes.get("srcset") or source.attributes.get("data-srcset")
            if value:
                return _first_of_set(value)
    return None


def _first_of_set(value: str) -> str | None:
    """The widest candidate of a srcset (its last by convention is not relied on)."""
    best: tuple[float, str] | None = None
    for candidate in re.split(r",\s+", value.strip()):
        address, _, descriptor = candidate.strip().partition(" ")
        try:
            size = float(descriptor.strip().rstrip("wx") or 1)
        except ValueError:
            size = 1.0
        if address and not address.startswith("data:") and (best is None or size > best[0]):
            best = (size, address)
    return best[1] if best else None


def _is_icon(attributes: dict[str, str | None]) -> bool:
    """A tracking pixel, an icon or an avatar: declared smaller than any photo is shown."""
    sizes = (attributes.get("width"), attributes.get("height"))
    return any(size is not None and size.isdecimal() and int(size) <= LARGEST_ICON for size in sizes)
