"""When a rendered page is done: its content is there and has stopped to change."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.text import fold
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.pages.pager import AROUND_LABEL, FOLDED_NEXT
from iranwire_crawler.pages.section import SectionPage

_LOOK_EVERY = 0.1
# Seconds without a change after which what has come so far is looked at, and for which it must then stay.
_STILL = 0.4
# Some pages never stand still: they are looked at this often all the same.
_READ_EVERY = 1.0
_NEVER_STILL = 2.0
_LOAD_MORE = 5.0
_STATE = """() => {
    const root = document.documentElement;
    return [document.readyState, root ? root.getElementsByTagName('*').length : 0,
            document.body ? document.body.textContent.length : 0];
}"""
# What Playwright says of a page that is about to navigate.
_LEAVING = "the page is navigating"
_PRESSED = "button, [role=button], input[type=button], a:not([href]), a[href='#'], a[href^='javascript:']"
_LABELS = """(selector) => [...document.querySelectorAll(selector)].slice(0, 500).map(
    (element) => [(element.innerText || element.value || element.getAttribute('aria-label') || '').slice(0, 100),
                  element.getClientRects().length > 0 && !element.disabled])"""
_PRESS = "([selector, at]) => document.querySelectorAll(selector)[at].click()"
_SCROLL = "() => window.scrollTo(0, document.documentElement.scrollHeight)"


class Watched:
    """What a page is about, from before its document is asked for: requests under way, and whether it has crashed."""

    def __init__(self, page: Page) -> None:
        self.under_way = 0
        self.crashed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        page.on("request", lambda _: self._moved(1))
        page.on("requestfinished", lambda _: self._moved(-1))
        page.on("requestfailed", lambda _: self._moved(-1))
        page.on("crash", self._crash)

    def _crash(self, _: Page) -> None:
        if not self.crashed.done():
            self.crashed.set_result(None)

    def _moved(self, by: int) -> None:
        self.under_way = max(0, self.under_way + by)


class RenderedPage:
    """A page in the browser, read again and again as it fills.

    `url`: the public address that it is read as; `largest`: characters of text and markup beyond which it is given up
    (RuntimeError); `check`: called at each look, raises where the page costs too much.
    """

    def __init__(
        self, page: Page, watched: Watched, url: str, kind: str, largest: int, check: Callable[[], Awaitable[None]]
    ) -> None:
        self.page = page
        self.watched = watched
        self.url = url
        self.kind = kind
        self.largest = largest
        self.check = check
        self.clicks = 0

    async def settled(self, within: float, quiet: float, clicks: int) -> str:
        """The document's HTML once its content is there and stands still, or `within` seconds are over.

        After `quiet` seconds without a change and with nothing under way, nobody waits for more. A listing that names
        no next page is asked for more, at most `clicks` times.
        """
        deadline = monotonic() + within
        html = await self._still(self._is_there, deadline, quiet)
        if self.kind == "section":
            for _ in range(clicks):
                more = await self._more(html, deadline)
                if more is None:
                    break
                html = more
        return html

    async def _still(self, is_there: Callable[[str], bool], deadline: float, quiet: float) -> str:
        state: object = None
        changed = read = there_since = monotonic()
        html, there = "", False
        while True:
            await self.check()
            seen = await self._ask(self.page.evaluate(_STATE))
            if self.largest and seen[2] > self.largest:
                raise RuntimeError(f"the rendered page is larger than DOWNLOAD_MAXSIZE ({seen[2]} characters)")
            now = monotonic()
            if seen != state:
                state, changed = seen, now
            stands = now - changed
            if (stands >= _STILL and read < changed + _STILL) or now - read >= _READ_EVERY:
                html = await self._content()
                was, there = there, is_there(html)
                there_since = there_since if was else now
                read = now
            if there and (stands >= _STILL or now - there_since >= _NEVER_STILL):
                return html
            if now >= deadline or (stands >= quiet and not self.watched.under_way and seen[0] == "complete"):
                return await self._content()
            await asyncio.sleep(_LOOK_EVERY)

    async def _more(self, html: str, deadline: float) -> str | None:
        """The listing with more on it; None where it names a next page, or nothing brings more."""
        page = self._section(html)
        if page.next_page(1) is not None or monotonic() >= deadline:
            return None
        labels = await self._ask(self.page.evaluate(_LABELS, _PRESSED))
        at = next((at for at, (label, shown) in enumerate(labels) if shown and _says_more(label)), None)
        if at is not None:
            await self._ask(self.page.evaluate(_PRESS, [_PRESSED, at]))
        else:
            await self._ask(self.page.evaluate(_SCROLL))
        before = len(page.cards)
        until = min(deadline, monotonic() + _LOAD_MORE)
        more = await self._still(lambda now: len(self._section(now).cards) > before, until, _LOAD_MORE / 2)
        if len(self._section(more).cards) <= before:
            return None
        self.clicks += 1
        return more

    def _is_there(self, html: str) -> bool:
        if self.kind == "section":
            return bool(self._section(html).cards)
        fetch = Fetch(self.url, datetime.now(UTC), "live", "text/html; charset=utf-8")
        try:
            article = ArticlePage(html.encode("utf-8", errors="replace"), fetch).article()
        except NotAnArticle:
            return False
        return article.article_type != "article" or "body_empty" not in article.warnings

    def _section(self, html: str) -> SectionPage:
        return SectionPage(html.encode("utf-8", errors="replace"), self.url, "text/html; charset=utf-8")

    async def _content(self) -> str:
        """The document's HTML; "" where it is just being left for another one."""
        try:
            return str(await self._ask(self.page.content()))
        except PlaywrightError as error:
            if _LEAVING in error.message:
                return ""
            raise

    async def _ask(self, question: Awaitable[Any]) -> Any:
        """What the page answers; a page that has crashed does not."""
        asking = asyncio.ensure_future(question)
        await asyncio.wait({asking, self.watched.crashed}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            asking.cancel()
            raise RuntimeError("the page has crashed")
        return await asking


def _says_more(label: str) -> bool:
    return 0 < len(label) <= 60 and fold(label.strip(AROUND_LABEL)) in FOLDED_NEXT
