"""Blocks -> the lines a reader would name: date lines and reading times told from other text.

A block that puts several of them side by side (`<span>February 3, 2024</span><span>2 min read</span>`,
or `February 3, 2024 | 2 min read`) becomes one line each; every other block stays one line.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby

from iranwire_crawler.domain import dates, site
from iranwire_crawler.domain.dates import ShownDate
from iranwire_crawler.domain.text import clean, fold
from iranwire_crawler.pages.blocks import Document, Line, Piece
from iranwire_crawler.pages.datelines import FULL_STOP, dateline, is_byline, leads, names_who, without_posted
from iranwire_crawler.pages.tags import HEADINGS

_LONGEST_COMPOSITE = 600
# It begins where white space begins: to look from each of a million spaces would take hours.
_SEPARATOR = re.compile(r"((?<!\s)\s*+[|·•‧∙◦●]\s*+|(?<!\s)\s++[-–—/]\s++)")
_EDGE_SEPARATORS = " |·•‧∙◦●-–—/"
_LONGEST_MARK = 160
_LONGEST_META_LINE = 200
_LONGEST_LINE = 44
_FIXED = frozenset(
    line.casefold().replace("\u200c", "")
    for edition in site.EDITIONS.values()
    for line in (*edition.chrome, *edition.tail)
)
_SHORTEST_FIXED = min(map(len, _FIXED))
_SENTENCE_ENDS = (*FULL_STOP, ":", "؛", ".»", "؟»", "!»")
# Elements that hold one paragraph, however many spans an editor left in it.
_ONE_PARAGRAPH = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption"})


@cache
def folded_lines(lines: tuple[str, ...]) -> frozenset[str]:
    """`fold` of each line, for comparing a page's lines with fixed ones."""
    return frozenset(map(fold, lines))


def read_lines(document: Document, language: str) -> list[Line]:
    """The page's lines, in reading order."""
    marks = _Marks(language)
    lines: list[Line] = []
    for block in document.blocks:
        alone = len(block.pieces) == 1
        hinted = len(block.text) <= _LONGEST_META_LINE and _hinted(block.text)
        if block.kind != "text" or (alone and not hinted):
            lines.append(block)
            continue
        if hinted:
            if len(block.text) <= _LONGEST_LINE:
                marks.tell(block)
            if alone and not block.plain:
                lines.append(block)
                continue
        parts = _parts(block, marks) if hinted or _holds_mark(block) else _paragraphs(block)
        if parts is None:
            lines.append(block)
            continue
        for text, pieces in parts:
            if not text:
                continue  # an element that holds but a no-break space
            line = block.part(text, pieces)
            if len(text) <= _LONGEST_LINE and _hinted(text):
                marks.tell(line)
            lines.append(line)
    return lines


class _Marks:
    """The dates and reading times of one page. Many a text is asked about more than once; it is read once."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._read: dict[str, tuple[ShownDate | None, int | None]] = {}
        self._included: dict[str, bool] = {}

    def read(self, text: str) -> tuple[ShownDate | None, int | None]:
        """(date, minutes) where `text` is one of them."""
        found = self._read.get(text)
        if found is None:
            bare = _trim(text)
            shown = dates.read_shown_date(bare, self.language)
            found = self._read[text] = (shown, None if shown else dates.read_minutes(bare, self.language))
        return found

    def tell(self, line: Line) -> None:
        """See whether a line is a date or a reading time."""
        line.shown, line.minutes = self.read(line.text)
        line.plain = line.shown is None and line.minutes is None

    def include(self, text: str) -> bool:
        """Whether `text` is a date, a reading time or a fixed line of the site."""
        if len(text) > _LONGEST_MARK:
            return False
        found = self._included.get(text)
        if found is None:
            found = self.read(text) != (None, None) if _hinted(text) else _bare(text) in _FIXED
            self._included[text] = found
        return found


def _holds_mark(block: Line) -> bool:
    """Whether a piece of a block may be a date, a reading time or a fixed line."""
    if len(block.text) > _LONGEST_COMPOSITE:
        return False
    hinted = len(block.text) > _LONGEST_META_LINE  # else the whole of it was looked at
    for piece in block.pieces:
        text = piece.text
        if len(text) > _LONGEST_MARK:
            continue
        if (hinted and _hinted(text)) or (len(text) >= _SHORTEST_FIXED and _bare(text) in _FIXED):
            return True
    return False


def _hinted(text: str) -> bool:
    """No date is without a year, no reading time without its word: three searches that cost next to nothing."""
    return " read" in text or "دق" in text or dates.YEAR.search(text) is not None


def _bare(text: str) -> str:
    """Enough to know a fixed line again, without the cost of `fold`."""
    return text.strip().casefold().replace("\u200c", "")


def _parts(block: Line, known: _Marks) -> list[tuple[str, list[Piece]]] | None:
    """The lines side by side in one block, or None where it is one line.

    A block comes apart where a part of it is a date, a reading time or a fixed line of the site;
    or where all of it stands in elements of its own that are whole sentences each: paragraphs
    that only a style sheet tells apart.
    """
    tokens = list(_tokens(block.pieces, known))
    marks = [known.include(token.text) for token in tokens]
    if block.frame.tag not in HEADINGS:
        _strip_leads(tokens, marks, known)
    _join_marks(tokens, marks, known)
    if len(tokens) < 2:
        words = dates.split_meta_line(block.text, known.language) or dateline(block.text, known.language)
        return [(part, [block.pieces[0]._replace(text=part)]) for part in words] if words else None
    if not any(marks):
        return _paragraphs(block)
    if not all(_stands_apart(tokens, marks, at) for at, mark in enumerate(marks) if mark) or _is_prose(tokens, marks):
        return None  # a sentence that holds a date
    parts: list[tuple[str, list[Piece]]] = []
    between: list[Piece] = []
    for token, mark in zip(tokens, marks, strict=True):
        if mark:
            beside = list(_side_by_side(between))
            told = (_trim(token.text), [token])
            by = not parts and is_byline(" ".join([text for text, _ in beside]))
            if by:
                beside = [(without_posted(text), pieces) for text, pieces in beside]
            # Who wrote comes after the date, wherever a line has it.
            parts += [told, *beside] if by and known.read(token.text)[0] is not None else [*beside, told]
            between = []
        elif not leads(token.text):
            between.append(token)
    parts.extend(_side_by_side(between))
    return parts


def _tokens(pieces: list[Piece], known: _Marks) -> Iterator[Piece]:
    """The pieces, separators between words cut out as tokens of their own; a date in parts is one."""
    for element, group in groupby(pieces, key=lambda piece: piece.element):
        members = list(group)
        if element and len(members) > 1 and known.include(text := "".join([piece.text for piece in members])):
            yield members[0]._replace(text=text)
        else:
            yield from _parted(members)


def _parted(pieces: list[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        texts = _SEPARATOR.split(piece.text)
        if len(texts) == 1 and not piece.text.isspace():
            yield piece
            continue
        for text in texts:
            if text and not text.isspace():
                yield piece._replace(text=text)


def _strip_leads(tokens: list[Piece], marks: list[bool], known: _Marks) -> None:
    """Take from a date the words that lead to it or on from it: ` on February 3, 2024 in `."""
    for at, token in enumerate(tokens):
        if marks[at] or len(token.text) > _LONGEST_LINE or not _hinted(token.text):
            continue
        words = token.text.split()
        for length in range(1, len(words) - 2):
            for lead, rest in ((words[:length], words[length:]), (words[-length:], words[:-length])):
                if leads(" ".join(lead)) and known.include(" ".join(rest)):
                    tokens[at], marks[at] = token._replace(text=" ".join(rest)), True


def _join_marks(tokens: list[Piece], marks: list[bool], known: _Marks) -> None:
    """Join the tokens of which only together are a date or a reading time: `<b>3</b> min read`."""
    at = 0
    while at < len(tokens):
        for length in (3, 2):
            if at + length > len(tokens) or any(marks[at : at + length]):
                continue
            text = "".join([token.text for token in tokens[at : at + length]])
            if len(text) <= _LONGEST_LINE and _hinted(text) and known.include(text):
                tokens[at : at + length] = [tokens[at]._replace(text=text)]
                marks[at : at + length] = [True]
                break
        at += 1


def _is_separator(token: Piece) -> bool:
    return _SEPARATOR.fullmatch(token.text) is not None


def _is_prose(tokens: list[Piece], marks: list[bool]) -> bool:
    """Whether what stands beside the marks is a sentence: it goes on in lower case, or ends with a full stop."""
    if any(map(_is_separator, tokens)):
        return False
    last = max(at for at, mark in enumerate(marks) if mark)
    after = [token for token in tokens[last + 1 :] if not leads(token.text)]
    text = clean("".join([token.text for token in after]))
    if len({token.href for token in after}) == 1 and after[0].href is not None:
        return False  # one link: a card's headline after its date
    if is_byline(text) or (len(after) > 1 and after[1].inline and names_who(after[0].text)):
        return False
    return text.endswith(_SENTENCE_ENDS) or text[:1] in (",", ".", "،") or text[:1].islower()


def _stands_apart(tokens: list[Piece], marks: list[bool], at: int) -> bool:
    """Whether nothing but an edge, a separator, another mark or another element touches a mark."""
    for beside in (at - 1, at + 1):
        if not 0 <= beside < len(tokens) or marks[beside]:
            continue
        neighbour = tokens[beside]
        if not any(map(str.isalnum, neighbour.text)):
            continue
        if neighbour.inline and not _runs_on(neighbour, tokens[at], before=beside < at):
            continue
        text = clean(neighbour.text)
        if not names_who(without_posted(text)) and not leads(text) and not is_byline(text):
            return False
    return True


def _runs_on(neighbour: Piece, mark: Piece, *, before: bool) -> bool:
    """Whether a mark stands amid words of its own inline element, as a sentence's link does: `on <a>…</a> they`.

    Not where both are of one link: a card's.
    """
    if neighbour.element != mark.element or (mark.href is not None and mark.href == neighbour.href):
        return False
    inner, outer = (neighbour.text[-1:], mark.text[:1]) if before else (neighbour.text[:1], mark.text[-1:])
    return inner.isspace() and not outer.isspace()


def _paragraphs(block: Line) -> list[tuple[str, list[Piece]]] | None:
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
    whole = all(len(text) > 40 and clean(text).endswith(FULL_STOP) and text == text.strip() for text in texts[:-1])
    if len(texts) < 2 or not whole:
        return None
    return [(clean(text), pieces) for text, pieces in zip(texts, by_element.values(), strict=True)]


def _side_by_side(pieces: list[Piece]) -> Iterator[tuple[str, list[Piece]]]:
    """Pieces that each have an element of their own are lines; those amid bare words are one line.

    A separator at either end is of neither.
    """
    pieces = _inner(pieces)
    if all(piece.inline for piece in pieces):
        alone = len({piece.element for piece in pieces}) == 1 and not _is_name_in_parts(pieces)
        for _, group in groupby(enumerate(pieces), key=lambda item: item[0] if alone else item[1].element):
            members = [piece for _, piece in group]
            if text := _joined(members):
                yield text, members
    elif text := _joined(pieces):
        yield text, pieces


def _is_name_in_parts(pieces: list[Piece]) -> bool:
    """A first name and a family name, each in an element."""
    return len(pieces) > 1 and all(piece.href is None and len(piece.text.split()) == 1 for piece in pieces)


def _joined(pieces: list[Piece]) -> str:
    """The text of pieces between which white space may have been: before a name there was."""
    texts = [piece.text for piece in pieces]
    apart = len(texts) > 1 and (names_who(texts[0]) or _is_name_in_parts(pieces))
    return _trim((" " if apart else "").join(texts))


def _inner(pieces: list[Piece]) -> list[Piece]:
    """Pieces without the separators before the first and after the last word."""
    words = [at for at, piece in enumerate(pieces) if not _is_separator(piece)]
    return pieces[words[0] : words[-1] + 1] if words else []


def _trim(text: str) -> str:
    return clean(text).strip(_EDGE_SEPARATORS)
