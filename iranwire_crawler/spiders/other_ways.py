"""When a page's plain HTML is not enough: its light version, the data in its scripts, the browser; once each."""

import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response
from scrapy.utils.asyncgen import as_async_generator
from twisted.python.failure import Failure

from iranwire_crawler.domain import stat_keys, urls
from iranwire_crawler.domain.errors import MAY_COME
from iranwire_crawler.domain.items import Article, Caption, Checked, Gone, Unread
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.pages.light import LightLink
from iranwire_crawler.pages.light_section import LightForm
from iranwire_crawler.spiders.reading import Way, content_type, public_url

logger = logging.getLogger(__name__)

Kind = Literal["article", "section"]

_WAYS: tuple[Way, ...] = ("light", "embedded", "browser")
_ATTEMPT = "other_ways"
# What asks whether a page has changed since it was plain.
_CONDITIONAL = frozenset({b"If-None-Match", b"If-Modified-Since"})
_OVER = "other_ways_over"
_PLAIN = "plain_request"
# What one download left in `meta` and the next must not find.
_OF_ONE_DOWNLOAD = frozenset(
    (
        "asked_url site_url article_url light_form host_answered way render "
        "download_latency download_slot download_timeout retry_times redirect_times "
        "redirect_urls redirect_reasons redirect_ttl warc warc_refers_to rendered_from max_retry_times "
        "autothrottle_dont_adjust_delay"
    ).split()
)
# A page that a browser fails on is asked for once more.
_BROWSER_RETRIES = 1


@dataclass(frozen=True, slots=True)
class FallsShort:
    """What a callback yields for a listing whose content its HTML may not hold yet; the page is asked for otherwise.

    `origin`: the page that is to be asked for, where it is not the one that was read, and `request`: what asks for it.
    `needed` is False where it is a mere possibility that there is more; `ways`: those to try. Where nothing brings
    more, the callback gets the page again, for good (`is_final`).
    """

    reason: str
    origin: Response | None = None
    request: Request | None = None
    needed: bool = True
    ways: tuple[Way, ...] = _WAYS


def as_it_is(request: Request) -> Request:
    """A request for a page that is to be taken as it is: a web archive's capture has no other way."""
    request.meta[_OVER] = True
    return request


# What callbacks make of a page itself; other lines go their way whatever becomes of the page.
_OF_PAGE = (Article, Caption, Checked, FallsShort, Gone, Unread)


def is_final(response: Response) -> bool:
    """Whether a page is to be taken as it is: no other way is left."""
    return bool(response.meta.get(_OVER))


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One page on its way: what came first, the ways that are left, and what the others said."""

    kind: Kind
    origin: Response
    request: Request
    left: tuple[Way, ...]
    held: tuple[Any, ...] = ()
    needed: bool = True
    said: tuple[str, ...] = field(default=())


class OtherWays:
    """Spider middleware. Replaces what a callback made of a page that falls short by a request for the same page.

    In this order, each once: the light version that the page links to, the data in its scripts, the browser. An
    article falls short where its text is not in the HTML (`Unread` for a reason in `MAY_COME`, or a body that is
    empty), a listing where its callback says so (`FallsShort`). The answer goes to the same callback, with
    `response.meta["way"]`; where every way fails, what was made of the plain page stands.

    RENDER: `auto`; `never`: no browser; `always`: pages of articles and listings are asked of the browser at once.
    """

    def __init__(self, crawler: Crawler) -> None:
        assert crawler.stats is not None
        self.stats = crawler.stats
        self.render = crawler.settings["RENDER"]
        self.has_browser = bool(crawler.settings["BROWSER"])
        self.offline = bool(crawler.settings["SAVED_PAGES"])

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for each in start:
            yield self._directed(each) if isinstance(each, Request) else each

    def process_spider_input(self, response: Response) -> None:
        """An answer that is no page is none: what another way says of a page must not end the listing or the article.

        Scrapy calls the request's errback for the exception: `failed`.
        """
        if _ATTEMPT in response.meta and response.status != 200:
            raise DownloadFailedError(f"HTTP status {response.status}")

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        attempt: _Attempt | None = response.meta.get(_ATTEMPT)
        if attempt is not None and response.status != 200:
            async for each in result:  # of `failed`
                yield each
            return
        read: list[Any] = []
        async for each in result:
            if isinstance(each, Request):
                yield self._directed(each)
            elif isinstance(each, _OF_PAGE) and (attempt is not None or read or self._falls_short(each, response)):
                read.append(each)
            else:
                yield self._told(each, response)
        if any(isinstance(each, FallsShort) and each.origin is not None for each in read):
            attempt = None
        if attempt is None and not read:
            # The next page of a light listing, or any listing with RENDER=always.
            if ("light_form" in response.meta or response.meta.get("render") == "section") and not is_final(response):
                self.stats.inc_value(stat_keys.listed_from(response.meta["way"]))
            return
        if attempt is not None and _is_brought(attempt.kind, read):
            for each in read:
                yield self._told(each, response)
            if attempt.kind == "section":
                self.stats.inc_value(stat_keys.listed_from(response.meta["way"]))
            return
        async for each in self._next(_with_said(attempt or _first_attempt(response, read), response, _reason(read))):
            yield each

    def _told(self, item: Any, response: Response) -> Any:
        """An item as it goes on, what another way brought counted."""
        way: Way | None = response.meta.get("way")
        if way is None or is_final(response):
            return item
        if isinstance(item, Article):
            self.stats.inc_value(stat_keys.read_from(way))
        # The page's own validators would say "not changed" of what is only a frame for its text.
        return replace(item, etag=None, last_modified=None) if isinstance(item, Checked) else item

    def _falls_short(self, item: Any, response: Response) -> bool:
        if isinstance(item, FallsShort):
            # Of another page than this one, it may say so for good.
            return item.origin is not None or not is_final(response)
        return not is_final(response) and _lacks_text(item)

    async def _next(self, attempt: _Attempt) -> AsyncIterator[Any]:
        """The request for the page in the next way that is open; what stands where none is left."""
        while attempt.left:
            way, attempt = attempt.left[0], replace(attempt, left=attempt.left[1:])
            if way == "embedded":
                self.stats.inc_value(stat_keys.tried(way))
                response = _again(attempt, {_ATTEMPT: attempt, "way": way})
                async for each in self.process_spider_output(response, _called(response)):
                    yield each
                return
            request = self._request(way, attempt)
            if request is not None:
                self.stats.inc_value(stat_keys.tried(way))
                yield request
                return
        for each in self._stands(attempt):
            yield each
        if attempt.kind == "section":
            response = _again(attempt, {_OVER: True})
            async for each in self.process_spider_output(response, _called(response)):
                yield each

    def _request(self, way: Way, attempt: _Attempt) -> Request | None:
        origin = attempt.origin
        if way == "light":
            light = LightLink(origin.body, public_url(origin), content_type(origin)).address_of_light()
            if light is None:
                return None
            if attempt.kind == "article":
                return self._asking(attempt, light, {"way": way, "article_url": public_url(origin)})
            return self._asking(attempt, light, {"way": way, "light_form": LightForm.of(public_url(origin), light)})
        if not self._may_render(attempt):
            return None
        url = public_url(origin) if attempt.request is origin.request else attempt.request.url
        warc = origin.meta.get("warc") or {}
        return self._asking(attempt, url, {**self._for_browser(attempt.kind), "rendered_from": warc.get("record_id")})

    def _asking(self, attempt: _Attempt, url: str, meta: dict[str, Any]) -> Request:
        """The page's own request once more, at `url`: same callback, nothing left of the last download."""
        kept = {name: value for name, value in attempt.request.meta.items() if name not in _OF_ONE_DOWNLOAD}
        return attempt.request.replace(
            url=url,
            headers={},
            dont_filter=True,
            errback=self.failed,
            # Soon: until it is answered, the plain page is kept in memory.
            priority=attempt.request.priority + 1,
            meta={**kept, **meta, _ATTEMPT: attempt},
        )

    def _may_render(self, attempt: _Attempt) -> bool:
        if self.render == "never" or self.offline or "render" in attempt.origin.meta or _PLAIN in attempt.origin.meta:
            return False
        if self.has_browser and not self.stats.get_value(stat_keys.BROWSER_UNUSABLE):
            return True
        if attempt.needed:
            self.stats.inc_value(stat_keys.BROWSER_WANTED)
        return False

    @staticmethod
    def _for_browser(kind: Kind) -> dict[str, Any]:
        # A page that took seconds to render says nothing of how quickly the site answers.
        return {
            "way": "browser",
            "render": kind,
            "max_retry_times": _BROWSER_RETRIES,
            "autothrottle_dont_adjust_delay": True,
        }

    def failed(self, failure: Failure) -> AsyncIterator[Any]:
        """No answer in one way: the next one, or what there was."""
        request: Request = failure.request  # type: ignore[attr-defined]
        attempt: _Attempt = request.meta[_ATTEMPT]
        if attempt.needed and self.stats.get_value(stat_keys.BROWSER_UNUSABLE) and request.meta["way"] == "browser":
            self.stats.inc_value(stat_keys.BROWSER_WANTED)
        said = f"{type(failure.value).__name__}: {failure.value}"
        logger.info("%s: no answer (%s): %s", for_terminal(request.url), request.meta["way"], for_terminal(said))
        return self._next(replace(attempt, said=(*attempt.said, f"{request.meta['way']}: {for_terminal(said)}")))

    def failed_at_once(self, failure: Failure) -> Iterator[Request]:
        """RENDER=always, and the browser has failed on a page: it is asked for plainly."""
        request: Request = failure.request  # type: ignore[attr-defined]
        logger.warning("%s: the browser failed on it: %s", for_terminal(request.url), for_terminal(str(failure.value)))
        plain: Request = request.meta[_PLAIN]
        yield plain.replace(dont_filter=True, meta={**plain.meta, _PLAIN: None})

    def _stands(self, attempt: _Attempt) -> Iterable[Any]:
        """What was made of the plain page; a page that is kept as unread says what else was tried."""
        tried = "; ".join(attempt.said)
        for each in attempt.held:
            yield replace(each, detail=f"{each.detail}; {tried}") if isinstance(each, Unread) and tried else each

    def _directed(self, request: Request) -> Request:
        """With RENDER=always, a page that a reader would open in a browser is asked of one."""
        if (
            self.render != "always"
            or not {"render", _PLAIN}.isdisjoint(request.meta)
            or request.method != "GET"
            or self.offline
        ):
            return request
        address = urls.read_address(request.url)
        kind: Kind | None = {"article": "article", "section": "section", "front": "section"}.get(  # type: ignore[assignment]
            address.kind if address is not None else ""
        )
        if kind is None:
            return request
        meta = {**request.meta, **self._for_browser(kind), _PLAIN: request}
        headers = {name: value for name, value in request.headers.items() if name not in _CONDITIONAL}
        return request.replace(errback=self.failed_at_once, headers=headers, meta=meta)


def _lacks_text(item: Any) -> bool:
    """Whether a page looks like an article whose text is not in its HTML."""
    if isinstance(item, Unread):
        return item.reason in MAY_COME
    return isinstance(item, Article) and item.article_type == "article" and "body_empty" in item.warnings


def _is_brought(kind: Kind, read: Sequence[Any]) -> bool:
    """Whether another way has brought what the plain page lacks."""
    if kind == "section":
        return not any(isinstance(each, FallsShort) for each in read)
    return not read or any(isinstance(each, Article) and not _lacks_text(each) for each in read)


def _first_attempt(response: Response, read: Sequence[Any]) -> _Attempt:
    assert response.request is not None
    short = next((each for each in read if isinstance(each, FallsShort)), None)
    if short is None:
        return _Attempt("article", response, response.request, _WAYS, held=tuple(read))
    origin, request = short.origin or response, short.request or response.request
    return _Attempt("section", origin, request, short.ways, needed=short.needed)


def _reason(read: Sequence[Any]) -> str:
    return next((each.reason for each in read if isinstance(each, (Unread, FallsShort))), "body_empty")


def _with_said(attempt: _Attempt, response: Response, reason: str) -> _Attempt:
    way: Way | None = response.meta.get("way")
    return replace(attempt, said=(*attempt.said, f"{way}: {reason}")) if way is not None else attempt


def _again(attempt: _Attempt, meta: dict[str, Any]) -> Response:
    """The page that came first as the answer to what is asked for now, with more said of it."""
    origin = attempt.origin
    # A page that came in another way itself is one that nothing is known of yet.
    left = {_ATTEMPT, "way"} if _ATTEMPT in origin.meta else set()
    kept = {name: value for name, value in origin.meta.items() if name not in left}
    return origin.replace(request=attempt.request.replace(url=origin.url, meta={**kept, **meta}))


async def _called(response: Response) -> AsyncIterator[Any]:
    """What the response's callback makes of it."""
    assert response.request is not None
    assert response.request.callback is not None
    made: Sequence[Any] | Any = response.request.callback(response, **response.request.cb_kwargs)
    async for each in as_async_generator(made if made is not None else ()):
        yield each
