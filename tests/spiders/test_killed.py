"""`kill -9` at any moment, a disk that is full: the same command again, and nothing is lost or there twice."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from crawling import ROOT, scrapy
from spiders.changing_site import ChangingSite, Story, served

from iranwire_crawler.stores.catalogue import Catalogue
from iranwire_crawler.stores.learning import rebuild

STORIES = 24


def arguments(site: ChangingSite) -> list[str]:
    given = {"SITE_URL": f"http://127.0.0.1:{site.port}", "DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}
    settings = [each for name, value in given.items() for each in ("-s", f"{name}={value}")]
    return ["-a", "lang=en", "-a", "recheck=none", *settings]


def killed(site: ChangingSite, data_dir: Path, after: int, pause: float) -> None:
    """A crawl that is killed a moment after so many articles were asked for."""
    site.forget()
    command = [sys.executable, "-m", "scrapy", "crawl", "news", *arguments(site), "-s", f"DATA_DIR={data_dir}"]
    crawl = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONUTF8": "1"})
    deadline = time.monotonic() + 60
    while len(site.articles()) < after and crawl.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(pause)
    crawl.kill()
    assert crawl.wait() in (0, -signal.SIGKILL)


def lines(data_dir: Path, name: str) -> list[dict[str, Any]]:
    """The lines of all runs' files of that name, each of which is whole."""
    found = []
    for file in sorted(data_dir.glob(f"news/*/{name}")):
        data = file.read_bytes()
        assert data.endswith(b"\n") or not data, file
        found += [json.loads(line) for line in data.splitlines()]
    return found


def complete(data_dir: Path) -> None:
    """All articles there, each once, with their captions, each once; the catalogue as if nothing had happened."""
    articles = lines(data_dir, "articles.jsonl")
    numbers = Counter(article["key"] for article in articles)
    assert numbers == {f"en/{200_000 - number}": 1 for number in range(STORIES)}
    assert {article["revision"] for article in articles} == {1}
    captions = Counter(
        (line["article_key"], line["position"], line["fetched_at"]) for line in lines(data_dir, "captions.jsonl")
    )
    assert captions == {(each["key"], place, each["fetched_at"]): 1 for each in articles for place in (1, 2)}
    with Catalogue(data_dir) as catalogue:
        known = [catalogue.article(key) for key in sorted(numbers)]
    rebuild(data_dir)
    with Catalogue(data_dir) as catalogue:
        assert [catalogue.article(key) for key in sorted(numbers)] == known


def test_killed_again_and_again(tmp_path: Path) -> None:
    chance = random.Random(4)
    with served(ChangingSite([Story(200_000 - number) for number in range(STORIES)], a_page=6, pause=0.005)) as site:
        for _ in range(6):
            killed(site, tmp_path, chance.randint(1, 5), chance.choice([0.0, 0.003, 0.01, 0.03]))
        last = scrapy(*arguments(site), spider="news", data_dir=tmp_path)
        assert last.code == 0, last.log
        again = scrapy(*arguments(site), spider="news", data_dir=tmp_path)
        assert (again.code, again.lines("articles.jsonl")) == (0, [])
    complete(tmp_path)


def test_a_full_disk_ends_the_run_and_leaves_whole_lines(tmp_path: Path) -> None:
    """No file may grow beyond 12 KiB, as on a disk that is full."""
    with served(ChangingSite([Story(200_000 - number) for number in range(STORIES)], a_page=6)) as site:
        command = [sys.executable, "-m", "scrapy", "crawl", "news", *arguments(site), "-s", f"DATA_DIR={tmp_path}"]
        command += ["-s", "SAVE_RAW=no"]
        full = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (12 * 1024, resource.RLIM_INFINITY)),
        )  # fmt: skip
        assert full.returncode == 3, full.stderr
        assert "a record could not be written; the run stops" in full.stderr
        written = lines(tmp_path, "articles.jsonl")
        assert 0 < len(written) < STORIES
        (file,) = tmp_path.glob("news/*/run.json")
        reasons = {reason["code"] for reason in json.loads(file.read_bytes())["verdict"]["reasons"]}
        assert "feeds_incomplete" in reasons
        assert scrapy(*arguments(site), spider="news", data_dir=tmp_path).code == 0
    complete(tmp_path)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("no folder")
    for data_dir in (place / "data", Path("/proc/1/data")):
        run = scrapy("-a", "lang=en", spider="news", data_dir=data_dir)
        assert run.code == 1
        assert "Traceback" not in run.log
        (line,) = [line for line in run.log.splitlines() if line.startswith("iranwire_crawler: ")]
        assert f"DATA_DIR={data_dir}: cannot write there" in line
