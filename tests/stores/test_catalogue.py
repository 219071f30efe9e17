"""The catalogue knows what stands in a feed, nothing else, and is the same however it came to be."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stores.feeds import hashed, make_run, record, rows

from iranwire_crawler.domain.errors import ArgumentError, CrawlerError
from iranwire_crawler.domain.urls import article_address
from iranwire_crawler.stores.catalogue import Catalogue
from iranwire_crawler.stores.feed_lines import ArticleLine
from iranwire_crawler.stores.learning import learn_all, problems_of, rebuild

ROOT = Path(__file__).parents[2]


def numbers(data_dir: Path, key: str = "en/1") -> list[int]:
    with Catalogue(data_dir) as catalogue:
        return [revision.revision for revision in catalogue.revisions(key)]


def test_what_a_feed_holds_is_known(tmp_path: Path) -> None:
    make_run(tmp_path, [record(1), record(2, language="fa", headline="خبر")])
    (learned,) = learn_all(tmp_path)
    assert (learned.run, learned.lines, learned.skipped, learned.problems, learned.torn) == (
        "news/2026-11-01T120000Z",
        *(2, 0, (), ()),
    )
    with Catalogue(tmp_path) as catalogue:
        assert "en/1" in catalogue
        assert "en/3" not in catalogue
        assert catalogue.article("en/3") is None
        article = catalogue.article("fa/2")
        assert article is not None
        assert (article.language, article.id, article.headline, article.section) == ("fa", 2, "خبر", "features")
        assert (article.revision, article.content_hash) == (1, hashed("one"))
        assert article.first_seen == article.last_seen == "2026-11-01T12:00:00Z"
        assert (article.checked_at, article.etag, article.gone_since) == (None, None, None)
        (revision,) = catalogue.revisions("fa/2")
        assert catalogue.line(revision)["headline"] == "خبر"
        assert catalogue.addresses("en/1") == [
            "https://iranwire.com/en/features/1-a-slug/",
            "https://iranwire.com/en/features/1/",
        ]


def test_revisions_have_numbers_and_readings_of_one_text_are_one(tmp_path: Path) -> None:
    make_run(tmp_path, [record(1, text="one", day=1)], day=1)
    make_run(tmp_path, [record(1, text="one", day=2)], day=2)
    make_run(tmp_path, [record(1, text="two", day=3, revision=2, previous_hash=hashed("one"))], day=3)
    # Two runs that did not know of one another: the later text counts on.
    make_run(tmp_path, [record(1, text="one", day=4, revision=1, headline="Newest")], day=4)
    learn_all(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        revisions = catalogue.revisions("en/1")
        article = catalogue.article("en/1")
        assert [(each.revision, each.fetched_at[:10]) for each in revisions] == [
            (1, "2026-11-01"),
            (2, "2026-11-03"),
            (3, "2026-11-04"),
        ]
        assert revisions[1].previous_hash == hashed("one")
        assert [catalogue.line(each)["body"][0]["text"] for each in revisions] == ["one", "two", "one"]
    assert article is not None
    assert (article.revision, article.headline, article.content_hash) == (3, "Newest", hashed("one"))
    assert (article.first_seen[:10], article.last_seen[:10]) == ("2026-11-01", "2026-11-04")


def test_numbers_stay_when_an_old_run_folder_is_gone(tmp_path: Path) -> None:
    old = make_run(tmp_path, [record(1, text="one", day=1)], day=1)
    make_run(tmp_path, [record(1, text="two", day=2, revision=2)], day=2)
    learn_all(tmp_path)
    assert numbers(tmp_path) == [1, 2]
    for file in old.iterdir():
        file.unlink()
    old.rmdir()
    learn_all(tmp_path)
    assert numbers(tmp_path) == [2]


def test_a_page_that_is_read_anew_stands_beside_the_text_it_was(tmp_path: Path) -> None:
    make_run(tmp_path, [record(1)], day=1)
    make_run(tmp_path, [record(1, text="two", day=2, revision=2)], day=2)
    learn_all(tmp_path)
    anew = record(1, text="one, better read", day=1, revision=2, previous_hash=hashed("one"), reread=True)
    make_run(tmp_path, [anew], day=5, spider="replay")
    learn_all(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        revisions = catalogue.revisions("en/1")
        assert [(each.revision, each.reread) for each in revisions] == [(1, False), (2, True), (3, False)]
        assert [each.content_hash for each in revisions[1:]] == [hashed("one, better read"), hashed("two")]
        article = catalogue.article("en/1")
        assert article is not None
        assert (article.revision, article.content_hash) == (3, hashed("two"))
    learned = rows(tmp_path)
    rebuild(tmp_path)
    assert rows(tmp_path) == learned


def test_an_older_run_that_comes_late_takes_its_place(tmp_path: Path) -> None:
    make_run(tmp_path, [record(1, text="two", day=5, headline="Newest")], day=5)
    learn_all(tmp_path)
    make_run(tmp_path, [record(1, text="one", day=1, headline="Oldest")], day=1)
    learn_all(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        article = catalogue.article("en/1")
        assert article is not None
        assert (article.headline, article.revision, article.first_seen[:10]) == ("Newest", 2, "2026-11-01")
    grown = rows(tmp_path)
    rebuild(tmp_path)
    assert rows(tmp_path) == grown


def test_a_snapshot_is_of_one_moment_also_within_another(tmp_path: Path) -> None:
    make_run(tmp_path, [record(1)], day=1)
    learn_all(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        with catalogue.snapshot():
            assert "en/1" in catalogue
            make_run(tmp_path, [record(2)], day=2)
            learn_all(tmp_path)
            with catalogue.snapshot():
                assert "en/2" not in catalogue
            assert "en/2" not in catalogue
        assert "en/2" in catalogue


def test_a_changed_feed_is_not_read_as_another_record(tmp_path: Path) -> None:
    folder = make_run(tmp_path, [record(1), record(2)])
    learn_all(tmp_path)
    feed = folder / "articles.jsonl"
    with Catalogue(tmp_path) as catalogue:
        (revision,) = catalogue.revisions("en/2")
        feed.write_bytes(feed.read_bytes()[10:])
        with pytest.raises(CrawlerError, match="no longer holds what was learned"):
            catalogue.line(revision)
        feed.unlink()
        with pytest.raises(CrawlerError, match="No such file"):
            catalogue.line(revision)


# Other feeds.


def test_gone_articles_are_gone_until_they_are_read_again(tmp_path: Path) -> None:
    make_run(tmp_path, [record(1, day=1), record(2, day=1)], day=1)
    lines = [{"key": f"en/{n}", "reason": "http_404", "fetched_at": "2026-11-02T12:00:00Z"} for n in (1, 2, 9)]
    make_run(tmp_path, [*lines, {"key": "en/1"}], day=2, feed="gone.jsonl")
    make_run(tmp_path, [record(2, day=3)], day=3)
    told = learn_all(tmp_path)
    assert [str(problem) for problem in problems_of(told)] == [
        "news/2026-11-02T120000Z/gone.jsonl:4: reason: missing or of another form"
    ]
    with Catalogue(tmp_path) as catalogue:
        articles = [catalogue.article(key) for key in ("en/1", "en/2", "en/9")]
    assert [article and article.gone_since for article in articles] == ["2026-11-02T12:00:00Z", None, None]


def test_the_newest_check_gives_the_validators(tmp_path: Path) -> None:
    make_run(tmp_path, [record(1, day=1)], day=1)
    gone = {"key": "en/1", "reason": "http_410", "fetched_at": "2026-11-02T12:00:00Z"}
    make_run(tmp_path, [gone], day=2, feed="gone.jsonl")
    checked = {"key": "en/1", "checked_at": "2026-11-03T12:00:00Z", "status": 304, "etag": '"b"'}
    older = {"key": "en/1", "checked_at": "2026-11-01T12:00:00Z", "status": 200, "etag": '"a"'}
    make_run(tmp_path, [checked, older, checked | {"etag": "x" * 2000}], day=3, feed="checked.jsonl")
    learn_all(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        article = catalogue.article("en/1")
    assert article is not None
    assert (article.checked_at, article.etag, article.last_modified) == ("2026-11-03T12:00:00Z", '"b"', None)
    # It answered again.
    assert article.gone_since is None


def test_the_newest_article_is_not_one_of_next_year(tmp_path: Path) -> None:
    dates = {1: "2026-11-20", 2: "2026-11-21T08:00:00Z", 3: "2027-01-01", 4: None}
    make_run(tmp_path, [record(number) | {"date_published": day} for number, day in dates.items()])
    learn_all(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        newest = catalogue.newest(date(2026, 11, 21))
        assert newest is not None
        assert newest.key == "en/2"
        assert catalogue.newest(date(2020, 1, 1)) is None


# Opening.


def test_no_catalogue_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="no catalogue there yet; scrapy rebuild makes one"):
        Catalogue(tmp_path)


# Addresses.


@given(
    st.from_regex(
        r"https://iranwire\.com/[a-z]{2}/[A-Za-z0-9_-]{1,9}/[0-9]{1,10}(-[A-Za-z0-9%._~!$&'()*+,;=:@-]*)?/",
        fullmatch=True,
    )
    | st.text(st.sampled_from("%8aFf/-.09~pages \u200cش"), max_size=12).map("https://iranwire.com/en/a/1-{}/".format)
    | st.sampled_from(
        [
            "https://iranwire.com/en/pages/1/",
            "https://iranwire.com/en/a/1-/",
            f"https://iranwire.com/en/a/1-{'x' * 5000}/",
        ]
    )
)
def test_an_address_reads_the_same_the_short_way(url: str) -> None:
    address = article_address(url)
    key = address.key if address is not None else "en/1"
    line = record(1, url=url, fetched_url=url) | {"key": key}
    if address is None:
        with pytest.raises(ValueError, match="url: missing or of another form"):
            ArticleLine.read(line)
        return
    read = ArticleLine.read(line)
    assert (read.key, read.url, read.addresses) == (key, address.url, (address.url,))
    with pytest.raises(ValueError, match="url: missing or of another form"):
        ArticleLine.read(line | {"key": f"{key[:3]}{2 if address.id == 1 else 1}"})
