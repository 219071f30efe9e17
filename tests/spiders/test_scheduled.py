"""`scrapy crawl news` again and again: only what is new, every change kept, no gap left behind."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from crawling import Run, scrapy
from fastwarc.warc import ArchiveIterator, WarcRecordType
from spiders.changing_site import ChangingSite, Story, served

from iranwire_crawler.stores.catalogue import Catalogue
from iranwire_crawler.stores.learning import rebuild


def crawl(site: ChangingSite, data_dir: Path, *arguments: str) -> Run:
    site.forget()
    return scrapy(
        "-a", "lang=en", "-s", f"SITE_URL=http://127.0.0.1:{site.port}", "-s", "DOWNLOAD_DELAY=0",
        "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "RETRY_TIMES=0", *arguments, spider="news", data_dir=data_dir,
    )  # fmt: skip


def report(run: Run) -> dict[str, Any]:
    assert run.folder is not None, run.log
    return json.loads((run.folder / "run.json").read_text(encoding="utf-8"))


def keys(run: Run) -> set[str]:
    found = [line["key"] for line in run.lines("articles.jsonl")]
    assert len(found) == len(set(found))
    return set(found)


def numbered(first: int, last: int) -> set[str]:
    return {f"en/{number}" for number in range(first, last + 1)}


@pytest.fixture
def site():
    with served(ChangingSite([Story(number) for number in range(200_000, 199_988, -1)])) as site:
        yield site


def test_only_what_is_new_and_every_change(site: ChangingSite, tmp_path: Path) -> None:
    first = crawl(site, tmp_path)
    assert keys(first) == numbered(199_989, 200_000)
    assert first.code == 0, first.log
    (walked,) = [line for line in first.lines("walked.jsonl") if line["section"] == "en/news"]
    assert (walked["pages"], walked["reached"]) == (4, "end")

    # Nothing new: a page of the listing, no article, and that is said.
    second = crawl(site, tmp_path)
    assert second.code == 0, second.log
    assert site.listing_pages("news") == [1]
    assert site.articles() == []
    assert keys(second) == set()
    told = report(second)
    assert [note["code"] for note in told["verdict"]["notes"]] == ["nothing_new"]
    assert told["counts"]["known"] == 3
    assert "all 3 articles seen are known" in second.log

    # Something new, and something of everything that may become of a known article.
    site.stories.insert(0, Story(200_001))
    site.story(200_000).text = "The well ran dry on a Monday, and the village has written to the ministry about it."
    site.story(199_999).status = 410
    site.story(199_998).status, site.story(199_998).moved_to = 302, f"http://127.0.0.1:{site.port}/en/"
    third = crawl(site, tmp_path, "-a", "recheck=all")
    assert third.code == 0, third.log
    lines = {line["key"]: line for line in third.lines("articles.jsonl")}
    assert lines.keys() == {"en/200001", "en/200000"}
    former = {line["key"]: line for line in first.lines("articles.jsonl")}
    assert (lines["en/200000"]["revision"], lines["en/200001"]["revision"]) == (2, 1)
    assert lines["en/200000"]["previous_hash"] == former["en/200000"]["content_hash"]
    gone = {line["key"]: line for line in third.lines("gone.jsonl")}
    assert {key: line["reason"] for key, line in gone.items()} == {
        "en/199999": "http_410",
        "en/199998": "redirected_to_front",
    }
    assert third.lines("unread/index.jsonl") == []
    # What has not changed is not sent, not read and not written; that it was looked at is.
    assert sum(status == 304 for path, status in site.answers.elements() if "/en/news/1999" in path) == 9
    checks = {line["key"]: line for line in third.lines("checked.jsonl")}
    assert checks.keys() == numbered(199_989, 200_001)
    assert {checks[key]["status"] for key in numbered(199_989, 199_997)} == {304}
    assert all(checks[key]["etag"] for key in numbered(199_989, 199_997))
    assert checks["en/199999"]["etag"] is None
    counts = report(third)["counts"]
    assert (counts["articles"], counts["revised"], counts["gone"], counts["known"]) == (2, 1, 2, 9)
    assert {line["article_key"] for line in third.lines("captions.jsonl")} == lines.keys()

    # Gone is told once; what is looked at again stays known, with its validators.
    fourth = crawl(site, tmp_path, "-a", "recheck=all")
    assert fourth.lines("gone.jsonl") == []
    assert keys(fourth) == set()
    assert sum(status == 304 for _, status in site.answers.elements()) == 11
    # The index of all that is the feeds' alone.
    with Catalogue(tmp_path) as catalogue:
        known = [catalogue.article(key) for key in sorted(numbered(199_989, 200_001))]
        reach = catalogue.reach("en/news")
    rebuild(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        assert [catalogue.article(key) for key in sorted(numbered(199_989, 200_001))] == known
        assert catalogue.reach("en/news") == reach
    assert [article.key for article in known if article and article.gone_since] == ["en/199998", "en/199999"]


def test_a_run_cut_short_leaves_no_gap(site: ChangingSite, tmp_path: Path) -> None:
    crawl(site, tmp_path)
    # Seven new ones, on three pages; three in the middle do not answer.
    site.stories[:0] = [Story(number) for number in range(200_007, 200_000, -1)]
    missing = [200_001, 200_002, 200_003]
    for number in missing:
        site.story(number).status = 503
    cut = crawl(site, tmp_path)
    assert keys(cut) == numbered(200_004, 200_007)
    assert [line["section"] for line in cut.lines("walked.jsonl")] == []
    # The first page now holds known articles alone: it is no reason to stop.
    for number in missing:
        site.story(number).status = 200
    closing = crawl(site, tmp_path)
    assert keys(closing) == numbered(200_001, 200_003)
    assert site.listing_pages("news") == [1, 2, 3, 4]
    assert [line["reached"] for line in closing.lines("walked.jsonl")] == ["known"]
    again = crawl(site, tmp_path)
    assert site.listing_pages("news") == [1]
    assert again.code == 0


def test_a_walk_goes_on_to_what_is_known_however_much_is_new(site: ChangingSite, tmp_path: Path) -> None:
    crawl(site, tmp_path)
    site.stories[:0] = [Story(number) for number in range(200_030, 200_000, -1)]
    stopped = crawl(site, tmp_path, "-a", "max_pages=2")
    assert keys(stopped) == numbered(200_025, 200_030)
    assert "en/news: stopped before it came to what is known: a gap may be left behind it" in stopped.log
    assert stopped.lines("walked.jsonl") == []
    joined = crawl(site, tmp_path)
    assert keys(joined) == numbered(200_001, 200_024)
    assert site.listing_pages("news") == list(range(1, 12))


def test_more_pages_than_were_ever_walked_are_walked(site: ChangingSite, tmp_path: Path) -> None:
    shallow = crawl(site, tmp_path, "-a", "max_pages=2")
    assert keys(shallow) == numbered(199_995, 200_000)
    assert [line["reached"] for line in shallow.lines("walked.jsonl")] == ["max_pages"]
    crawl(site, tmp_path, "-a", "max_pages=2")
    assert site.listing_pages("news") == [1]
    deeper = crawl(site, tmp_path, "-a", "max_pages=3")
    assert keys(deeper) == numbered(199_992, 199_994)
    crawl(site, tmp_path, "-a", "max_pages=3")
    assert site.listing_pages("news") == [1]


def test_what_is_due_is_looked_at_again_the_most_overdue_first(site: ChangingSite, tmp_path: Path) -> None:
    crawl(site, tmp_path)
    schedule = ("-s", "RECHECK_SCHEDULE=999w:1s", "-s", "RECHECK_MAX=5")
    first = crawl(site, tmp_path, *schedule)
    one = site.articles()
    assert len(set(one)) == len(one) == 5
    crawl(site, tmp_path, *schedule)
    other = site.articles()
    assert len(other) == 5
    assert set(one).isdisjoint(other)
    assert "Known articles to be looked at again: 12 are due, RECHECK_MAX is 5" in first.log
    crawl(site, tmp_path, *schedule, "-a", "recheck=none")
    assert site.articles() == []
    # A feed says that an article was changed: it is looked at whatever the schedule says.
    site.feed = (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>IranWire</title>'
        f'<entry><title>{site.stories[3].headline}</title><link href="https://iranwire.com{site.stories[3].path}"/>'
        "<updated>CHANGED</updated></entry></feed>"
    )
    feed, now = site.feed, datetime.now(UTC)
    feed, now = site.feed, datetime.now(UTC)
    for changed, asked in ((now, ["en/199997"]), (now + timedelta(days=9), []), (now - timedelta(days=9), [])):
        site.feed = feed.replace("CHANGED", changed.strftime("%Y-%m-%dT%H:%M:%SZ"))
        crawl(site, tmp_path)
        assert site.articles() == asked


def test_saved_pages_say_nothing_of_what_is_gone(site: ChangingSite, tmp_path: Path) -> None:
    crawl(site, tmp_path / "data")
    saved = tmp_path / "saved" / "iranwire.com" / "en"
    saved.mkdir(parents=True)
    (saved / "index.html").write_text(site.answer("/en/")[1], encoding="utf-8")
    (saved / "news").mkdir()
    (saved / "news" / "index.html").write_text(site.answer("/en/news/")[1], encoding="utf-8")
    url = f"https://iranwire.com{site.stories[0].path}"
    one = scrapy("-a", f"urls={url}", "-s", f"SAVED_PAGES={tmp_path / 'saved'}", data_dir=tmp_path / "data")
    assert one.lines("gone.jsonl") == []
    news = crawl(site, tmp_path / "data", "-s", f"SAVED_PAGES={tmp_path / 'saved'}")
    assert (news.lines("gone.jsonl"), news.lines("walked.jsonl")) == ([], [])
    refused = crawl(site, tmp_path / "data", "-s", f"SAVED_PAGES={tmp_path / 'saved'}", "-a", "recheck=all")
    assert refused.code == 1
    assert "SAVED_PAGES hold no news of what is known" in refused.log


def test_a_page_that_has_not_changed_is_kept_as_a_revisit_of_the_one_that_was_sent(
    site: ChangingSite, tmp_path: Path
) -> None:
    """From run to run, through a run of 304s; an archive with all of them gives every article, from the first page."""
    del site.stories[3:]
    first, second, third = (crawl(site, tmp_path, "-a", "recheck=all") for _ in range(3))
    sent = {line["key"]: line["warc"] for line in first.lines("articles.jsonl")}
    for run in (second, third):
        assert run.folder is not None
        assert {line["status"] for line in run.lines("checked.jsonl")} == {304}
        assert {line["key"]: line["page"]["record_id"] for line in run.lines("checked.jsonl")} == {
            key: warc["record_id"] for key, warc in sent.items()
        }
        file = run.folder / "pages.warc.gz"
        with file.open("rb") as stream:
            revisits = [dict(record.headers) for record in ArchiveIterator(stream, WarcRecordType.revisit)]
        assert {record["WARC-Refers-To"] for record in revisits} == {warc["record_id"] for warc in sent.values()}
        for record in revisits:
            assert record["WARC-Refers-To-Target-URI"] == record["WARC-Target-URI"]
            assert record["WARC-Refers-To-Date"] <= record["WARC-Date"]
        for tool in (["warcio.cli", "check", "-v"], ["fastwarc.cli", "check"]):
            done = subprocess.run([sys.executable, "-m", *tool, file], capture_output=True, text=True, check=True)
            assert "FAIL" not in done.stdout.upper()
    assert first.folder is not None
    assert third.folder is not None
    given = f"{third.folder},{first.folder}"
    replayed = scrapy("-s", f"SAVED_PAGES={given}", spider="replay", data_dir=tmp_path / "elsewhere")
    assert {line["key"]: line["warc"]["record_id"] for line in replayed.lines("articles.jsonl")} == {
        key: warc["record_id"] for key, warc in sent.items()
    }
    fetched = {line["key"]: line["fetched_at"] for line in first.lines("articles.jsonl")}
    assert {line["key"]: line["fetched_at"] for line in replayed.lines("articles.jsonl")} == fetched
    asked = ",".join(f"https://iranwire.com{story.path}" for story in site.stories)
    again = scrapy("-s", f"SAVED_PAGES={given}", "-a", f"urls={asked}", data_dir=tmp_path / "elsewhere2")
    assert {line["key"]: line["fetched_at"] for line in again.lines("articles.jsonl")} == fetched
