"""`scrapy crawl archive -a source=…,wayback` against a real pywb."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from crawling import Run, scrapy
from listing_site import ListingSite, serving
from numbered_listing import Entry, Listing
from pywb_server import Captured, pywb

QUICK = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False", "RETRY_TIMES=0", "CONTACT=test@example.org")
NEWEST = date(2026, 11, 20)
UNTIL = NEWEST - timedelta(30)
SINCE = UNTIL - timedelta(4)
OTHER_FORM = "http://www.iranwire.com/en/society/"


def crawl(data_dir: Path, site: ListingSite, archive: str, *arguments: str, settings: tuple[str, ...] = ()) -> Run:
    wanted = (f"since={SINCE}", f"until={UNTIL}", "lang=en", "sections=society", *arguments)
    values = (f"SITE_URL={site.url}", f"CDX_URL={archive}/cdx", *QUICK, *settings)
    given = [part for each in wanted for part in ("-a", each)] + [part for each in values for part in ("-s", each)]
    return scrapy(*given, spider="archive", data_dir=data_dir)


def report(run: Run) -> dict[str, Any]:
    assert run.folder is not None, run.log
    return json.loads((run.folder / "run.json").read_text(encoding="utf-8"))


def test_what_the_site_has_no_longer_comes_from_the_archive(tmp_path: Path) -> None:
    listing = Listing(pages=20)
    site = ListingSite(listing)
    gone = [Entry(5000 + n, SINCE + timedelta(n), None) for n in range(3)]
    there = next(entry for entry in listing.entries if entry.day == SINCE)
    elsewhen = Entry(5010, UNTIL + timedelta(9), None)
    captures = [
        # Two captures of one article under two forms of its address: the newest good one is read.
        Captured(f"{gone[0].day}T10:00:00Z", site_url(gone[0]), b"<html><h1>A first version</h1></html>"),
        Captured("2026-11-01T08:09:10Z", f"{OTHER_FORM}{gone[0].id}/?ref=x", site.page_of(gone[0])),
        Captured("2026-11-02T08:09:10Z", site_url(gone[0]), b"<html>Bad gateway</html>", "502 Bad Gateway"),
        Captured("2026-11-03T00:00:00Z", f"https://stg.iranwire.com/en/society/{gone[1].id}-b/", site.page_of(gone[1])),
        Captured("2026-11-03T00:00:01Z", site_url(gone[2]).replace("society", "blogs"), site.page_of(gone[2])),
        Captured("2026-11-03T00:00:02Z", site_url(there), site.page_of(there)),
        Captured("2026-11-03T00:00:03Z", site_url(elsewhen), site.page_of(elsewhen)),
        Captured("2026-11-03T00:00:04Z", "https://iranwire.com/en/society/", b"<html>a listing</html>"),
        Captured("2020-01-01T00:00:00Z", "https://iranwire.com/en/society/4000-old/", b"<html>before</html>"),
    ]
    with serving(site), pywb(tmp_path, captures) as archive:
        data = tmp_path / "data"
        # Lists of at most three captures: they are taken in shorter and shorter stretches of time.
        both = crawl(data, site, archive, "source=site,wayback", settings=("CDX_LIMIT=4",))
        assert both.code == 0, both.log
        records = {record["key"]: record for record in both.lines("articles.jsonl")}
        from_site = {f"en/{number}" for number in listing.published(SINCE, UNTIL)}
        assert {key for key, record in records.items() if record["source"] == "live"} == from_site
        # A section that was not asked for and a day outside the window stay out.
        assert records.keys() - from_site == {f"en/{gone[0].id}", f"en/{gone[1].id}"}

        first = records[f"en/{gone[0].id}"]
        assert first["source"] == "wayback"
        assert first["fetched_at"] == "2026-11-01T08:09:10Z"
        assert first["url"] == f"https://iranwire.com/en/society/{gone[0].id}/"
        captured_as = f"{OTHER_FORM}{gone[0].id}/?ref=x"
        assert first["fetched_url"] == f"{archive}/20261101080910id_/{captured_as}"
        assert first["headline"].endswith(str(gone[0].id))
        assert first["date_published"] == gone[0].day.isoformat()
        told = report(both)["ways"]["window"]["captures"]
        assert told["complete"]
        assert told["lists"] > 3
        assert (told["articles"], told["unread"]) == (4, [])

        # What is known is not fetched again, from neither.
        again = crawl(data, site, archive, "source=wayback")
        assert again.lines("articles.jsonl") == []
        assert report(again)["counts"]["known"] == 3
        assert report(again)["verdict"]["status"] == "sound"

        # A list that does not come is a reason to look.
        lost = crawl(tmp_path / "other", site, site.url, "source=wayback")
        assert lost.code == 3
        assert "window_incomplete" in {reason["code"] for reason in report(lost)["verdict"]["reasons"]}


def test_a_cdx_server_of_unknown_form_needs_the_captures_address(tmp_path: Path) -> None:
    run = scrapy("-a", "since=2024-01-01", "-a", "source=wayback", "-s", "CDX_URL=https://example.org/list",
                 spider="archive", data_dir=tmp_path)  # fmt: skip
    assert run.code == 1
    assert "set CAPTURE_URL too" in run.log
    assert "Traceback" not in run.log


def site_url(entry: Entry) -> str:
    return f"https://iranwire.com/en/society/{entry.id}-a-report/"
