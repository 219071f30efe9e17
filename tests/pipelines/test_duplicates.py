"""The same story under two ids: both kept, the later one marked."""

import random
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from saved_pages import saved_pages
from scrapy.utils.test import get_crawler
from stores.feeds import make_run

from iranwire_crawler.domain.items import Article, BodyBlock
from iranwire_crawler.domain.similarity import MOST_ALIKE, similarity
from iranwire_crawler.pipelines import duplicates as module
from iranwire_crawler.pipelines.duplicates import Duplicates
from iranwire_crawler.stores.learning import learn_all, rebuild

READ = next(page for page in saved_pages() if "article" in page.facts).page().article()
SERIES = ["As reported before, the wells of this district were closed by decree. " + "Nobody was asked. " * 60]


def article(number: int, texts: list[str], *, language: str = "en", day: int = 9) -> Article:
    return replace(
        READ,
        key=f"{language}/{number}",
        id=number,
        in_language=language,
        url=f"https://iranwire.com/{language}/features/{number}/",
        body=tuple(BodyBlock(type="paragraph", text=text) for text in texts),
        fetched_at=f"2026-11-{day:02d}T12:00:00Z",
    )


def story(seed: int, words: int = 200) -> list[str]:
    chosen = random.Random(seed).choices([f"word{number}" for number in range(2000)], k=words)
    return [" ".join(chosen[start : start + 40]) for start in range(0, words, 40)]


class Archive:
    """Runs that are learned, and the pipeline of the next one."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.day = 0
        self.open: list[Duplicates] = []

    def known(self, *articles: Article) -> None:
        self.day += 1
        lines = [orjson.dumps(replace(each, fetched_at=f"2026-11-{self.day:02d}T12:00:00Z")) for each in articles]
        make_run(self.data_dir, lines, day=self.day)
        learn_all(self.data_dir)

    def pipeline(self) -> Duplicates:
        run = self.data_dir / "news" / "2026-11-30T120000Z"
        run.mkdir(parents=True, exist_ok=True)
        settings = {"DATA_DIR": str(self.data_dir), "RUN_DIR": str(run), "DUPLICATE_SIMILARITY": 0.8}
        self.open.append(Duplicates.from_crawler(get_crawler(settings_dict=settings)))
        return self.open[-1]

    def close(self) -> None:
        for pipeline in self.open:
            pipeline.close_spider()

    def marked(self, new: Article, pipeline: Duplicates | None = None) -> tuple[str, float] | None:
        pipeline = pipeline or self.pipeline()
        found = pipeline.process_item(new)
        assert replace(found, duplicate_of=None) == new
        with pipeline.run.file.open("ab") as feed:
            feed.write(orjson.dumps(found) + b"\n")
        return (found.duplicate_of.key, found.duplicate_of.similarity) if found.duplicate_of else None


@pytest.fixture
def archive(tmp_path: Path):
    archive = Archive(tmp_path)
    yield archive
    archive.close()


def test_a_repost_is_marked_with_the_one_known_first(archive: Archive) -> None:
    archive.known(article(1791, story(1)), article(3, story(3)))
    assert archive.marked(article(67190, story(1))) == ("en/1791", 1.0)
    assert archive.marked(article(67191, story(2))) is None
    archive.close()
    rebuild(archive.data_dir)
    repost = archive.marked(article(67192, [*story(1), "With a note at the end."]))
    assert repost is not None
    assert repost[0] == "en/1791"
    assert 0.95 < repost[1] < 1


def test_within_one_run(archive: Archive) -> None:
    pipeline = archive.pipeline()
    assert archive.marked(article(1, story(1)), pipeline) is None
    assert archive.marked(article(2, story(2)), pipeline) is None
    assert archive.marked(article(3, story(1)), pipeline) == ("en/1", 1.0)
    # The third of them repeats the first, not the second.
    assert archive.marked(article(4, story(1)), pipeline) == ("en/1", 1.0)


def test_a_text_on_every_page_is_not_compared_with_all_of_them(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wall or a notice in the articles' place: a run's time would grow with the square of its pages."""
    compared: list[float] = []

    def counted(*texts: list[str]) -> float:
        compared.append(similarity(*texts))
        return compared[-1]

    monkeypatch.setattr(module, "similarity", counted)
    pipeline = archive.pipeline()
    for number in range(1, 200):
        compared.clear()
        assert archive.marked(article(number, story(1)), pipeline) == (("en/1", 1.0) if number > 1 else None)
        assert len(compared) <= MOST_ALIKE


def test_a_third_repost_across_runs(archive: Archive) -> None:
    archive.known(article(1, story(1)))
    second = archive.pipeline().process_item(article(2, story(1)))
    archive.known(second)
    assert archive.marked(article(3, story(1))) == ("en/1", 1.0)


def test_a_series_introduction_makes_no_duplicate(archive: Archive) -> None:
    parts = [article(number, [*SERIES, *story(number, 60)]) for number in (1, 2)]
    archive.known(*parts)
    assert archive.marked(article(3, [*SERIES, *story(3, 60)])) is None
    # Yet a part that is posted again is told.
    assert archive.marked(article(4, [*SERIES, *story(1, 60)])) == ("en/1", 1.0)


def test_editions_are_not_compared(archive: Archive) -> None:
    archive.known(article(1, story(1)))
    assert archive.marked(article(2, story(1), language="fa")) is None


def test_a_revision_of_the_first_is_no_duplicate_of_the_second(archive: Archive) -> None:
    archive.known(article(1, story(1)))
    archive.known(article(2, story(1)))
    assert archive.marked(article(1, [*story(1), "Corrected."])) is None
    revised = archive.marked(article(2, [*story(1), "Corrected."]))
    assert revised is not None
    assert revised[0] == "en/1"


def test_a_feed_that_was_taken_away_costs_a_mark_and_no_article(archive: Archive) -> None:
    archive.known(article(1, story(1)))
    next(archive.data_dir.glob("news/*/articles.jsonl")).unlink()
    assert archive.marked(article(2, story(1))) is None
