"""From a response to records: what every spider does with an article's page."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from scrapy import Spider
from scrapy.http import Response

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import Article, Caption, Checked, Source, Unread, WarcLocation
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.pages.article import ArticlePage, Fetch

logger = logging.getLogger(__name__)

_LONGEST_VALIDATOR = 1000


def public_url(response: Response) -> str:
    """The site's own address of a response, also where SITE_URL had it fetched from elsewhere."""
    return str(response.meta.get("site_url", response.url))


def content_type(response: Response) -> str | None:
    header = response.headers.get("Content-Type")
    return header.decode("latin-1") if header else None


def fetched_at(response: Response) -> datetime:
    """When the page was taken from the site: the date of its WARC record where it has one, else now."""
    warc = response.meta.get("warc")
    return datetime.fromisoformat(warc["date"]) if warc else datetime.now(UTC)


def warc_location(response: Response) -> WarcLocation | None:
    """Where the raw page stands, as `RawPages` and `SavedPages` tell; None where none is kept."""
    warc = response.meta.get("warc")
    return WarcLocation(file=warc["file"], record_id=warc["record_id"], offset=warc["offset"]) if warc else None


def read_page(spider: Spider, response: Response) -> tuple[Article, tuple[Caption, ...]] | Unread:
    """The article and captions of a response, or why it is none; both counted and logged."""
    assert spider.crawler.stats is not None
    stats = spider.crawler.stats
    now, warc = fetched_at(response), warc_location(response)
    url = public_url(response)
    if response.status != 200:
        return _unread(spider, response, url, f"http_{response.status}", f"HTTP status {response.status}", now)
    source: Source = "saved" if spider.settings.get("SAVED_PAGES") else "live"
    page = ArticlePage(response.body, Fetch(url, now, source, content_type(response), warc))
    try:
        article = page.article()
    except NotAnArticle as refusal:
        return _unread(spider, response, url, refusal.reason, refusal.detail, now)
    stats.inc_value(stat_keys.ARTICLES_READ)
    return article, page.captions(article)


def records(spider: Spider, response: Response) -> Iterator[Article | Caption | Checked | Unread]:
    """What goes to the pipelines: the article, then its captions; or the page that is none."""
    read = read_page(spider, response)
    if isinstance(read, Unread):
        yield read
        return
    article, captions = read
    yield article
    yield from captions
    yield checked(response, article.key)


def checked(response: Response, key: str) -> Checked:
    """That an article was asked for, and what the site takes to tell whether it has changed since.

    Comes after the article: a validator is worth nothing before the text that it is of is on disk.
    """
    return Checked(
        key=key,
        checked_at=fetched_at(response).strftime("%Y-%m-%dT%H:%M:%SZ"),
        status=response.status,
        etag=_validator(response, "ETag"),
        last_modified=_validator(response, "Last-Modified"),
    )


def _validator(response: Response, name: str) -> str | None:
    """A header to send back as it came; None for one that no server means."""
    value = response.headers.get(name)
    text = value.decode("latin-1").strip() if value else ""
    return text if text and text.isprintable() and len(text) <= _LONGEST_VALIDATOR else None


def with_warnings(article: Article, codes: list[str]) -> Article:
    """The article with warnings added, each once."""
    added = tuple(code for code in codes if code not in article.warnings)
    return replace(article, warnings=article.warnings + added) if added else article


def _unread(spider: Spider, response: Response, url: str, reason: str, detail: str, now: datetime) -> Unread:
    assert spider.crawler.stats is not None
    spider.crawler.stats.inc_value(stat_keys.unread(reason))
    logger.warning("%s: not read (%s): %s", for_terminal(url), reason, for_terminal(detail))
    return Unread(
        url=url,
        reason=reason,
        detail=detail,
        status=response.status,
        file=None,
        fetched_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        body=response.body if response.status == 200 else b"",
    )
