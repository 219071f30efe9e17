"""From the lines of a byline to the names in them."""

import re
from functools import cache

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.items import Author
from iranwire_crawler.domain.text import clean, fold
from iranwire_crawler.pages.blocks import Line
from iranwire_crawler.pages.datelines import leads
from iranwire_crawler.pages.lines import folded_lines
from iranwire_crawler.pages.page import Page

_LONGEST_SIGN = 3
_SHORTEST_NAME = 3
# ASSUMED: the usual Arabic names that begin with the letter that also says "and".
_NAMES_IN_WAW = frozenset(
    "وليد وسام وفاء وائل وحيد وحيدة وديع وجدي وجيه وهيب وهبي وهبة وصال وداد وردة وسيم وسيمة وضاح ولاء ولید وعد".split()
)
_BETWEEN_NAMES = ",،;&|·•"


def authors(page: Page, lines: list[Line]) -> list[Author]:
    """Who is named in a byline's lines, each once, in order."""
    found: dict[str, Author] = {}
    for name, href in (named for line in lines for named in _names(page, line)):
        if any(map(str.isalpha, name)) and name not in found:
            # A card is one link to its article: that is no author's address.
            to_article = urls.article_address(href, page.base) is not None
            found[name] = Author(name=name, url=None if to_article else urls.web_address(href, page.base))
    return list(found.values())


def _names(page: Page, line: Line) -> list[tuple[str, str | None]]:
    """(name, href) of each who is named in a line."""
    if joins_names(page, line):
        return []
    links = line.links()
    if len(links) > 1:
        return [(text, href) for href, text in links]
    href = links[0][0] if links else None
    names = split_names(page, line.text)
    if href is not None and line.link == href and any(map(_is_part_of_a_name, names)):
        names = [without_by(page, line.text)]  # a link to one who writes: `Journalist, Tehran`
    return [(name, href) for name in names]


def _is_part_of_a_name(text: str) -> bool:
    return len(text.split()) == 1 and fold(text) not in folded_lines(site.PSEUDO_AUTHORS)


def joins_names(page: Page, line: Line) -> bool:
    """Whether a line leads to a name or joins two: `By`, `and`, `/`."""
    edition = page.edition
    if edition is None or not line.plain:
        return False
    sign = len(line.text) <= _LONGEST_SIGN and not any(map(str.isalnum, line.text))
    return sign or line.folded.rstrip(" :") in folded_lines((*edition.by, edition.conjunction)) or leads(line.text)


@cache
def _by_words(words: tuple[str, ...]) -> list[tuple[tuple[str, str], int]]:
    """How a line begins that says whom it is by, and how long that word is."""
    return [((fold(word) + " ", fold(word) + ":"), len(word)) for word in words]


def without_by(page: Page, text: str) -> str:
    """A byline without the word it begins with."""
    if page.edition is not None:
        folded = fold(text)
        for beginnings, length in _by_words(page.edition.by):
            if folded.startswith(beginnings):
                return text[length:].lstrip(" :")
    return text


def split_names(page: Page, text: str) -> list[str]:
    """`By A`, `A and B`, `A, B & C`, and the glued `A andB` that the site prints."""
    text = without_by(page, text)
    parts = re.split(rf"\s*[{_BETWEEN_NAMES}]\s*|\s+and\s*(?=[^\Wa-z\d_])|\s+و\s+|\s+و(?=[A-Za-z])", text)
    if page.edition is not None and page.edition.language == "ar":
        parts = [name for part in parts for name in _split_at_waw(part)]
    return [name for part in parts if (name := clean(part))]


def _split_at_waw(text: str) -> list[str]:
    """`رقية الكرماني وسلمى البغدادي`: Arabic writes "and" as a part of the next word. Two names each, or it is one."""
    words = text.split()
    for at in range(2, len(words) - 1):
        if words[at][0] == "و" and len(words[at]) > _SHORTEST_NAME and words[at] not in _NAMES_IN_WAW:
            return [" ".join(words[:at]), *_split_at_waw(" ".join([words[at][1:], *words[at + 1 :]]))]
    return [text]
