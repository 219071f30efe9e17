"""The browser: scrapy-playwright's handler, started by the first page, bounded in time, memory and reach."""

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from playwright.async_api import Request as PlaywrightRequest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Headers, HtmlResponse, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.downloader.own_hosts import own_hosts
from iranwire_crawler.downloader.page_gate import PageGate
from iranwire_crawler.downloader.page_weight import PageWeight
from iranwire_crawler.downloader.retry_after import STATUSES
from iranwire_crawler.downloader.robots import RobotsTxt
from iranwire_crawler.downloader.settle import RenderedPage, Watched

logger = logging.getLogger(__name__)

# What no text depends on; "other" are downloads, icons and reports.
_UNWANTED = frozenset("image media font ping texttrack manifest websocket eventsource other".split())
# A page that does not answer hangs: its document is asked for when RENDER_TIMEOUT is over, and has so long to come.
_GRACE_SHARE, _GRACE_SECONDS = 0.25, 1.0
# What Chromium says before it ends, far down in what Playwright says of it.
_NO_SANDBOX = "No usable sandbox"
# Where `meta` of a request to the browser holds what its page is about.
_WATCHED = "watched"
# Seconds in which a context, or the browser, must have closed.
_CLOSING = 10.0
_HOSTS_TOLD = 20
# A page's process may hold so many MiB beside RENDER_MEMORY: what an empty page takes.
_EMPTY_PAGE = 256
# Of the document as the browser has it, these say nothing.
_NOT_OF_DOM = ("Content-Encoding", "Content-Length", "Transfer-Encoding", "Content-Type")


class Browser:
    """Renders one page at a time (RENDER_PAGES), each in a context of its own: no cookie, no cache is shared.

    Nothing but documents, scripts, styles and data of the site's own hosts is loaded. A page cannot open windows,
    save files, install service workers or lead elsewhere; dialogs are dismissed.
    """

    def __init__(self, crawler: Crawler) -> None:
        assert crawler.stats is not None
        settings = crawler.settings
        self.crawler = crawler
        self.stats = crawler.stats
        self.timeout = settings.getfloat("RENDER_TIMEOUT")
        self.hangs = self.timeout * (1 + _GRACE_SHARE) + _GRACE_SECONDS
        self.quiet = settings.getfloat("RENDER_QUIET")
        self.clicks = settings.getint("RENDER_CLICKS")
        self.memory = settings.getint("RENDER_MEMORY") + _EMPTY_PAGE
        self.restart_after = settings.getint("RENDER_RESTART")
        self.largest = settings.getint("DOWNLOAD_MAXSIZE")
        self.hosts = own_hosts(settings)
        self.refused: Counter[str] = Counter()
        self.turns = asyncio.Semaphore(settings.getint("RENDER_PAGES"))
        self.starting = asyncio.Lock()
        self.handler: ScrapyPlaywrightDownloadHandler | None = None
        self.pages = 0
        self.since_start = 0
        self.open = 0
        self.seconds = 0.0

    async def render(self, request: Request) -> Response:
        """The page's document as it stands once its content has come, or RENDER_TIMEOUT is over.

        Raises DownloadTimeoutError for a page that hangs, DownloadFailedError for one that crashes, is a download or
        does not answer, IgnoreRequest where the browser cannot be started.
        """
        async with self.turns:
            handler = await self._started()
            began = monotonic()
            self.pages += 1
            self.since_start += 1
            self.open += 1
            self.stats.inc_value(stat_keys.browser("page"))
            asked = self._navigation(request)
            try:
                async with asyncio.timeout(self.hangs):
                    return await _while_it_runs(handler.browser, self._rendered(handler, request, asked))
            except TimeoutError as error:
                self.stats.inc_value(stat_keys.browser("failed"))
                raise DownloadTimeoutError(f"the page hangs for more than {self.hangs:g} s") from error
            except (PlaywrightError, RuntimeError) as error:
                self.stats.inc_value(stat_keys.browser("failed"))
                raise DownloadFailedError(_first_line(error)) from error
            except DownloadFailedError:
                self.stats.inc_value(stat_keys.browser("failed"))
                raise
            finally:
                self.open -= 1
                self.seconds += monotonic() - began
                self.stats.set_value(stat_keys.browser("seconds"), round(self.seconds, 1))
                await self._put_away(handler, asked)

    async def close(self) -> None:
        if self.handler is None:
            return
        for host, count in self.refused.most_common(_HOSTS_TOLD):
            logger.info("The browser was not let to %s (%d times)", for_terminal(host), count)
        with suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(_CLOSING):
                await self.handler.close()

    async def _started(self) -> ScrapyPlaywrightDownloadHandler:
        """The handler with a browser that runs. The driver starts here, not with the engine."""
        async with self.starting:
            try:
                if self.handler is None:
                    handler = ScrapyPlaywrightDownloadHandler.from_crawler(self.crawler)
                    handler.abort_request = self.refuses
                    # A page that took the browser down is not opened again and again: Scrapy's retries are counted.
                    handler.config.target_closed_max_retries = 0
                    await handler._launch()
                    self.handler = handler
                    if not handler.config.launch_options["chromium_sandbox"]:
                        logger.warning("As root, the browser runs without its sandbox: run the crawl as another user")
                await self.handler._maybe_launch_browser()
            except Exception as error:
                said = _first_line(error)
                if _NO_SANDBOX in str(error):
                    said = "it finds no usable sandbox: this user may make no user namespaces"
                self.stats.set_value(stat_keys.BROWSER_UNUSABLE, said)
                logger.warning("%s cannot be started: %s", self.crawler.settings["BROWSER"], for_terminal(said))
                raise IgnoreRequest(f"the browser cannot be started: {said}") from error
            return self.handler

    def _navigation(self, request: Request) -> Request:
        return request.replace(
            meta={
                **request.meta,
                "playwright": True,
                "playwright_include_page": True,
                "playwright_context": f"page {self.pages}",
                "playwright_context_kwargs": {
                    "user_agent": self.crawler.settings["USER_AGENT"],
                    "accept_downloads": False,
                    "service_workers": "block",
                },
                # An answer, not a document that has been loaded: some never are.
                "playwright_page_goto_kwargs": {"wait_until": "commit", "timeout": self.timeout * 1000},
                "playwright_page_init_callback": self._prepare,
            }
        )

    async def _rendered(self, handler: ScrapyPlaywrightDownloadHandler, request: Request, asked: Request) -> Response:
        response = await handler.download_request(asked)
        if response.status != 200 and response.status not in STATUSES:
            raise DownloadFailedError(f"HTTP status {response.status}")
        page: Page = asked.meta["playwright_page"]
        url, weight = str(request.meta.get("site_url", request.url)), PageWeight(handler, self.memory)
        rendered = RenderedPage(
            page, asked.meta[_WATCHED], url, request.meta["render"], self.largest, weight.check
        )  # fmt: skip
        html = await rendered.settled(self.timeout, self.quiet, self.clicks)
        if rendered.clicks:
            self.stats.inc_value(stat_keys.browser("click"), rendered.clicks)
        body = html.encode("utf-8", errors="replace")
        if self.largest and len(body) > self.largest:
            raise DownloadFailedError(f"the rendered page is larger than DOWNLOAD_MAXSIZE ({len(body)} bytes)")
        request.meta["download_latency"] = asked.meta.get("download_latency", 0.0)
        headers = Headers({k: v for k, v in response.headers.items() if k.decode() not in _NOT_OF_DOM})
        headers["Content-Type"] = "text/html; charset=utf-8"
        return HtmlResponse(
            request.url, status=response.status, headers=headers, body=body, encoding="utf-8",
            flags=["rendered"], request=request, ip_address=response.ip_address,
        )  # fmt: skip

    async def _put_away(self, handler: ScrapyPlaywrightDownloadHandler, asked: Request) -> None:
        """Close all that a page has opened; the whole browser where that cannot be closed, or has grown old."""
        wrapper = handler.context_wrappers.get(asked.meta["playwright_context"])
        stuck = False
        if wrapper is not None:
            try:
                async with asyncio.timeout(_CLOSING):
                    await wrapper.context.close()
            except (PlaywrightError, TimeoutError):
                stuck = True
        if stuck or (self.since_start >= self.restart_after and not self.open):
            self.since_start = 0
            self.stats.inc_value(stat_keys.browser("restarted"))
            with suppress(PlaywrightError, TimeoutError, AttributeError):
                async with asyncio.timeout(_CLOSING):
                    await handler.browser.close()

    async def _prepare(self, page: Page, request: Request) -> None:
        request.meta[_WATCHED] = Watched(page)
        await PageGate(self.crawler.get_downloader_middleware(RobotsTxt), self.stats).shut(page)

    def refuses(self, request: PlaywrightRequest) -> bool:
        """Whether a request of a page is not let out."""
        host = (urlsplit(request.url).hostname or "").lower()
        own = any(host == known or host.endswith(f".{known}") for known in self.hosts)
        if own and request.resource_type not in _UNWANTED:
            return False
        self.stats.inc_value(stat_keys.browser("blocked"))
        if not own and (host in self.refused or len(self.refused) < 1000):
            self.refused[host] += 1
        return True


async def _while_it_runs(browser: PlaywrightBrowser, rendering: Coroutine[Any, Any, Response]) -> Response:
    """What rendering gives. A browser that was killed answers some questions never, and no others: RuntimeError."""
    ended = asyncio.Event()

    def tell(_: PlaywrightBrowser) -> None:
        ended.set()

    browser.on("disconnected", tell)
    rendered, over = asyncio.ensure_future(rendering), asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait({rendered, over}, return_when=asyncio.FIRST_COMPLETED)
        if rendered.done():
            return await rendered
        raise RuntimeError("the browser has ended")
    finally:
        browser.remove_listener("disconnected", tell)
        rendered.cancel()
        over.cancel()


def _first_line(error: BaseException) -> str:
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
