"""An article whose captions a crash cut off gets them back from its own line."""

from pathlib import Path

import orjson
from saved_pages import saved_pages
from stores.feeds import finish, make_run, record

from iranwire_crawler.pages.article import ArticlePage
from iranwire_crawler.stores.learning import learn_all, problems_of, rebuild
from iranwire_crawler.stores.lost_captions import add_lost_captions

ARTICLES = [page.page().article() for page in saved_pages() if "article" in page.facts]
CAPTIONS = [caption for article in ARTICLES for caption in ArticlePage.captions(article)]


def lines(folder: Path) -> list[object]:
    return [orjson.loads(line) for line in (folder / "captions.jsonl").read_bytes().splitlines()]


def test_what_is_missing_is_added_once_and_told(tmp_path: Path) -> None:
    folder = make_run(tmp_path, [orjson.dumps(article) for article in ARTICLES], finished=False)
    half = orjson.dumps(CAPTIONS[1])[:40]
    (folder / "captions.jsonl").write_bytes(orjson.dumps(CAPTIONS[0]) + b"\n" + half)
    (learned,) = learn_all(tmp_path)
    assert learned.captions == len(CAPTIONS) - 1 > 10
    assert any(f"captions.jsonl: {learned.captions} lines added" in problem for problem in problems_of([learned]))
    assert lines(folder) == orjson.loads(orjson.dumps(CAPTIONS))
    (again,) = rebuild(tmp_path)
    assert again.captions == 0
    assert len(lines(folder)) == len(CAPTIONS)


def test_a_run_that_ended_is_left_as_it_is(tmp_path: Path) -> None:
    folder = make_run(tmp_path, [orjson.dumps(article) for article in ARTICLES])
    learn_all(tmp_path)
    assert not (folder / "captions.jsonl").exists()


def test_faulty_lines_bring_none(tmp_path: Path) -> None:
    picture = {"url": None, "caption": "A well", "credit": None, "position": 1, "in_body": False}
    faulty = [
        b"{",
        b"[]",
        b'{"images": 3}',
        record(1, images=[picture, 4]),
        # Does not fit the schema of a caption: it stands in rejected.jsonl, or would.
        record(2, in_language="english", images=[picture]),
    ]
    folder = make_run(tmp_path, faulty, finished=False)
    assert add_lost_captions(folder) == 0
    finish(folder)
    assert not (folder / "captions.jsonl").exists()
