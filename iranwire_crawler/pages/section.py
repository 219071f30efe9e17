"""`SectionPage`: the bytes and the address of a front page, a section page or any listing in; links out.

No section page of the site was ever seen. So an article is recognised by the form of its address
alone, what its card says by the text around the link, and the next page by what the web's usual
pagers have in common. Every word list that no stored page confirms is marked ASSUMED.

Links and buttons are taken from the page's source tag by tag, because what leads on is often not
text: an `aria-label`, a data attribute, a link that a style sheet lays over a card. The cards' text
is taken from the blocks that a reader sees (`blocks.py`).
"""

import html
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from iranwire_crawler.domain import dates, site, urls
from iranwire_crawler.domain.items import Author, Section
from iranwire_crawler.domain.text import clean, fold, letters, western_digits
from iranwire_crawler.pages.blocks import Frame, decode, read_document
from iranwire_crawler.pages.embedded import Metadata
from iranwire_crawler.pages.header import Page, is_label, names_section, read_byline, section_of
from iranwire_crawler.pages.lines import Line, read_lines

Way = Literal["rel_next", "link_text", "page_number", "load_more", "probe"]

# A page is untrusted: what lies beyond these bounds is not read.
MAX_CONTROLS = 20_000
MAX_CARDS = 2_000
MAX_LINKS = 200
MAX_TAGS = 400_000
_MAX_ATTRIBUTES = 200
_MOST_OPEN = 8
_LONGEST_LABEL = 400
_LONGEST_HEADLINE = 300
_CARD_LINES = 16
_CARD_FRAMES = 12
# A line that links to more articles than this is a row of links, no card's text.
_MOST_IN_LINE = 30
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
# ASSUMED: a link of a card that is not its headline.
READ_WORDS = (
    *("read", "read more", "read on", "continue reading", "full story", "read the full story", "watch", "listen"),
    *("ادامه", "ادامه مطلب", "بیشتر بخوانید", "ادامه گزارش", "مشاهده", "بخوانید"),
    *("اقرأ", "اقرأ المزيد", "قراءة المزيد", "تابع القراءة", "شاهد", "التفاصيل"),
)
# ASSUMED: addresses of a section's form that hold no articles.
NO_SECTIONS = frozenset(
    "about about-us contact contact-us search login logout signin register account donate support subscribe "
    "newsletter newsletters privacy privacy-policy terms terms-of-use rss sitemap archive-search".split()
)
# ASSUMED: query parameters that hold a page's number.
_PAGE_PARAMETERS = ("page", "p", "pg", "paged", "page_number", "pagenumber", "pageno", "page_no")
_PAGE_PATH = re.compile(r"/(?:page|pages|p)[-/]?([0-9]{1,7})/?$", re.IGNORECASE)
# ASSUMED: attributes of a load-more button. The first group says itself that it means the next page.
_NEXT_DATA = ("data-next", "data-next-url", "data-next-page", "data-next-href", "data-load-more", "data-more-url")
_ANY_DATA = ("data-url", "data-href", "data-page", "data-page-number", "data-page-url", "data-path", "data-endpoint")
_ARROWS = frozenset("› » > >> → ⟩ ❯ ⇒ ▶ ► >".split())
# An arrow is not mirrored in right-to-left text as the angle quotes are: there it points on to the left.
_RTL_ARROWS = frozenset("› » > >> ← ⇐ ◀ ◄".split())
_RTL = frozenset({"fa", "ar"})
_AROUND_LABEL = " \t›»‹«><→←⟩❯⇒▶►◀◄…+.:|"

_MARK = "\ue000"
_TOKEN = re.compile(r"<(?:!--|[!?]|(/?)([a-zA-Z][^\s/>]*+))")
# Attributes as a browser reads them. No part of it can fail and be tried again: time is linear.
_REST_OF_TAG = re.compile(
    r"""((?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?)*+)(?:>|\Z)"""
)
_ATTRIBUTE = re.compile(r"""([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)|'([^']*+)|([^\s>]*+))["']?)?""")
_RAW_TEXT = frozenset({"script", "style", "textarea", "iframe", "noembed", "noframes", "xmp"})
_INLINE = frozenset("b strong i em u s small mark span wbr font bdi bdo".split())
_LINKS = frozenset({"a", "area", "link"})
_READ_TAGS = _LINKS | {"base", "img", "option"}
_VOID = frozenset({"link", "base", "area", "img", "input"})
_READ_ATTRIBUTES = frozenset((*"href rel type hreflang aria-label title alt value".split(), *_NEXT_DATA, *_ANY_DATA))
_READ_DATA = re.compile("|".join(map(re.escape, (*_NEXT_DATA, *_ANY_DATA))), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """One article as a listing shows it. Facts that its card does not show are null or empty."""

    key: str
    url: str
    headline: str | None
    section: Section | None
    date_published: str | None
    authors: tuple[Author, ...]


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
    return NextPage(_numbered(address, number + 1), "probe") if address else None


class SectionPage:
    """A front page, a section page, or any page that lists articles. Never raises, on any bytes."""

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        self.body = body
        self.url = url
        self.content_type = content_type
        self.address = urls.read_address(url)
        self.language = self.address.language if self.address else None

    @cached_property
    def _text(self) -> str:
        return decode(self.body, self.content_type, self.language)[0]

    @cached_property
    def _controls(self) -> list["_Control"]:
        return _scan(self._text)

    @cached_property
    def base(self) -> str:
        """What the page's relative links are relative to."""
        for control in self._controls:
            if control.tag == "base" and (href := control.attributes.get("href")):
                return urls.absolute(href, self.url)
        return self.url

    @cached_property
    def cards(self) -> tuple[Listed, ...]:
        """Every article that the page links to, of any language, each once, in the order of the source."""
        linked = self._linked_articles()
        found = _Cards(self, linked).read() if linked else {}
        cards: list[Listed] = []
        for key, links in linked.items():
            address = max((link.address for link in links), key=lambda each: len(each.slug or ""))
            card = found.get(key) or _bare(address, links)
            cards.append(card)
        return tuple(cards)

    @cached_property
    def sections(self) -> tuple[SectionLink, ...]:
        """The section pages of this page's edition that it links to, in order, each once."""
        found: dict[str, SectionLink] = {}
        for control, address in self._addresses():
            slug = address.section
            if address.kind != "section" or slug is None or address.language != self.language:
                continue
            label = control.label or None
            if slug in NO_SECTIONS or control.tag == "link" or len(found) >= MAX_LINKS or self._leads_on(control):
                continue
            known = found.get(slug)
            if known is None or (known.label is None and label):
                found[slug] = SectionLink(slug, address.url, label)
        return tuple(found.values())

    @cached_property
    def editions(self) -> tuple[str, ...]:
        """Front pages of other editions that the page links to or declares with hreflang."""
        fronts = (address.url for _, address in self._addresses() if self._is_other_edition(address))
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

        In this order: `rel=next`, a link in words or an arrow, the next number, a load-more button.
        """
        for way in (self._rel_next, self._link_text, self._page_number, self._load_more):
            found = way(number)
            if found is not None:
                return found
        return None

    def _rel_next(self, number: int) -> NextPage | None:
        for control in self._controls:
            if "next" in control.rel and control.tag in _LINKS:
                url = self._listing(control.attributes.get("href"), number, strict=False)
                if url:
                    return NextPage(url, "rel_next")
        return None

    def _link_text(self, number: int) -> NextPage | None:
        for control in self._controls:
            if control.tag == "a" and control.says_next(self.language):
                url = self._listing(control.attributes.get("href"), number)
                if url:
                    return NextPage(url, "link_text")
        return None

    def _page_number(self, number: int) -> NextPage | None:
        links = [control for control in self._controls if control.tag in ("a", "option")]
        for control in links:
            if any(_as_number(label) == number + 1 for label in control.labels):
                url = self._listing(control.attributes.get("href") or control.attributes.get("value"), number)
                if url:
                    return NextPage(url, "page_number")
        for control in links:
            url = self._listing(control.attributes.get("href"), number)
            if url and _page_number_of(url) == number + 1:
                return NextPage(url, "page_number")
        return None

    def _load_more(self, number: int) -> NextPage | None:
        for control in self._controls:
            for name in (*_NEXT_DATA, *_ANY_DATA):
                value = control.attributes.get(name, "").strip()
                if not value:
                    continue
                means_next = name in _NEXT_DATA or control.says_next(self.language)
                url = self._load_more_address(name, value, number, means_next)
                if url:
                    return NextPage(url, "load_more")
        return None

    def _load_more_address(self, name: str, value: str, number: int, means_next: bool) -> str | None:
        shown = _as_number(value)
        if shown is not None:
            # A button can hold the page that it loads, or the page that is shown.
            is_next = shown == number + 1 or (shown == number and name not in _NEXT_DATA)
            address = public_address(self.url, None)
            return _numbered(address, number + 1) if means_next and is_next and address else None
        if not value.startswith(("/", "?", "http", "./")):
            return None
        url = self._listing(value, number, strict=not means_next)
        return url if url and (means_next or _page_number_of(url) == number + 1) else None

    def _listing(self, href: str | None, number: int, strict: bool = True) -> str | None:
        """`href` made absolute, where it can be the page after page `number` of this listing.

        `strict` asks that it stands at this listing's own path; else any listing of this edition
        will do that is not another section's.
        """
        if not href or href.startswith("#"):
            return None
        url = public_address(href, self.base)
        address = urls.read_address(url) if url else None
        if url is None or address is None or self.address is None or address.language != self.language:
            return None
        if address.kind in ("article", "flat", "feed") or _identity(url) == _identity(self.url):
            return None
        stem, own = _stem(address), _stem(self.address)
        if stem != own:
            elsewhere = address.kind in ("section", "front")
            below = self.address.kind == "section" and stem.startswith(own)
            if elsewhere or (strict and not below):
                return None
        elif not urlsplit(url).query and stem == address.path:
            return None  # the listing's own first page
        there, here = _page_number_of(url), _page_number_of(self.url)
        # Some pagers count from 0: then page 2 is `?page=1`.
        expected = {None, number + 1, number if here is None else here + 1}
        return url if there in expected else None

    def _leads_on(self, control: "_Control") -> bool:
        """Whether a link is a pager's: its label is a number, an arrow or says so, or its address has a number."""
        labels = control.labels
        if labels and all(_as_number(label) is not None for label in labels):
            return True
        return control.says_next(self.language) or _page_number_of(control.attributes.get("href", "")) is not None

    def _addresses(self) -> Iterator[tuple["_Control", urls.Address]]:
        """Every link with what its address says."""
        for control in self._controls:
            href = control.attributes.get("href")
            if control.tag not in _LINKS or not href or len(href) > urls.MAX_ADDRESS_LENGTH:
                continue
            address = urls.read_address(urls.absolute(href, self.base))
            if address is not None:
                yield control, address

    def _linked_articles(self) -> dict[str, list["_Link"]]:
        linked: dict[str, list[_Link]] = {}
        for control, address in self._addresses():
            if address.kind != "article" or control.tag == "link":
                continue
            # `/en/features/2/` has an article's form; under the label 2 it is a pager's.
            if control.labels and all(_as_number(label) == address.id for label in control.labels):
                continue
            if address.key in linked or len(linked) < MAX_CARDS:
                linked.setdefault(address.key, []).append(_Link(control, address))
        return linked


@dataclass(frozen=True, slots=True)
class _Link:
    control: "_Control"
    address: urls.Address


@dataclass(slots=True, eq=False)
class _Control:
    """One element of the source that may lead somewhere: a link, or anything with a data attribute."""

    tag: str
    attributes: Mapping[str, str]
    start: int
    text: str = ""
    pictured: bool = False
    _label: str | None = field(default=None, repr=False)

    @property
    def rel(self) -> list[str]:
        return self.attributes.get("rel", "").lower().split()

    @property
    def label(self) -> str:
        """Its text; without one, what it is called for those who cannot see it."""
        if self._label is None:
            named = (self.text, self.attributes.get("aria-label", ""), self.attributes.get("title", ""))
            self._label = next((text for each in named if (text := clean(each[:_LONGEST_LABEL]))), "")
        return self._label

    @property
    def labels(self) -> list[str]:
        """Every name it has."""
        named = (self.text, self.attributes.get("aria-label", ""), self.attributes.get("title", ""))
        return [text for each in named if (text := clean(each[:_LONGEST_LABEL]))]

    def says_next(self, language: str | None) -> bool:
        """Whether one of its names says that it leads to more of the same."""
        arrows = _RTL_ARROWS if language in _RTL else _ARROWS
        return any(
            label in arrows or fold(label.strip(_AROUND_LABEL)) in _FOLDED_NEXT
            for label in self.labels
            if len(label) <= 60
        )


_FOLDED_NEXT = frozenset(map(fold, NEXT_WORDS))
_FOLDED_READ = frozenset(map(fold, READ_WORDS)) | _FOLDED_NEXT


def _scan(text: str) -> list[_Control]:
    """The links of a page's source, and whatever holds one of the data attributes, in order.

    One pass, in time linear in the page. Comments, scripts and styles are passed over; what a style
    sheet hides is not.
    """
    found: list[_Control] = []
    open_: list[_Control] = []
    at = 0
    for _ in range(MAX_TAGS):
        token = _TOKEN.search(text, at)
        if token is None or len(found) >= MAX_CONTROLS:
            break
        if open_:
            _hear(open_, text[at : min(token.start(), at + _LONGEST_LABEL)])
        name = token[2]
        if name is None:
            at = _after(text, "-->" if token[0] == "<!--" else ">", token.end())
            continue
        rest = _REST_OF_TAG.match(text, token.end())
        at = rest.end() if rest else len(text)
        tag = name.lower()
        if token[1]:
            open_ = _close(open_, tag) if open_ else open_
            continue
        if tag in _RAW_TEXT:
            end = re.compile(f"</{tag}", re.IGNORECASE).search(text, at)
            at = end.start() if end else len(text)
        attributes = _attributes(tag, rest[1]) if rest and len(rest[1]) > 1 else {}
        if open_ and tag not in _INLINE:
            _hear(open_, f" {attributes.get('alt', '')[:_LONGEST_LABEL]} ")
        if tag == "img":
            for control in open_:
                control.pictured = True
        elif attributes:
            control = _Control(tag, attributes, token.start())
            found.append(control)
            open_ = _close(open_, "a") if tag == "a" else open_
            if tag not in _VOID and len(open_) < _MOST_OPEN:
                open_ = [*open_, control]
    return found


def _hear(open_: list[_Control], text: str) -> None:
    for control in open_:
        if len(control.text) < _LONGEST_LABEL:
            control.text += html.unescape(text)


def _close(open_: list[_Control], tag: str) -> list[_Control]:
    """What stays open after an end tag: the innermost element of that name is closed, with all in it."""
    for at in range(len(open_) - 1, -1, -1):
        if open_[at].tag == tag:
            return open_[:at]
    return open_


def _attributes(tag: str, source: str) -> dict[str, str]:
    """The attributes that are read here; none of an element that cannot lead anywhere."""
    if tag not in _READ_TAGS and _READ_DATA.search(source) is None:
        return {}
    found: dict[str, str] = {}
    for number, match in enumerate(_ATTRIBUTE.finditer(source)):
        name = match[1].lower()
        if name in _READ_ATTRIBUTES:
            value = match[2] or match[3] or match[4] or ""
            found.setdefault(name, html.unescape(value[: urls.MAX_ADDRESS_LENGTH + 1]))
        if number >= _MAX_ATTRIBUTES:
            break
    return found


def _after(text: str, end: str, start: int) -> int:
    at = text.find(end, start)
    return len(text) if at < 0 else at + len(end)


def _as_number(label: str) -> int | None:
    digits = western_digits(label.strip())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 7 else None


def _page_number_of(url: str) -> int | None:
    """The page's number that an address holds, in its query or at the end of its path."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, max_num_fields=100)
    except ValueError:
        return None
    for name, value in query:
        if name.lower() in _PAGE_PARAMETERS and (number := _as_number(value)) is not None:
            return number
    match = _PAGE_PATH.search(western_digits(parts.path))
    return int(match[1]) if match else None


def _numbered(url: str, number: int) -> str:
    """`url` with its page's number set, in the parameter that it has or else `page`."""
    address, _, query = url.partition("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        pairs = []
    name = next((name for name, _ in pairs if name.lower() in _PAGE_PARAMETERS), "page")
    kept = [pair for pair in pairs if pair[0] != name]
    return f"{address}?{urlencode([*kept, (name, str(min(number, _MOST_PAGES)))])}"


def _stem(address: urls.Address) -> str:
    """A listing's path without a page's number at its end."""
    return _PAGE_PATH.sub("/", western_digits(unquote(address.path, errors="replace"))).rstrip("/") + "/"


def _identity(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What two forms of one listing's address share."""
    address = urls.read_address(url)
    try:
        query = tuple(sorted(parse_qsl(urlsplit(url).query, max_num_fields=100)))
    except ValueError:
        query = ()
    return (address.path if address else url, query)


def _bare(address: urls.Address, links: list[_Link]) -> Listed:
    """An article that only unseen markup links to: its address, and the link's own words."""
    labels = [label for link in links for label in link.control.labels if len(label) <= _LONGEST_HEADLINE]
    headline = next((label for label in labels if _is_headline(label, address)), None)
    return Listed(address.key, address.url, headline, Section(slug=address.section, name=None), None, ())


def _is_headline(text: str, address: urls.Address) -> bool:
    """Words that can be an article's headline: no reading time, no date, not `Read more`."""
    language = address.language or ""
    if fold(text.strip(_AROUND_LABEL)) in _FOLDED_READ or not any(map(str.isalpha, text)):
        return False
    return dates.read_shown_date(text, language) is None and dates.read_minutes(text, language) is None


@dataclass(frozen=True, slots=True)
class _Span:
    """The lines of one card: from `start` up to, not including, `end`."""

    start: int
    end: int


class _Cards:
    """The cards of one listing: which lines belong to which article, and what they say."""

    def __init__(self, listing: SectionPage, linked: Mapping[str, list[_Link]]) -> None:
        self.linked = linked
        language = listing.language or next(iter(linked)).partition("/")[0]
        edition = site.EDITIONS.get(language)
        document = read_document(_marked(listing, linked).encode("utf-8", errors="replace"))
        self.lines = read_lines(document, language)
        # The readers of an article page tell its own links from others'; a listing has none of its own.
        nowhere = urls.Address("article", f"/{language}/", language, None, -1)
        self.page = Page(self.lines, nowhere, edition, listing.base, Metadata(), document)
        self.key_of: dict[str, str | None] = {}
        self.keys: list[tuple[int, str]] = [
            (at, key) for at, line in enumerate(self.lines) for key in self._keys(line) if key in linked
        ]
        self.positions = [at for at, _ in self.keys]
        self.indexes = [line.index for line in self.lines]
        self.date_first = self._shows_date_first()

    def read(self) -> dict[str, Listed]:
        """The article of each key that stands in a line."""
        found: dict[str, Listed] = {}
        spans = self._spans()
        for key, span in spans.items():
            found[key] = self._card(key, span)
        return found

    def _keys(self, line: Line) -> list[str]:
        """The articles that a line links to; none of a mere row of links."""
        hrefs = dict.fromkeys(piece.href for piece in line.pieces if piece.href)
        if line.block.href:
            hrefs.setdefault(line.block.href)
        if len(hrefs) > _MOST_IN_LINE:
            return []
        return list(dict.fromkeys(key for href in hrefs if (key := self._key(href)) is not None))

    def _key(self, href: str) -> str | None:
        if href not in self.key_of:
            address = urls.article_address(href, self.page.base)
            self.key_of[href] = address.key if address is not None else None
        return self.key_of[href]

    def _spans(self) -> dict[str, _Span]:
        """The lines of each card. The place where an article's link is a whole line counts before a mention."""
        places: dict[str, list[int]] = {}
        for at, key in self.keys:
            places.setdefault(key, []).append(at)
        spans: dict[str, _Span] = {}
        for key, at_all in places.items():
            at = next((at for at in at_all if not self._is_mention(self.lines[at])), at_all[0])
            spans[key] = self._enclosing(at, key) or self._flat(at, key)
        return spans

    def _enclosing(self, at: int, key: str) -> _Span | None:
        """The largest element around a line that holds links to its article alone, and is no page."""
        best: _Span | None = None
        for number, frame in enumerate(self.lines[at].frame.ancestors()):
            span = self._inside(frame)
            if number >= _CARD_FRAMES or span.end - span.start > _CARD_LINES or not self._is_only(key, span):
                break
            shown = {line.text for line in self.lines[span.start : span.end] if line.shown is not None}
            if len(shown) > 1:
                break
            best = span
        if best is None:
            return None
        # An element around a link alone is no card: the date stands beside it.
        inner = self.lines[best.start : best.end]
        told = any(line.shown is not None or line.minutes is not None or line.block.datetime for line in inner)
        return best if told or self._is_alone(best) else None

    def _is_alone(self, span: _Span) -> bool:
        """Whether no date stands right beside a card that shows none."""
        beside = self.lines[max(0, span.start - 2) : span.start] + self.lines[span.end : span.end + 3]
        return not any(line.shown is not None for line in beside)

    def _inside(self, frame: Frame) -> _Span:
        return _Span(bisect_left(self.indexes, frame.start), bisect_left(self.indexes, frame.end))

    def _is_only(self, key: str, span: _Span) -> bool:
        first, last = bisect_left(self.positions, span.start), bisect_left(self.positions, span.end)
        return all(other == key for _, other in self.keys[first:last])

    def _flat(self, at: int, key: str) -> _Span:
        """Where cards are just lines one after another: from this link to the next article's."""
        end = min(at + _CARD_LINES, len(self.lines))
        following = bisect_left(self.positions, at)
        while following < len(self.keys) and self.keys[following][1] == key:
            following += 1
        if following < len(self.keys) and self.keys[following][0] < end:
            end = max(self.keys[following][0], at + 1)
            end = max(self._start(end, at, self.keys[following][1]), at + 1)
        before = bisect_left(self.positions, at)
        floor = self.keys[before - 1][0] if before else -1
        return _Span(self._start(at, floor, key), end)

    def _start(self, at: int, floor: int, key: str) -> int:
        """Where a card begins above its link: its section's label, and its date where the date comes first."""
        start = at
        slug = self.linked[key][0].address.section
        while start - 1 > floor and at - start < 3:
            line = self.lines[start - 1]
            dated = line.shown is not None or line.minutes is not None
            after_minutes = start - 2 > floor and self.lines[start - 2].minutes is not None
            labelled = names_section(self.page, line, slug) or (after_minutes and is_label(self.page, line))
            if not (dated and self.date_first) and not labelled:
                break
            start -= 1
        return start

    def _shows_date_first(self) -> bool:
        if not self.keys:
            return False
        first = self.keys[0][0]
        return any(line.shown is not None for line in self.lines[max(0, first - 2) : first])

    def _is_mention(self, line: Line) -> bool:
        """A line that an article is only mentioned in: long, and mostly not a link."""
        linked = sum(len(piece.text) for piece in line.pieces if piece.href)
        return line.kind == "text" and len(line.text) > 120 and linked * 2 < len(line.text)

    def _card(self, key: str, span: _Span) -> Listed:
        links = self.linked[key]
        address = max((link.address for link in links), key=lambda each: len(each.slug or ""))
        lines = self.lines[span.start : span.end]
        headline_at, headline = self._headline(key, address, span)
        if headline is None and any(_MARK in line.text for line in lines):
            headline = _bare(address, links).headline
        label = self._label(span, headline_at, address)
        section = section_of(self.page, label, address.section)
        authors = self._authors(span, headline_at, label)
        return Listed(address.key, address.url, headline, section, _day(lines, address), authors)

    def _headline(self, key: str, address: urls.Address, span: _Span) -> tuple[int | None, str | None]:
        """Where the card's headline stands, and its words: the best proved text of the card."""
        lines = self.lines[span.start : span.end]
        times: dict[str, int] = {}
        for line in lines:
            times[fold(_unmarked(line.text))] = times.get(fold(_unmarked(line.text)), 0) + 1
        best: tuple[float, int, str] | None = None
        for at in range(span.start, span.end):
            line = self.lines[at]
            for text, linked in self._texts(line, key):
                if not _is_headline(text, address) or len(text) > _LONGEST_HEADLINE:
                    continue
                if not linked and not line.plain:
                    continue
                score = self._score(at, text, linked, address) + 2 * (times.get(fold(text), 1) > 1)
                if best is None or score > best[0]:
                    best = (score, at, text)
        if best is None or best[0] < 0:
            return None, None
        return best[1], best[2]

    def _texts(self, line: Line, key: str) -> Iterator[tuple[str, bool]]:
        """The texts of a line that may be the headline, and whether each links to the article."""
        if line.kind == "image":
            yield line.text, key in self._keys(line)
        if line.kind != "text":
            return
        mention = self._is_mention(line)
        parts: dict[tuple[str, int], str] = {}
        for piece in line.pieces:
            if piece.href:
                parts[piece.href, piece.element] = parts.get((piece.href, piece.element), "") + piece.text
        for (href, _), text in parts.items():
            if self._key(href) == key and not mention and (words := _unmarked(text)):
                yield words, True
        if not parts and (text := _unmarked(line.text)):
            yield text, False

    def _score(self, at: int, text: str, linked: bool, address: urls.Address) -> float:
        line = self.lines[at]
        score = 3.0 * linked + (3 if line.block.heading else 0) - (2 if line.kind == "image" else 0)
        slug = letters(unquote(address.slug, errors="replace")) if address.slug else ""
        spelled = letters(text)
        if len(slug) > 5 and len(spelled) > 5 and (spelled.startswith(slug) or slug.startswith(spelled)):
            score += 6
        if names_section(self.page, line, address.section):
            score -= 5
        following = self.lines[at + 1] if at + 1 < len(self.lines) else None
        if following is not None and following.shown is not None:
            score += 1
        if len(text) > 140 or (line.ends_sentence and text.endswith(".")):
            score -= 2
        elif len(text.split()) <= 2:
            score -= 1
        return score if linked or line.block.heading else score - 1

    def _label(self, span: _Span, headline_at: int | None, address: urls.Address) -> Line | None:
        """The line that names the card's section: a known one anywhere, an unknown one above the headline."""
        for at in range(span.start, span.end):
            if at != headline_at and names_section(self.page, self.lines[at], address.section):
                return self.lines[at]
        if headline_at is None:
            return None
        above = [line for line in self.lines[span.start : headline_at] if line.kind == "text"]
        headline = self.lines[headline_at]
        if above and is_label(self.page, above[-1]) and above[-1].folded != headline.folded:
            return above[-1] if _is_headline(_unmarked(above[-1].text), address) else None
        return None

    def _authors(self, span: _Span, headline_at: int | None, label: Line | None) -> tuple[Author, ...]:
        if headline_at is None:
            return ()
        headline = self.lines[headline_at]
        labelled = next((at for at in range(span.start, span.end) if self.lines[at] is label), span.end)
        for at in range(span.start, span.end):
            if self.lines[at].shown is None:
                continue
            start = max(at, headline_at) + 1
            # A label can stand below the byline; it is no author.
            authors, _, _ = read_byline(self.page, start, headline, labelled if labelled >= start else span.end)
            if authors:
                return self._clean(authors)
        for at in range(span.start, span.end):
            line = self.lines[at]
            if at != headline_at and line is not label and self._is_byline(line):
                authors, _, _ = read_byline(self.page, at, headline, at + 1)
                return self._clean(authors)
        return ()

    def _is_byline(self, line: Line) -> bool:
        """A line that says that it names an author, wherever it stands."""
        if not line.plain or len(line.text) > 100:
            return False
        if any("author" in piece.rel.split() or (piece.href and "/author" in piece.href) for piece in line.pieces):
            return True
        by = self.page.edition.by if self.page.edition else ()
        return any(line.folded.startswith((fold(word) + " ", fold(word) + ":")) for word in by)

    def _clean(self, authors: list[Author]) -> tuple[Author, ...]:
        named = ((_unmarked(author.name), author) for author in authors)
        return tuple(Author(name=name, url=author.url) for name, author in named if name and _is_name(name))


def _is_name(name: str) -> bool:
    return fold(name.strip(_AROUND_LABEL)) not in _FOLDED_READ


def _day(lines: list[Line], address: urls.Address) -> str | None:
    """The day that a card shows, or that its `time` element holds."""
    for line in lines:
        shown = line.shown
        if shown is None and line.kind == "text" and address.language:
            shown = dates.read_shown_date(line.text, address.language)
        if shown is not None:
            return shown.day.isoformat() if shown.day else None
    for line in lines:
        declared = dates.read_declared(line.block.datetime) if line.block.datetime else None
        if declared is not None:
            return declared.day.isoformat()
    return None


def _unmarked(text: str) -> str:
    return clean(text.replace(_MARK, " "))


def _marked(listing: SectionPage, linked: Mapping[str, list[_Link]]) -> str:
    """The page with a mark at each article link that the blocks would not show.

    One has neither text nor picture: it is laid over its card. Another is so long that the reader
    of blocks takes it for a link that was never closed.
    """
    source = listing._text
    parts: list[str] = []
    done = 0
    unseen = [link for links in linked.values() for link in links if _is_unseen(link.control)]
    for link in sorted(unseen, key=lambda link: link.control.start):
        parts.append(source[done : link.control.start])
        parts.append(f'<a href="{html.escape(link.address.url)}#">{_MARK}</a>')
        done = link.control.start
    return "".join([*parts, source[done:]])


def _is_unseen(control: _Control) -> bool:
    if control.tag != "a":
        return False
    text = clean(control.text)
    return len(text) > 180 or not (text or control.pictured)
