"""From a response to records: what every spider does with an article's page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from scrapy import Request, Spider
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.errors import NotAnArticle, NotFetched
from iranwire_crawler.domain.items import Article, Caption, Checked, KeptPage, Source, Unread, WarcLocation
from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.pages.embedded_article import EmbeddedArticlePage
from iranwire_crawler.pages.embedded_section import EmbeddedSectionPage
from iranwire_crawler.pages.light_section import LightForm, LightSectionPage
from iranwire_crawler.pages.section import SectionPage
from iranwire_crawler.stores.feed_lines import LONGEST_VALIDATOR

# How a page was obtained whose content was not in its plain HTML.
Way = Literal["light", "embedded", "browser"]

_LONGEST_DETAIL = 1000
# The page was not tried: robots.txt is counted on its own, and the end of the run is told by itself.
_NOT_TRIED = frozenset({"forbidden", "stopped"})


def public_url(response: Response) -> str:
    """The site's own address of a response, also where SITE_URL had it fetched from elsewhere."""
    return str(response.meta.get("site_url", response.url))


def asked_url(request: Request) -> str:
    """The site's own address of what was asked for first, before any redirect."""
    return str(request.meta.get("asked_url", request.url))


def why_not_fetched(error: BaseException | None) -> tuple[str, str]:
    """A code and words for what an errback was called with."""
    said = clean(str(error))[:_LONGEST_DETAIL]
    match error:
        case NotFetched():
            return error.reason, said
        case DownloadCancelledError():
            return "too_large", said or "more bytes than DOWNLOAD_MAXSIZE"
        case IgnoreRequest():
            return "not_fetched", said
        case ValueError():  # Scrapy's, of an address that a redirect gave
            return "leads_elsewhere", said
    return "no_answer", f"{type(error).__name__}: {said or 'the answer broke off'}"


def content_type(response: Response) -> str | None:
    header = response.headers.get("Content-Type")
    return header.decode("latin-1") if header else None


def fetched_at(response: Response) -> datetime:
    """When the page was taken from the site: by a web archive, by its WARC record where it has one, else now."""
    if capture := response.meta.get("capture"):
        return datetime.fromisoformat(capture["date"])
    warc = response.meta.get("warc")
    return datetime.fromisoformat(warc["date"]) if warc else datetime.now(UTC)


def warc_location(response: Response) -> WarcLocation | None:
    """Where the raw page stands, as `RawPages` and `SavedPages` tell; None where none is kept."""
    warc = response.meta.get("warc")
    return WarcLocation(file=warc["file"], record_id=warc["record_id"], offset=warc["offset"]) if warc else None


def read_page(spider: Spider, response: Response) -> tuple[Article, tuple[Caption, ...]] | Unread:
    """The article and captions of a response, or why it is none.

    What is known of how the page was obtained stands in `response.meta`: `way`, where plain HTML was not enough
    (`OtherWays`), and `article_url`, where the page stands at another address than its article.
    """
    assert spider.crawler.stats is not None
    now = fetched_at(response)
    if response.status != 200:
        return _unread(response, f"http_{response.status}", _status(response), now)
    way = _way(response)
    reader = EmbeddedArticlePage if way == "embedded" else ArticlePage
    page = reader(response.body, _fetch(spider, response, now))
    try:
        article = page.article()
    except NotAnArticle as refusal:
        return _unread(response, refusal.reason, refusal.detail, now)
    spider.crawler.stats.inc_value(stat_keys.ARTICLES_READ)
    if way is not None:
        article = with_warnings(replace(article, fetched_url=public_url(response)), [f"read_from_{way}"])
    return article, page.captions(article)


def _way(response: Response) -> Way | None:
    way: Way | None = response.meta.get("way")
    rendered = (response.meta.get("warc") or {}).get("rendered", False)
    return way or ("browser" if rendered else None)


def read_listing(response: Response) -> SectionPage:
    """The listing, or front page, of a response.

    `response.meta` says how it was obtained: `way`, where plain HTML was not enough (`OtherWays`), and `light_form`,
    where it is a light version.
    """
    way: Way | None = response.meta.get("way")
    form: LightForm | None = response.meta.get("light_form")
    if way == "light" and form is not None:
        return LightSectionPage(response.body, public_url(response), content_type(response), form)
    reader = EmbeddedSectionPage if way == "embedded" else SectionPage
    return reader(response.body, public_url(response), content_type(response))


def _fetch(spider: Spider, response: Response, at: datetime) -> Fetch:
    source: Source = "saved" if spider.settings.get("SAVED_PAGES") else "live"
    warc = response.meta.get("warc") or {}
    if capture := response.meta.get("capture"):
        return Fetch(
            url=capture["url"],
            fetched_at=at,
            source="wayback",
            content_type=content_type(response),
            warc=warc_location(response),
            read_from=public_url(response),
        )
    return Fetch(
        url=response.meta.get("article_url") or warc.get("url") or public_url(response),
        fetched_at=at,
        source=warc.get("source", source),
        content_type=content_type(response),
        warc=warc_location(response),
        reread=warc.get("own", False),
    )


def records(spider: Spider, response: Response) -> Iterator[Article | Caption | Unread]:
    """What goes to the pipelines: the article, then its captions; or the page that is none."""
    read = read_page(spider, response)
    if isinstance(read, Unread):
        yield read
        return
    article, captions = read
    yield article
    yield from captions


def checked(response: Response, key: str) -> Checked:
    """That an article was asked for, and what the site takes to tell whether it has changed since.

    Comes after the article: a validator is worth nothing before the text that it is of is on disk.
    """
    return Checked(
        key=key,
        checked_at=utc_text(fetched_at(response)),
        status=response.status,
        etag=_validator(response, "ETag"),
        last_modified=_validator(response, "Last-Modified"),
        page=_kept_page(response),
    )


def _kept_page(response: Response) -> KeptPage | None:
    warc = response.meta.get("warc")
    if response.status != 200 or not warc:
        return None
    return KeptPage(record_id=warc["record_id"], target_uri=public_url(response), date=warc["date"])


def _validator(response: Response, name: str) -> str | None:
    """A header to send back as it came; None for one that no server means."""
    value = response.headers.get(name)
    text = value.decode("latin-1").strip() if value else ""
    return text if text and text.isprintable() and len(text) <= LONGEST_VALIDATOR else None


def with_warnings(article: Article, codes: list[str]) -> Article:
    """The article with warnings added, each once."""
    added = tuple(code for code in codes if code not in article.warnings)
    return replace(article, warnings=article.warnings + added) if added else article


def not_fetched(failure: Failure) -> Unread | None:
    """The line of an article's page that did not come; None where it was not tried."""
    request: Request = failure.request  # type: ignore[attr-defined]
    reason, detail = why_not_fetched(failure.value)
    if reason in _NOT_TRIED:
        return None
    at = utc_text(datetime.now(UTC))
    return Unread(url=asked_url(request), reason=reason, detail=detail, status=None, file=None, fetched_at=at)


def _unread(response: Response, reason: str, detail: str, now: datetime) -> Unread:
    asked, url = asked_url(response.request or Request(response.url)), public_url(response)
    return Unread(
        url=asked,
        reason=reason,
        detail=detail if asked == url else f"{detail} (led to {clean(url)})",
        status=response.status,
        file=None,
        fetched_at=utc_text(now),
        body=response.body if response.status == 200 else b"",
    )


def _status(response: Response) -> str:
    """In words; a redirect that was not followed with where it led."""
    location = response.headers.get("Location")
    led = f" to {clean(location.decode('latin-1'))[:_LONGEST_DETAIL]}" if location else ""
    return f"HTTP status {response.status}{led}"
