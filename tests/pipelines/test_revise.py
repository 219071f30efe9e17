"""An unchanged text of a known article is dropped with its captions, a changed one is the next revision."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from saved_pages import saved_pages
from scrapy.utils.test import get_crawler
from stores.feeds import hashed, make_run

from iranwire_crawler.domain.items import Article, Checked
from iranwire_crawler.pages.article import ArticlePage
from iranwire_crawler.pipelines.drops import KnownArticle, KnownCaption
from iranwire_crawler.pipelines.revise import Revise
from iranwire_crawler.stores.catalogue import FILE, Catalogue
from iranwire_crawler.stores.learning import learn_all

READ = next(
    article
    for article in (page.page().article() for page in saved_pages() if "article" in page.facts)
    if ArticlePage.captions(article)
)


def at(day: int, text: str = "one", **more: object) -> Article:
    return replace(READ, fetched_at=f"2026-11-{day:02d}T12:00:00Z", content_hash=hashed(text), **more)  # type: ignore[arg-type]


def checked(status: int = 200) -> Checked:
    return Checked(
        key=READ.key, checked_at="2026-11-05T12:00:00Z", status=status, etag='"a"', last_modified=None, page=None
    )


@pytest.fixture
def revise(tmp_path: Path) -> Iterator[Revise]:
    """Knows READ as "one" of day 2 and "two" of day 4."""
    second = at(4, "two", revision=2, previous_hash=hashed("one"))
    make_run(tmp_path, [orjson.dumps(at(2))], day=2)
    make_run(tmp_path, [orjson.dumps(second)], day=4)
    learn_all(tmp_path)
    yield from opened(tmp_path)


def opened(data_dir: Path) -> Iterator[Revise]:
    revise = Revise.from_crawler(get_crawler(settings_dict={"DATA_DIR": str(data_dir)}))
    yield revise
    revise.close_spider()


def known(revise: Revise) -> int:
    found: int = revise.stats.get_value("iranwire/known_count", 0)
    return found


def test_a_text_that_stands_is_dropped_with_its_captions(revise: Revise) -> None:
    with pytest.raises(KnownArticle):
        revise.process_item(at(5, "two"))
    for caption in ArticlePage.captions(READ):
        with pytest.raises(KnownCaption):
            revise.process_item(caption)
    assert known(revise) == 1
    assert revise.process_item(checked()) == checked()


def test_a_changed_text_is_the_next_revision(revise: Revise) -> None:
    third = revise.process_item(at(5, "three"))
    assert (third.revision, third.previous_hash) == (3, hashed("two"))
    captions = ArticlePage.captions(third)
    assert captions
    assert [revise.process_item(caption) for caption in captions] == list(captions)
    assert known(revise) == 0


def test_a_text_that_comes_back_is_a_revision_again(revise: Revise) -> None:
    third = revise.process_item(at(5, "one"))
    assert (third.revision, third.previous_hash) == (3, hashed("two"))


@pytest.mark.parametrize(("day", "text"), [(1, "one"), (3, "one"), (3, "two")])
def test_an_older_reading_of_a_text_beside_it_is_known(revise: Revise, day: int, text: str) -> None:
    with pytest.raises(KnownArticle):
        revise.process_item(at(day, text))


@pytest.mark.parametrize(("day", "revision", "previous"), [(1, 1, None), (3, 2, hashed("one"))])
def test_an_older_text_takes_its_place(revise: Revise, day: int, revision: int, previous: str | None) -> None:
    older = revise.process_item(at(day, "older"))
    assert (older.revision, older.previous_hash) == (revision, previous)


def test_chrome_cards_section_and_address_are_no_revision(revise: Revise) -> None:
    with pytest.raises(KnownArticle):
        revise.process_item(
            at(
                5,
                "two",
                url=f"https://iranwire.com/en/elsewhere/{READ.id}/",
                section=replace(READ.section, slug="elsewhere", name=None),
                related=(),
                tags=("new",),
                description="Another standfirst",
            )
        )


def test_what_no_feed_holds_is_new(revise: Revise) -> None:
    other = at(5, "other", key="en/999999999")
    assert revise.process_item(other) is other


@pytest.mark.parametrize("damaged", [False, True])
def test_without_a_catalogue_all_is_new(tmp_path: Path, damaged: bool) -> None:
    if damaged:
        (tmp_path / FILE).write_bytes(b"no database" * 100)
    for revise in opened(tmp_path):
        article = at(5)
        assert revise.process_item(article) is article


def test_a_validator_is_kept_only_with_its_text(revise: Revise) -> None:
    # The article's record was rejected, or never came: the next run must get the whole page again.
    assert revise.process_item(checked()) == replace(checked(), etag=None)
    assert revise.process_item(checked(304)) == checked(304)
    revise.process_item(at(5, "three"))
    assert revise.process_item(checked()) == checked()


def test_the_line_of_a_revision_is_learned_under_its_number(revise: Revise, tmp_path: Path) -> None:
    make_run(tmp_path, [orjson.dumps(revise.process_item(at(5, "three")))], day=5)
    learn_all(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        assert [text.revision for text in catalogue.revisions(READ.key)] == [1, 2, 3]


def test_a_page_read_anew_is_marked_and_the_site_has_not_changed_it(revise: Revise) -> None:
    """A page of one of our own runs, from after the last line: it was read then, and gave the text that is known."""
    third = revise.process_item(at(5, "three", reread=True))
    assert (third.revision, third.previous_hash, third.reread) == (3, hashed("two"), True)


def test_the_page_of_a_known_text_is_marked_whoever_kept_it(revise: Revise) -> None:
    third = revise.process_item(at(4, "three"))
    assert (third.revision, third.previous_hash, third.reread) == (3, hashed("two"), True)
    assert not revise.process_item(at(5, "three")).reread


def test_a_first_reading_is_no_second_one(revise: Revise) -> None:
    first = revise.process_item(replace(at(3, reread=True), key="en/1", id=1))
    assert (first.revision, first.reread) == (1, False)
