"""Any markup -> the blocks a reader sees, in reading order. The only place that knows the HTML parser.

lexbor (selectolax) builds the tree that a browser builds from broken markup. One walk over that
tree makes a flat list of `Block`s, each with a chain of `Frame`s: the block-level elements it
stands in, and which run of blocks each of them holds. Nothing here knows what an article is.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode
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

_BLOCK_TAGS = frozenset(
    (
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption "
        "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup "
        "option p pre search section summary table tbody td tfoot th thead tr ul button select label video audio "
        "iframe object noframes"
    ).split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# Nothing in these is text that a reader sees.
_SKIPPED = frozenset(
    ("script style template noscript head svg math canvas select textarea datalist title object noframes").split()
)
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
_PLAYERS = frozenset({"iframe", "video", "audio", "embed"})
_TAG = re.compile(
    r"""<(script|style)\b.*?</\1|<!--.*?-->|<([a-z][^\s/>]*+)((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>?""",
    re.IGNORECASE | re.DOTALL,
)
# Hidden only until a script has run: a page that shows nothing is no page.
_ALWAYS_SHOWN = frozenset({"html", "body", "main", "article"})
_BLOCK_STYLE = re.compile(r"(?:^|;)\s*display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# Formatting elements whose attributes say nothing that is read here.
_BARE_INLINE = frozenset(("b strong i em u s small big sup sub mark br wbr font tt code").split())
_BOLD = frozenset({"b", "strong"})
_LAZY_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-srcset", "srcset")


@dataclass(slots=True, eq=False)
class Frame:
    """A block-level element. It holds the blocks from `start` up to, not including, `end`."""

    tag: str
    parent: "Frame | None"
    region: str | None
    words: str
    start: int
    end: int = -1
    direct: int = 0

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
    """What a reader sees as one unit: a run of text, a picture, a player, or a rule across the page."""

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


def read_document(body: bytes, content_type: str | None = None, language: str | None = None) -> Document:
    """Parse a page. Never raises on any bytes; what lies beyond the bounds above is left out and said."""
    text, damaged = decode(body, content_type, language)
    document = Document(damaged_text=damaged, truncated=len(body) > MAX_BYTES)
    if len(text) > UNGUARDED:
        text = _guard(text, document)
    # With scripting on, a browser keeps <noscript> as one unseen text node: so do we.
    tree = LexborHTMLParser(text, scripting=True)
    if tree.root is not None:
        _Walk(document).over(tree.root)
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
    """One pass over the tree in document order."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.blocks = document.blocks
        self.frame = Frame("html", None, None, "", 0)
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
        # One entry an open element: its identity, and how to leave it.
        stack: list[tuple[int, str, Frame | None, tuple[str | None, str]]] = []
        skipping = 0
        count = 0
        for node in root.traverse(include_text=True):
            parent = node.parent
            parent_id = parent.mem_id if parent is not None else 0
            while stack and stack[-1][0] != parent_id:
                _, tag, frame, link = stack.pop()
                if skipping:
                    if len(stack) < skipping:
                        skipping = 0
                    continue
                self._leave(tag, frame, link)
            count += 1
            if count > MAX_NODES:
                self.document.truncated = True
                break
            tag = node.tag or ""
            if tag == "-text":
                if not skipping:
                    self._text(node.text_content or "")
                continue
            if tag[:1] in "-!":
                continue
            if skipping:
                if tag in ("meta", "link", "title", "script", "base"):
                    self._head(node, tag)
                stack.append((node.mem_id, tag, None, (None, "")))
                continue
            if tag in _SKIPPED or len(stack) >= MAX_DEPTH:
                self.document.truncated |= len(stack) >= MAX_DEPTH
                if tag == "script":
                    self._head(node, tag)
                elif tag == "object" and node.attributes.get("data"):
                    self._flush()
                    self.blocks.append(Block("embed", tag, self.frame, source=node.attributes.get("data")))
                skipping = len(stack) + 1
                stack.append((node.mem_id, tag, None, (None, "")))
                continue
            attributes = {} if tag in _BARE_INLINE else node.attributes
            if attributes and tag not in _ALWAYS_SHOWN and _hidden(node, attributes):
                skipping = len(stack) + 1
                stack.append((node.mem_id, tag, None, (None, "")))
                continue
            link = (self.href, self.rel)
            stack.append((node.mem_id, tag, self._enter(node, tag, attributes), link))
        while stack:
            _, tag, frame, link = stack.pop()
            if not skipping or len(stack) < skipping - 1:
                self._leave(tag, frame, link)
        self._flush()
        self.frame.end = len(self.blocks)

    def _enter(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> Frame | None:
        custom = "-" in tag
        if custom and (address := _custom_player(tag, attributes)):
            self._flush()
            self.blocks.append(Block("embed", tag, self.frame, source=address))
            return None
        if custom and attributes.get("src") and "alt" in attributes:
            self._picture(node, attributes)
            return None
        if tag in _BLOCK_TAGS or _shown_as_block(attributes) or (custom and _stands_alone(node)):
            self._flush()
            role = (attributes.get("role") or "").lower()
            region = tag if tag in _REGION_TAGS else _REGION_ROLES.get(role)
            if role == "heading":
                tag = f"h{attributes.get('aria-level') or 2}"
            words = f"{attributes.get('class') or ''} {attributes.get('itemprop') or ''}".lower()
            self.frame = Frame(tag, self.frame, region, words, len(self.blocks))
            if tag == "hr":
                self.blocks.append(Block("rule", "", self.frame))
            elif tag in _PLAYERS:
                self._player(node, attributes)
            return self.frame
        match tag:
            case "br":
                self._break()
            case "img":
                self._picture(node, attributes)
            case "meta" | "link" | "base":
                self._head(node, tag)
            case "embed":
                self._player(node, attributes)
            case "a":
                self.href, self.rel = attributes.get("href"), (attributes.get("rel") or "").lower()
            case "time":
                self.datetime = self.datetime or attributes.get("datetime")
        if tag in _BOLD:
            self.bold += 1
        self.boundary = True
        if tag != "br":
            if not self.inline:
                self.element += 1
                self.small = tag == "small"
            self.inline += 1
        return None

    def _leave(self, tag: str, frame: Frame | None, link: tuple[str | None, str]) -> None:
        if frame is not None:
            self._flush()
            frame.end = len(self.blocks)
            if frame.parent is not None:
                self.frame = frame.parent
            return
        self.boundary = True
        if tag == "a":
            self.href, self.rel = link
        if tag in _BOLD:
            self.bold -= 1
        if tag != "br":
            self.inline -= 1

    def _text(self, text: str) -> None:
        if self.frame.tag == "pre" and "\n" in text:
            for number, line in enumerate(text.split("\n")):
                if number:
                    self._flush()
                if line:
                    self._text(line)
            return
        if self.pieces or not text.isspace():
            piece = Piece(text, self.element if self.inline else 0, self.href, self.rel, self.bold > 0, self.small)
            if self.pieces and not self.boundary:
                # One text that the markup cut in two: React's `2<!-- --> min read`.
                self.pieces[-1] = piece._replace(text=self.pieces[-1].text + text)
            else:
                self.pieces.append(piece)
            self.boundary = False

    def _break(self) -> None:
        if self.frame.tag in _HEADINGS:
            self.pieces.append(Piece(" ", 0))
        else:
            self._flush()

    def _flush(self) -> None:
        if not self.pieces:
            return
        text = clean("".join([piece.text for piece in self.pieces]))
        if text:
            self.blocks.append(Block("text", text, self.frame, self.pieces, self.datetime))
            self.frame.direct += 1
        self.pieces = []
        self.datetime = None

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

    def _head(self, node: LexborNode, tag: str) -> None:
        document = self.document
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
            case "script":
                kind = (attributes.get("type") or "").lower()
                if "json" in kind:
                    source = node.text(deep=True)
                    if len(source) <= MAX_SCRIPT:
                        document.scripts.append((kind, source))


def _hidden(node: LexborNode, attributes: dict[str, str | None]) -> bool:
    """Not shown. A slide that waits for its turn, just a picture and its caption, counts as shown."""
    if "style" not in attributes and "hidden" not in attributes:
        return False
    style = attributes.get("style")
    hidden = attributes.get("hidden", "until-found") != "until-found"
    if not hidden and not (style and _HIDDEN_STYLE.search(style)):
        return False
    picture = node.css_first("img[alt]")
    alt = clean(picture.attributes.get("alt") or "") if picture is not None else ""
    return not alt or clean(node.text(deep=True)) not in ("", alt)


def _shown_as_block(attributes: dict[str, str | None]) -> bool:
    style = attributes.get("style")
    return bool(style and _BLOCK_STYLE.search(style))


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
