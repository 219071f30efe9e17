"""Pages that need a browser: which browser there is, and the door through which they go to it."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.request import RequestFingerprinter

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import INSTALL_BROWSER
from iranwire_crawler.downloader.own_hosts import own_hosts

if TYPE_CHECKING:
    from iranwire_crawler.downloader.browser import Browser

MODES = ("auto", "never", "always")
# Programs that are Chromium, by the names under which systems install it.
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class RenderAddon:
    """Checks RENDER, finds the browser (BROWSER, else the first of PROGRAMS) and wires `PlainOrBrowser`.

    BROWSER is set to the program's path, or to "" where there is none or none is to be used.
    """

    def update_settings(self, settings: BaseSettings) -> None:
        mode, named = settings["RENDER"], settings["BROWSER"]
        if mode not in MODES:
            raise ArgumentError(f"RENDER={for_terminal(str(mode))}: one of {', '.join(MODES)} is needed")
        program = "" if mode == "never" or settings.get("SAVED_PAGES") else _program(named)
        if mode == "always" and not program and not settings.get("SAVED_PAGES"):
            raise ArgumentError(f"RENDER=always, and no browser was found; to install one: {INSTALL_BROWSER}")
        settings.set("BROWSER", program, priority="cmdline")
        if not program:
            return
        handlers = dict.fromkeys(("http", "https"), "iranwire_crawler.downloader.render.PlainOrBrowser")
        settings.set("DOWNLOAD_HANDLERS", {**settings.getdict("DOWNLOAD_HANDLERS"), **handlers}, priority="addon")
        settings.set("PLAYWRIGHT_LAUNCH_OPTIONS", _launch_options(settings, program), priority="addon")


def _program(named: str | None) -> str:
    """The browser's path; "" where none is named and none is found."""
    if named:
        path = shutil.which(named) or shutil.which(str(Path(named).expanduser()))
        if path is None:
            raise ArgumentError(f"BROWSER={for_terminal(named)}: no such program")
        return path
    return next((path for program in PROGRAMS if (path := shutil.which(program))), "")


def _launch_options(settings: BaseSettings, program: str) -> dict[str, Any]:
    return {
        "executable_path": program,
        "headless": True,
        # Chromium refuses to run with its sandbox as root.
        "chromium_sandbox": os.geteuid() != 0,
        # A signal ends the run, and the run ends the browser.
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
        "args": [
            "--disable-gpu",
            # /dev/shm has 64 MB in a container.
            "--disable-dev-shm-usage",
            f"--js-flags=--max-old-space-size={settings.getint('RENDER_MEMORY')}",
            "--renderer-process-limit=1",
            "--blink-settings=imagesEnabled=false",
            # WebRTC asks addresses that no name was looked up for, and no route of ours is asked.
            "--webrtc-ip-handling-policy=disable_non_proxied_udp",
            f"--host-resolver-rules={_resolver_rules(settings)}",
        ],
    }


def _resolver_rules(settings: BaseSettings) -> str:
    """No name but the site's is looked up, by whatever part of the browser: not for a WebSocket, not for an update."""
    hosts = sorted(own_hosts(settings))
    return ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}, EXCLUDE *.{host}" for host in hosts)])


class RenderedApart(RequestFingerprinter):
    """A page in plain HTML and the same page from the browser are two, for every cache and filter."""

    def fingerprint(self, request: Request) -> bytes:
        plain = super().fingerprint(request)
        return plain[:-1] + bytes([plain[-1] ^ 1]) if "render" in request.meta else plain


# Scrapy makes a handler for each scheme; they share one browser.
_browsers: "WeakKeyDictionary[Crawler, Browser]" = WeakKeyDictionary()


class PlainOrBrowser(HTTP11DownloadHandler):
    """Download handler: `meta["render"]` sends a request to the browser, all others go where Scrapy sends them.

    The browser's driver is imported and started by the first page that needs it. scrapy-playwright's own handler
    starts a driver for each scheme when the engine starts (1.5 s and 125 MB each), whether a page needs it or not.
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.crawler = crawler

    async def download_request(self, request: Request) -> Response:
        if "render" not in request.meta:
            return await super().download_request(request)
        if self.crawler not in _browsers:
            from iranwire_crawler.downloader.browser import Browser

            _browsers[self.crawler] = Browser(self.crawler)
        return await _browsers[self.crawler].render(request)

    async def close(self) -> None:
        await super().close()
        if (browser := _browsers.pop(self.crawler, None)) is not None:
            await browser.close()
