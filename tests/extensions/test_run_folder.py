"""Who gets a run folder, and that nobody has one without the lock of DATA_DIR."""

import subprocess
from pathlib import Path

import pytest
from crawling import ROOT, python

from iranwire_crawler.stores.lock import DataDirLock

SITE = ROOT / "tests" / "saved_site"
URL = "https://iranwire.com/en/news/158901-ferry-captain-fined-for-waiting/"
SPIDER = """
from pathlib import Path
from scrapy import Spider
from iranwire_crawler.stores.lock import holder

class Own(Spider):
    name = "own"

    async def start(self):
        print("held by", holder(Path(self.settings["DATA_DIR"])))
        return
        yield
"""
SCRIPT = """
import sys
from pathlib import Path
from scrapy import crawler
from scrapy.utils.project import get_project_settings
from iranwire_crawler.stores.lock import holder

settings = get_project_settings()
for setting in sys.argv[2:]:
    settings.set(*setting.split("=", 1), priority="cmdline")
process = getattr(crawler, sys.argv[1])(settings)
for _ in range(2):
    process.crawl("articles", urls="{url}")
process.start()
print("held by", holder(Path(settings["DATA_DIR"])))
""".replace("{url}", URL)


def run(*command: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    settings = [f"DATA_DIR={data_dir}", f"SAVED_PAGES={SITE}", "RENDER=never", "LOG_LEVEL=ERROR"]
    given = settings if command[0] == "-c" else [part for setting in settings for part in ("-s", setting)]
    return python(*command, *given)


def test_a_spider_of_somebody_else_holds_the_lock(tmp_path: Path) -> None:
    spider, data = tmp_path / "own.py", tmp_path / "data"
    spider.write_text(SPIDER)
    command = ("-m", "scrapy", "runspider", str(spider))
    done = run(*command, data_dir=data)
    assert "held by own (process" in done.stdout, done.stderr
    assert len(list(data.glob("own/*"))) == 1
    with DataDirLock(data, "news"):
        refused = run(*command, data_dir=data)
    assert refused.returncode == 1
    assert f"DATA_DIR={data}: in use by news (process" in refused.stderr
    assert len(list(data.glob("own/*"))) == 1


@pytest.mark.parametrize(("process", "after"), [("AsyncCrawlerProcess", "None"), ("CrawlerProcess", "articles")])
def test_crawlers_of_one_process_hold_it_together(process: str, after: str, tmp_path: Path) -> None:
    done = run("-c", SCRIPT, process, data_dir=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"held by {after}" in done.stdout
    assert len(list(tmp_path.glob("articles/*/run.json"))) == 2
    with DataDirLock(tmp_path, "news"):
        pass


@pytest.mark.parametrize(
    "command",
    [
        ("fetch", URL),
        ("fetch", "--spider=news", URL),
        ("parse", "--spider=news", "--callback=parse_article", "--pipelines", URL),
        ("shell", "-c", "response.text", URL),
    ],
)
def test_a_look_at_a_page_is_no_run(command: tuple[str, ...], tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = run("-m", "scrapy", *command, data_dir=data)
    assert done.returncode == 0, done.stderr
    assert "Ferry Captain Fined for Waiting" in done.stdout
    assert not data.exists()
