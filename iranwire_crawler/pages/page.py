"""`Page`: what the readers of one page share."""

from bisect import bisect_left
from functools import cache, cached_property
from typing import NamedTuple
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.site import Edition
from iranwire_crawler.domain.text import fold, letters
from iranwire_crawler.pages.blocks import Document, Frame, Line, links_of
from iranwire_crawler.pages.embedded import Metadata
from iranwire_crawler.pages.furniture import is_control
from iranwire_crawler.pages.lines import folded_lines

_LONGEST_INTERFACE = 160
BREADCRUMB_SIGNS = "»›>«‹"


class Page:
    """One page: its lines, its address, and the questions that every reader asks of a line.

    `dated`: where the date lines stand.
    """

    def __init__(
        self,
        lines: list[Line],
        address: urls.Address,
        edition: Edition | None,
        base: str,
        metadata: Metadata,
        document: Document,
    ) -> None:
        self.lines = lines
        self.address = address
        self.edition = edition
        self.base = base
        self.metadata = metadata
        self.document = document
        self.size = len(document.blocks)
        self.dated = [position for position, line in enumerate(lines) if line.shown is not None]
        self._indices = [line.index for line in lines]
        self._regions: dict[tuple[Frame, Line | None], str | None] = {}
        self._others: dict[str, urls.Address | None] = {}
        self._fixed = _fixed_lines(edition.language) if edition is not None else _FixedLines()

    @cached_property
    def slug_letters(self) -> str:
        return letters(unquote(self.address.slug or "", errors="replace"))

    @cached_property
    def labels(self) -> frozenset[str]:
        """Section names that the page itself links to sections, in its menu or elsewhere (folded)."""
        links = [link for line in self.lines if line.kind == "text" for link in line.links()]
        shown = {fold(text) for href, text in links if _section_slug(href, self.base)}
        chrome = {fold(text) for href, text in self.document.chrome_links() if _section_slug(href, self.base)}
        return frozenset(shown | chrome)

    def chrome(self, line: Line) -> LexborNode:
        """The element that a line of kind `chrome` stands for."""
        before = sum(other.kind == "chrome" for other in self.document.blocks[: line.index])
        return self.document.passed_over[before]

    def breadcrumb(self, line: Line) -> list[tuple[str, str]]:
        """(href, text) of each link in the chrome that a line stands for; none in a menu."""
        node = self.chrome(line)
        if node.tag == "nav" and line.inside("main", "article") is None:
            says = f"{node.attributes.get('class')} {node.attributes.get('aria-label')} {node.text(deep=True)}".lower()
            if not any(sign in says for sign in ("breadcrumb", *BREADCRUMB_SIGNS)):
                return []
        return list(links_of(node))

    def foreign(self, line: Line) -> urls.Address | None:
        """The other article that this line links to."""
        href = line.link or line.href
        return self.foreign_address(href) if href is not None else None

    def foreign_address(self, href: str) -> urls.Address | None:
        """The other article that a link leads to."""
        if href not in self._others:
            address = urls.article_address(href, self.base)
            own = address is not None and address.key == self.address.key
            self._others[href] = None if own else address
        return self._others[href]

    def span(self, frame: Frame) -> tuple[int, int]:
        """The lines that stand in an element: from the first up to, not including, the second."""
        return bisect_left(self._indices, frame.start), bisect_left(self._indices, frame.end)

    def region(self, line: Line, headline: Line | None = None) -> str | None:
        """The region (nav, aside, footer, dialog, form, button) a line stands in, else None.

        One that holds most of the page, or the headline too, says nothing: old pages wrap
        everything in a form, and an unclosed element swallows the rest of its page.
        """
        innermost = line.frame.around.region
        if innermost is None:
            return None
        if (innermost, headline) not in self._regions:
            self._regions[innermost, headline] = self._region(innermost, headline)
        return self._regions[innermost, headline]

    def _region(self, frame: Frame | None, headline: Line | None) -> str | None:
        while frame is not None:
            around = headline is not None and frame.start <= headline.index < frame.end
            if not around and len(frame) * 2 <= self.size:
                return frame.region_name
            frame = frame.parent.around.region if frame.parent is not None else None
        return None

    def linked_section(self, line: Line) -> str | None:
        """The slug of the section that the whole of this line links to."""
        return self.section_of_link(line.link)

    def section_of_link(self, href: str | None) -> str | None:
        """The slug of the section that a link leads to."""
        return _section_slug(href, self.base)

    def is_interface(self, line: Line) -> bool:
        """A fixed line of the site's own interface above the article, or a control."""
        if len(line.text) > _LONGEST_INTERFACE:
            return False
        if is_control(line):
            return True
        fixed = self._fixed
        return line.folded in fixed.interface or (fixed.light != "" and fixed.light in line.folded)

    def is_passed_over(self, line: Line, within: str | None = None) -> bool:
        """What may stand amid an article's header, or a card, and is no part of it: a button, a dialog, a control.

        `within`: the region that the card itself stands in.
        """
        if line.kind != "text" or is_control(line):
            return True
        region = self.region(line)
        return region in ("button", "dialog") and region != within

    def is_tail(self, line: Line) -> bool:
        """A fixed line that stands after an article's body."""
        return len(line.text) <= _LONGEST_INTERFACE and line.folded in self._fixed.tail


def _section_slug(href: str | None, base: str) -> str | None:
    """The section that a link leads to, where it is one of the site's."""
    address = urls.read_address(urls.absolute(href, base)) if href else None
    return address.section if address is not None and address.kind == "section" else None


class _FixedLines(NamedTuple):
    """The lines (folded) that an edition's interface is known to show; none where the edition is not known."""

    interface: frozenset[str] = frozenset()
    light: str = ""
    tail: frozenset[str] = frozenset()


@cache
def _fixed_lines(language: str) -> _FixedLines:
    edition = site.EDITIONS[language]
    return _FixedLines(folded_lines(edition.chrome), fold(edition.light), folded_lines(edition.tail))
