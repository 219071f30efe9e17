"""`PageWeight`: how much memory the browser's pages hold."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from time import monotonic

from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

# Seconds between two looks.
_EVERY = 0.5


class PageWeight:
    """Asks where the system tells (/proc, Linux). `most`: MiB that a page's process may hold."""

    def __init__(self, handler: ScrapyPlaywrightDownloadHandler, most: int) -> None:
        self.handler = handler
        self.most = most
        self.looked = monotonic()

    async def check(self) -> None:
        """Raises RuntimeError where a page's process holds more than `most` MiB; it is ended then."""
        if monotonic() - self.looked < _EVERY:
            return
        self.looked = monotonic()
        session = await self.handler.browser.new_browser_cdp_session()
        processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        await session.detach()
        for process in processes:
            held = _resident(process["id"]) if process["type"] == "renderer" else 0
            if held > self.most:
                with suppress(OSError):
                    os.kill(process["id"], signal.SIGKILL)
                raise RuntimeError(f"the page takes more than {self.most} MiB ({held})")


def _resident(pid: int) -> int:
    """MiB that a process holds in memory; 0 where that is not told."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20
