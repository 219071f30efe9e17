"""`ArticlePage`: the bytes and the address of one page in, one `Article` and its `Caption`s out."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from iranwire_crawler.domain import dates, site, urls
from iranwire_crawler.domain.content import body_text, content_hash, word_count
from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import (
    Article,
    ArticleType,
    Author,
    Caption,
    Image,
    Provenance,
    Section,
    Source,
    WarcLocation,
)
from iranwire_crawler.domain.records import captions_of
from iranwire_crawler.domain.text import fold, letters
from iranwire_crawler.domain.version import SCHEMA_VERSION, VERSION
from iranwire_crawler.pages.blocks import Document
from iranwire_crawler.pages.body import Body, read_body
from iranwire_crawler.pages.cards import find_cards, next_articles
from iranwire_crawler.pages.document import read_document
from iranwire_crawler.pages.embedded import Declared, Metadata, is_another_headline, read_metadata
from iranwire_crawler.pages.header import Header, find_header, has_cards
from iranwire_crawler.pages.lines import folded_lines, read_lines
from iranwire_crawler.pages.page import Page
from iranwire_crawler.pages.pictures import Pictures

_NOT_FOUND = re.compile(
    r"\b404\b|not found|no longer (?:available|exists)|does(?:n't| not) exist|یافت نشد|پیدا نشد|وجود ندارد|"
    r"غير موجودة?|لم يتم العثور|لا توجد",
    re.IGNORECASE,
)
# A page of pictures has at least so many of them and at most so many words.
_GALLERY_PICTURES = 8
_GALLERY_WORDS = 150
# A notice that a page is gone has fewer words; an article's address is spelled as its headline begins.
_NOTICE_WORDS = 60
_SHORTEST_SLUG = 10
_SPEAKER = re.compile(r"\[[^\]]{2,60}\]")
_SPEAKER_TURNS = 3


@dataclass(frozen=True, slots=True)
class Fetch:
    """How and when a page was obtained: what the page itself cannot say.

    `read_from`: the address that was really asked, where that is not `url`: a web archive's.
    """

    url: str
    fetched_at: datetime
    source: Source
    content_type: str | None = None
    warc: WarcLocation | None = None
    reread: bool = False
    """Whether a run before read this very page."""
    read_from: str | None = None


class ArticlePage:
    """One article page, read as a reader sees it.

    `body` is the response's body without transfer or content encoding; `fetch.url` the address it
    was read from, on any of the site's hosts. Reading needs no network, no clock and no state.
    """

    def __init__(self, body: bytes, fetch: Fetch) -> None:
        self.body = body
        self.fetch = fetch

    def article(self) -> Article:
        """The page's article. Raises `NotAnArticle` with the reason; nothing else, on any bytes."""
        fetch = self.fetch
        address = urls.read_address(fetch.url)
        if address is None or address.kind != "article":
            kind = "an address of another site" if address is None else f"the address of a {address.kind} page"
            raise NotAnArticle(fetch.url, "not_an_article_address", f"it is {kind}")
        document, metadata = self._read(address)
        base = urls.absolute(document.base, fetch.url) if document.base else fetch.url
        edition = site.EDITIONS.get(address.language or "")
        lines = read_lines(document, address.language or "")
        page = Page(lines, address, edition, base, metadata, document)
        reading = _Reading(page, fetch)
        if document.damaged_text:
            reading.warn("text_damaged")
        if document.truncated:
            reading.warn("page_too_large")
        return reading.article()

    def _read(self, address: urls.Address) -> tuple[Document, Metadata]:
        """The page's blocks, and what it declares."""
        document = read_document(self.body, self.fetch.content_type, address.language, chrome=False)
        return document, read_metadata(document, address)

    @staticmethod
    def captions(article: Article) -> tuple[Caption, ...]:
        """One `Caption` for each picture of the article that has a caption of its own."""
        return captions_of(article)


class _Reading:
    """One page on its way to an Article: gathers provenance and warnings."""

    def __init__(self, page: Page, fetch: Fetch) -> None:
        self.page = page
        self.fetch = fetch
        self.provenance: dict[str, Provenance] = {}
        self.warnings: list[str] = []

    def warn(self, code: str) -> None:
        if code not in self.warnings:
            self.warnings.append(code)

    def from_(self, field: str, source: Provenance) -> None:
        self.provenance[field] = source

    def article(self) -> Article:
        page, metadata = self.page, self.page.metadata
        header = find_header(page)
        if header is None:
            raise self._refusal()
        pictures = Pictures(page, header.headline)
        start = pictures.read_lead(header.end)
        cards = find_cards(page, header.end, header.headline, start)
        body = read_body(page, header, start, cards, pictures)
        images = pictures.images(page.base)
        if pictures.truncated:
            self.warn("page_too_large")
        if not body.blocks and not images:
            if has_cards(page):
                raise NotAnArticle(self.fetch.url, "index_page", "headlines of other articles and no text of its own")
            raise NotAnArticle(self.fetch.url, "no_text", f"under the headline {header.headline.text[:80]!r}")
        if not images and _NOT_FOUND.search(header.headline.text) and self._is_notice(header, body):
            raise NotAnArticle(self.fetch.url, "not_found", f"it says {header.headline.text[:80]!r}")
        self._distrust(metadata, header)
        return self._record(header, body, images)

    def _is_notice(self, header: Header, body: Body) -> bool:
        """Whether a page is a few words that nobody signed, and that its address does not name."""
        if header.authors or header.minutes is not None:
            return False
        named = self.page.slug_letters
        if named and letters(header.headline.text).startswith(named[:_SHORTEST_SLUG]):
            return False
        return word_count(body_text(body.blocks)) < _NOTICE_WORDS

    def _refusal(self) -> NotAnArticle:
        url, page = self.fetch.url, self.page
        texts = [line for line in page.lines if line.kind == "text"]
        if not texts:
            return NotAnArticle(url, "not_html", "there is no text in it")
        headings = [line.text for line in texts if line.heading] or [line.text for line in texts[:3]]
        for text in (*page.metadata.titles[:2], *headings[:3]):
            if _NOT_FOUND.search(text):
                return NotAnArticle(url, "not_found", f"it says {text[:80]!r}")
        if has_cards(page):
            return NotAnArticle(url, "index_page", "every date line stands under another article's headline")
        if any(line.shown for line in page.lines):
            return NotAnArticle(url, "no_headline", "there is a date line and no headline above it")
        return NotAnArticle(url, "no_date", "no date line in the form of its edition")

    def _distrust(self, metadata: Metadata, header: Header) -> None:
        """Metadata whose headline is another article's is not believed in anything else either."""
        if metadata.names_another:
            self.warn("json_ld_contradicted")
        if metadata.social_title and is_another_headline(metadata.social_title, header.headline.text):
            self.warn("headline_contradicted")
        if metadata.headline is None or letters(metadata.headline) == letters(header.headline.text):
            return
        self.warn("headline_contradicted")
        if not metadata.headline_is_ours:
            metadata.published = [declared for declared in metadata.published if declared[1] != "json-ld"]
            metadata.modified = [declared for declared in metadata.modified if declared[1] != "json-ld"]
            if metadata.authors_source == "json-ld":
                metadata.authors = []
            if metadata.description and metadata.description[1] == "json-ld":
                metadata.description = None
            if metadata.tags_source == "json-ld":
                metadata.tags = []

    def _record(self, header: Header, body: Body, images: tuple[Image, ...]) -> Article:
        address, metadata = self.page.address, self.page.metadata
        address = self._address(address, metadata)
        assert address.language is not None
        assert address.id is not None
        for name in ("key", "id", "in_language", "url", "section"):
            self.from_(name, "address")
        self.from_("headline", "shown")
        published, day = self._published(header, metadata)
        if day:
            self.from_("date_published_jalali", "shown" if header.date else self.provenance["date_published"])
        if header.date:
            self.from_("date_published_raw", "shown")
        modified = metadata.modified[0] if metadata.modified else None
        if modified:
            self.from_("date_modified", modified[1])
        authors = self._authors(header, metadata)
        description = header.description
        if description:
            self.from_("description", "shown")
        elif metadata.description:
            description, source = metadata.description
            self.from_("description", source)
        tags = body.tags or metadata.tags
        if tags:
            self.from_("tags", "shown" if body.tags else metadata.tags_source)
        if header.minutes is not None:
            self.from_("reading_time_minutes", "shown")
        if header.section_name is not None:
            self.from_("section.name", "shown")
        text = body_text(body.blocks)
        words = word_count(text)
        related = tuple(card.article for card in next_articles(body.cards))
        for name, value in (
            ("body", body.blocks),
            ("article_body", text),
            ("images", images),
            ("links", body.links),
            ("related", related),
        ):
            if value:
                self.from_(name, "shown")
        if not body.blocks:
            self.warn("body_empty")
        return Article(
            schema_version=SCHEMA_VERSION,
            key=address.key,
            id=address.id,
            in_language=address.language,
            url=address.url,
            fetched_url=self.fetch.read_from or self.fetch.url,
            section=Section(slug=address.section, name=header.section_name),
            article_type=self._type(body, text, images, words),
            headline=header.headline.text,
            description=description,
            authors=tuple(authors),
            date_published=published,
            date_published_raw=header.date.raw if header.date else None,
            date_published_jalali=dates.jalali(day) if day else None,
            date_modified=modified[0].iso if modified else None,
            reading_time_minutes=header.minutes,
            article_body=text,
            body=tuple(body.blocks),
            word_count=words,
            images=images,
            links=tuple(body.links),
            tags=tuple(tags),
            related=related,
            content_hash=content_hash(header.headline.text, body.blocks, images),
            revision=1,
            previous_hash=None,
            reread=self.fetch.reread,
            duplicate_of=None,
            fetched_at=dates.utc_text(self.fetch.fetched_at),
            source=self.fetch.source,
            warc=self.fetch.warc,
            crawler_version=VERSION,
            provenance=self.provenance,
            warnings=tuple(self.warnings),
        )

    def _address(self, address: urls.Address, metadata: Metadata) -> urls.Address:
        """The page's own canonical address is fuller (it has the slug) if it is this article's."""
        canonical = metadata.canonical
        if canonical is None:
            return address
        if canonical.key != address.key:
            self.warn("canonical_contradicted")
            return address
        return canonical if canonical.slug and not address.slug else address

    def _published(self, header: Header, metadata: Metadata) -> tuple[str | None, date | None]:
        """(`date_published`, its day): the shown day, to the second where metadata knows that day better."""
        declared = list(metadata.published)
        if header.date_line is not None and header.date_line.datetime:
            moment = dates.read_declared(header.date_line.datetime)
            if moment:
                declared.append((moment, "shown"))
        shown = header.date.day if header.date else None
        if header.date is not None and shown is None:
            self.warn("date_published_impossible")
            return None, None
        if shown is None:
            self.warn("date_published_not_shown")
            if not declared:
                return None, None
            moment, source = declared[0]
            self.from_("date_published", source)
            return moment.iso, moment.day
        return self._agreed(shown, declared), shown

    def _agreed(self, shown: date, declared: list[Declared]) -> str:
        agreeing = [(found, source) for found, source in declared if found.is_on(shown)]
        if len(agreeing) < len(declared):
            self.warn("date_published_contradicted")
        self.from_("date_published", "shown")
        for found, source in agreeing:
            if found.moment is not None:
                self.from_("date_published", source)
                return found.iso
        return shown.isoformat()

    def _authors(self, header: Header, metadata: Metadata) -> list[Author]:
        if header.authors:
            self.from_("authors", "shown")
            shown = {letters(author.name) for author in header.authors}
            if metadata.authors and shown.isdisjoint(map(letters, metadata.authors)):
                self.warn("authors_contradicted")
            return header.authors
        if metadata.authors:
            self.from_("authors", metadata.authors_source)
            return [Author(name=name, url=None) for name in metadata.authors]
        return []

    def _type(self, body: Body, text: str, images: tuple[Image, ...], words: int) -> ArticleType:
        section = self.page.address.section
        if section in site.CARTOON_SECTIONS:
            return "cartoon"
        if section in site.GALLERY_SECTIONS:
            return "gallery"
        last = next((block.text for block in reversed(body.blocks) if block.type == "paragraph"), "")
        ends_outward = len(last) <= 40 and fold(last).rstrip(". ") in folded_lines(site.LINK_OUT_ENDINGS)
        if section in site.LINK_OUT_SECTIONS or ends_outward:
            return "link_out"
        player = self._player(body)
        if player is not None:
            return player
        if text.count("[") >= _SPEAKER_TURNS:
            turns = [block for block in body.blocks if block.type == "paragraph" and _SPEAKER.match(block.text)]
            if len(turns) >= _SPEAKER_TURNS:
                return "podcast"
        bare = sum(image.caption is None for image in images)
        if bare >= _GALLERY_PICTURES and words <= _GALLERY_WORDS:
            return "gallery"
        return "article"

    def _player(self, body: Body) -> ArticleType | None:
        """A player that leads the page makes it a video or a podcast; one further down does not."""
        if body.blocks and body.blocks[0].type == "embed":
            address = body.blocks[0].text
            leading = [line for line in self.page.lines if line.kind == "embed"]
            tag = next((line.text for line in leading if line.source and line.source in address), "")
            if tag == "audio" or _hosted(address, site.AUDIO_HOSTS):
                return "podcast"
            if tag == "video" or _hosted(address, site.VIDEO_HOSTS):
                return "video"
        types = self.page.metadata.types
        if "VideoObject" in types or any(kind.startswith("video") for kind in types):
            return "video"
        if types & {"AudioObject", "PodcastEpisode"}:
            return "podcast"
        return None


def _hosted(address: str, hosts: tuple[str, ...]) -> bool:
    host = urlsplit(address).hostname or ""
    return any(host == name or host.endswith("." + name) for name in hosts)
