"""The records: what one line of `articles.jsonl` and one line of `captions.jsonl` hold.

Field names are schema.org's NewsArticle in snake_case. Every field is always present: null
or empty when unknown. The JSON Schemas in `schemas/` and `docs/fields.md` are made from
these classes by `iranwire_crawler.domain.schema`; a test keeps them in step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

ArticleType = Literal["article", "gallery", "cartoon", "video", "podcast", "link_out"]
BlockType = Literal["paragraph", "subheading", "list_item", "quote", "divider", "embed"]
Provenance = Literal["shown", "json-ld", "opengraph", "address", "feed", "embedded"]
WalkEnd = Literal["known", "end", "max_pages", "since"]
Source = Literal["live", "saved", "wayback"]


class Doc:
    """What a field means, and the JSON Schema keywords that bound it."""

    def __init__(self, text: str, **keywords: Any) -> None:
        self.text = text
        self.keywords: Mapping[str, Any] = keywords


ARTICLE_KEY = r"^[a-z]{2}/[0-9]{1,9}$"
CAPTION_KEY = r"^[a-z]{2}/[0-9]{1,9}/[0-9]{1,6}$"
CANONICAL_URL = r"^https://iranwire\.com/[a-z]{2}/[^/?#\s]+/[0-9]{1,9}(-[^/?#\s]*)?/$"
WEB_URL = r"^https?://[^\s]+$"
ISO_DATE_OR_DATE_TIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
)
JALALI_DATE = r"^1[2-4][0-9]{2}-[0-9]{2}-[0-9]{2}$"
UTC_DATE_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
SHA256 = r"^[0-9a-f]{64}$"
LANGUAGE = r"^[a-z]{2}$"
WALKED_SECTION = r"^[a-z]{2}/[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$"
CODE = r"^[a-z][a-z0-9_]*$"


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    slug: Annotated[str | None, Doc("From the address: `middle-east`. Null on a card without a link.")]
    name: Annotated[str | None, Doc("The label as shown: `Middle East`. Null when the page shows none.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    name: Annotated[str, Doc("As shown, in its own script.", minLength=1)]
    url: Annotated[str | None, Doc("Where the shown name links to, if it links.", pattern=WEB_URL)]


@dataclass(frozen=True, kw_only=True, slots=True)
class BodyBlock:
    type: Annotated[BlockType, Doc("What kind of block a reader sees.")]
    text: Annotated[
        str,
        Doc("Its text on one line. An `embed` holds its address, a drawn rule (`hr`) is empty."),
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    url: Annotated[str | None, Doc("Absolute address, null where the page shows only the caption.", pattern=WEB_URL)]
    caption: Annotated[str | None, Doc("Its own caption, once. Null when it has none (the headline is no caption).")]
    credit: Annotated[str | None, Doc("Photographer or agency, where the picture shows one.")]
    position: Annotated[int, Doc("1 for the first picture of the page.", minimum=1)]
    in_body: Annotated[bool, Doc("True when it stands between the body's paragraphs.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    url: Annotated[str, Doc("Absolute address.", pattern=WEB_URL)]
    text: Annotated[str, Doc("The linked words.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedArticle:
    """The card of another article at the end of the page."""

    url: Annotated[str | None, Doc("Canonical address, null where the card has no link.", pattern=WEB_URL)]
    headline: Annotated[str, Doc("The card's headline.", minLength=1)]
    section: Annotated[Section | None, Doc("The card's section, null when neither shown nor in its link.")]
    date_published: Annotated[str | None, Doc("ISO date of the card.", format="date")]
    authors: Annotated[tuple[Author, ...], Doc("The card's authors, none when it shows none.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class WarcLocation:
    """Where the raw response stands."""

    file: Annotated[str, Doc("WARC file, relative to the run folder.")]
    record_id: Annotated[str, Doc("WARC-Record-ID.")]
    offset: Annotated[int, Doc("Byte offset of the record's gzip member.", minimum=0)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Duplicate:
    """The article that this one repeats under another id."""

    key: Annotated[str, Doc("Key of the article that was known first.", pattern=ARTICLE_KEY)]
    similarity: Annotated[float, Doc("Estimated share of what the two texts have in common.", minimum=0, maximum=1)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """One article as a reader sees it, and where each field came from."""

    schema_version: Annotated[int, Doc("Version of this record's shape.", const=1)]
    key: Annotated[str, Doc("`en/124964`: language and id, the same for every address form.", pattern=ARTICLE_KEY)]
    id: Annotated[int, Doc("The site's number, from the address.", minimum=0)]
    in_language: Annotated[str, Doc("Edition, from the address: `en`, `fa`, `ar`.", pattern=LANGUAGE)]
    url: Annotated[
        str,
        Doc("Canonical: https, iranwire.com, trailing slash, no query.", pattern=CANONICAL_URL),
    ]
    fetched_url: Annotated[str, Doc("The address this page was read from.", pattern=WEB_URL)]
    section: Annotated[Section, Doc("Slug from the address, name as shown.")]
    article_type: Annotated[ArticleType, Doc("What kind of page it is.")]
    headline: Annotated[str, Doc("As shown.", minLength=1)]
    description: Annotated[str | None, Doc("Standfirst: shown under the headline, else from the page's metadata.")]
    authors: Annotated[tuple[Author, ...], Doc("In order; empty when the page names none.")]
    date_published: Annotated[
        str | None,
        Doc(
            "ISO date as shown; a date-time with zone where the page's metadata gives one for that day.",
            pattern=ISO_DATE_OR_DATE_TIME,
        ),
    ]
    date_published_raw: Annotated[str | None, Doc("The date line exactly as shown.")]
    date_published_jalali: Annotated[
        str | None,
        Doc("The same day in the Solar Hijri calendar: `1402-11-14`.", pattern=JALALI_DATE),
    ]
    date_modified: Annotated[
        str | None, Doc("From the page's metadata; the site shows none.", pattern=ISO_DATE_OR_DATE_TIME)
    ]
    reading_time_minutes: Annotated[int | None, Doc("Minutes, as shown.", minimum=0)]
    article_body: Annotated[
        str,
        Doc("The texts of `body`, joined by one blank line; dividers and embeds are left out."),
    ] = field(repr=False)
    body: Annotated[tuple[BodyBlock, ...], Doc("The body's blocks in reading order.")] = field(repr=False)
    word_count: Annotated[int, Doc("Words of `article_body`, parted by white space.", minimum=0)]
    images: Annotated[tuple[Image, ...], Doc("Every picture of the article, once, in order.")] = field(repr=False)
    links: Annotated[tuple[Link, ...], Doc("Links inside the body, in order.")] = field(repr=False)
    tags: Annotated[tuple[str, ...], Doc("From the page's metadata.")]
    related: Annotated[tuple[RelatedArticle, ...], Doc("The next article's card at the end of the page.")] = field(
        repr=False
    )
    content_hash: Annotated[
        str,
        Doc("SHA-256 over headline, body texts and captions: what a reader reads, nothing else.", pattern=SHA256),
    ]
    revision: Annotated[int, Doc("1 for the first reading.", minimum=1)]
    previous_hash: Annotated[str | None, Doc("`content_hash` of the revision before.", pattern=SHA256)]
    reread: Annotated[
        bool, Doc("True where this revision is a new reading of a page kept earlier, no change of the site's.")
    ]
    duplicate_of: Annotated[Duplicate | None, Doc("The same story known before under another id, else null.")]
    fetched_at: Annotated[
        str,
        Doc(
            "UTC, RFC 3339: when the page was taken from the site; by the web archive, where it comes from one.",
            pattern=UTC_DATE_TIME,
        ),
    ]
    source: Annotated[Source, Doc("`live` from the network, `saved` from saved pages, `wayback` from a web archive.")]
    warc: Annotated[WarcLocation | None, Doc("The raw response; null where none was kept.")]
    crawler_version: Annotated[str, Doc("Version of iranwire_crawler that read the page.")]
    provenance: Annotated[
        Mapping[str, Provenance],
        Doc("For each field that was read, where it came from; `opengraph` covers every other meta tag too."),
    ] = field(repr=False)
    warnings: Annotated[tuple[str, ...], Doc("What could not be read or was contradicted: stable codes.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Caption:
    """One picture that has a caption of its own."""

    key: Annotated[str, Doc("Article key and the picture's position: `en/124964/1`.", pattern=CAPTION_KEY)]
    article_key: Annotated[str, Doc("Key of its article.", pattern=ARTICLE_KEY)]
    article_url: Annotated[str, Doc("Canonical address of its article.", pattern=CANONICAL_URL)]
    position: Annotated[int, Doc("The picture's place among the article's pictures, from 1.", minimum=1)]
    caption: Annotated[str, Doc("As shown, once.", minLength=1)]
    credit: Annotated[str | None, Doc("Photographer or agency, where shown.")]
    image_url: Annotated[str | None, Doc("Absolute address, null where unknown.", pattern=WEB_URL)]
    headline: Annotated[str, Doc("Of its article.", minLength=1)]
    section: Annotated[Section, Doc("Of its article.")]
    date_published: Annotated[str | None, Doc("Of its article.", pattern=ISO_DATE_OR_DATE_TIME)]
    in_language: Annotated[str, Doc("Of its article.", pattern=LANGUAGE)]
    fetched_at: Annotated[str, Doc("Of its article.", pattern=UTC_DATE_TIME)]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPage:
    """The WARC record of an answer, in the fields by which a `revisit` record refers to it."""

    record_id: Annotated[str, Doc("Its WARC-Record-ID.", maxLength=1000)]
    target_uri: Annotated[str, Doc("Its WARC-Target-URI.", pattern=WEB_URL)]
    date: Annotated[str, Doc("Its WARC-Date.", pattern=UTC_DATE_TIME)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """An article that was asked for, whether or not its text had changed."""

    key: Annotated[str, Doc("Key of the article.", pattern=ARTICLE_KEY)]
    checked_at: Annotated[str, Doc("UTC, RFC 3339: when the site answered.", pattern=UTC_DATE_TIME)]
    status: Annotated[
        int,
        Doc(
            "HTTP status: 304 where nothing had changed, a redirect's where it led elsewhere.", minimum=100, maximum=599
        ),
    ]
    etag: Annotated[
        str | None,
        Doc(
            "The answer's ETag, sent with the next request; null where the text it is of was not kept.", maxLength=1000
        ),
    ]
    last_modified: Annotated[str | None, Doc("The answer's Last-Modified, as it stands; as `etag`.", maxLength=1000)]
    page: Annotated[
        KeptPage | None,
        Doc("The raw page that `etag` and `last_modified` are of, also where a 304 says so; null where none was kept."),
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """A known article that the site no longer shows, told once; its records stay."""

    key: Annotated[str, Doc("Key of the article.", pattern=ARTICLE_KEY)]
    url: Annotated[str, Doc("The address that was asked for.", pattern=WEB_URL)]
    reason: Annotated[str, Doc("Stable code: `http_404`, `http_410`, `redirected_to_front`.", pattern=CODE)]
    status: Annotated[int, Doc("HTTP status: of the answer, or of the redirect.", minimum=100, maximum=599)]
    fetched_at: Annotated[str, Doc("UTC, RFC 3339: when the site answered.", pattern=UTC_DATE_TIME)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Walked:
    """A section whose listing was walked as far as it was to be, all articles that it named dealt with."""

    section: Annotated[str, Doc("Edition and section: `en/features`.", pattern=WALKED_SECTION)]
    walked_at: Annotated[
        str, Doc("UTC, RFC 3339: when the last of its articles was dealt with.", pattern=UTC_DATE_TIME)
    ]
    pages: Annotated[int, Doc("How many of its pages were read.", minimum=1)]
    reached: Annotated[WalkEnd, Doc("Where it ended: at what was known, the listing's end, or the limit that was set.")]
    since: Annotated[str | None, Doc("The day that was the limit, where one was set.", format="date")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that is wrong with a rejected record."""

    path: Annotated[str, Doc("JSON Pointer to the field.")]
    message: Annotated[str, Doc("What is wrong with it.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """A record that does not fit its schema, kept beside the good ones."""

    record_type: Annotated[Literal["article", "caption"], Doc("Which record it was to be.")]
    key: Annotated[str, Doc("The record's key as it stands.")]
    reason: Annotated[str, Doc("Stable code: `schema`.", pattern=CODE)]
    faults: Annotated[tuple[Fault, ...], Doc("Each fault that was found.")]
    record: Annotated[Mapping[str, Any], Doc("The record as it was read.")] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """An article's page that did not come or could not be read as one; its raw bytes stand beside this line."""

    url: Annotated[str, Doc("The public address that was asked for.", pattern=WEB_URL)]
    reason: Annotated[
        str,
        Doc(
            "Stable code: that of `NotAnArticle` or `NotFetched`, `no_answer`, or `http_404` and the like.",
            pattern=CODE,
        ),
    ]
    detail: Annotated[str, Doc("What was missing, in words; where a redirect led, if elsewhere.")]
    status: Annotated[int | None, Doc("HTTP status; null where no answer came.", minimum=100, maximum=999)]
    file: Annotated[str | None, Doc("The raw page, in the same folder; null where it was empty or one too many.")]
    fetched_at: Annotated[str, Doc("UTC, RFC 3339.", pattern=UTC_DATE_TIME)]
    body: Annotated[bytes, Doc("The raw page; not exported.")] = field(repr=False, default=b"")
