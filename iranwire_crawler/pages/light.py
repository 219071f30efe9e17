"""The light version of an article's page or of a listing, where the page itself links to one."""

import re

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.text import fold
from iranwire_crawler.pages.document import read_document
from iranwire_crawler.pages.light_section import LightForm
from iranwire_crawler.pages.pager import ANY_DATA

_LONGEST_OFFER = 200
_KINDS = ("article", "section", "front")


class LightLink:
    """What a page that may lack its text says of its light version. Never raises, on any bytes.

    The address of "Iranwire Light" is not known. It is found by what the site calls it (`Edition.light`, in the
    words of a link or in those around it) and by `rel=amphtml`, and believed only where it holds the article's number,
    or the listing's own path (`LightForm`): a link to the light front page is none to the article.
    """

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        self.url = url
        address = urls.read_address(url)
        self.address = address if address is not None and address.kind in _KINDS else None
        language = address.language if address is not None else None
        edition = site.EDITIONS.get(language or "")
        self.words = frozenset(fold(name) for name in ((edition.light, site.EN.light) if edition else (site.EN.light,)))
        self.document = read_document(body, content_type, language, controls=ANY_DATA)
        self.base = urls.absolute(self.document.base, url) if self.document.base else url

    def address_of_light(self) -> str | None:
        """An absolute http(s) address on whatever host; None where the page leads to no light version of itself."""
        if self.address is None:
            return None
        for href in self._links():
            url = urls.web_address(href, self.base)
            if url is not None and url.partition("#")[0] != self.url.partition("#")[0] and self._is_of_page(url):
                return url
        return None

    def _links(self) -> list[str]:
        controls = self.document.controls
        amp = [control.attributes.get("href", "") for control in controls if "amphtml" in control.rel]
        named = [
            value
            for control in controls
            if any(self._names_light(label) for label in control.labels)
            for name in ("href", *ANY_DATA)
            if (value := control.attributes.get(name))
        ]
        around = [
            piece.href
            for block in self.document.blocks
            if self._names_light(block.text)
            for piece in block.pieces
            if piece.href
        ]
        return [*named, *around, *amp]

    def _names_light(self, text: str) -> bool:
        return 0 < len(text) <= _LONGEST_OFFER and any(words in fold(text) for words in self.words)

    def _is_of_page(self, url: str) -> bool:
        """Whether an address holds this article's number, or has its key; or is this listing's path."""
        assert self.address is not None
        if self.address.kind != "article":
            return LightForm.of(self.url, url) is not None
        there = urls.article_address(url)
        if there is not None:
            return there.key == self.address.key
        return re.search(rf"(?<![0-9]){self.address.id}(?![0-9])", url.partition("#")[0]) is not None
