"""Dated seek: listing requests that `scrapy crawl archive` needs to reach a month 10, 100 and 1,000 pages deep.

Each figure is counted by a local server that a real crawl asks: once its listing numbers its pages, once it names
only the next one, so that it must be walked, once its numbered cards show no dates.
"""

import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.tables import table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from listing_site import ListingSite, serving  # noqa: E402
from numbered_listing import Listing  # noqa: E402

DEPTHS = (10, 100, 1_000)
# A month of 3 articles a day in pages of 10.
OWN = 9


def chapter(*, quick: bool = False) -> str:
    """Markdown: what was asked for, and what walking to the same month takes."""
    heads = ("pages deep", "own pages", "sought", "beyond its own", "no dates on cards", "walked", "walked / sought")
    return table(heads, [_row(depth) for depth in DEPTHS[: 2 if quick else 3]])


def _row(depth: int) -> list[str]:
    sought = _asked(depth, pager="query")
    undated = _asked(depth, pager="query", dated=False)
    walked = _asked(depth, pager="cursor")
    figures = [depth, OWN, sought, sought - OWN, undated, walked]
    return [*(f"{figure:,}" for figure in figures), f"{walked / sought:.1f}"]


def _asked(depth: int, *, pager: Any, dated: bool = True) -> int:
    """Listing pages asked for in a crawl of a month that begins `depth` pages deep, in twice as long a listing."""
    listing = Listing(pages=depth * 2 + OWN, dated=dated, disorder=5)
    until = listing.newest - timedelta(depth * listing.size // listing.per_day)
    since = until - timedelta(OWN * listing.size // listing.per_day - 1)
    with tempfile.TemporaryDirectory() as data_dir, serving(ListingSite(listing, pager=pager)) as site:
        settings = (
            f"SITE_URL={site.url}", f"DATA_DIR={data_dir}", "DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False",
            "PROGRESS=no", "LOG_LEVEL=ERROR", "CONTACT=benchmark@example.org",
        )  # fmt: skip
        arguments = (f"since={since}", f"until={until}", "lang=en", "sections=society")
        given = [part for each in settings for part in ("-s", each)]
        given += [part for each in arguments for part in ("-a", each)]
        subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "archive", *given],
            cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"}, capture_output=True, timeout=600, check=True,
        )  # fmt: skip
        lines = next(Path(data_dir).glob("archive/*/articles.jsonl")).read_bytes().count(b"\n")
    if lines != len(listing.published(since, until)):
        raise RuntimeError(f"{depth} pages deep: {lines} articles, not all of the month")
    return len(listing.asked)
