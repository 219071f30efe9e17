"""An archive to export from: articles that fit their schema, with true hashes, in runs that the catalogue knows."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from stores.feeds import make_run

from iranwire_crawler.domain.content import body_text, content_hash, word_count
from iranwire_crawler.domain.dates import jalali, read_day
from iranwire_crawler.domain.items import Article, Author, BodyBlock, Image, Section
from iranwire_crawler.domain.records import captions_of
from iranwire_crawler.domain.version import SCHEMA_VERSION, VERSION
from iranwire_crawler.stores.learning import learn_all


def article(
    number: int = 1,
    *,
    language: str = "en",
    text: str = "The well never ran dry.",
    captions: Sequence[str] = (),
    day: str | None = "2024-01-15",
    section: str = "features",
    **more: Any,
) -> Article:
    """An article of that edition, published on that day; the text's lines are its paragraphs."""
    body = tuple(BodyBlock(type="paragraph", text=line) for line in text.split("\n") if line)
    images = tuple(
        Image(url=f"https://iranwire.com/i/{place}.jpg", caption=caption, credit=None, position=place, in_body=False)
        for place, caption in enumerate(captions, start=1)
    )
    shown = read_day(day[:10]) if day else None
    plain = Article(
        schema_version=SCHEMA_VERSION,
        key=f"{language}/{number}",
        id=number,
        in_language=language,
        url=f"https://iranwire.com/{language}/{section}/{number}/",
        fetched_url=f"https://iranwire.com/{language}/{section}/{number}/",
        section=Section(slug=section, name=section.title()),
        article_type="article",
        headline=f"Story {number}",
        description=None,
        authors=(Author(name="Mona Zarrinkub", url=None),),
        date_published=day,
        date_published_raw=day,
        date_published_jalali=jalali(shown) if shown else None,
        date_modified=None,
        reading_time_minutes=1,
        article_body=body_text(body),
        body=body,
        word_count=word_count(body_text(body)),
        images=images,
        links=(),
        tags=(),
        related=(),
        content_hash="",
        revision=1,
        previous_hash=None,
        reread=False,
        duplicate_of=None,
        fetched_at="2026-11-01T12:00:00Z",
        source="live",
        warc=None,
        crawler_version=VERSION,
        provenance={"headline": "shown", "body": "shown"},
        warnings=(),
    )
    made = replace(plain, **more)
    return replace(made, content_hash=content_hash(made.headline, made.body, made.images))


def lay_out(data_dir: Path, articles: Sequence[Article], *, day: int = 1) -> Path:
    """A run with these articles and their captions; the catalogue learns of it."""
    folder = make_run(data_dir, [orjson.dumps(each) for each in articles], day=day)
    captions = [orjson.dumps(caption) for each in articles for caption in captions_of(each)]
    make_run(data_dir, captions, day=day, feed="captions.jsonl")
    learn_all(data_dir)
    return folder
