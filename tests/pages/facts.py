"""What is read on a small page, by short names."""

from datetime import UTC, datetime
from typing import Any

from iranwire_crawler.pages.article import ArticlePage, Fetch


def facts_of(markup: str, url: str) -> dict[str, Any]:
    source = f"<!doctype html><meta charset=utf-8><body>{markup}".encode()
    article = ArticlePage(source, Fetch(url, datetime(2026, 11, 22, tzinfo=UTC), "saved")).article()
    return {
        "body": [block.text for block in article.body],
        "types": [block.type for block in article.body],
        "captions": [image.caption for image in article.images if image.caption],
        "pictures": [image.url and image.url.removeprefix("https://iranwire.com") for image in article.images],
        "credits": [image.credit for image in article.images if image.credit],
        "in_body": [image.in_body for image in article.images],
        "headline": article.headline,
        "date": article.date_published,
        "description": article.description,
        "authors": [author.name for author in article.authors],
        "minutes": article.reading_time_minutes,
        "section": article.section.name,
        "links": [link.url for link in article.links],
        "related": [(card.headline, card.section and card.section.name) for card in article.related],
        "related_url": [card.url for card in article.related],
        "words": article.word_count,
    }
