"""What leads on from a listing: the elements that may be followed, and links that show nothing."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.block_builder import Inline
from iranwire_crawler.pages.blocks import Control, Document, Frame
from iranwire_crawler.pages.control_state import names_inside, state_of
from iranwire_crawler.pages.forms import Forms
from iranwire_crawler.pages.tags import BARE_TAGS, BLOCK_TAGS, BOLD, Kind
from iranwire_crawler.pages.walk import Walk

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
# ASSUMED: where the address of the article stands that a card without a link leads to.
_LEADING = ("data-href", "data-url", "data-link", "onclick")
# How far up from an article's link the card around it is looked for.
_MOST_AROUND = 50
_ROOT = f"https://{site.HOST}/"
# Where a script leads that stands in an attribute.
_LOCATION = re.compile(r"""\blocation(?:\.href)?\s*+=\s*+["']([^"']+)["']""")
_ADDRESS = ("/", "?", "./", "http")
# Elements whose edges part no words; in any other a new word begins.
_AMID_WORDS = (BARE_TAGS - {"br"}) | BOLD | {"span", "wbr", "bdi", "bdo"}


class _OpenLink(NamedTuple):
    """A link that is open: what opened with it, the link around it, and how much was shown before it."""

    opened: Frame | Inline
    around: str | None
    shown: int


class ListingWalk(Walk):
    """The walk over a listing: a link that shows neither words nor a picture is a block too.

    `cards`: where elements that a script makes links of lead, by their place in memory.
    """

    def __init__(self, document: Document, chrome: bool, cards: Mapping[int, str]) -> None:
        super().__init__(document, chrome)
        self.cards = cards
        self.links: list[_OpenLink] = []
        self.shown = 0
        self.overlays = 0

    def _enter_block(self, node: LexborNode, tag: str, child: LexborNode | None) -> "Frame | Inline | None":
        return self._enter(node, tag, "block")

    def _read_inline(self, node: LexborNode, tag: str, child: LexborNode) -> bool:
        return False

    def _enter(self, node: LexborNode, tag: str, kind: Kind | None) -> "Frame | Inline | None":
        around = self.href
        opened = super()._enter(node, tag, kind)
        href = node.attributes.get("href") if tag == "a" else None
        if self.cards and not href:
            href = self.cards.get(node.mem_id)
        if href and opened is not None:
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


# A control, and its element where it stands in the page itself.
_Found = tuple[Control, LexborNode | None]


class _Naming(NamedTuple):
    """A control that names an article: which it is, the article's key, and its address where it is no link."""

    at: int
    node: LexborNode | None
    key: str
    led_to: str | None


def read_controls(root: LexborNode, data: Collection[str]) -> tuple[list[Control], dict[int, str]]:
    """What may lead somewhere, in document order, hidden or not; and where the elements among it lead that are cards.

    An element that a script makes a link of is a card, and then has a `href`, where it holds no other article, and no
    link beside it or in it leads to the same: else it may be a button of its card, to share it.
    """
    found = list(islice(_find_controls(root, data), MAX_CONTROLS))
    controls = [control for control, _ in found]
    cards: dict[int, str] = {}
    if not any(map(_led_to, controls)):
        return controls, cards
    naming = list(_naming(found))
    for number, card in enumerate(naming):
        before, after = naming[max(0, number - 1) : number], naming[number + 1 : number + 2]
        if card.led_to is None or card.node is None or not _is_card(card, before, after):
            continue
        cards[card.node.mem_id] = card.led_to
        # Its text is the whole card's, and no name for it.
        named = {**controls[card.at].attributes, "href": card.led_to}
        controls[card.at] = replace(controls[card.at], attributes=named, labels=())
    return controls, cards


def _is_card(it: _Naming, before: list[_Naming], after: list[_Naming]) -> bool:
    if any(other.key == it.key and other.led_to is None for other in (*before, *after)):
        return False
    return not any(other.key != it.key and _is_inside(other.node, it.node) for other in after)


def _naming(found: list[_Found]) -> Iterator[_Naming]:
    for at, (control, node) in enumerate(found):
        led_to = _led_to(control)
        if key := _key_of(control.attributes.get("href") or led_to or ""):
            yield _Naming(at, node, key, led_to)


def _is_inside(node: LexborNode | None, outer: LexborNode | None) -> bool:
    for _ in range(_MOST_AROUND):
        if node is None or outer is None:
            return False
        node = node.parent
        if node is not None and node.mem_id == outer.mem_id:
            return True
    return False


def _led_to(control: Control) -> str | None:
    """The address of the article that a script leads to from an element that is no link and no button."""
    if "href" in control.attributes or control.tag in ("button", "input", "option"):
        return None
    return next((value for name in _LEADING if (value := control.attributes.get(name)) and _key_of(value)), None)


def _key_of(href: str) -> str | None:
    address = urls.article_address(href, _ROOT)
    return address.key if address is not None else None


def _find_controls(root: LexborNode, data: Collection[str]) -> Iterator[_Found]:
    """Each control.

    What a browser keeps closed is opened: the markup of <noscript> and of <template>.
    """
    # One selector, not a list: of a list each that matches counts.
    selector = f":is({', '.join([*_CONTROLS, *(f'[{name}]' for name in data)])})"
    names = frozenset((*_CONTROL_ATTRIBUTES, *data))
    heard = opened = 0
    forms = Forms()
    for outer in root.css(selector):
        nodes, inside = [outer], forms
        if outer.tag in ("noscript", "template"):
            nodes, inside = _inside(outer, selector) if opened < _MOST_OPENED else [], Forms()
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
            if not labels and node.tag == "a" and (icons := names_inside(node)):
                kept["class"] = f"{kept.get('class', '')} {icons}"
            off, hidden = state_of(node, attributes)
            yield Control(node.tag or "", kept, labels, off, hidden), node if inside is forms else None


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
