"""What an element is by its tag alone, and what the walk does with it: the tables that `walk.py` goes by."""

from typing import Literal

from selectolax.lexbor import LexborNode

HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCK_TAGS = frozenset(
    (
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption "
        "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup "
        "option p pre search section summary table tbody td tfoot th thead tr ul button select label video audio "
        "iframe head"
    ).split()
)
# Elements that hold one paragraph: what stands amid its words parts it in no two.
PARAGRAPHS = frozenset({"p", "li", "blockquote", "figcaption", *HEADINGS})
ITEMS = frozenset({"li", "blockquote"})
FIGURES = frozenset({"figure", "figcaption"})
PLAYERS = frozenset({"iframe", "video", "audio"})
BOLD = frozenset({"b", "strong"})
# Chrome that holds neither a headline nor a date has nothing of the article, nor of a card.
CHROME = frozenset({"nav", "aside", "footer", "dialog", "form", "menu"})
# … but these may be no more than a frame around its pictures.
FRAMING = frozenset({"nav", "aside", "form"})
# Formatting elements whose attributes say nothing that is read here.
BARE_TAGS = frozenset("i em u s small big sup sub mark br font tt code".split())

# What a role makes of an element: a region of the page, or another element.
REGION_ROLES = {
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
ROLE_TAGS = {"list": "ul", "listitem": "li", "blockquote": "blockquote", "separator": "hr"}

# What the walk does with a node.
Kind = Literal[
    "text",
    "unseen",
    "unscripted",
    "declaring",
    "embedded",
    "block",
    "other block",
    "region",
    "picture",
    "break",
    "bare",
    "inline",
]
_KINDS: dict[str, Kind] = {
    "-text": "text",
    # Nothing in these is text that a reader sees …
    **dict.fromkeys(
        "-comment !doctype style template svg math canvas select textarea datalist noframes input source "
        "track wbr progress meter".split(),
        "unseen",
    ),
    "noscript": "unscripted",
    # … but some declare what is read all the same.
    **dict.fromkeys("title base meta link script".split(), "declaring"),
    **dict.fromkeys("object embed".split(), "embedded"),
    **dict.fromkeys(BLOCK_TAGS - {"select"}, "block"),
    **dict.fromkeys("pre hr iframe video audio li blockquote figure figcaption".split(), "other block"),
    **dict.fromkeys("nav aside footer dialog form button menu".split(), "region"),
    "img": "picture",
    "br": "break",
    **dict.fromkeys(BARE_TAGS - {"br"}, "bare"),
    **dict.fromkeys("a span b strong time abbr cite q".split(), "inline"),
}
# The same by lexbor's number of a tag, which is had in a third of the time that its name takes. An element that lexbor
# does not know has the address of its name for a number: another document may have another name there.
KNOWN: dict[int, tuple[str, Kind | None]] = {}
_NUMBERED = 1000


def learn(node: LexborNode, number: int) -> tuple[str, Kind | None]:
    """A node's tag and its kind, None for one that HTML does not name. It goes into KNOWN where `number` allows."""
    tag = node.tag or "-"
    found = tag, _KINDS.get(tag)
    if number < _NUMBERED:
        KNOWN[number] = found
    return found
