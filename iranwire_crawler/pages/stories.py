"""The article's text in a page's data, found by shape: a headline beside HTML, prose, or a list of blocks.

Nothing here knows a framework. Names of fields are read for what they mean in English (`title`, `body`,
`published_at`), as they stand in the data of sites of any make; what decides is the value: prose has words.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iranwire_crawler.domain import dates, urls
from iranwire_crawler.domain.text import clean, letters
from iranwire_crawler.pages.embedded import Metadata, is_site_name, matches_title
from iranwire_crawler.pages.page_data import walk
from iranwire_crawler.pages.rich_text import MARKUP, MAX_TEXT, as_html, text_of

# A page is untrusted: beyond this many characters of text no more stories are looked at.
MAX_WRITTEN = 8 * 1024 * 1024
MAX_PICTURES = 200
_SHORTEST_TEXT = 200
_SHORTEST_BODY = 40
_LONGEST_HEADLINE = 400
_LONGEST_NAME = 160
_HEADLINES = ("headline", "title", "name", "heading")
_BODY = re.compile(r"body|content|text|html|blocks|paragraphs|story|document|markup", re.IGNORECASE)
_SUMMARY = re.compile(r"summary|descri|excerpt|lead|teaser|standfirst|deck|intro|abstract|seo|meta", re.IGNORECASE)
_PUBLISHED = re.compile(r"publi|^date$|_date$|^time|creat|first", re.IGNORECASE)
MODIFIED = re.compile(r"modif|updat|edit|revis", re.IGNORECASE)
AUTHOR = re.compile(r"author|byline|writer|reporter|creator", re.IGNORECASE)
SECTION = re.compile(r"section|categor|rubric|channel", re.IGNORECASE)
_TAGS = re.compile(r"tags|keywords|topics", re.IGNORECASE)
_PICTURES = re.compile(r"slide|galler|images|photos|pictures|media", re.IGNORECASE)
_PICTURE = re.compile(r"image|photo|picture|cover|thumbnail|figure", re.IGNORECASE)
_PICTURE_ADDRESS = ("src", "url", "image", "file", "path", "original", "href", "contentUrl", "sourceUrl")
_PICTURE_CAPTION = ("caption", "image_title", "title", "alt", "alt_text", "altText", "description")
_PICTURE_CREDIT = ("credit", "copyright", "photographer", "author", "source")
_NAMES = ("name", "full_name", "fullName", "title", "label", "display_name", "displayName")
_IDS = re.compile(r"(?:^|_)(?:id|pk|nid)$|Id$|^number$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StoryPicture:
    url: str
    caption: str | None
    credit: str | None


@dataclass(slots=True)
class Story:
    """An article as data has it. `html` is untrusted markup; all else is plain text."""

    headline: str
    html: str
    length: int
    proof: int
    shown_date: str | None = None
    published: dates.DeclaredDate | None = None
    modified: dates.DeclaredDate | None = None
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    description: str | None = None
    pictures: list[StoryPicture] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def find_story(values: Iterator[Any], address: urls.Address, metadata: Metadata) -> Story | None:
    """The story that is the article at `address`; None where there is none, or several and none has proof."""
    best: tuple[int, int] | None = None
    found: tuple[dict[str, Any], str, str] | None = None
    headlines: set[str] = set()
    written = 0
    for entity in walk(values):
        body = _body_of(entity)
        if body is None:
            continue
        written += body[1]
        if written > MAX_WRITTEN:
            break
        headline = _headline_of(entity, metadata)
        proof = _proof(entity, headline, address, metadata)
        if headline is None or proof < 0:
            continue
        headlines.add(letters(headline))
        if best is None or (proof, body[1]) > best:
            best, found = (proof, body[1]), (entity, headline, body[0])
    if best is None or found is None or (best[0] == 0 and len(headlines) > 1):
        return None
    entity, headline, markup = found
    story = Story(headline=headline, html=markup, length=best[1], proof=best[0])
    _fill(story, entity, address)
    return story


def _body_of(entity: Mapping[str, Any]) -> tuple[str, int] | None:
    """(HTML, length of its text) of the longest value that is an article's text."""
    best: tuple[str, int] | None = None
    for name, value in entity.items():
        if _SUMMARY.search(name) or not isinstance(value, (str, list, dict)) or not value:
            continue
        named = _BODY.search(name) is not None
        if isinstance(value, dict) and not named:
            continue
        if isinstance(value, str) and len(value) < (_SHORTEST_BODY if named else _SHORTEST_TEXT):
            continue
        markup = as_html(value)
        text = text_of(markup) if markup else ""
        if len(text) < (_SHORTEST_BODY if named else _SHORTEST_TEXT) or not _is_prose(text):
            continue
        if best is None or len(text) > best[1]:
            best = (markup, len(text))
    return best


def _is_prose(text: str) -> bool:
    """Words with spaces between them; no code, no address, no data in letters."""
    words = text.count(" ") + 1
    return words * 14 >= len(text) and sum(map(text.count, "{};=<>")) * 50 <= len(text)


def _headline_of(entity: Mapping[str, Any], metadata: Metadata) -> str | None:
    lines = {name: clean(html.unescape(value)) for name, value in entity.items() if _is_line(value)}
    for line in lines.values():
        if matches_title(line, metadata):
            return line
    by_name = {name.lower(): line for name, line in lines.items()}
    return next((by_name[name] for name in _HEADLINES if by_name.get(name)), None)


def _is_line(value: Any, longest: int = _LONGEST_HEADLINE) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and not MARKUP.search(value) and "://" not in value


def _proof(entity: Mapping[str, Any], headline: str | None, address: urls.Address, metadata: Metadata) -> int:
    """How sure it is that this is the article: 3 its address, 2 its number or title; 0 unknown; -1 another's."""
    base = address.url
    linked = [
        there.key
        for value in entity.values()
        if isinstance(value, str)
        and "/" in value
        and " " not in value
        and len(value) < 1000
        and (there := urls.article_address(value, base))
    ]
    if linked:
        return 3 if address.key in linked else -1
    number = str(address.id)
    proof = 0
    if any(_IDS.search(name) and str(value) == number for name, value in entity.items() if _is_number(value)):
        proof = 2
    if address.slug and any(value in (address.slug, f"{number}-{address.slug}") for value in entity.values()):
        proof = 2
    if headline and matches_title(headline, metadata):
        proof = max(proof, 2)
    return proof


def _is_number(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or isinstance(value, str)


def _fill(story: Story, entity: Mapping[str, Any], address: urls.Address) -> None:
    language = address.language or ""
    for name, value in entity.items():
        if isinstance(value, str) and len(value) <= 60:
            _read_date(story, name, value, language)
        if AUTHOR.search(name) and not story.authors:
            story.authors = [author for author in names_in(value) if not is_site_name(author)]
        elif SECTION.search(name) and story.section is None:
            story.section = next(iter(names_in(value)), None)
        elif _TAGS.search(name) and not story.tags:
            story.tags = names_in(value)
        elif _SUMMARY.search(name) and story.description is None and isinstance(value, str):
            story.description = text_of(value[:MAX_TEXT]) or None
    pictures = [value for name, value in entity.items() if _PICTURES.search(name) and isinstance(value, list)]
    single = [value for name, value in entity.items() if _PICTURE.search(name) and isinstance(value, (str, dict))]
    read = [picture for value in pictures for each in value[:MAX_PICTURES] if (picture := _picture(each, address))]
    if not read:
        read = [picture for value in single if (picture := _picture(value, address))][:1]
    story.pictures = list({picture.url: picture for picture in read}.values())


def _read_date(story: Story, name: str, value: str, language: str) -> None:
    if MODIFIED.search(name):
        story.modified = story.modified or dates.read_declared(value)
    elif dates.read_shown_date(clean(value), language):
        story.shown_date = story.shown_date or clean(value)
    elif _PUBLISHED.search(name) and (story.published is None or "publi" in name.lower()):
        # "published" is surer than "created".
        story.published = dates.read_declared(value) or story.published


def names_in(value: Any) -> list[str]:
    """Names: a string, an object that has one, or a list of them."""
    if isinstance(value, str):
        return [clean(html.unescape(value))] if _is_line(value, _LONGEST_NAME) and clean(value) else []
    if isinstance(value, dict):
        return next((found for name in _NAMES if (found := names_in(value.get(name)))), [])
    if isinstance(value, list):
        return list(dict.fromkeys(name for each in value[:50] if not isinstance(each, list) for name in names_in(each)))
    return []


def _picture(value: Any, address: urls.Address) -> StoryPicture | None:
    fields = value if isinstance(value, dict) else {"src": value}
    for name in _PICTURE_ADDRESS:
        inner = fields.get(name)
        inner = inner.get("url") or inner.get("src") if isinstance(inner, dict) else inner
        url = urls.web_address(inner, address.url) if isinstance(inner, str) and " " not in inner else None
        if url is not None and ("/" in str(inner)):
            return StoryPicture(url, _line_of(fields, _PICTURE_CAPTION), _line_of(fields, _PICTURE_CREDIT))
    return None


def _line_of(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value and "://" not in value and (text := text_of(value[:2000])):
            return text
    return None
