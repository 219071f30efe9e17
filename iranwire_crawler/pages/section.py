"""`SectionPage`: the bytes and the address of a front page, a section page or any listing in; links out.

No section page of the site was ever seen. So links and buttons count wherever they stand, hidden or
not (`blocks.Control`), and the next page is found by what the web's usual pagers have in common.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal
from urllib.parse import quote, urlsplit

from iranwire_crawler.domain import site, urls
from iranwire_crawler.pages.blocks import Control, Document
from iranwire_crawler.pages.document import read_document, read_scripts
from iranwire_crawler.pages.listed_data import ListedData, read_listed
from iranwire_crawler.pages.listing import Listed, read_cards
from iranwire_crawler.pages.page_data import page_data
from iranwire_crawler.pages.pager import (
    ANY_DATA,
    LAST_DATA,
    NEXT_DATA,
    as_number,
    goes_on,
    identity_of,
    is_over,
    loads_when_seen,
    numbered,
    page_number_in,
    page_number_of,
    says_next,
    says_next_in_words,
    says_previous,
    stem_of,
)
from iranwire_crawler.pages.rivals import Places

Way = Literal["rel_next", "link_text", "page_number", "load_more", "data", "probe"]

# A page is untrusted: what lies beyond this bound is not read.
MAX_LINKS = 200
_MOST_RIVALS = 20
# ASSUMED: addresses of a section's form that hold no articles.
NO_SECTIONS = frozenset(
    "about about-us contact contact-us search login logout signin register account donate support subscribe "
    "newsletter newsletters privacy privacy-policy terms terms-of-use rss sitemap archive-search".split()
)
_LINKS = frozenset({"a", "area", "link"})
_DAY_OR_MONTH = re.compile(r"[0-9]{4}[-/][0-9]{1,2}")
# What a control's attributes hold besides where it leads by a script.
_NO_DATA = frozenset({"href", "rel", "type", "value", "class", "hx-trigger", "data-hx-trigger", *LAST_DATA})


@dataclass(frozen=True, slots=True)
class SectionLink:
    """A section of the edition: its slug, canonical address, and the words that link to it."""

    slug: str
    url: str
    label: str | None


@dataclass(frozen=True, slots=True)
class NextPage:
    """The address of the next listing page, on the public host, and how it was found."""

    url: str
    way: Way


# A link that may lead on, and its address.
_Rival = tuple[Control, str]


def public_address(href: str | None, base: str | None) -> str | None:
    """A link of the site on the public host, path and query as they stand; None where it leads elsewhere."""
    if not href or len(href) > urls.MAX_ADDRESS_LENGTH:
        return None
    joined = urls.absolute(href, base)
    if urls.read_address(joined) is None:
        return None
    parts = urlsplit(joined.strip())
    path = quote(parts.path, safe="/%-._~!$&'()*+,;=:@") or "/"
    query = quote(parts.query, safe="/%-._~!$&'()*+,;=:@?[]")
    return f"https://{site.HOST}{path}" + (f"?{query}" if query else "")


def probe_address(url: str, number: int) -> NextPage | None:
    """`?page=<number + 1>` of a listing whose page `number` stands at `url`: a guess, to be tried once."""
    address = public_address(url, None)
    return NextPage(numbered(address, number + 1), "probe") if address else None


class SectionPage:
    """A front page, a section page, or any page that lists articles. Never raises, on any bytes."""

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        self.body = body
        self.url = url
        self.content_type = content_type
        self.address = urls.read_address(url)
        self.language = self.address.language if self.address else None
        self._may_lead_on: dict[int, list[Control]] = {}

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
        """The page after page `number` of this listing, which this page is; None where it shows no way on.

        In this order: `rel=next`, a link in words or an arrow, the next number, a load-more button, an address that
        the data in the page's scripts calls the next page's. Links whose address holds the page's number come before
        those where it does not: `See more` may lead to a part of the section, a calendar's `2` to a day.
        """
        return (
            self._rel_next(number)
            or self._link_text(number, told=True)
            or self._page_number(number, told=True)
            or self._link_text(number, told=False)
            or self._page_number(number, told=False)
            or self._load_more(number)
            or self._data_next(number)
        )

    def _rel_next(self, number: int) -> NextPage | None:
        return self._best("rel_next", self._rel_links(number))

    def _open(self, number: int) -> list[Control]:
        """The links and buttons that may lead on from page `number`.

        Hidden ones too: a script may show them, or the menu that they stand in. But one beside a link to the page
        before that is shown is hidden for good: this is the last page.
        """
        found = self._may_lead_on.get(number)
        if found is None:
            found = [control for control in self._controls if not control.off]
            if any(control.hidden for control in found) and any(self._leads_back(each, number) for each in found):
                found = [control for control in found if not control.hidden]
            self._may_lead_on[number] = found
        return found

    def _leads_back(self, control: Control, number: int) -> bool:
        """Whether a control is a link, and shown, to the page of this listing before page `number`."""
        href = control.attributes.get("href", "")
        if number == 1 or control.tag != "a" or control.hidden or href.startswith("#"):
            return False
        if not says_previous(control) and page_number_of(href) != number - 1:
            return False
        address = urls.read_address(self._resolved(href))
        return address is not None and self.address is not None and stem_of(address) == stem_of(self.address)

    def _rel_links(self, number: int) -> Iterator[_Rival]:
        for control in self._open(number):
            if "next" in control.rel and control.tag in _LINKS:
                url = self._listing(control.attributes.get("href"), number, strict=False)
                if url:
                    yield control, url

    def _link_text(self, number: int, told: bool) -> NextPage | None:
        return self._best("link_text", self._text_links(number, told))

    def _text_links(self, number: int, told: bool) -> Iterator[_Rival]:
        for control in self._open(number):
            if control.tag == "a" and says_next(control, self.language):
                url = self._listing(control.attributes.get("href"), number)
                if url and self._leads_to_page(control, url, told, in_words=says_next_in_words(control)):
                    yield control, url

    def _page_number(self, number: int, told: bool) -> NextPage | None:
        labelled = self._best("page_number", self._labelled_links(number, told))
        return labelled or (self._best("page_number", self._numbered_links(number)) if told else None)

    def _labelled_links(self, number: int, told: bool) -> Iterator[_Rival]:
        for control in self._open(number):
            if control.tag not in ("a", "option"):
                continue
            if any(page_number_in(label) == number + 1 for label in control.labels):
                url = self._listing(control.attributes.get("href") or control.attributes.get("value"), number)
                if url and self._leads_to_page(control, url, told, in_words=False):
                    yield control, url

    def _numbered_links(self, number: int) -> Iterator[_Rival]:
        for control in self._open(number):
            if control.tag in ("a", "option"):
                url = self._listing(control.attributes.get("href"), number)
                if url and page_number_of(url) == number + 1:
                    yield control, url

    def _best(self, way: Way, rivals: Iterator[_Rival]) -> NextPage | None:
        """Of the links that may lead on, the first that does so from the list with most articles.

        What the page's head declares wins: it stands in no list.
        """
        first = next(rivals, None)
        if first is None:
            return None
        known = [first, *islice(rivals, _MOST_RIVALS)] if first[0].tag == "a" else [first]
        if len({url for _, url in known}) > 1:
            first = max(known, key=lambda rival: self._places.of(rival[0].attributes.get("href", "")))
        return NextPage(first[1], way)

    @cached_property
    def _places(self) -> Places:
        links = [(control.attributes["href"], address) for control, address in self._addresses]
        return Places(self._document, {href for href, address in links if address.kind == "article"})

    def _leads_to_page(self, control: Control, url: str, told: bool, in_words: bool) -> bool:
        """Whether a link's address holds a page's number (`told`), or holds none and may lead to a page all the same.

        An address with a day or a month in it does so only where the link says so in words: `Older` posts. One that
        stands in another list does not.
        """
        if page_number_of(url) is not None:
            return told
        if told:
            return False
        address = urls.read_address(url)
        below = address is not None and self.address is not None and stem_of(address) != stem_of(self.address)
        if below or not (in_words or _DAY_OR_MONTH.search(url) is None):
            return False
        return not self._places.is_foreign(control.attributes.get("href", ""), in_words)

    def _load_more(self, number: int) -> NextPage | None:
        for control in self._open(number):
            if is_over(control, number):
                continue
            for name in sorted(control.attributes.keys() - _NO_DATA, key=lambda name: (name not in NEXT_DATA, name)):
                value = control.attributes[name].strip()
                means_next = name in NEXT_DATA or says_next(control, self.language)
                url = self._load_more_address(name, value, number, means_next)
                if url is None and loads_when_seen(control):
                    url = self._listing(value, number)
                    url = url if url and self._leads_to_page(control, url, told=False, in_words=False) else None
                if url:
                    return NextPage(url, "load_more")
        return None

    def _data_next(self, number: int) -> NextPage | None:
        address = public_address(self.url, None)
        for value in self._data.next_pages:
            if isinstance(value, int):
                url = numbered(address, number + 1) if address and value == number + 1 else None
            else:
                url = self._listing(value, number)
            if url:
                return NextPage(url, "data")
        return None

    @cached_property
    def _data(self) -> ListedData:
        """What the data in the page's scripts lists."""
        scripts = read_scripts(self.body, self.content_type, self.language)
        return read_listed(page_data(scripts), self.address, self.base)

    def probe(self, number: int) -> NextPage | None:
        """`?page=<number + 1>` of this listing, which is its page `number`: a guess, to be tried once."""
        return probe_address(self.url, number)

    def _load_more_address(self, name: str, value: str, number: int, means_next: bool) -> str | None:
        shown = as_number(value)
        if shown is not None:
            # A button can hold the page that it loads, or the page that is shown.
            is_next = shown == number + 1 or (shown == number and name not in NEXT_DATA)
            address = public_address(self.url, None)
            return numbered(address, number + 1) if means_next and is_next and address else None
        if not value.startswith(("/", "?", "http", "./")):
            return None
        url = self._listing(value, number, strict=not means_next)
        return url if url and (means_next or page_number_of(url) == number + 1) else None

    def _listing(self, href: str | None, number: int, strict: bool = True) -> str | None:
        """`href` made absolute, where it can be the page after page `number` of this listing.

        `strict` asks that it stands at this listing's own path; else any listing of this edition
        will do that is not another section's.
        """
        if not href or href.startswith("#"):
            return None
        url = public_address(self._resolved(href), None)
        address = urls.read_address(url) if url else None
        if url is None or address is None or self.address is None or address.language != self.language:
            return None
        if address.kind in ("article", "flat", "feed") or identity_of(url) == identity_of(self.url):
            return None
        stem, own = stem_of(address), stem_of(self.address)
        if stem != own:
            elsewhere = address.kind in ("section", "front")
            below = self.address.kind == "section" and stem.startswith(own)
            if elsewhere or (strict and not below):
                return None
        elif not urlsplit(url).query and stem == address.path:
            return None  # the listing's own first page
        there, here = page_number_of(url), page_number_of(self.url)
        # Some pagers count from 0: then page 2 is `?page=1`.
        expected = {None, number + 1, number if here is None else here + 1}
        return url if there in expected and goes_on(public_address(self.url, None) or "", url, number) else None

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
