"""Pagers: what a link that leads on is called, and where an address holds its page's number.

No pager of the site was ever seen: the lists marked ASSUMED are what the web's usual pagers have in common.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from iranwire_crawler.domain import urls
from iranwire_crawler.domain.text import fold, western_digits
from iranwire_crawler.pages.blocks import Control

_MOST_PAGES = 1_000_000

# ASSUMED: what a link to the next page is called; no pager of the site was seen.
NEXT_WORDS = (
    *("next", "next page", "older", "older posts", "older stories", "older articles", "older news", "older entries"),
    *("more", "load more", "show more", "see more", "view more", "more stories", "more articles", "more news"),
    *("load more stories", "load more articles", "show more stories", "show more articles", "go to next page"),
    *("بعد", "بعدی", "صفحه بعد", "صفحه بعدی", "قدیمی‌تر", "قدیمی‌ترها", "مطالب قدیمی‌تر", "خبرهای قدیمی‌تر"),
    *("بیشتر", "مطالب بیشتر", "موارد بیشتر", "خبرهای بیشتر", "نمایش بیشتر", "بارگذاری بیشتر", "نمایش موارد بیشتر"),
    *("التالي", "التالية", "الصفحة التالية", "الأقدم", "أقدم", "مقالات أقدم", "مواضيع أقدم", "أخبار أقدم"),
    *("المزيد", "عرض المزيد", "تحميل المزيد", "المزيد من المقالات", "المزيد من الأخبار", "أظهر المزيد"),
)
# ASSUMED: query parameters that hold a page's number.
_PAGE_PARAMETERS = ("page", "p", "pg", "paged", "page_number", "pagenumber", "pageno", "page_no")
_PAGE_PATH = re.compile(r"/(?:page|pages|p)[-/]?([0-9]{1,7})/?$", re.IGNORECASE)
# ASSUMED: attributes of a load-more button. The first group says itself that it means the next page.
NEXT_DATA = ("data-next", "data-next-url", "data-next-page", "data-next-href", "data-load-more", "data-more-url")
ANY_DATA = ("data-url", "data-href", "data-page", "data-page-number", "data-page-url", "data-path", "data-endpoint")
_ARROWS = frozenset("› » > >> → ⟩ ❯ ⇒ ▶ ► >".split())
# An arrow is not mirrored in right-to-left text as the angle quotes are: there it points on to the left.
_RTL_ARROWS = frozenset("› » > >> ← ⇐ ◀ ◄".split())
_RTL = frozenset({"fa", "ar"})
AROUND_LABEL = " \t›»‹«><→←⟩❯⇒▶►◀◄…+.:|"
FOLDED_NEXT = frozenset(map(fold, NEXT_WORDS))


def says_next(control: Control, language: str | None) -> bool:
    """Whether one of its names says that it leads to more of the same."""
    arrows = _RTL_ARROWS if language in _RTL else _ARROWS
    return any(
        label in arrows or fold(label.strip(AROUND_LABEL)) in FOLDED_NEXT
        for label in control.labels
        if len(label) <= 60
    )


def as_number(label: str) -> int | None:
    digits = western_digits(label.strip())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 7 else None


def page_number_of(url: str) -> int | None:
    """The page's number that an address holds, in its query or at the end of its path."""
    number = _in_query(url)
    if number is not None:
        return number
    try:
        match = _PAGE_PATH.search(western_digits(urlsplit(url).path))
    except ValueError:
        return None
    return int(match[1]) if match else None


def _in_query(url: str) -> int | None:
    try:
        query = parse_qsl(urlsplit(url).query, max_num_fields=100)
    except ValueError:
        return None
    numbers = (as_number(value) for name, value in query if name.lower() in _PAGE_PARAMETERS)
    return next((number for number in numbers if number is not None), None)


def numbered(url: str, number: int) -> str:
    """`url` with its page's number set, in the parameter that it has or else `page`."""
    address, _, query = url.partition("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        pairs = []
    name = next((name for name, _ in pairs if name.lower() in _PAGE_PARAMETERS), "page")
    kept = [pair for pair in pairs if pair[0] != name]
    return f"{address}?{urlencode([*kept, (name, str(min(number, _MOST_PAGES)))])}"


@dataclass(frozen=True, slots=True)
class Numbering:
    """How a listing numbers its pages: the address of its second page, and the number that stands in it."""

    second: str
    number: int

    def address(self, page: int) -> str:
        """The address of page `page`, from 2 on."""
        number = page + self.number - 2
        parts = urlsplit(self.second)
        if _in_query(self.second) is None:
            path = western_digits(parts.path)
            match = _PAGE_PATH.search(path)
            assert match is not None
            return parts._replace(path=f"{path[: match.start(1)]}{number}{path[match.end(1) :]}").geturl()
        return numbered(self.second, number)


def numbering_of(second: str) -> Numbering | None:
    """The numbering that the address of a listing's second page shows; None where it holds no number.

    Some pagers count from 0: then the second page is `?page=1`.
    """
    number = page_number_of(second)
    return Numbering(second, number) if number in (1, 2) else None


def stem_of(address: urls.Address) -> str:
    """A listing's path without a page's number at its end."""
    return _PAGE_PATH.sub("/", western_digits(unquote(address.path, errors="replace"))).rstrip("/") + "/"


def identity_of(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What two forms of one listing's address share."""
    address = urls.read_address(url)
    try:
        query = tuple(sorted(parse_qsl(urlsplit(url).query, max_num_fields=100)))
    except ValueError:
        query = ()
    return (address.path if address else url, query)
