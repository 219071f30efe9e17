"""`BlockBuilder`: the blocks of a page in the making; words become lines, with the links and emphasis around them."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.blocks import Document, Frame, Line, Piece
from iranwire_crawler.pages.tags import HEADINGS

# A line of more characters than this is a sentence.
LONG = 60
NONE: Mapping[str, str | None] = {}
# `Piece(…)` in half the time: a named tuple's own constructor is a Python function.
piece_of = partial(tuple.__new__, Piece)


class Inline(NamedTuple):
    """An open inline element: the link that was open before it, and whether it makes bold."""

    href: str | None
    rel: str
    bold: bool


class BlockBuilder:
    """What is open at one place of the tree, and the blocks so far."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.blocks = document.blocks
        self.frame = Frame("html", None, NONE, 0)
        self.pieces: list[Piece] = []
        self.datetime: str | None = None
        self.href: str | None = None
        self.rel = ""
        self.inline = 0
        self.element = 0
        self.small = False
        self.boundary = True
        self.bold = 0
        self.long_links: list[str] = []
        # Hidden slides that are open: shown all the same.
        self.slides: Frame | None = None

    def _leave(self, opened: "Frame | Inline") -> None:
        if isinstance(opened, Frame):
            if self.pieces:
                self._flush()
            end = opened.end = len(self.blocks)
            if self.datetime is not None and end > opened.start:
                # A `time` that shows nothing belongs to what stands before it, not to the next card.
                self.blocks[-1].datetime = self.blocks[-1].datetime or self.datetime
                self.datetime = None
            if opened.parent is not None:
                self.frame = opened.parent
            if opened is self.slides:
                self.slides = None
            return
        self.boundary = True
        self.href, self.rel, bold = opened
        self.bold -= bold
        self.inline -= 1

    def _text(self, text: str) -> None:
        if self.frame.tag == "pre" and "\n" in text:
            for number, line in enumerate(text.split("\n")):
                if number:
                    self._flush()
                if line:
                    self._text(line)
            return
        if self.pieces and not self.boundary:
            # One text that the markup cut in two: React's `2<!-- --> min read`.
            before = self.pieces[-1]
            self.pieces[-1] = before._replace(text=before.text + text)
            return
        element = self.element if self.inline else 0
        self.pieces.append(piece_of((text, element, self.href, self.rel, self.bold > 0, self.small)))
        self.boundary = False

    def _add(self, kind: str, text: str, href: str | None = None, source: str | None = None) -> Line:
        line = Line(kind, text, self.frame, len(self.blocks), [])
        line.href, line.source = href, source
        self.blocks.append(line)
        return line

    def _break(self) -> None:
        if self.frame.tag in HEADINGS:
            self.pieces.append(Piece(" ", 0))
            self.boundary = True
        else:
            self._flush()

    def _flush(self) -> None:
        pieces = self.pieces
        if not pieces:
            return
        text = clean(pieces[0].text if len(pieces) == 1 else "".join([piece.text for piece in pieces]))
        if text:
            line = Line("text", text, self.frame, len(self.blocks), pieces)
            if self.datetime is not None:
                line.datetime = self.datetime
            self.blocks.append(line)
            if pieces[0].href and len(text) > LONG:
                self.long_links.append(pieces[0].href)
        self.pieces = []
        self.datetime = None
        self.boundary = True
