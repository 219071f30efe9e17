"""`scrapy crawl archive` against a local site with a long listing."""

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from crawling import Run, scrapy
from listing_site import ListingSite, serving
from numbered_listing import Listing

QUICK = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False", "RETRY_TIMES=0", "CONTACT=test@example.org")


def crawl(site: ListingSite, data_dir: Path, *arguments: str, settings: tuple[str, ...] = ()) -> Run:
    set_so = [part for value in (f"SITE_URL={site.url}", *QUICK, *settings) for part in ("-s", value)]
    spider = [part for value in (*arguments, "lang=en", "sections=society") for part in ("-a", value)]
    return scrapy(*spider, *set_so, spider="archive", data_dir=data_dir)


def report(run: Run) -> dict[str, Any]:
    assert run.folder is not None, run.log
    return json.loads((run.folder / "run.json").read_text(encoding="utf-8"))


def keys(run: Run) -> set[str]:
    return {record["key"] for record in run.lines("articles.jsonl")}


def expected(listing: Listing, since: date | None, until: date | None) -> set[str]:
    return {f"en/{number}" for number in listing.published(since, until)}


NEWEST = date(2026, 11, 20)
UNTIL = NEWEST - timedelta(500)
SINCE = UNTIL - timedelta(9)
MONTH = (f"since={SINCE}", f"until={UNTIL}")


def test_a_window_far_back_is_brought_in_few_requests_and_once(tmp_path: Path) -> None:
    listing = Listing(pages=400, per_day=3, disorder=6, pinned=2, moves=(9, 1))
    wanted = expected(listing, SINCE, UNTIL)
    with serving(ListingSite(listing)) as site:
        run = crawl(site, tmp_path, *MONTH)
        assert run.code == 0, run.log
        assert keys(run) == wanted
        for record in run.lines("articles.jsonl"):
            assert SINCE.isoformat() <= record["date_published"] <= UNTIL.isoformat()
        # The window lies on page 150 and fills 3 pages.
        assert len(listing.asked) <= 2 * math.log2(150) + 3 + 10
        assert len(site.articles_asked) <= len(wanted) + 20
        told = report(run)["ways"]["window"]
        assert (told["since"], told["until"]) == (SINCE.isoformat(), UNTIL.isoformat())
        section = told["sections"]["en/society"]
        assert (section["newer_edge"], section["older_edge"], section["complete"]) == ("seen", "seen", True)
        assert section["way"] == "seek by rel_next"
        walked = [number for first, last in section["walked"] for number in range(first, last + 1)]
        assert section["searched"] + walked == listing.asked

        # What is known is not fetched again.
        asked = len(site.articles_asked)
        again = crawl(site, tmp_path, *MONTH)
        assert again.code == 0, again.log
        assert keys(again) == set()
        assert report(again)["counts"]["known"] == len(wanted)
        assert {f"en/{number}" for number in site.articles_asked[asked:]}.isdisjoint(wanted)
        assert [note["code"] for note in report(again)["verdict"]["notes"]] == ["nothing_new"]

        # Unless that is asked for.
        asked = len(site.articles_asked)
        crawl(site, tmp_path, *MONTH, "refresh=1")
        assert {f"en/{number}" for number in site.articles_asked[asked:]} >= wanted


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    listing = Listing(pages=100)
    window = (NEWEST - timedelta(19), NEWEST - timedelta(10))
    with serving(ListingSite(listing)) as site:
        arguments = (f"since={window[0]}", f"until={window[1]}")
        cut = crawl(site, tmp_path, *arguments, settings=("CLOSESPIDER_ITEMCOUNT=20",))
        before = keys(cut)
        assert 0 < len(before) < 30
        asked = len(site.articles_asked)
        rest = crawl(site, tmp_path, *arguments)
        assert rest.code == 0, rest.log
        assert keys(rest) == expected(listing, *window) - before
        assert {f"en/{number}" for number in site.articles_asked[asked:]}.isdisjoint(before)


def test_cards_without_dates(tmp_path: Path) -> None:
    listing = Listing(pages=200, dated=False)
    with serving(ListingSite(listing, pager="path")) as site:
        run = crawl(site, tmp_path, *MONTH)
        assert run.code == 0, run.log
        assert keys(run) == expected(listing, SINCE, UNTIL)
        assert len(listing.asked) <= 2 * math.log2(150) + 3 + 10
        # Three articles for each page of the search, all of each page of the window.
        assert len(site.articles_asked) <= 3 * 2 * math.log2(150) + 10 * 10
        assert report(run)["ways"]["window"]["sections"]["en/society"]["way"] == "seek by link_text"


def test_a_listing_without_numbers_is_walked(tmp_path: Path) -> None:
    listing = Listing(pages=25)
    window = (NEWEST - timedelta(29), NEWEST - timedelta(20))
    with serving(ListingSite(listing, pager="cursor")) as site:
        # The same days in the Solar Hijri calendar.
        run = crawl(site, tmp_path, "since=1405-07-30", "until=1405-08-09")
        assert run.code == 0, run.log
        assert keys(run) == expected(listing, *window)
        assert listing.asked == [*range(1, 13), 1]
        assert report(run)["ways"]["window"]["sections"]["en/society"]["way"] == "rel_next"


def test_a_page_that_does_not_answer_is_a_reason_to_look(tmp_path: Path) -> None:
    listing = Listing(pages=400)
    with serving(ListingSite(listing, refused={152: 500})) as site:
        run = crawl(site, tmp_path, *MONTH)
    assert run.code == 3
    verdict = report(run)["verdict"]
    assert [reason["code"] for reason in verdict["reasons"]] == ["window_incomplete"]
    assert "en/society" in verdict["reasons"][0]["message"]
    assert report(run)["ways"]["window"]["sections"]["en/society"]["unread"] == [152]
    assert keys(run) < expected(listing, SINCE, UNTIL)


def test_a_listing_that_ends_before_the_window_is_a_note(tmp_path: Path) -> None:
    listing = Listing(pages=20, beyond="last")
    with serving(ListingSite(listing)) as site:
        run = crawl(site, tmp_path, "since=2026-09-01", "until=2026-09-30")
    assert run.code == 0, run.log
    assert keys(run) == expected(listing, date(2026, 9, 1), date(2026, 9, 30))
    assert [note["code"] for note in report(run)["verdict"]["notes"]] == ["listing_ended"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "-a since=DAY, -a until=DAY or both are needed"),
        (["since=2024-02-01", "until=2024-01-01"], "is later than"),
        (["since=2024-01-01", "refresh=maybe"], "yes or no"),
        (["since=2024-13-01"], "a day is needed"),
        (["since=2024-01-01", "max_pages=3"], "no such argument"),
    ],
)
def test_bad_arguments_are_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    given = [part for value in arguments for part in ("-a", value)]
    run = scrapy(*given, "-s", "LOG_LEVEL=ERROR", spider="archive", data_dir=tmp_path)
    assert run.code == 1
    (line,) = [line for line in run.log.splitlines() if line.startswith("iranwire_crawler: ")]
    assert said in line
