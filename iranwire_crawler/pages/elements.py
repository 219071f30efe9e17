"""What one element says of itself: whether it is shown, whether it is a block, whether it is a picture at all."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from selectolax.lexbor import LexborNode

from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.tags import BLOCK_TAGS

LARGEST_ICON = 64
_MOST_SLIDES = 100
_STRETCHED = ("responsive", "intrinsic")
# A date, or a reading time.
DATED = re.compile(r"[0-9۰-۹٠-٩](?: min| دق|\D{1,24}\d{4})")
# Hidden only until a script has run: a page that shows nothing is no page.
_ALWAYS_SHOWN = frozenset({"html", "body", "main", "article"})
_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# Classes by which the usual style sheets leave an element to screen readers alone.
_SPOKEN = re.compile(
    r"(?:^|\s)(?!not-)(?:[a-z]{1,12}-)?(?:sr-only|screen-?readers?(?:-only|-text)?|visually-?hidden(?:-?text)?|"
    r"hidden-?visually|assistive-text)(?:\s|$)",
    re.IGNORECASE,
)
_ICON = re.compile(r"(?:^|[\s_-])(?:icons?|material-symbols)(?:[\s_-]|$)", re.IGNORECASE)
# An icon font draws a word as a picture.
_ICON_TAGS = frozenset({"i", "span"})
_ICON_WORD = re.compile(r"[a-z0-9_]{2,40}")
LONGEST_CLASS = 400
Told = Literal["spoken", "caption", "icon", ""]


def is_hidden(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element says that it is not shown."""
    if tag in _ALWAYS_SHOWN:
        return False
    style = attributes.get("style")
    hidden = attributes.get("hidden", "until-found") != "until-found"
    return hidden or bool(style and _HIDDEN_STYLE.search(style))


@lru_cache(maxsize=4096)
def told_by_class(names: str) -> Told:
    """What an element's classes say: for screen readers only, a caption, an icon.

    Remembered: not to be asked for more than LONGEST_CLASS characters.
    """
    if _SPOKEN.search(names):
        return "spoken"
    if "caption" in names.lower():
        return "caption"
    return "icon" if _ICON.search(names) else ""


def is_empty(node: LexborNode) -> bool:
    """Whether an element holds nothing but white space."""
    child = node.first_child
    return child is None or (child.next is None and child.is_text_node and (child.text_content or "").isspace())


def is_ornament(tag: str, told: Told, attributes: Mapping[str, str | None], text: str) -> bool:
    """Whether the text of an inline element is none that a reader reads: an icon, a sign, an avatar's letter."""
    if told == "spoken":
        return True
    text = text.strip()
    if len(text) == 1:
        return attributes.get("aria-hidden") == "true" and (text.isalnum() or text in "#¶§")
    # A link with an icon beside it may have that class too, and is a word.
    return told == "icon" and tag in _ICON_TAGS and _ICON_WORD.fullmatch(text) is not None


def tells_of_change(node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
    """Whether a `time` holds the day of an article's last change, beside one with that of its publication.

    WordPress' themes print both, and hide the first.
    """
    names = f"{attributes.get('class')} {attributes.get('itemprop')}"
    if ("updated" not in names and "dateModified" not in names) or "published" in names.lower():
        return False
    parent = node.parent
    return parent is not None and parent.css_first("time.published, time[itemprop=datePublished]") is not None


def holds_slides(node: LexborNode) -> bool:
    """Whether there are just pictures and their captions in an element: slides that wait for their turn are shown."""
    alts = {clean(picture.attributes.get("alt") or "") for picture in node.css("img[alt]")[:_MOST_SLIDES]} - {""}
    words = clean(node.text(deep=True, separator=" "))
    for alt in sorted(alts, key=len, reverse=True):
        words = words.replace(alt, "")
    return bool(alts) and not any(map(str.isalpha, words))


def holds_figures(node: LexborNode, words: str) -> bool:
    """Whether all `words` that an element shows stand in figures with pictures."""
    if node.css_first("figure img") is None:
        return False
    figures = [figure.text(deep=True) for figure in node.css("figure")[:_MOST_SLIDES]]
    return "".join(words.split()) == "".join("".join(figures).split())


def stands_alone(node: LexborNode) -> bool:
    """Whether an unknown element is a block: not one amid its parent's own words."""
    parent = node.parent
    while parent is not None:
        amid_text = False
        sibling = parent.child
        while sibling is not None:
            if sibling.is_text_node:
                amid_text = amid_text or not (sibling.text_content or "").isspace()
            elif sibling.tag in BLOCK_TAGS:
                return True
            sibling = sibling.next
        if amid_text:
            return False
        tag = parent.tag or ""
        if tag in BLOCK_TAGS or "-" in tag:
            return True
        parent = parent.parent
    return True


def is_icon(node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
    """A tracking pixel, an icon or an avatar: declared smaller than any photo is shown."""
    width, height = attributes.get("width"), attributes.get("height")
    if not any(size and len(size) < 5 and size.isdecimal() and int(size) <= LARGEST_ICON for size in (width, height)):
        return False
    # What a custom element declares may be a ratio: AMP's 16 to 9.
    return "-" not in (node.tag or "") or (width == height and attributes.get("layout") not in _STRETCHED)
