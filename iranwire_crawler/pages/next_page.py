"""How a listing's page leads to the next one.

No listing of the site was ever seen, so the next page is found by what the web's usual pagers have in common.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal
from urllib.parse import quote, urlsplit

from iranwire_crawler.domain import site, urls
from iranwire_crawler.pages.blocks import Control
from iranwire_crawler.pages.pager import (
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

_MOST_RIVALS = 20
_LINKS = frozenset({"a", "area", "link"})
_DAY_OR_MONTH = re.compile(r"[0-9]{4}[-/][0-9]{1,2}")
# What a control's attributes hold besides where it leads by a script.
_NO_DATA = frozenset({"href", "rel", "type", "value", "class", "hx-trigger", "data-hx-trigger", *LAST_DATA})
# A link that may lead on, and its address.
_Rival = tuple[Control, str]


@dataclass(frozen=True, slots=True)
class NextPage:
    """The address of the next listing page, on the public host, and how it was found."""

    url: str
    way: Way


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


class WayOn:
    """The way from page `number` of a listing, which stands at `url`, to the next one.

    `resolved` makes a link of the page absolute. `places` and `in_data` are asked for only where they are needed: where
    the page's links stand, and what the data in its scripts calls the next page's address or number.
    """

    def __init__(
        self,
        number: int,
        url: str,
        controls: list[Control],
        *,
        resolved: Callable[[str], str],
        places: Callable[[], Places],
        in_data: Callable[[], Iterable[str | int]],
    ) -> None:
        self.number = number
        self.url = url
        self.controls = controls
        self.resolved = resolved
        self.places = places
        self.in_data = in_data
        self.address = urls.read_address(url)
        self.language = self.address.language if self.address else None

    def find(self) -> NextPage | None:
        """The page after this one; None where it shows no way on.

        In this order: `rel=next`, a link in words or an arrow, the next number, a load-more button, an address that
        the data in the page's scripts calls the next page's. Links whose address holds the page's number come before
        those where it does not: `See more` may lead to a part of the section, a calendar's `2` to a day.
        """
        return (
            self._rel_next()
            or self._link_text(told=True)
            or self._page_number(told=True)
            or self._link_text(told=False)
            or self._page_number(told=False)
            or self._load_more()
            or self._data_next()
        )

    def _rel_next(self) -> NextPage | None:
        return self._best("rel_next", self._rel_links())

    @cached_property
    def _open(self) -> list[Control]:
        """The links and buttons that may lead on.

        Hidden ones too: a script may show them, or the menu that they stand in. But one beside a link to the page
        before that is shown is hidden for good: this is the last page.
        """
        found = [control for control in self.controls if not control.off]
        if any(control.hidden for control in found) and any(map(self._leads_back, found)):
            return [control for control in found if not control.hidden]
        return found

    def _leads_back(self, control: Control) -> bool:
        """Whether a control is a link, and shown, to the page of this listing before page `number`."""
        href = control.attributes.get("href", "")
        if self.number == 1 or control.tag != "a" or control.hidden or href.startswith("#"):
            return False
        if not says_previous(control) and page_number_of(href) != self.number - 1:
            return False
        address = urls.read_address(self.resolved(href))
        return address is not None and self.address is not None and stem_of(address) == stem_of(self.address)

    def _rel_links(self) -> Iterator[_Rival]:
        for control in self._open:
            if "next" in control.rel and control.tag in _LINKS:
                url = self._listing(control.attributes.get("href"), strict=False)
                if url:
                    yield control, url

    def _link_text(self, told: bool) -> NextPage | None:
        return self._best("link_text", self._text_links(told))

    def _text_links(self, told: bool) -> Iterator[_Rival]:
        for control in self._open:
            if control.tag == "a" and says_next(control, self.language):
                url = self._listing(control.attributes.get("href"))
                if url and self._leads_to_page(control, url, told, in_words=says_next_in_words(control)):
                    yield control, url

    def _page_number(self, told: bool) -> NextPage | None:
        labelled = self._best("page_number", self._labelled_links(told))
        return labelled or (self._best("page_number", self._numbered_links()) if told else None)

    def _labelled_links(self, told: bool) -> Iterator[_Rival]:
        for control in self._open:
            if control.tag not in ("a", "option"):
                continue
            if any(page_number_in(label) == self.number + 1 for label in control.labels):
                url = self._listing(control.attributes.get("href") or control.attributes.get("value"))
                if url and self._leads_to_page(control, url, told, in_words=False):
                    yield control, url

    def _numbered_links(self) -> Iterator[_Rival]:
        for control in self._open:
            if control.tag in ("a", "option"):
                url = self._listing(control.attributes.get("href"))
                if url and page_number_of(url) == self.number + 1:
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
            first = max(known, key=lambda rival: self.places().of(rival[0].attributes.get("href", "")))
        return NextPage(first[1], way)

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
        return not self.places().is_foreign(control.attributes.get("href", ""), in_words)

    def _load_more(self) -> NextPage | None:
        for control in self._open:
            if is_over(control, self.number):
                continue
            for name in sorted(control.attributes.keys() - _NO_DATA, key=lambda name: (name not in NEXT_DATA, name)):
                value = control.attributes[name].strip()
                means_next = name in NEXT_DATA or says_next(control, self.language)
                url = self._load_more_address(name, value, means_next)
                if url is None and loads_when_seen(control):
                    url = self._listing(value)
                    url = url if url and self._leads_to_page(control, url, told=False, in_words=False) else None
                if url:
                    return NextPage(url, "load_more")
        return None

    def _data_next(self) -> NextPage | None:
        address = public_address(self.url, None)
        for value in self.in_data():
            if isinstance(value, int):
                url = numbered(address, self.number + 1) if address and value == self.number + 1 else None
            else:
                url = self._listing(value)
            if url:
                return NextPage(url, "data")
        return None

    def _load_more_address(self, name: str, value: str, means_next: bool) -> str | None:
        shown = as_number(value)
        if shown is not None:
            # A button can hold the page that it loads, or the page that is shown.
            is_next = shown == self.number + 1 or (shown == self.number and name not in NEXT_DATA)
            address = public_address(self.url, None)
            return numbered(address, self.number + 1) if means_next and is_next and address else None
        if not value.startswith(("/", "?", "http", "./")):
            return None
        url = self._listing(value, strict=not means_next)
        return url if url and (means_next or page_number_of(url) == self.number + 1) else None

    def _listing(self, href: str | None, strict: bool = True) -> str | None:
        """`href` made absolute, where it can be the page after page `number` of this listing.

        `strict` asks that it stands at this listing's own path; else any listing of this edition
        will do that is not another section's.
        """
        if not href or href.startswith("#"):
            return None
        url = public_address(self.resolved(href), None)
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
        expected = {None, self.number + 1, self.number if here is None else here + 1}
        return url if there in expected and goes_on(public_address(self.url, None) or "", url, self.number) else None
