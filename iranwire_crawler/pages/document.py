"""`read_document`: the bytes of a page in, its blocks in reading order out.

lexbor (selectolax) builds the tree that a browser builds from broken markup. One walk over that
tree (`walk.py`) makes a flat list of `Line`s, each with a chain of `Frame`s: the block-level
elements it stands in, and which run of blocks each of them holds.
"""

import re
from collections import Counter
from collections.abc import Collection
from itertools import islice

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from iranwire_crawler.pages.blocks import Document, Line
from iranwire_crawler.pages.controls import ListingWalk, read_controls
from iranwire_crawler.pages.declared import MAX_SCRIPT
from iranwire_crawler.pages.decoding import MAX_BYTES, as_utf8, decode
from iranwire_crawler.pages.head import without_scripts
from iranwire_crawler.pages.walk import Walk

# lexbor's time grows with the square of the attributes on one tag (40,000: 2.5 s) and of the depth (40,000: 2 s).
# A page up to this size cannot cost more than a second; a larger one is looked over.
UNGUARDED = 128 * 1024
MAX_UNCLOSED = 20_000
MAX_MARKS = 200_000
MAX_ATTRIBUTES = 1_000
# No tag that is shorter has more attributes.
_SHORT_TAG = 2 * MAX_ATTRIBUTES
_MARK = re.compile(r"<(/?[a-z][^\s/>]*+)", re.IGNORECASE)
# As the HTML standard's tokenizer has it: a quote is one only after `=`.
_TAG = re.compile(r"""<(?:!--|([a-z][^\s/>]*+)((?:[^>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|[="'])*+)>?)""", re.IGNORECASE)
_VOID = frozenset({"br", "img", "hr", "wbr", "meta", "link", "input", "source", "col", "area", "param", "track"})
_VALUE = re.compile(r""""[^"]*+"|'[^']*+'""")
# What ends a comment, and the text of elements that hold nothing but text.
_ENDS = {"!--": re.compile("-->")} | {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "textarea", "noscript")
}


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
    source, damaged = as_utf8(without_scripts(body[:MAX_BYTES]), content_type, language)
    document = Document(damaged_text=damaged, truncated=len(body) > MAX_BYTES)
    if len(source) > UNGUARDED:
        source = _guard(source.decode(errors="replace"), document).encode()
    # With scripting on, a browser keeps <noscript> as one unseen text node: so do we. Without events
    # the tree is the same but for <selectedcontent>, in about half the time.
    tree = LexborHTMLParser(source, scripting=True, options=LexborDocumentOptions.WO_EVENTS)
    if tree.root is not None:
        if controls:
            document.controls, cards = read_controls(tree.root, controls)
            ListingWalk(document, chrome, cards).over(tree.root)
        else:
            walk = Walk(document, chrome)
            walk.over(tree.root)
            _drop_unclosed_links(document.blocks, walk.long_links)
    return document


def read_scripts(body: bytes, content_type: str | None = None, language: str | None = None) -> list[str]:
    """The source of each script that stands in the page, in order; one that is longer than MAX_SCRIPT is left out."""
    text, _ = decode(body, content_type, language)
    if len(text) > UNGUARDED:
        text = _guard(text, Document())
    sources = (node.text(deep=True) for node in LexborHTMLParser(text, scripting=True).css("script"))
    return [source for source in sources if source and len(source) <= MAX_SCRIPT]


def _guard(text: str, document: Document) -> str:
    """Take out what would keep the parser busy for hours: monstrous tags, elements never closed. In linear time."""
    bounded = _bounded(text)
    kept: list[str] = []
    start = at = 0
    absent: set[str] = set()
    while (tag := _TAG.search(bounded, at)) is not None:
        at = tag.end()
        name = (tag[1] or "!--").lower()
        if tag[1] and _has_too_many_attributes(tag[2]):
            kept += (bounded[start : tag.start()], f"<{tag[1]}>")
            start = at
        if name in _ENDS and name not in absent:
            end = _ENDS[name].search(bounded, at)
            if end is None:
                absent.add(name)
            else:
                at = end.end()
    kept.append(bounded[start:])
    document.truncated |= bounded is not text or len(kept) > 1
    return "".join(kept)


def _bounded(text: str) -> str:
    """The page as far as it is neither too deep nor of too many tags."""
    marks = Counter(map(str.lower, _MARK.findall(text)))
    opened = {name: count for name, count in marks.items() if name[0] != "/" and name not in _VOID}
    if sum(max(0, count - marks[f"/{name}"]) for name, count in opened.items()) > MAX_UNCLOSED:
        return text[:UNGUARDED]
    if marks.total() <= MAX_MARKS:
        return text
    return text[: next(islice(_MARK.finditer(text), MAX_MARKS, None)).start()]


def _has_too_many_attributes(source: str) -> bool:
    return len(source) > _SHORT_TAG and len(_VALUE.sub('""', source).replace("/", " ").split()) > MAX_ATTRIBUTES


def _drop_unclosed_links(blocks: list[Line], linked: list[str]) -> None:
    """A link around several paragraphs is one that its author forgot to close; a card has no such length."""
    unclosed = {href for href, count in Counter(linked).items() if count >= 3} if len(linked) >= 3 else set()
    if not unclosed:
        return
    for block in blocks:
        block.pieces = [piece._replace(href=None) if piece.href in unclosed else piece for piece in block.pieces]
