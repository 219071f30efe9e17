"""What a page of a crawl costs: whole crawls of the made-up site, each in a process of its own, in turns."""

import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import truediv
from pathlib import Path
from statistics import median

from benchmarks.environments import python_of
from benchmarks.processes import Cost, run
from benchmarks.site import served, write_addresses
from benchmarks.tables import table

FLOOR, FEED, OURS = "Scrapy, fetch and throw away", "Scrapy, eight queries and a feed", "iranwire_crawler, articles"
NO_DELAYS = {
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
}
_TEXT = """\
A made-up site on 127.0.0.1, in a process of its own (`site.py`): {many} articles of 60 to 120 KB with texts of their
own, packed with gzip, over connections that stay open; delays and AutoThrottle off, 16 requests at a time. Every crawl
is a process of its own, from its start to its end: start-up and closing count. Medians of {rounds} rounds, sides in
turns.

- `articles` and `news` are `scrapy crawl` with everything on: robots.txt, reading, validation, revisions, raw pages as
  WARC, feeds written line by line, the catalogue learned, the verdict. `news` also walks the sections, 20 cards a page.
  They ask for iranwire.com; the last part before the network leads to the made-up site (`handler.py`).
- Scrapy's two are bare: no robots.txt, no cookies, nothing kept but the feed.
- Fundus (sitemap, one thread, JSON) and news-please (`from_urls`, a process for each core) are given {few} articles.

{table}
- At most 2.5 times the processor time of fetching and throwing away: {floor_held} ({times:.2f}).
- At least as fast as eight queries and a feed: {feed_held} ({faster:.2f} times as fast).
"""


@dataclass(frozen=True, slots=True)
class Crawl:
    """One side: its command, which lays what it finds in the folder OUTPUT, and how many articles it is given."""

    command: Sequence[str | Path]
    articles: int


OUTPUT = Path("OUTPUT")


def chapter(*, quick: bool, peers: bool, rounds: int | None, articles: int | None) -> str:
    many, few, rounds = (100, 20, 1) if quick else (articles or 3000, (articles or 3000) // 10, rounds or 5)
    costs: defaultdict[str, list[Cost]] = defaultdict(list)
    found = {}
    with tempfile.TemporaryDirectory() as place, served(many) as origin:
        crawls = _crawls(Path(place), origin, many, few if peers else 0)
        for _ in range(rounds):
            for name, crawl in crawls.items():
                output = Path(place) / "output"
                output.mkdir()
                command = [str(part).replace(str(OUTPUT), str(output)) for part in crawl.command]
                costs[name].append(run(command, output / "log"))
                found[name] = _lines(output)
                if not found[name] and name != FLOOR:
                    raise RuntimeError(f"{name} got nothing: {(output / 'log').read_text(encoding='utf-8')[-2000:]}")
                shutil.rmtree(output)
    spent = {name: [each.cpu_seconds * 1000 / crawls[name].articles for each in given] for name, given in costs.items()}
    times = {
        name: median(ours / floor for ours, floor in zip(spent[name], spent[FLOOR], strict=True)) for name in crawls
    }
    rows = [
        [
            name,
            f"{crawls[name].articles}" if name == FLOOR else f"{found[name]} of {crawls[name].articles}",
            f"{median(spent[name]):.2f}",
            f"{min(spent[name]):.2f} - {max(spent[name]):.2f}",
            f"{times[name]:.2f}",
            f"{median(crawls[name].articles / each.seconds for each in costs[name]):.0f}",
            f"{median(each.peak_mib for each in costs[name]):.0f}",
        ]
        for name in crawls
    ]
    heads = ["side", "articles", "CPU ms an article", "range", "times the first", "articles/s", "peak MiB"]
    faster = median(map(truediv, spent[FEED], spent[OURS]))
    return _TEXT.format(
        many=many, few=few, rounds=rounds, table=table(heads, rows), times=times[OURS], faster=faster,
        floor_held=_held(times[OURS] <= 2.5), feed_held=_held(faster >= 1),
    )  # fmt: skip


def ours(spider: str, origin: str, data_dir: Path, *arguments: str | Path) -> list[str | Path]:
    """`scrapy crawl` of the made-up site with everything on, and no delays."""
    handlers = json.dumps({"https": "benchmarks.handler.MadeUpSiteHandler"})
    settings = {**NO_DELAYS, "DOWNLOAD_HANDLERS": handlers, "MADE_UP_SITE": origin, "DATA_DIR": data_dir}
    options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    return [sys.executable, "-m", "scrapy", "crawl", spider, *arguments, *options]


def _crawls(folder: Path, origin: str, many: int, few: int) -> dict[str, Crawl]:
    public, local, short = folder / "public.txt", folder / "local.txt", folder / "short.txt"
    write_addresses(many, public)
    write_addresses(many, local, origin)
    write_addresses(few, short, origin)
    plain = [sys.executable, "-m", "benchmarks.plain_scrapy"]
    crawls = {
        FLOOR: Crawl([*plain, "fetch", local, OUTPUT / "articles.jsonl"], many),
        FEED: Crawl([*plain, "feed", local, OUTPUT / "articles.jsonl"], many),
        OURS: Crawl(ours("articles", origin, OUTPUT, "-a", f"urls=@{public}"), many),
        "iranwire_crawler, news": Crawl(ours("news", origin, OUTPUT, "-a", "max_pages=99999"), many),
    }
    for name, requirements in (("Fundus", "fundus"), ("news-please", "news-please")) if few else ():
        peer = [python_of(requirements), "-W", "ignore", "-m", "benchmarks.peer_crawlers", requirements]
        crawls[name] = Crawl([*peer, short, OUTPUT / "articles.jsonl"], few)
    return crawls


def _lines(output: Path) -> int:
    feeds = [output / "articles.jsonl", *output.glob("*/*/articles.jsonl")]
    return sum(feed.read_bytes().count(b"\n") for feed in feeds if feed.exists())


def _held(held: bool) -> str:
    return "held" if held else "**not held**"
