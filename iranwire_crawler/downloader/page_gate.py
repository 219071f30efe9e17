"""`PageGate`: what a page in the browser may open and ask for."""

import re
from contextlib import suppress
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route, WebSocketRoute
from playwright.async_api import Request as PlaywrightRequest
from scrapy.statscollectors import StatsCollector

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.downloader.robots import RobotsTxt

# A page that polls or reloads itself must not cost the site more than a reader does.
_MOST_REQUESTS = 200
_MOST_DOCUMENTS = 3


class PageGate:
    """No window beside the page's own, no socket, nothing that robots.txt forbids; so many requests, and no more.

    Dialogs are dismissed by Playwright, as nobody listens to them.
    """

    def __init__(self, robots: RobotsTxt | None, stats: StatsCollector) -> None:
        self.robots = robots
        self.stats = stats
        self.asked = 0
        self.documents = 0

    async def shut(self, page: Page) -> None:
        """Put the gate before a page that has not asked for anything yet."""
        page.on("popup", _close)
        # What the page itself asks for has a route of its own; this one is left to its windows.
        await page.context.route("**", _abort)
        # After the handler's own route, and so before it.
        await page.route("**", self._answer)
        await page.route_web_socket(re.compile(""), _close_socket)

    async def _answer(self, route: Route) -> None:
        wanted = route.request
        # Scripts wait for stylesheets: they get an empty one, and the site is not asked.
        if wanted.resource_type == "stylesheet":
            await route.fulfill(status=200, content_type="text/css", body="")
            return
        self.asked += 1
        leaves = wanted.is_navigation_request() and wanted.frame.parent_frame is None
        self.documents += leaves
        if leaves and (self.documents > _MOST_DOCUMENTS or _leads_elsewhere(wanted)):
            self.stats.inc_value(stat_keys.browser("blocked"))
            # An error of any other name takes the page's place.
            await route.abort("aborted")
        elif self.asked > _MOST_REQUESTS or (self.robots is not None and self.robots.forbids(wanted.url)):
            self.stats.inc_value(stat_keys.browser("blocked"))
            await route.abort()
        else:
            await route.fallback()


async def _close(popup: Page) -> None:
    with suppress(PlaywrightError):
        await popup.close()


async def _abort(route: Route) -> None:
    await route.abort()


async def _close_socket(socket: WebSocketRoute) -> None:
    await socket.close()


def _leads_elsewhere(request: PlaywrightRequest) -> bool:
    """Whether a page that stands at one address wants to go to another: robots.txt was asked for the first alone."""
    here = request.frame.url
    return here not in ("", "about:blank") and _place(here) != _place(request.url)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc, parts.path.rstrip("/")
