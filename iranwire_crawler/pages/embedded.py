"""What a page declares about itself beside what it shows: JSON-LD, OpenGraph, meta, canonical."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from iranwire_crawler.domain import dates, site, urls
from iranwire_crawler.domain.items import Provenance
from iranwire_crawler.domain.text import clean, fold, letters
from iranwire_crawler.pages.blocks import Document

_ARTICLE_TYPES = frozenset(
    (
        "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle BackgroundNewsArticle OpinionNewsArticle "
        "ReviewNewsArticle BlogPosting LiveBlogPosting Report SocialMediaPosting"
    ).split()
)
_MAX_ENTITIES = 200
# XHTML pages wrap a script's text so that an XML parser leaves it alone.
_WRAPPING = re.compile(r"\s*+(?://|/\*)?\s*+(?:<!\[CDATA\[|<!--)\s*+(?:\*/)?")
_LONGEST_SITE_NAME = 24
_SITE_NAMES = frozenset(map(letters, site.NAMES))
_TITLE_SEPARATORS = (" | ", " - ", " – ", " — ", " :: ", " » ")
_SEPARATED = re.compile("|".join(map(re.escape, _TITLE_SEPARATORS)))
# In letters: what is shorter is a label, a section's name.
_SHORTEST_HEADLINE = 12

Declared = tuple[dates.DeclaredDate, Provenance]


@dataclass(slots=True)
class Metadata:
    """The declared facts that concern one article, each with its source. Never required to be there.

    The source `opengraph` covers OpenGraph and every other meta tag. `names_another`: all that JSON-LD tells is of
    another article, by its address; nothing of it was read.
    """

    titles: list[str] = field(default_factory=list)
    headline: str | None = None
    headline_is_ours: bool = False
    description: tuple[str, Provenance] | None = None
    published: list[Declared] = field(default_factory=list)
    modified: list[Declared] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    authors_source: Provenance = "json-ld"
    social_title: str | None = None
    names_another: bool = False
    tags: list[str] = field(default_factory=list)
    tags_source: Provenance = "opengraph"
    canonical: urls.Address | None = None
    types: frozenset[str] = frozenset()


def read_metadata(document: Document, address: urls.Address) -> Metadata:
    """Gather what the head declares. A JSON-LD entity that names another article's address is not read."""
    found = Metadata()
    entities = list(_entities(document.scripts))
    found.types = frozenset(kind for entity in entities for kind in _types(entity))
    for entity in entities:
        if _ARTICLE_TYPES.intersection(_types(entity)) and _names(entity) in (None, address.key):
            _read_json_ld(entity, found, ours=_names(entity) == address.key)
            found.names_another = False
            break
        found.names_another |= bool(_ARTICLE_TYPES.intersection(_types(entity)))
    _read_meta(document.meta, found)
    if document.title:
        found.titles.append(document.title)
    for link in document.links:
        if "canonical" in link.get("rel", "").lower().split():
            found.canonical = found.canonical or urls.article_address(link.get("href"), address.url)
    return found


def matches_title(headline: str, metadata: Metadata) -> bool:
    """Whether a line is what the page declares as its title, the site's name put after it or not."""
    return letters(headline) in _spellings(tuple(metadata.titles))


def is_another_headline(title: str, headline: str) -> bool:
    """Whether a declared title is a headline, and not this one: neither cut short nor with something put to it."""
    words = [part for part in _SEPARATED.split(title) if not is_site_name(part)]
    declared, shown = letters(" ".join(words)), letters(headline)
    return len(declared) >= _SHORTEST_HEADLINE and declared not in shown and shown not in declared


@lru_cache(maxsize=64)
def _spellings(titles: tuple[str, ...]) -> frozenset[str]:
    found = {letters(title) for title in titles}
    for title in titles:
        for separator in _TITLE_SEPARATORS:
            if separator in title:
                found |= {letters(title.rpartition(separator)[0]), letters(title.partition(separator)[0])}
    return frozenset(found - {""})


def is_site_name(name: str) -> bool:
    """IranWire in any of its spellings."""
    return len(name) <= _LONGEST_SITE_NAME and letters(name) in _SITE_NAMES


def _entities(scripts: list[tuple[str, str]]) -> Iterator[Mapping[str, Any]]:
    count = 0
    for kind, source in scripts:
        if not kind.startswith("application/ld+json"):
            continue
        try:
            pending: list[Any] = [_loads(_unwrapped(source))]
        except (ValueError, RecursionError):
            continue
        while pending and count < _MAX_ENTITIES:
            count += 1
            value = pending.pop(0)
            if isinstance(value, list):
                pending[:0] = value[:_MAX_ENTITIES]
            elif isinstance(value, dict):
                yield value
                if isinstance(value.get("@graph"), list):
                    pending[:0] = value["@graph"][:_MAX_ENTITIES]


def _unwrapped(source: str) -> str:
    """A script's text without what hides it from an XML parser: `//<![CDATA[ … //]]>`, `/*<![CDATA[*/ … /*]]>*/`."""
    opening = _WRAPPING.match(source) if source.lstrip().startswith(("/", "<")) else None
    if opening is None:
        return source
    text = source[opening.end() :].rstrip().removesuffix("*/").rstrip()
    return text.removesuffix("]]>").removesuffix("-->").rstrip().removesuffix("//").removesuffix("/*")


def _loads(source: str) -> Any:
    """JSON, most of which orjson reads in a fifth of the time; line breaks in its strings are let pass."""
    try:
        return orjson.loads(source)
    except ValueError:
        return json.loads(source, strict=False)


def _types(entity: Mapping[str, Any]) -> set[str]:
    return {kind for kind in _listed(entity.get("@type")) if isinstance(kind, str)}


def _names(entity: Mapping[str, Any]) -> str | None:
    """The key of the article that an entity says it is about, where it gives an address that tells."""
    for name in ("url", "mainEntityOfPage", "@id"):
        value = entity.get(name)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        address = urls.article_address(value) if isinstance(value, str) else None
        if address:
            return address.key
    return None


def _read_json_ld(entity: Mapping[str, Any], found: Metadata, ours: bool) -> None:
    found.headline_is_ours = ours
    if headline := _text(entity.get("headline") or entity.get("name")):
        found.headline = headline
        found.titles.append(headline)
    if description := _text(entity.get("description")):
        found.description = (description, "json-ld")
    for name, dates_ in (("datePublished", found.published), ("dateModified", found.modified)):
        declared = dates.read_declared(_text(entity.get(name)) or "")
        if declared:
            dates_.append((declared, "json-ld"))
    for author in _listed(entity.get("author")):
        kind = _types(author) if isinstance(author, dict) else {"Person"}
        name_ = _text(author.get("name")) if isinstance(author, dict) else _text(author)
        if name_ and "Organization" not in kind and "NewsMediaOrganization" not in kind and not is_site_name(name_):
            found.authors.append(name_)
    keywords = entity.get("keywords")
    parts = keywords.split(",") if isinstance(keywords, str) else _listed(keywords)
    found.tags = [tag for part in parts if (tag := _text(part))]
    found.tags_source = "json-ld"


def _read_meta(meta: list[tuple[str, str]], found: Metadata) -> None:
    opengraph_tags: list[str] = []
    for name, content in meta:
        text = clean(content)
        match name:
            case "og:title" | "twitter:title":
                found.titles.append(text)
                found.social_title = found.social_title or text
            case "og:description" | "description" | "twitter:description" if text:
                found.description = found.description or (text, "opengraph")
            case "article:published_time" | "datepublished":
                _declare(text, found.published)
            case "article:modified_time" | "og:updated_time" | "datemodified":
                _declare(text, found.modified)
            case "article:tag":
                opengraph_tags.append(text)
            case "author" | "article:author" if not found.authors and not is_site_name(text) and "/" not in text:
                found.authors, found.authors_source = [text], "opengraph"
            case "og:url":
                found.canonical = found.canonical or urls.article_address(text)
            case "og:type":
                found.types |= {text}
    if opengraph_tags and not found.tags:
        found.tags, found.tags_source = opengraph_tags, "opengraph"
    found.tags = list({fold(tag): tag for tag in reversed(found.tags) if tag}.values())[::-1]


def _declare(text: str, into: list[Declared]) -> None:
    declared = dates.read_declared(text)
    if declared:
        into.append((declared, "opengraph"))


def _text(value: Any) -> str | None:
    """A text of JSON-LD; many a site escapes it once too often."""
    return (clean(html.unescape(value)) or None) if isinstance(value, str) else None


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
