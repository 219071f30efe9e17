"""`scrapy crawl` and the catalogue: one run a DATA_DIR at a time, and every run learned when it ends."""

from pathlib import Path

from crawling import ROOT, scrapy

from iranwire_crawler.stores.catalogue import Catalogue
from iranwire_crawler.stores.lock import DataDirLock

SITE = ROOT / "tests" / "saved_site"
URL = "https://iranwire.com/en/news/158901-ferry-captain-fined-for-waiting/"
SAVED = ("-a", f"urls={URL}", "-s", f"SAVED_PAGES={SITE}", "-s", "LOG_LEVEL=ERROR")


def test_a_run_is_learned_when_it_ends(tmp_path: Path) -> None:
    first = scrapy(*SAVED, data_dir=tmp_path)
    second = scrapy(*SAVED, data_dir=tmp_path)
    assert (first.code, second.code) == (0, 0), first.log
    with Catalogue(tmp_path) as catalogue:
        assert "en/158901" in catalogue
        assert catalogue.unlearned() == []


def test_a_second_run_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with DataDirLock(tmp_path, "news"):
        run = scrapy(*SAVED, data_dir=tmp_path)
    assert run.code == 1
    (line,) = run.log.splitlines()
    assert "in use by news (process" in line
    assert run.folder is None


def test_the_lock_of_a_run_that_ended_locks_nobody_out(tmp_path: Path) -> None:
    assert scrapy(*SAVED, data_dir=tmp_path).code == 0
    assert (tmp_path / ".lock").exists()
    assert scrapy(*SAVED, data_dir=tmp_path).code == 0
