"""Where a picture or a player is: what its element says of that, by whatever loads it."""

import re
from collections.abc import Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode

from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.elements import LARGEST_ICON, is_hidden, is_icon

# Lazy loaders keep the address in an attribute of their own: `data-src`, `data-lazy`, `nitro-lazy-src`, `data-echo` …
_LAZY_NAME = re.compile(r"src|lazy|original|echo")
# … beside which there may be one for another size, or for want of a picture, or words.
_OTHER_SIZE = re.compile(
    r"full|large|zoom|big|high|hi-?res|hd|retina|thumb|small|low|mobile|light|modal|placeholder|poster|error|fallback|title"
)
_ADDRESS = re.compile(
    r"(?!(?:data|about|javascript):)[^\s{}<>\"]*(?:/[^\s{}<>\"]|\.[a-z][a-z0-9]{2,3}(?![^\s?#,]))", re.IGNORECASE
)
_NOWHERE = ("data:", "about:", "javascript:")
# A real picture's file may be called so: that only makes way for the other addresses of the same picture.
_PLACEHOLDER = re.compile(
    r"blank|placeholder|spacer|transparent|pixel|1x1|lazy|load(?:ing|er)|dummy|empty", re.IGNORECASE
)
_LONGEST_NAME = 100
# What a picture without words for it is known by: a tracking pixel is no photo.
_PHOTO = re.compile(r"\.(?:jpe?g|png|webp|avif)(?![a-z0-9])", re.IGNORECASE)
# The picture that a style lays behind an element; after each colon it looks no further than to the next.
_BACKGROUND = re.compile(
    r"""background(?:-image)?\s*+:[^;:]*?\burl\(\s*+(?:"([^"]++)"|'([^']++)'|([^"')\s]++))""", re.IGNORECASE
)
_LONGEST_STYLE = 2_000
_SIZE = re.compile(r"(?:^|[;\s])(?:width|height)\s*+:\s*+(\d+)px", re.IGNORECASE)
_LONGEST_NOSCRIPT = 8 * 1024
# How many nodes before a picture are looked at for its <source>.
_MOST_SOURCES = 20


def picture_source(node: LexborNode, attributes: Mapping[str, str | None]) -> str | None:
    """The address of a picture: of a lazy one the real address, not the placeholder."""
    if lazy := lazy_source(attributes):
        return lazy
    plain = attributes.get("src")
    if plain and not is_placeholder(plain):
        return plain
    if (listed := attributes.get("srcset")) and (address := _first_of_set(listed)):
        return address
    before = node.prev if (parent := node.parent) is not None and parent.tag == "picture" else None
    found = None
    for _ in range(_MOST_SOURCES):
        if before is None:
            break
        if before.tag == "source":
            said = before.attributes
            found = lazy_source(said) or _first_of_set(said.get("srcset") or "") or found
        before = before.prev
    return found or (plain if plain and not plain.startswith(_NOWHERE) else None)


def background(attributes: Mapping[str, str | None]) -> str | None:
    """The address of the photo that an element's style lays behind it: no icon, no drawing."""
    style = attributes.get("style") or ""
    if "url(" not in style or len(style) > _LONGEST_STYLE or (found := _BACKGROUND.search(style)) is None:
        return None
    address = found[1] or found[2] or found[3]
    if not _ADDRESS.match(address) or ".svg" in address.lower():
        return None
    return None if any(int(size) <= LARGEST_ICON for size in _SIZE.findall(style)) else address


def picture_without_script(node: LexborNode) -> tuple[str, str] | None:
    """(address, alt) of the picture that a <noscript> keeps for who has no script; None of a pixel that counts readers.

    The parser leaves it one text.
    """
    markup = node.text(deep=True)
    if len(markup) > _LONGEST_NOSCRIPT or "<img" not in markup:
        return None
    picture = LexborHTMLParser(markup, scripting=True).css_first("img")
    if picture is None or is_icon(picture, attributes := picture.attributes) or is_hidden("img", attributes):
        return None
    address, alt = picture_source(picture, attributes), clean(attributes.get("alt") or "")
    return (address, alt) if address and (alt or _PHOTO.search(address)) else None


def player_source(node: LexborNode, attributes: Mapping[str, str | None], *, inside: bool) -> str | None:
    """The address of a player; where it may be asked what is `inside`, of the first of its sources."""
    plain = attributes.get("src")
    address = plain if plain and not plain.startswith(_NOWHERE) else lazy_source(attributes)
    inner = node.css_first("source") if inside and not address else None
    return player_source(inner, inner.attributes, inside=False) if inner is not None else address


def lazy_source(attributes: Mapping[str, str | None]) -> str | None:
    """The address in an attribute that a script is to read; a single one rather than a set's."""
    names = [name for name in attributes if "-" in name and _LAZY_NAME.search(name) and not _OTHER_SIZE.search(name)]
    for name in sorted(names, key=lambda name: "set" in name) if len(names) > 1 else names:
        value = (attributes[name] or "").strip()
        if _ADDRESS.match(value):
            return _first_of_set(value)
    return None


def is_placeholder(address: str) -> bool:
    """Whether an address is what stands in `src` until a script has run, by what it is called."""
    name = address.partition("?")[0].rpartition("/")[2]
    return address.startswith(_NOWHERE) or _PLACEHOLDER.search(name[-_LONGEST_NAME:]) is not None


def custom_player(tag: str, attributes: Mapping[str, str | None]) -> str | None:
    """The address that an unknown element plays, such as AMP's `amp-iframe` and `amp-youtube`."""
    if not any(word in tag for word in ("iframe", "youtube", "video", "audio", "player")):
        return None
    video = attributes.get("data-videoid")
    return f"https://www.youtube.com/embed/{video}" if video and "youtube" in tag else attributes.get("src")


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
