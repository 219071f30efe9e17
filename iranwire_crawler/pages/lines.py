"""Blocks -> the lines a reader would name: date lines and reading times told from other text.

A block that puts several of them side by side (`<span>February 3, 2024</span><span>2 min read</span>`,
or `February 3, 2024 | 2 min read`) becomes one line each; every other block stays one line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from iranwire_crawler.domain import dates, site, urls
from iranwire_crawler.domain.dates import ShownDate
from iranwire_crawler.domain.text import clean, fold
from iranwire_crawler.pages.blocks import Block, Document, Frame, Piece

_LONGEST_COMPOSITE = 600
_SEPARATOR = re.compile(r"(\s*[|·•‧∙◦●]\s*|\s+[-–—/]\s+)")
_EDGE_SEPARATORS = " |·•‧∙◦●-–—/"
_LONGEST_MARK = 160
_LONGEST_META_LINE = 200
_LONGEST_LINE = 44
_YEAR = re.compile(r"\d{4}")
_FIXED = frozenset(
    line.casefold().replace("\u200c", "")
    for edition in site.EDITIONS.values()
    for line in (*edition.chrome, *edition.tail)
)
_BY = frozenset(word for edition in site.EDITIONS.values() for word in edition.by)
# Elements that hold one paragraph, however many spans an editor left in it.
_ONE_PARAGRAPH = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption"})
_FULL_STOP = (".", "!", "?", "؟", "۔", ".”", '."', "!”", "?”")
_SENTENCE_END = (".", "!", "?", "؟", "۔", ":", ";", "؛", "…", '."', ".”", "»", "!”")


@dataclass(slots=True, eq=False)
class Line:
    """One line of the page: text, picture, player or rule; `index` is its block's place on the page."""

    kind: str
    text: str
    index: int
    block: Block
    pieces: list[Piece]
    shown: ShownDate | None = None
    minutes: int | None = None
    _folded: str | None = None

    @property
    def frame(self) -> Frame:
        return self.block.frame

    @property
    def folded(self) -> str:
        """`fold(text)`: what two spellings of one line share."""
        if self._folded is None:
            self._folded = fold(self.text)
        return self._folded

    @property
    def plain(self) -> bool:
        """Text that is neither a date line nor a reading time."""
        return self.kind == "text" and self.shown is None and self.minutes is None

    @property
    def ends_sentence(self) -> bool:
        return self.text.endswith(_SENTENCE_END)

    def links(self) -> list[tuple[str, str]]:
        """(href, text) of each link in this line, in order; one that is broken by markup comes once."""
        if len(self.pieces) == 1 and self.pieces[0].href is None:
            return []
        found: list[tuple[str, str]] = []
        for piece in self.pieces:
            if piece.href is None:
                continue
            if found and found[-1][0] == piece.href:
                found[-1] = (piece.href, found[-1][1] + piece.text)
            else:
                found.append((piece.href, piece.text))
        cleaned = [(href, clean(text)) for href, text in found]
        return [(href, text) for href, text in cleaned if text]

    @property
    def link(self) -> str | None:
        """The address that the whole of this line links to; None where it does not or only in part."""
        hrefs = {piece.href for piece in self.pieces if not piece.text.isspace()}
        return hrefs.pop() if len(hrefs) == 1 else None

    def article(self, base: str) -> urls.Address | None:
        """The article of the site that the whole of this line links to."""
        return urls.article_address(self.link or self.block.href, base)


@cache
def folded_lines(lines: tuple[str, ...]) -> frozenset[str]:
    """`fold` of each line, for comparing a page's lines with fixed ones."""
    return frozenset(map(fold, lines))


def read_lines(document: Document, language: str) -> list[Line]:
    """The page's lines, in reading order."""
    lines: list[Line] = []
    for index, block in enumerate(document.blocks):
        text = block.text
        if block.kind != "text":
            lines.append(Line(block.kind, text, index, block, block.pieces))
            continue
        if len(text) > _LONGEST_META_LINE and len(block.pieces) == 1:
            lines.append(Line("text", text, index, block, block.pieces))
            continue
        if len(block.pieces) == 1 and len(text) <= _LONGEST_LINE:
            line = _line(text, index, block, block.pieces, language)
            if not line.plain or not _hinted(text):
                lines.append(line)
                continue
        hinted = _may_hold_mark(block)
        parts = _parts(block, language) if hinted else _paragraphs(block)
        if parts is not None:
            lines.extend(_line(text, index, block, pieces, language) for text, pieces in parts)
        elif hinted:
            lines.append(_line(text, index, block, block.pieces, language))
        else:
            lines.append(Line("text", text, index, block, block.pieces))
    return lines


def _may_hold_mark(block: Block) -> bool:
    """Whether a date, a reading time or a fixed line could be in a block: most are done with this."""
    if len(block.text) <= _LONGEST_META_LINE and _hinted(block.text):
        return True
    if len(block.pieces) < 2 or len(block.text) > _LONGEST_COMPOSITE:
        return False
    return any(
        len(piece.text) <= _LONGEST_MARK and (_hinted(piece.text) or _bare(piece.text) in _FIXED)
        for piece in block.pieces
    )


def _hinted(text: str) -> bool:
    """No date is without a year, no reading time without its word: three searches that cost next to nothing."""
    return " read" in text or "دق" in text or _YEAR.search(text) is not None


def _bare(text: str) -> str:
    """Enough to know a fixed line again, without the cost of `fold`."""
    return text.strip().casefold().replace("\u200c", "")


def _line(text: str, index: int, block: Block, pieces: list[Piece], language: str) -> Line:
    line = Line("text", text, index, block, pieces)
    if len(text) <= _LONGEST_LINE and _hinted(text):
        bare = _trim(text)
        line.shown = dates.read_shown_date(bare, language)
        line.minutes = dates.read_minutes(bare, language)
    return line


def _parts(block: Block, language: str) -> list[tuple[str, list[Piece]]] | None:
    """The lines side by side in one block, or None where it is one line.

    A block comes apart where a part of it is a date, a reading time or a fixed line of the site;
    or where all of it stands in elements of its own that are whole sentences each: paragraphs
    that only a style sheet tells apart.
    """
    tokens = _joined_marks(list(_tokens(block.pieces)), language)
    marks = [_is_mark(token.text, language) for token in tokens]
    if len(tokens) < 2:
        words = dates.split_meta_line(block.text, language)
        return [(part, [block.pieces[0]._replace(text=part)]) for part in words] if words else None
    if not any(marks):
        return _paragraphs(block)
    if not all(_stands_apart(tokens, marks, at) for at, mark in enumerate(marks) if mark) or _is_prose(tokens, marks):
        return None  # a sentence that holds a date
    parts: list[tuple[str, list[Piece]]] = []
    between: list[Piece] = []
    for token, mark in zip(tokens, marks, strict=True):
        if mark:
            parts.extend(_side_by_side(between))
            parts.append((_trim(token.text), [token]))
            between = []
        else:
            between.append(token)
    parts.extend(_side_by_side(between))
    return parts


def _tokens(pieces: list[Piece]) -> Iterator[Piece]:
    """The pieces, separators between words cut out as tokens of their own."""
    for piece in pieces:
        for text in _SEPARATOR.split(piece.text):
            if text and not text.isspace():
                yield piece._replace(text=text)


def _joined_marks(tokens: list[Piece], language: str) -> list[Piece]:
    """Tokens of which only together are a date or a reading time, joined: `<b>3</b> min read`."""
    at = 0
    while at < len(tokens):
        for length in (3, 2):
            group = tokens[at : at + length]
            text = "".join([token.text for token in group])
            if len(group) < length or len(text) > 40 or not _hinted(text):
                continue
            if _is_mark(text, language) and not any(_is_mark(token.text, language) for token in group):
                tokens[at : at + length] = [group[0]._replace(text=text)]
                break
        at += 1
    return tokens


def _is_separator(token: Piece) -> bool:
    return _SEPARATOR.fullmatch(token.text) is not None


def _is_prose(tokens: list[Piece], marks: list[bool]) -> bool:
    """Whether what stands beside the marks is a sentence: it goes on in lower case, or ends with a full stop."""
    if any(map(_is_separator, tokens)):
        return False
    after = tokens[max(at for at, mark in enumerate(marks) if mark) + 1 :]
    text = clean("".join([token.text for token in after]))
    return text.endswith(".") or text[:1] in (",", ".", "،") or text[:1].islower()


def _stands_apart(tokens: list[Piece], marks: list[bool], at: int) -> bool:
    """Whether nothing but an edge, a separator, another mark or another element touches a mark."""
    for beside in (at - 1, at + 1):
        if not 0 <= beside < len(tokens) or marks[beside]:
            continue
        neighbour = tokens[beside]
        if neighbour.inline or not any(map(str.isalnum, neighbour.text)):
            continue
        if clean(neighbour.text).casefold() not in _BY:
            return False
    return True


def _is_mark(text: str, language: str) -> bool:
    if len(text) > _LONGEST_MARK:
        return False
    if not _hinted(text):
        return _bare(text) in _FIXED
    text = _trim(text)
    return dates.read_shown_date(text, language) is not None or dates.read_minutes(text, language) is not None


def _paragraphs(block: Block) -> list[tuple[str, list[Piece]]] | None:
    if (
        len(block.pieces) < 2
        or block.frame.tag in _ONE_PARAGRAPH
        or not all(piece.element or piece.text.isspace() for piece in block.pieces)
    ):
        return None
    by_element: dict[int, list[Piece]] = {}
    for piece in block.pieces:
        if piece.element:
            by_element.setdefault(piece.element, []).append(piece)
    texts = ["".join([piece.text for piece in pieces]) for pieces in by_element.values()]
    whole = all(len(text) > 40 and clean(text).endswith(_FULL_STOP) and text == text.strip() for text in texts[:-1])
    if len(texts) < 2 or not whole:
        return None
    return [(clean(text), pieces) for text, pieces in zip(texts, by_element.values(), strict=True)]


def _side_by_side(pieces: list[Piece]) -> Iterator[tuple[str, list[Piece]]]:
    """Pieces that each have an element of their own are lines; those amid bare words are one line."""
    if all(piece.inline for piece in pieces):
        alone = len({piece.element for piece in pieces}) == 1
        for _, group in groupby(enumerate(pieces), key=lambda item: item[0] if alone else item[1].element):
            members = [piece for _, piece in group]
            if text := _trim("".join([piece.text for piece in members])):
                yield text, members
    elif text := _trim("".join([piece.text for piece in pieces])):
        yield text, pieces


def _trim(text: str) -> str:
    return clean(text).strip(_EDGE_SEPARATORS)
