"""`domain.text.clean` on each text of a record; derived fields follow. A clean record is returned as it is."""

from dataclasses import replace
from typing import Any, TypeVar

from iranwire_crawler.domain.content import body_text, content_hash, word_count
from iranwire_crawler.domain.items import Article, Author, Caption, RelatedArticle, Section
from iranwire_crawler.domain.text import clean

_Part = TypeVar("_Part", bound=Any)


def clean_caption(caption: Caption) -> Caption:
    return _changed(
        caption,
        caption=clean(caption.caption),
        credit=_optional(caption.credit),
        headline=clean(caption.headline),
        section=_section(caption.section),
    )


def clean_article(item: Article) -> Article:
    """Empty body blocks go too."""
    body = tuple(_changed(block, text=clean(block.text)) for block in item.body)
    body = tuple(block for block in body if block.text or block.type == "divider")
    cleaned = _changed(
        item,
        headline=clean(item.headline),
        description=_optional(item.description),
        section=_section(item.section),
        authors=_authors(item.authors),
        body=body,
        images=tuple(
            _changed(image, caption=_optional(image.caption), credit=_optional(image.credit)) for image in item.images
        ),
        links=tuple(_changed(link, text=clean(link.text)) for link in item.links),
        tags=tuple(tag for tag in map(clean, item.tags) if tag),
        related=tuple(map(_related, item.related)),
    )
    if cleaned is item:
        return item
    text = body_text(cleaned.body)
    return replace(
        cleaned,
        article_body=text,
        word_count=word_count(text),
        content_hash=content_hash(cleaned.headline, cleaned.body, cleaned.images),
    )


def _changed(part: _Part, **fields: Any) -> _Part:
    """The part with these fields; itself where it has them already, as almost every part does."""
    for name, value in fields.items():
        if getattr(part, name) != value:
            return replace(part, **fields)
    return part


def _optional(text: str | None) -> str | None:
    return (clean(text) or None) if text is not None else None


def _section(section: Section) -> Section:
    return _changed(section, name=_optional(section.name))


def _authors(authors: tuple[Author, ...]) -> tuple[Author, ...]:
    cleaned = (_changed(author, name=clean(author.name)) for author in authors)
    return tuple(author for author in cleaned if author.name)


def _related(related: RelatedArticle) -> RelatedArticle:
    return _changed(
        related,
        headline=clean(related.headline),
        section=_section(related.section) if related.section is not None else None,
        authors=_authors(related.authors),
    )
