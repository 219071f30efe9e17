"""Runs `scrapy` as a user does, in a process of its own, and lays saved pages out as a mirror."""

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from saved_pages import SavedPage

from iranwire_crawler.domain.urls import article_address

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Run:
    code: int
    log: str
    folder: Path | None

    def lines(self, name: str) -> list[dict[str, Any]]:
        assert self.folder is not None, self.log
        return [json.loads(line) for line in (self.folder / name).read_text(encoding="utf-8").splitlines()]


def python(*arguments: str, timeout: int = 120, memory: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python in the checkout, warnings being errors, and hear what it says. `memory`: as of `scrapy`."""
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))) if memory else None,
    )


def scrapy(
    *arguments: str,
    data_dir: Path,
    spider: str = "articles",
    timeout: int = 120,
    browser: bool = False,
    memory: int | None = None,
) -> Run:
    """Run `scrapy crawl <spider> …`; the run's folder is the newest one under DATA_DIR.

    `browser`: whether it may use one. Test pages are often odd enough to be tried in it, each for seconds.
    `memory`: bytes of data that it may hold, beyond which it fails (the peak that a process tells of itself,
    ru_maxrss, counts what its parent held when it was started).
    """
    before = set(data_dir.glob(f"{spider}/*"))
    if not browser:
        arguments = (*arguments, "-s", "RENDER=never")
    command = ("-m", "scrapy", "crawl", spider, *arguments, "-s", f"DATA_DIR={data_dir}")
    done = python(*command, timeout=timeout, memory=memory)
    new = sorted(set(data_dir.glob(f"{spider}/*")) - before)
    return Run(done.returncode, done.stderr, new[-1] if new else None)


def lay_out(pages: list[SavedPage], folder: Path, *, encoded: bool = False) -> dict[str, SavedPage]:
    """Write pages as `wget --mirror` does, slugs raw or percent-encoded; returns them by canonical address."""
    addresses = {}
    for page in pages:
        address = article_address(page.facts["url"])
        if address is None:
            continue
        path = address.path if encoded else unquote(address.path)
        file = folder / "iranwire.com" / path.strip("/") / "index.html"
        file.parent.mkdir(parents=True)
        file.write_bytes(page.body)
        addresses[address.url] = page
    return addresses
