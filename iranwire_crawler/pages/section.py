"""`SectionPage`: the bytes and the address of a front page, a section page or any listing in; links out.

No section page of the site was ever seen. So links and buttons count wherever they stand, hidden or
not (`blocks.Control`).
"""

from dataclasses import dataclass
from functools import cached_property

from iranwire_crawler.domain import urls
from iranwire_crawler.pages.blocks import Control, Document
from iranwire_crawler.pages.document import read_document, read_scripts
from iranwire_crawler.pages.listed_data import ListedData, read_listed
from iranwire_crawler.pages.listing import Listed, read_cards
from iranwire_crawler.pages.next_page import NextPage, WayOn, probe_address, public_address
from iranwire_crawler.pages.page_data import page_data
from iranwire_crawler.pages.pager import (
    ANY_DATA,
    LAST_DATA,
    NEXT_DATA,
    page_number_in,
    page_number_of,
    says_next,
)
from iranwire_crawler.pages.rivals import Places

# A page is untrusted: what lies beyond this bound is not read.
MAX_LINKS = 200
# ASSUMED: addresses of a section's form that hold no articles.
NO_SECTIONS = frozenset(
    "about about-us contact contact-us search login logout signin register account donate support subscribe "
    "newsletter newsletters privacy privacy-policy terms terms-of-use rss sitemap archive-search".split()
)


@dataclass(frozen=True, slots=True)
class SectionLink:
    """A section of the edition: its slug, canonical address, and the words that link to it."""

    slug: str
    url: str
    label: str | None


class SectionPage:
    """A front page, a section page, or any page that lists articles. Never raises, on any bytes."""

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        self.body = body
        self.url = url
        self.content_type = content_type
        self.address = urls.read_address(url)
        self.language = self.address.language if self.address else None

    @cached_property
    def _document(self) -> Document:
        return read_document(self.body, self.content_type, self.language, controls=(*NEXT_DATA, *ANY_DATA, *LAST_DATA))

    @property
    def _controls(self) -> list[Control]:
        return self._document.controls

    @cached_property
    def base(self) -> str:
        """What the page's relative links are relative to."""
        declared = self._document.base
        return urls.absolute(declared, self.url) if declared else self.url

    def _resolved(self, href: str) -> str:
        """A link of the page, absolute."""
        return urls.absolute(href, self.base)

    @cached_property
    def cards(self) -> tuple[Listed, ...]:
        """Every article that the page links to, of any language, each once, in the order of the source."""
        return read_cards(self._document, self._addresses, self.language, self.base)

    @cached_property
    def sections(self) -> tuple[SectionLink, ...]:
        """The section pages of this page's edition that it links to, in order, each once."""
        found: dict[str, SectionLink] = {}
        for control, address in self._addresses:
            slug = address.section
            if address.kind != "section" or slug is None or address.language != self.language:
                continue
            label = next(iter(control.labels), None)
            if slug in NO_SECTIONS or control.tag == "link" or len(found) >= MAX_LINKS or self._leads_on(control):
                continue
            known = found.get(slug)
            if known is None or (known.label is None and label):
                found[slug] = SectionLink(slug, address.url, label)
        return tuple(found.values())

    @cached_property
    def editions(self) -> tuple[str, ...]:
        """Front pages of other editions that the page links to or declares with hreflang."""
        fronts = (address.url for _, address in self._addresses if self._is_other_edition(address))
        return tuple(dict.fromkeys(fronts))[:MAX_LINKS]

    def _is_other_edition(self, address: urls.Address) -> bool:
        return address.kind == "front" and address.language != self.language

    @cached_property
    def feeds(self) -> tuple[str, ...]:
        """The site's own RSS and Atom alternates that the page declares."""
        found: dict[str, None] = {}
        for control in self._controls:
            kind = control.attributes.get("type", "").lower()
            if control.tag != "link" or "alternate" not in control.rel or not ("rss" in kind or "atom" in kind):
                continue
            if (url := public_address(control.attributes.get("href"), self.base)) and len(found) < MAX_LINKS:
                found.setdefault(url)
        return tuple(found)

    def next_page(self, number: int) -> NextPage | None:
        """The page after page `number` of this listing, which this page is; None where it shows no way on."""
        return WayOn(
            number,
            self.url,
            self._controls,
            resolved=self._resolved,
            places=lambda: self._places,
            in_data=lambda: self._data.next_pages,
        ).find()

    @cached_property
    def _places(self) -> Places:
        links = [(control.attributes["href"], address) for control, address in self._addresses]
        return Places(self._document, {href for href, address in links if address.kind == "article"})

    @cached_property
    def _data(self) -> ListedData:
        """What the data in the page's scripts lists."""
        scripts = read_scripts(self.body, self.content_type, self.language)
        return read_listed(page_data(scripts), self.address, self.base)

    def probe(self, number: int) -> NextPage | None:
        """`?page=<number + 1>` of this listing, which is its page `number`: a guess, to be tried once."""
        return probe_address(self.url, number)

    def _leads_on(self, control: Control) -> bool:
        """Whether a link is a pager's: its label is a number, an arrow or says so, or its address has a number."""
        labels = control.labels
        if labels and all(page_number_in(label) is not None for label in labels):
            return True
        return says_next(control, self.language) or page_number_of(control.attributes.get("href", "")) is not None

    @cached_property
    def _addresses(self) -> list[tuple[Control, urls.Address]]:
        """Every link with what its address says."""
        found: list[tuple[Control, urls.Address]] = []
        for control in self._controls:
            href = control.attributes.get("href")
            if not href or len(href) > urls.MAX_ADDRESS_LENGTH:
                continue
            address = urls.read_address(self._resolved(href))
            if address is not None:
                found.append((control, address))
        return found
