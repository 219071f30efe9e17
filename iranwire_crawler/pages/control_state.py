"""What a control says of itself without words: that it cannot be pressed, that it is not shown, which icon it has."""

import re
from collections.abc import Mapping

from selectolax.lexbor import LexborNode

from iranwire_crawler.pages.elements import is_hidden

# ASSUMED: class names of what cannot be pressed, or is not to be seen.
_OFF_CLASS = re.compile(r"(?:^|[\s_-])disabled(?!\S)|(?<!\S)pointer-events-none(?!\S)", re.IGNORECASE)
_HIDDEN_CLASS = re.compile(r"(?<!\S)invisible(?!\S)", re.IGNORECASE)
# Elements that a style sheet makes an icon of, and how many nodes of a link are looked at for one.
_ICONS = frozenset({"i", "span", "b", "em", "svg", "use"})
_MOST_ICONS = 4
# How far up the list item that holds a link alone is looked for.
_ITEM_DEPTH = 3


def names_inside(node: LexborNode) -> str:
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


def state_of(node: LexborNode, attributes: Mapping[str, str | None]) -> tuple[bool, bool]:
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
