"""What leads on from a listing: the elements that may be followed, and links that show nothing."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from selectolax.lexbor import LexborHTMLParser, LexborNode

from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.blocks import Control, Document, Frame
from iranwire_crawler.pages.elements import BLOCK_TAGS, is_hidden
from iranwire_crawler.pages.walk import BARE, BLOCK, Inline, Walk

MAX_CONTROLS = 20_000
# Longer than any address that is followed: one that is cut here is still too long.
_LONGEST_ATTRIBUTE = 8_192
_LONGEST_LABEL = 400
# How many nodes are asked for the words of one control, and how many characters for those of all.
_MOST_HEARD = 40
_MAX_HEARD = 8 * 1024 * 1024
_MOST_OPENED = 200

# How many characters of closed markup are opened: more could keep the parser busy for seconds.
_MAX_OPENED = 128 * 1024
_CONTROLS = (
    *("a[href]", "area[href]", "link[href]", "option[value]", "noscript", "template"),
    *("button", "[role=button]", "form", "input[type=submit]", "turbo-frame[src]", "[onclick*=location]"),
)
_CONTROL_ATTRIBUTES = ("href", "rel", "type", "value", "class", "src", "onclick", "hx-trigger", "data-hx-trigger")
# Attributes that lead nowhere by themselves.
_DESCRIBING = frozenset({"rel", "type", "class", "hx-trigger", "data-hx-trigger"})
# Where a script leads that stands in an attribute.
_LOCATION = re.compile(r"""\blocation(?:\.href)?\s*+=\s*+["']([^"']+)["']""")
_ADDRESS = ("/", "?", "./", "http")
# How many forms of a page can lead on, how many fields and buttons of each are read, and may stand in all.
_MOST_FORMS = 50
_MOST_FIELDS = 20
_MOST_IN_FORMS = 5_000
# ASSUMED: class names of what cannot be pressed, or is not to be seen.
_OFF_CLASS = re.compile(r"(?:^|[\s_-])disabled(?!\S)|(?<!\S)pointer-events-none(?!\S)", re.IGNORECASE)
_HIDDEN_CLASS = re.compile(r"(?<!\S)invisible(?!\S)", re.IGNORECASE)
# Elements that a style sheet makes an icon of, and how many nodes of a link are looked at for one.
_ICONS = frozenset({"i", "span", "b", "em", "svg", "use"})
_MOST_ICONS = 4
# How far up the list item that holds a link alone is looked for.
_ITEM_DEPTH = 3
# Elements whose edges part no words; in any other a new word begins.
_AMID_WORDS = (BARE - {"br"}) | {"span", "wbr", "bdi", "bdo"}


class _OpenLink(NamedTuple):
    """A link that is open: what opened with it, the link around it, and how much was shown before it."""

    opened: Frame | Inline
    around: str | None
    shown: int


class ListingWalk(Walk):
    """The walk over a listing: a link that shows neither words nor a picture is a block too."""

    def __init__(self, document: Document, chrome: bool) -> None:
        super().__init__(document, chrome)
        self.links: list[_OpenLink] = []
        self.shown = 0
        self.overlays = 0

    def _enter_block(self, node: LexborNode, tag: str, child: LexborNode | None) -> "Frame | Inline | None":
        return self._enter(node, tag, BLOCK)

    def _read_inline(self, node: LexborNode, tag: str, child: LexborNode) -> bool:
        return False

    def _enter(self, node: LexborNode, tag: str, kind: int | None) -> "Frame | Inline | None":
        around = self.href
        opened = super()._enter(node, tag, kind)
        if tag == "a" and opened is not None and (href := node.attributes.get("href")):
            self.links.append(_OpenLink(opened, around, self.shown))
            self.href = href
        return opened

    def _is_block(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> bool:
        return super()._is_block(node, tag, attributes) or (tag == "a" and _holds_block(node))

    def _leave(self, opened: "Frame | Inline") -> None:
        link = self.links.pop() if self.links and self.links[-1].opened is opened else None
        if link is not None and link.shown == self.shown and self.overlays < MAX_CONTROLS:
            self.overlays += 1
            self._add("link", "", href=self.href)
        super()._leave(opened)
        if link is not None:
            self.href = link.around

    def _text(self, text: str) -> None:
        super()._text(text)
        if self.links and clean(text):
            self.shown += 1

    def _picture(self, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        before = len(self.blocks)
        super()._picture(node, attributes)
        self.shown += len(self.blocks) - before


def find_controls(root: LexborNode, data: Collection[str]) -> Iterator[Control]:
    """What may lead somewhere, in document order, hidden or not.

    What a browser keeps closed is opened: the markup of <noscript> and of <template>.
    """
    # One selector, not a list: of a list each that matches counts.
    selector = f":is({', '.join([*_CONTROLS, *(f'[{name}]' for name in data)])})"
    names = frozenset((*_CONTROL_ATTRIBUTES, *data))
    heard = opened = 0
    forms = _Forms()
    for outer in root.css(selector):
        nodes, inside = [outer], forms
        if outer.tag in ("noscript", "template"):
            nodes, inside = _inside(outer, selector) if opened < _MOST_OPENED else [], _Forms()
            opened += 1
        for node in nodes:
            if node.tag == "form":
                inside.read(node)
                continue
            attributes = node.attributes
            kept = _kept(node, attributes, names)
            if address := inside.buttons.get(node.mem_id):
                kept["formaction"] = address
            if kept.keys() <= _DESCRIBING:
                continue
            text = _words(node) if heard < _MAX_HEARD else ""
            heard += len(text)
            named = (text, attributes.get("aria-label") or "", attributes.get("title") or "", _caption(node))
            labels = tuple(label for name in named if (label := clean(name[:_LONGEST_LABEL])))
            if not labels and node.tag == "a" and (names_inside := _names_inside(node)):
                kept["class"] = f"{kept.get('class', '')} {names_inside}"
            off, hidden = _state(node, attributes)
            yield Control(node.tag or "", kept, labels, off, hidden)


def _kept(node: LexborNode, attributes: Mapping[str, str | None], names: Collection[str]) -> dict[str, str]:
    """What an element may lead to, and what it says of that. Any attribute of a button may hold an address."""
    pressed = node.tag == "button" or attributes.get("role") == "button"
    kept = {
        name: value[:_LONGEST_ATTRIBUTE]
        for name, value in attributes.items()
        if value and (name in names or (pressed and value.startswith(_ADDRESS)))
    }
    if "onclick" in kept:
        location = _LOCATION.search(kept.pop("onclick"))
        if location is not None:
            kept["onclick"] = location[1]
    return kept


def _caption(node: LexborNode) -> str:
    return (node.attributes.get("value") or "") if node.tag == "input" else ""


class _Forms:
    """The buttons of a page's forms that change nothing, by their place in memory, and the addresses they lead to."""

    def __init__(self) -> None:
        self.buttons: dict[int, str] = {}
        self.forms = self.seen = 0

    def read(self, form: LexborNode) -> None:
        self.forms += 1
        attributes = form.attributes
        # Broken markup can nest forms, each of which would be looked through again.
        spent = self.forms > _MOST_FORMS or self.seen > _MOST_IN_FORMS
        if spent or (attributes.get("method") or "get").lower() != "get":
            return
        action = (attributes.get("action") or "").partition("?")[0]
        hidden, buttons = form.css("input[type=hidden][name]"), form.css(":is(button, input[type=submit])")
        self.seen += len(hidden) + len(buttons)
        fields = [_field(node) for node in hidden[:_MOST_FIELDS]]
        for button in buttons[:_MOST_FIELDS]:
            given = [(name, value) for name, value in (*fields, _field(button)) if name]
            if given:
                self.buttons[button.mem_id] = f"{action}?{urlencode(given, errors='replace')}"


def _field(node: LexborNode) -> tuple[str, str]:
    return node.attributes.get("name") or "", node.attributes.get("value") or ""


def _names_inside(node: LexborNode) -> str:
    """What the first elements in a link that shows nothing are: icons have their meaning in a class or an attribute."""
    found: list[str] = []
    inner = node.child
    for _ in range(_MOST_ICONS):
        if inner is None:
            break
        if inner.tag in _ICONS:
            found += (*inner.attributes, inner.attributes.get("class") or "")
        inner = inner.child or inner.next
    return " ".join(found)


def _state(node: LexborNode, attributes: Mapping[str, str | None]) -> tuple[bool, bool]:
    """Whether a control cannot be pressed, and whether it is not shown: by itself, or by the item that it fills."""
    off, hidden = _says(node.tag or "", attributes)
    outer = node.parent
    for level in range(_ITEM_DEPTH):
        if outer is None or (off and hidden) or outer.tag == "body":
            break
        if level == 0 or outer.tag == "li":
            item_off, item_hidden = _says(outer.tag or "", outer.attributes)
            off, hidden = off or item_off, hidden or item_hidden
        if outer.tag == "li":
            break
        outer = outer.parent
    return off, hidden


def _says(tag: str, attributes: Mapping[str, str | None]) -> tuple[bool, bool]:
    if not attributes:
        return False, False
    names = attributes.get("class") or ""
    off = "disabled" in attributes or attributes.get("aria-disabled") == "true" or _OFF_CLASS.search(names) is not None
    return off, is_hidden(tag, attributes) or _HIDDEN_CLASS.search(names) is not None


def _holds_block(node: LexborNode) -> bool:
    """Whether an element around a whole card, say, has a block-level child."""
    child = node.first_child
    while child is not None:
        if child.tag in BLOCK_TAGS:
            return True
        child = child.next
    return False


def _inside(node: LexborNode, selector: str) -> list[LexborNode]:
    """What matches in the markup that a <noscript> or a <template> keeps closed."""
    # As a <div>: a template would stay closed.
    markup = node.text(deep=True) if node.tag == "noscript" else (node.html or "").replace("<template", "<div", 1)
    if len(markup) > _MAX_OPENED:
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
