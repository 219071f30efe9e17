"""The benchmarks start and print their tables; what they measure is no test's business."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.plot import plot
from benchmarks.site import FIRST_ID, Site, path_of
from iranwire_crawler.pages.article import ArticlePage, Fetch

ROOT = Path(__file__).parents[1]


def benchmarks(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout


def test_reading_and_right_without_peers() -> None:
    said = benchmarks("reading", "right", "--quick", "--sides", "iranwire_crawler")
    rows = [line for line in said.splitlines() if line.startswith("| iranwire_crawler")]
    assert len(rows) == 3
    assert "`python -m benchmarks reading --quick --sides iranwire_crawler`" in said
    assert "- Ours right on every page and field: held" in said


def test_the_made_up_site_is_read_whole() -> None:
    site = Site(60)
    for number in (0, 1, 2, 53):
        path = path_of(number)
        answer = site.answer(path, "localhost")
        assert answer is not None
        fetch = Fetch(f"https://iranwire.com{path}", datetime(2026, 1, 1, tzinfo=UTC), "saved", answer[0])
        article = ArticlePage(answer[1], fetch).article()
        assert article.id == FIRST_ID + number
        assert article.date_published_raw
        assert len(article.body) > 10
    assert site.answer(path_of(60), "localhost") is None


def test_a_plot_is_one_picture() -> None:
    drawn = ElementTree.fromstring(plot("a <title>", "articles", [("ms", [(1000, 2.0), (20_000, 2.5)])]))
    assert [element.tag.rpartition("}")[2] for element in drawn].count("polyline") == 1
