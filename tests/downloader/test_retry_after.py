"""RetryAfter: its reading of the header by property, its pauses in real crawls."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from downloader.crawl_probe import OWN, RETRY, ROBOTS, Crawl, Reply, crawl, serving, to
from hypothesis import assume, given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from iranwire_crawler.downloader.retry_after import LONGEST_BELIEVED, RetryAfter, retry_after_seconds

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AGAIN = {"DOWNLOADER_MIDDLEWARES": RETRY}


@given(st.one_of(st.text(), st.binary(), st.text("0123456789 ,:+-.SunNovGMT", max_size=40)))
def test_any_header_gives_seconds_or_none(header: str | bytes):
    seconds = retry_after_seconds(header, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_BELIEVED


@given(st.datetimes(timezones=st.just(UTC)))
def test_any_date_gives_seconds_or_none(when: datetime):
    assume(when.year >= 100)  # otherwise read as a year of two digits, as in the RFC 850 form
    seconds = retry_after_seconds(format_datetime(when, usegmt=True), NOW)
    wait = (when.replace(microsecond=0) - NOW).total_seconds()
    assert seconds == (wait if 0 <= wait <= LONGEST_BELIEVED else None)


@given(st.integers())
def test_any_number_gives_seconds_or_none(number: int):
    expected = number if 0 <= number <= LONGEST_BELIEVED else None
    assert retry_after_seconds(str(number), NOW) == expected


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120),
        (b" 120 ", 120),
        ("0", 0),
        ("-5", None),
        ("1.5", None),
        ("1e3", None),
        ("9" * 5000, None),
        ("۱۲۰", None),
        ("soon", None),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90),
        ("Sunday, 22-Nov-26 12:01:30 GMT", 90),
        ("Sun Nov 22 12:01:30 2026", 90),
        ("Sun, 22 Nov 2026 15:31:30 +0330", 90),
        ("Sun, 22 Nov 2026 11:59:59 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Sun, 99 Nov 2026 99:99:99 GMT", None),
        ("Sun, 22 Nov 2026 12:01:30 +99999999", None),
    ],
)
def test_headers(header: str | bytes | None, seconds: float | None):
    assert retry_after_seconds(header, NOW) == seconds


def busy(header: str | None, status: int = 429) -> Reply:
    return Reply(status=status, headers={} if header is None else {"Retry-After": header})


def test_nothing_is_sent_during_a_pause():
    """Requests queued in the slot and requests yet to come wait; other hosts' slots do not."""
    slow = {"DOWNLOAD_DELAY": 0.05, "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "RETRY_AFTER_MAX": 10}
    both = {
        "/robots.txt": [busy("1"), Reply(body=b"")],
        "/0": [busy("2"), Reply()],
        "/1": [busy("1"), Reply()],
    }
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=4), usegmt=True)
    with (
        # A slow answer: the next page's turn has come when it is there.
        serving({"/0": [replace(busy("2", 503), seconds=0.3), Reply()]}) as site,
        serving() as other,
        serving({"/0": [busy(date), Reply()]}) as dated,
        serving(both) as at_once,
    ):
        elsewhere = [{"url": other.url(f"/{n}"), "meta": {"download_slot": "other"}} for n in range(5)]
        until = [{"url": dated.url(f"/{n}"), "meta": {"download_slot": "dated"}} for n in range(4)]
        pages = [site.url(f"/{n}") for n in range(30)]
        crawls = [
            Crawl([pages[0], *until, *elsewhere, *pages[1:]], AGAIN | slow),
            Crawl(
                [at_once.url(f"/{n}") for n in range(20)],
                {"ROBOTSTXT_OBEY": True, "DOWNLOADER_MIDDLEWARES": RETRY | ROBOTS},
            ),
        ]
        told, told_at_once = (each.account() for each in crawls)

        assert len(told.fetched) == 39
        assert {page["status"] for page in told.fetched} == {200}
        assert site.paths().index("/0") == 0
        assert site.gaps()[0] > 1.9
        assert max(site.gaps()[1:]) < 1.5
        assert max(at for at, _ in other.hits) < site.hits[1][0]
        assert told.stats["retry_after/waits"] == 2
        assert told.stats["retry/count"] == 2
        waited_for_date = told.stats["retry_after/seconds"] - 2
        assert dated.paths()[0] == "/0"
        assert dated.gaps()[0] == pytest.approx(waited_for_date, abs=0.5)

        # Eight pages at a time and no delay: the rest of the first burst is under way when "/0" is refused,
        # and "/1", which asks for less, does not cut the pause short.
        assert len(told_at_once.fetched) == 20
        assert at_once.paths()[:2] == ["/robots.txt", "/robots.txt"]
        assert at_once.gaps()[0] > 0.9
        assert sum(gap > 1.5 for gap in at_once.gaps()) == 1
        assert told_at_once.stats["retry_after/seconds"] == pytest.approx(1 + 2, abs=0.2)


def test_giving_up_and_backing_off():
    """One crawl of three hosts, each in its own slot."""
    with (
        serving({"/long": [busy("3600")], "/longer": [busy("99999999", 503)]}) as long,
        serving({"/0": [busy(None, 503), busy("garbage"), busy("-4", 503)]}) as silent,
        serving({"/0": [Reply(status=500)], "/1": [busy("1", 500)]}) as failing,
    ):
        asked = [
            (long, "/long"),
            (long, "/longer"),
            (long, "/a"),
            (silent, "/0"),
            (failing, "/0"),
            (failing, "/1"),
        ]
        told = crawl(
            [{"url": site.url(path), "meta": {"download_slot": site.netloc}} for site, path in asked],
            AGAIN | {"RETRY_BACKOFF": 0.4, "RETRY_BACKOFF_MAX": 0.5},
        )
        # 99999999 seconds are more than a year: no sense, so two retries follow, and the one after robots.txt.
        assert long.paths().count("/long") == 1
        assert long.paths().count("/longer") == 4
        assert told.stats["retry_after/too_long"] == 1
        assert "more than RETRY_AFTER_MAX" in told.log

        # Before a page is given up, robots.txt tells whether the host is there: one more try, and no outage.
        assert silent.paths() == ["/0", "/0", "/0", "/robots.txt", "/0", "/robots.txt"]
        assert silent.gaps()[0] > 0.3
        assert silent.gaps()[1] > 0.4

        # 500 is retried as in Scrapy: at once.
        assert len(failing.hits) == 6
        assert told.stats["retry_after/waits"] == 4
        assert told.stats["retry_after/seconds"] == pytest.approx(4 * 0.45, abs=0.1)
        assert told.stats["retry/max_reached"] == 6
        assert sorted(page["status"] for page in told.fetched) == [200, 429, 500, 500, 503, 503]


def test_pause_follows_the_host_and_yields_to_the_end():
    """A redirect to another host leaves its slot, which Scrapy would keep; a closing crawl does not wait."""
    with (
        serving({"/b": [busy("2"), Reply()]}) as there,
        serving({"/a": to(there.url("/b"))}) as here,
        serving({"/0": [busy("300")]}) as closing,
    ):
        elsewhere = here.netloc.replace("127.0.0.1", "localhost")
        crawls = [
            Crawl(
                [f"http://{elsewhere}/a"],
                {"DOWNLOADER_MIDDLEWARES": RETRY | OWN, "OWN_HOSTS": [elsewhere, there.netloc]},
            ),
            Crawl(
                [closing.url(f"/{n}") for n in range(9)],
                AGAIN | {"DOWNLOAD_DELAY": 0.1, "CLOSESPIDER_TIMEOUT": 2},
            ),
        ]
        told, told_closing = (each.account() for each in crawls)
        assert [page["slot"] for page in told.fetched] == ["127.0.0.1"]
        assert "127.0.0.1 is left alone" in told.log
        assert there.paths() == ["/b", "/b"]
        assert there.gaps()[0] > 1.9

        assert told_closing.reason == "closespider_timeout"
        assert told_closing.stats["elapsed_time_seconds"] < 30
        assert told_closing.stats["retry_after/dropped"] == 9
        assert closing.paths() == ["/0"]
        # So that the downloader's clean-up of idle slots does not forget the pause.
        assert told_closing.slots["127.0.0.1"]["seen"] > 200


def test_saved_answers_never_pause():
    """Out of the HTTP cache; no engine is needed to see that no slot is touched."""
    crawler = get_crawler(settings_dict={"RETRY_TIMES": 0})
    crawler.spider = crawler._create_spider("probe")
    saved = Response("https://iranwire.com/", status=503, headers={"Retry-After": "5"}, flags=["cached"])
    answer = RetryAfter.from_crawler(crawler).process_response(Request(saved.url), saved)
    assert asyncio.run(answer) is saved
