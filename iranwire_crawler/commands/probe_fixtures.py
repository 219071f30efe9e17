"""The pages of a probe as test-page folders, for a person to correct and to accept."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.probe import Line
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.views.probe_table import Probe

# What a person checks on a fixture; the rest of a record is derived or about the run.
_FIXTURE_FIELDS = (
    *("key", "id", "in_language", "url", "section", "article_type", "headline", "description", "authors"),
    *("date_published", "date_published_raw", "date_published_jalali", "date_modified", "reading_time_minutes"),
    *("article_body", "body", "images", "links", "tags", "related"),
)


def write_fixtures(done: Probe, target: Path) -> Iterator[str]:
    """Write each HTML page as a folder that `tests/saved_pages.py` reads; yields what there is to say."""
    written = 0
    for line in done.lines:
        if line["status"] != 200 or line["file"] is None or line["kind"] in ("robots", "feed"):
            continue
        folder = target / _fixture_name(line)
        try:
            folder.mkdir()
            body = (done.folder / line["file"]).read_bytes()
            (folder / "page.html").write_bytes(body)
            facts = json.dumps(_fixture_facts(line, body), ensure_ascii=False, indent=2) + "\n"
            (folder / "facts.json").write_text(facts, encoding="utf-8")
        except FileExistsError:
            yield f"{folder} is there already and was left as it is"
        except OSError as error:
            yield f"{folder}: cannot write it: {error.strerror or error}"
        else:
            written += 1
    yield f"{written} pages written as test pages to {target}; correct their facts.json, then accept them"


def _fixture_name(line: Line) -> str:
    parts = [part for part in urlsplit(line["final_url"]).path.split("/") if part][1:]
    named = parts[-1].partition("-")[0] if line["kind"] == "article" and parts else "-".join(parts)
    safe = "".join(
        character for character in named if character.isascii() and (character.isalnum() or character == "-")
    )
    return "-".join(filter(None, (line["language"], line["kind"], safe[:40]))) + "--live"


def _fixture_facts(line: Line, body: bytes) -> dict[str, Any]:
    """What `facts.json` holds: the address, and what was read on the page, for a person to correct."""
    fetched_at = datetime.fromisoformat(line["fetched_at"])
    page = ArticlePage(body, Fetch(line["final_url"], fetched_at, "saved", line["content_type"]))
    head = {"url": line["final_url"], "content_type": line["content_type"], "markup": "live"}
    kept = f"Kept by scrapy probe on {line['fetched_at']}; not yet checked by a person."
    try:
        article = page.article()
    except NotAnArticle as refusal:
        notes = f"{kept} Asked for as: {line['kind']}."
        return {**head, "layout": "", "notes": notes, "not_an_article": f"{refusal.reason}: {refusal.detail}"}
    record = orjson.loads(orjson.dumps(article))
    warnings = ", ".join(article.warnings) or "none"
    return {
        **head,
        "layout": _layout(article),
        "notes": f"{kept} Warnings: {warnings}.",
        "article": {name: record[name] for name in _FIXTURE_FIELDS},
        "captions": [caption.caption for caption in page.captions(article)],
    }


def _layout(article: Article) -> str:
    """The parts that were read, in the order in which the site shows them."""
    captions = sum(image.caption is not None for image in article.images)
    parts = {
        "SECTION": article.section.name,
        "TITLE": article.headline,
        "DATE": article.date_published_raw,
        "AUTHOR": article.authors,
        "READ": article.reading_time_minutes is not None,
        f"CAP({captions})": captions,
        "BODY": article.body,
        "CARD": article.related,
    }
    return " ".join(name for name, read in parts.items() if read)
