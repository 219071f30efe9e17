"""Lines amid a body that are none of its text: the interface's, rows of links that share, menus, what else to read."""

from urllib.parse import unquote

from iranwire_crawler.domain import urls
from iranwire_crawler.domain.text import clean, fold
from iranwire_crawler.pages.blocks import Line, Piece
from iranwire_crawler.pages.furniture import shares
from iranwire_crawler.pages.labels import LONGEST_LABEL, leads_on
from iranwire_crawler.pages.page import Page

_MENU_KINDS = ("flat", "front", "section")


def is_noise(page: Page, line: Line, headline: Line) -> bool:
    """The headline once more (a picture's alt), or a line of the interface."""
    if len(line.text) <= len(headline.text) * 5 // 4 + 8 and line.folded == headline.folded:
        return True
    if page.is_interface(line):
        return True
    if len(line.pieces) == 1 and line.pieces[0].href is None:
        return False  # most lines are one text without a link
    if not _only_links(line):
        return _leads_to_others(page, line)
    hrefs = [href for href, _ in line.links()]
    alone = len(hrefs) == 1 and len(line.text) > LONGEST_LABEL
    return _share(page, hrefs) or (_make_menu(page, hrefs) and not alone)


def _leads_to_others(page: Page, line: Line) -> bool:
    """`Also read: …`: nothing but words that lead on, and links to other articles."""
    words = "".join([piece.text for piece in line.pieces if piece.href is None])
    if len(words) > 2 * LONGEST_LABEL or not leads_on(fold(words)):
        return False
    return all(page.foreign_address(href) is not None for href, _ in line.links())


def _only_links(line: Line) -> bool:
    """Whether a line has no words that are not a link's."""
    return all(piece.href is not None or not clean(piece.text) for piece in line.pieces)


def _share(page: Page, hrefs: list[str]) -> bool:
    """Whether links hand this page's address to somebody: `https://t.me/share?url=https%3A%2F%2F…`."""
    own = f"/{page.address.id}"
    return hrefs != [] and all(
        shares(href) or own in unquote(href.partition("?")[2], errors="replace") for href in hrefs
    )


def _make_menu(page: Page, hrefs: list[str]) -> bool:
    """Whether all lead to pages of the site that are no articles: `About`, `Contact`.

    One link alone to a section may be a tag.
    """
    kinds = _MENU_KINDS if len(hrefs) > 1 else ("flat", "front")
    addresses = [urls.read_address(urls.absolute(href, page.base)) for href in hrefs]
    return addresses != [] and all(address is not None and address.kind in kinds for address in addresses)


def is_tags(page: Page, line: Line) -> bool:
    """Whether a line is nothing but links to tags."""
    if line.pieces[0].href is None:
        return False
    return all(_is_tag(page, piece) for piece in line.pieces if not piece.text.isspace())


def _is_tag(page: Page, piece: Piece) -> bool:
    """Marked as one, or a `#word` that leads to a page of the site."""
    if "tag" in piece.rel.split():
        return True
    own = piece.href is not None and urls.read_address(urls.absolute(piece.href, page.base)) is not None
    return own and piece.text.strip()[0] == "#"
