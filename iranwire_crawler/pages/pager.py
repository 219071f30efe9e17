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
    *("earlier", "earlier posts", "earlier stories", "earlier articles", "earlier news", "earlier entries"),
    *("more", "load more", "show more", "see more", "view more", "more stories", "more articles", "more news"),
    *("load more stories", "load more articles", "show more stories", "show more articles", "go to next page"),
    *("بعد", "بعدی", "صفحه بعد", "صفحه بعدی", "قدیمی‌تر", "قدیمی‌ترها", "مطالب قدیمی‌تر", "خبرهای قدیمی‌تر"),
    *("بیشتر", "مطالب بیشتر", "موارد بیشتر", "خبرهای بیشتر", "نمایش بیشتر", "بارگذاری بیشتر", "نمایش موارد بیشتر"),
    *("التالي", "التالية", "الصفحة التالية", "الأقدم", "أقدم", "مقالات أقدم", "مواضيع أقدم", "أخبار أقدم"),
    *("المزيد", "عرض المزيد", "تحميل المزيد", "المزيد من المقالات", "المزيد من الأخبار", "أظهر المزيد"),
    *("نوشته‌های قدیمی‌تر", "پست‌های قدیمی‌تر", "نوشته‌های پیشین", "اخبار بیشتر", "پسین"),
    *("برگه بعد", "برگه بعدی", "برگهٔ بعد", "برگهٔ بعدی"),
    *("المنشورات الأقدم", "المقالات الأقدم", "منشورات أقدم", "رسائل أقدم", "حمّل المزيد", "شاهد المزيد", "إظهار المزيد"),
    *("مزيد من الأخبار", "مزيد من المقالات", "اللاحق", "اللاحقة"),
    *("مشاهده بیشتر", "صفحه‌ی بعد", "صفحه‌ی بعدی", "عرض المزيد من المقالات", "عرض المزيد من الأخبار"),
)
# ASSUMED: "next 20 articles", "view older posts", "show more results".
_NEXT_FORM = re.compile(
    r"(?:go to |load |show |see |view )?(?:the )?(?:next|more|older|earlier)(?: [0-9]{1,3})?"
    r"(?: (?:pages?|posts?|stories|articles|news|results|entries|items))?"
)
# ASSUMED: what a link to the page before is called.
_PREVIOUS = frozenset(
    map(
        fold,
        (
            *("prev", "previous", "previous page", "go to previous page", "newer", "newer posts", "newer stories"),
            *("قبل", "قبلی", "صفحه قبل", "صفحه قبلی", "جدیدتر", "السابق", "السابقة", "الصفحة السابقة", "الأحدث"),
        ),
    )
)
_NEXT_CLASS = re.compile(r"(?:^|[\s_-])next(?:$|[\s_-])", re.IGNORECASE)
_PAGE_LABEL = re.compile(r"(?:go to )?(?:page|صفحه|صفحة|الصفحة) ([0-9]{1,7})")
# ASSUMED: query parameters, and ends of a path, that hold a page's number.
_PAGE_PARAMETERS = ("page", "p", "pg", "paged", "page_number", "pagenumber", "pageno", "page_no")
_PAGE_PATH = re.compile(
    r"(?:/(?:(?i:pages?)|p)[-_/:]?|/?,page,|/index[-_]?(?=[0-9]+\.)|\.(?=[0-9]+\.))([0-9]{1,7})(?:\.(?:html?|php|aspx?))?/?$"
)
# ASSUMED: where a path holds the number of articles before a page's: only `page` begins with a capital too.
_OFFSET_PATH = re.compile(r"/P[0-9]{1,7}/?$")
# ASSUMED: attributes of a load-more button. The first group says itself that it means the next page.
NEXT_DATA = (
    *("data-next", "data-next-url", "data-next-page", "data-next-page-url", "data-next-href", "next-url"),
    *("data-load-more", "data-load-more-url", "data-more-url"),
)
ANY_DATA = (
    *("data-url", "data-href", "data-page", "data-page-number", "data-page-url", "data-path", "data-endpoint"),
    *("data-current-page", "data-ajax-url", "data-link", "hx-get", "data-hx-get", "formaction"),
)
# ASSUMED: attributes that hold how many pages there are.
LAST_DATA = ("data-max-page", "data-max-pages", "data-max", "data-last-page", "data-total-pages", "data-pages")
# htmx asks for what an element names once that comes into view.
_SEEN = re.compile(r"(?:^|[\s,])(?:revealed|intersect)\b")
_ARROWS = frozenset("› » > >> → ⟩ ❯ ⇒ ▶ ► >".split())
# An arrow is not mirrored in right-to-left text as the angle quotes are: there it points on to the left.
_RTL_ARROWS = frozenset("› » > >> ← ⇐ ◀ ◄".split())
_RTL = frozenset({"fa", "ar"})
AROUND_LABEL = " \t›»‹«><→←⟩❯⇒▶►◀◄…+.:|"
FOLDED_NEXT = frozenset(map(fold, NEXT_WORDS))


def says_next(control: Control, language: str | None) -> bool:
    """Whether one of its names says that it leads to more of the same: in words, by an arrow, or by its class alone."""
    if says_next_in_words(control):
        return True
    if says_previous(control):
        return False
    arrows = _RTL_ARROWS if language in _RTL else _ARROWS
    if control.labels:
        return any(label in arrows for label in control.labels)
    return control.tag == "a" and _NEXT_CLASS.search(control.attributes.get("class", "")) is not None


def says_previous(control: Control) -> bool:
    """Whether it says that it leads to the page before."""
    return "prev" in control.rel or not _PREVIOUS.isdisjoint(_words_of(control))


def loads_when_seen(control: Control) -> bool:
    """Whether it loads what it names once it is scrolled to: the end of an endless list."""
    return any(_SEEN.search(control.attributes.get(name, "")) for name in ("hx-trigger", "data-hx-trigger"))


def is_over(control: Control, number: int) -> bool:
    """Whether it says that there are no more than `number` pages."""
    shown = [as_number(control.attributes[name]) for name in LAST_DATA if name in control.attributes]
    return any(last is not None and last <= number for last in shown)


def says_next_in_words(control: Control) -> bool:
    """Whether one of its names is a word, or words, for the next page."""
    return any(words in FOLDED_NEXT or _NEXT_FORM.fullmatch(words) for words in _words_of(control))


def _words_of(control: Control) -> list[str]:
    return [fold(label.strip(AROUND_LABEL)) for label in control.labels if len(label) <= 60]


def as_number(label: str) -> int | None:
    digits = western_digits(label.strip())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 7 else None


def page_number_in(label: str) -> int | None:
    """The number of the page that a link's label names: `2`, `Page 2`, `صفحه ۲`; None for any other label."""
    if len(label) > 40:
        return None
    named = _PAGE_LABEL.fullmatch(western_digits(fold(label)))
    return int(named[1]) if named else as_number(label)


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


def goes_on(own: str, url: str, number: int) -> bool:
    """Whether `url` may lead on from page `number`, which stands at `own`: in a parameter that `own` has too.

    Another list's pager on that page adds a parameter of its own, or has only that.
    """
    if number == 1 or own.partition("?")[0].rstrip("/") != url.partition("?")[0].rstrip("/"):
        return True
    here, there = _query_of(own), _query_of(url)
    changed = [name for name in here if name in there and there[name] != here[name]]
    return not here or any(
        as_number(here[name]) != number or as_number(there[name]) in (None, number + 1) for name in changed
    )


def _query_of(url: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(url).query, max_num_fields=100))
    except ValueError:
        return {}


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
    path = western_digits(unquote(address.path, errors="replace"))
    return _OFFSET_PATH.sub("/", _PAGE_PATH.sub("/", path)).rstrip("/") + "/"


def identity_of(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What two forms of one listing's address share."""
    address = urls.read_address(url)
    try:
        query = tuple(sorted(parse_qsl(urlsplit(url).query, max_num_fields=100)))
    except ValueError:
        query = ()
    return (address.path if address else url, query)
