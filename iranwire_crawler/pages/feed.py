"""`FeedPage`: the bytes of a feed or a sitemap in, the addresses and facts of its articles out.

RSS 2.0, RDF, Atom, sitemaps (with news and hreflang entries) and sitemap indexes are read by one
tolerant pass over their tags and not by an XML parser: feeds are often not well-formed, an XML
parser must stop at the first fault, and one bad character would cost the other 700 items. It is
also the safe way: no document type is interpreted, so no entity can be defined, expanded or
fetched, and nothing nests.
"""

import html
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from functools import cached_property

from iranwire_crawler.domain import dates, urls
from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.decoding import MAX_BYTES, decode
from iranwire_crawler.pages.next_page import public_address

# A feed is untrusted: what lies beyond these bounds is not read. The site's largest known feed
# has 735 items; a sitemap holds 50,000 addresses by its own standard.
MAX_ITEMS = 50_000
MAX_SITEMAPS = 1_000
MAX_TOKENS = 1_500_000
_MAX_DEPTH = 50
_LONGEST_FIELD = 20_000
_LONGEST_HEADLINE = 500
_LONGEST_DESCRIPTION = 2_000
_MAX_LINKS = 50

_TOKEN = re.compile(r"<(?:!\[CDATA\[|!--|[!?]|(/?)([A-Za-z_][^\s/>]*+))")
# No attribute of XML holds a `<`: there a tag ends whose quote is never closed.
_REST_OF_TAG = re.compile(r"""((?:[^<>"']++|"[^"<]*+(?:"|(?=<)|\Z)|'[^'<]*+(?:'|(?=<)|\Z))*+)>?""")
_ATTRIBUTE = re.compile(r"""([^\s=/"'<>]++)\s*+=\s*+(?:"([^"]*+)"?|'([^']*+)'?)""")
_INLINE_MARKUP = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|em|font|i|mark|small|span|strong|sub|sup|u)\b[^<>]*+>", re.IGNORECASE
)
_MARKUP = re.compile(r"<[a-zA-Z/!?][^<>]*+>?")
_DOCTYPE_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_ROOTS = frozenset({"rss", "rdf", "feed", "urlset", "sitemapindex", "channel"})
_RECORDS = frozenset({"item", "entry", "url", "sitemap"})
_RECORDS_OF = {"rss": {"item"}, "rdf": {"item"}, "channel": {"item"}, "feed": {"entry"}, "urlset": {"url"}}
_LONGEST_DATE = 60
# Prefixes of what tells of an item's picture or recording: their titles are not the item's.
_OF_PICTURES = frozenset({"media", "itunes", "googleplay"})


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One article as a feed or a sitemap names it. What it does not say is null."""

    key: str
    url: str
    headline: str | None
    date_published: str | None
    description: str | None
    date_modified: str | None = None


@dataclass(slots=True)
class _Record:
    """One item, entry or url on its way to a FeedItem: the texts of its elements, by local name."""

    name: str
    texts: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    about: str | None = None


@dataclass(slots=True)
class _Reading:
    """What one pass over a feed has found."""

    root: str | None = None
    items: dict[str, FeedItem] = field(default_factory=dict)
    sitemaps: dict[str, None] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)


class FeedPage:
    """A feed or a sitemap, gzipped or not. Never raises, on any bytes.

    `warnings` holds codes: `not_a_feed` (a page, or nothing known, in its place), `too_large`,
    `too_many_items`, `text_damaged`, `gzip_damaged`, `entities_declared` (and not expanded), `cut_off`.
    """

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        self.body = body
        self.url = url
        self.content_type = content_type

    @property
    def items(self) -> tuple[FeedItem, ...]:
        """The articles of the site that it names, each once, in its own order (which is no date order)."""
        return tuple(self._reading.items.values())

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The further sitemaps that a sitemap index names, on the site's public host."""
        return tuple(self._reading.sitemaps)

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._reading.warnings)

    @cached_property
    def _reading(self) -> _Reading:
        reading = _Reading()
        body = self.body
        if body.startswith(b"\x1f\x8b"):
            body, whole = _unpacked(body)
            if not whole:
                reading.warnings["gzip_damaged"] = None
        if len(body) > MAX_BYTES:
            reading.warnings["too_large"] = None
        address = urls.read_address(self.url)
        text, damaged = decode(body, self.content_type, address.language if address else None)
        if damaged:
            reading.warnings["text_damaged"] = None
        if _DOCTYPE_ENTITY.search(text):
            reading.warnings["entities_declared"] = None
        for record in _records(text, reading):
            if not self._take(record, reading):
                reading.warnings["too_many_items"] = None
                break
        if reading.root not in _ROOTS:
            reading.warnings["not_a_feed"] = None
        return reading

    def _take(self, record: _Record, reading: _Reading) -> bool:
        """Keep what a record names; False where there is room for no more."""
        if record.name == "sitemap":
            url = public_address(_plain(record.texts.get("loc")), self.url)
            if url and len(reading.sitemaps) < MAX_SITEMAPS:
                reading.sitemaps.setdefault(url)
            return True
        links = [*_own_links(record), *record.links]
        found = [address for link in links if (address := urls.article_address(link, self.url))]
        for address in {address.key: address for address in found}.values():
            if address.key not in reading.items and len(reading.items) >= MAX_ITEMS:
                return False
            # The others are the article in other languages: what the record says is said of the first.
            item = _item(address, record if address.key == found[0].key else _Record(record.name))
            known = reading.items.get(address.key)
            reading.items[address.key] = _filled(known, item) if known else item
        return True


def _own_links(record: _Record) -> Iterator[str]:
    """What an item gives as its own address, the likeliest first."""
    for name in ("loc", "link", "origlink", "guid", "id"):
        link = _plain(record.texts.get(name))
        # A guid is an address or any token at all: a bare number would join to one.
        if link and (name in ("loc", "link") or link.startswith(("https://", "http://"))):
            yield link
    if record.about:
        yield record.about


def _unpacked(body: bytes) -> tuple[bytes, bool]:
    """The gzip's content up to a byte more than is read, and whether it was whole."""
    parts: list[bytes] = []
    room = MAX_BYTES + 1
    while body and room > 0:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            part = unpacker.decompress(body, room)
        except zlib.error:
            return b"".join(parts), bool(parts) and not body.startswith(b"\x1f\x8b")
        parts.append(part)
        room -= len(part)
        if not unpacker.eof:
            return b"".join(parts), room <= 0
        body = unpacker.unused_data
        if not part and len(parts) > 100:  # empty members without end
            break
    return b"".join(parts), True


def _records(text: str, reading: _Reading) -> Iterator[_Record]:
    """The items, entries and urls of a feed, each as soon as it ends; faults in one do not touch the next."""
    record: _Record | None = None
    open_: list[str] = []
    at = 0
    for _ in range(MAX_TOKENS):
        token = _TOKEN.search(text, at)
        if record is not None and open_:
            _add(record, open_, _characters(text[at : min(token.start() if token else len(text), at + _LONGEST_FIELD)]))
        if token is None:
            break
        if token[0] == "<![CDATA[":
            end = text.find("]]>", token.end())
            end = len(text) if end < 0 else end
            if record is not None and open_:
                _add(record, open_, text[token.end() : min(end, token.end() + _LONGEST_FIELD)])
            at = end + 3
            continue
        if token[2] is None:
            at = _after_declaration(text, token[0], token.end())
            continue
        rest = _REST_OF_TAG.match(text, token.end())
        source = rest[1] if rest else ""
        at = rest.end() if rest else len(text)
        prefix, _, name = token[2].lower().rpartition(":")
        if prefix in _OF_PICTURES:
            name = f"{prefix}:{name}"
        if reading.root is None:
            reading.root = name
            if name == "html":
                return
        if token[1]:
            if record is not None and name == record.name:
                yield record
                record, open_ = None, []
            elif name in open_:
                del open_[len(open_) - 1 - open_[::-1].index(name) :]
            continue
        if name in _RECORDS_OF.get(reading.root or "", _RECORDS):
            if record is not None:
                yield record  # its end tag is missing
            record, open_ = _Record(name, about=_attributes(source).get("about")), []
            if source.rstrip().endswith("/"):
                record = None
            continue
        if record is None:
            continue
        if name == "link":
            _add_link(record, open_, _attributes(source))
        if not source.rstrip().endswith("/") and len(open_) < _MAX_DEPTH:
            open_.append(name)
    else:
        reading.warnings["too_large"] = None
    if record is not None:
        reading.warnings["cut_off"] = None
        yield record


def _add(record: _Record, open_: list[str], text: str) -> None:
    """Text belongs to the outermost element of its record: a feed's own HTML may stand unescaped in it."""
    name = open_[0]
    if len(open_) > 1 and name not in ("description", "summary", "title", "encoded", "content", "news"):
        return  # an author's name, a source's title
    if name == "news":  # <news:news> holds the facts of a news sitemap's entry
        name = open_[-1] if len(open_) == 2 else name
    known = record.texts.get(name, "")
    if len(known) < _LONGEST_FIELD:
        record.texts[name] = known + text


def _add_link(record: _Record, open_: list[str], attributes: dict[str, str]) -> None:
    if open_ or "href" not in attributes or len(record.links) >= _MAX_LINKS:
        return
    relation = attributes.get("rel", "alternate").lower()
    if relation == "alternate":
        record.links.append(attributes["href"])


def _attributes(source: str) -> dict[str, str]:
    if "=" not in source:
        return {}
    found: dict[str, str] = {}
    for number, match in enumerate(_ATTRIBUTE.finditer(source)):
        value = match[2] if match[2] is not None else match[3] or ""
        found.setdefault(match[1].rpartition(":")[2].lower(), html.unescape(value[: urls.MAX_ADDRESS_LENGTH + 1]))
        if number >= 20:
            break
    return found


def _after_declaration(text: str, opening: str, at: int) -> int:
    """Where a comment, an instruction or a document type ends; the latter holds its entities in brackets."""
    if opening == "<!--":
        end, length = text.find("-->", at), 3
    elif opening == "<?":
        end, length = text.find("?>", at), 2
    else:
        end, length = text.find(">", at), 1
        bracket = text.find("[", at, end if end >= 0 else len(text))
        if bracket >= 0:
            end, length = text.find("]>", bracket), 2
    return len(text) if end < 0 else end + length


def _characters(text: str) -> str:
    """Character references of XML and HTML read once; an unknown one stays as it stands."""
    return html.unescape(text) if "&" in text else text


def _plain(text: str | None) -> str:
    return clean(text[: urls.MAX_ADDRESS_LENGTH + 1]) if text else ""


def _shown(text: str | None, longest: int) -> str | None:
    """What a reader of the feed sees: HTML in it is read as HTML, and cut to a bounded length."""
    if not text:
        return None
    if "<" in text or "&" in text:
        text = html.unescape(_MARKUP.sub(" ", _INLINE_MARKUP.sub("", text)))
    text = clean(text)
    if len(text) > longest:
        text = text[: longest - 1].rstrip() + "…"
    return text or None


def _item(address: urls.Address, record: _Record) -> FeedItem:
    texts = record.texts
    dated = (texts.get(name) for name in ("pubdate", "published", "issued", "date", "publication_date"))
    changed = (texts.get(name) for name in ("updated", "modified", "lastmod"))
    told = (_shown(texts.get(name), _LONGEST_DESCRIPTION) for name in ("description", "summary"))
    return FeedItem(
        key=address.key,
        url=address.url,
        headline=_shown(texts.get("title"), _LONGEST_HEADLINE),
        date_published=next((found for text in dated if text and (found := _date(text))), None),
        description=next((text for text in told if text), None),
        date_modified=next((found for text in changed if text and (found := _date(text))), None),
    )


def _filled(known: FeedItem, other: FeedItem) -> FeedItem:
    """An item named twice: what the first left out, the second may say."""
    longer = other.url if len(other.url) > len(known.url) else known.url
    return replace(
        known,
        url=longer,
        headline=known.headline or other.headline,
        date_published=known.date_published or other.date_published,
        description=known.description or other.description,
        date_modified=known.date_modified or other.date_modified,
    )


def _date(text: str) -> str | None:
    """A feed's date as RFC 3339, or the ISO day where it has no time or no zone; None where it is neither."""
    text = clean(text[: 2 * _LONGEST_DATE])
    if not text or len(text) > _LONGEST_DATE:
        return None
    declared = dates.read_declared(text)
    if declared is not None:
        return declared.iso
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.isoformat(timespec="seconds") if moment.tzinfo is not None else moment.date().isoformat()
