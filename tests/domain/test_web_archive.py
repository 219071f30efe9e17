"""Where a web archive's lists and captures lie, and which capture is taken."""

from datetime import date

import pytest

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.web_archive import INTERNET_ARCHIVE, Capture, CaptureSearch, Query, WebArchive
from iranwire_crawler.domain.window import Window

URL = "https://iranwire.com/en/society/11-a-report/"


@pytest.mark.parametrize(
    ("cdx_url", "capture"),
    [
        (INTERNET_ARCHIVE, f"https://web.archive.org/web/20240105100000id_/{URL}"),
        ("http://127.0.0.1:8080/news/cdx", f"http://127.0.0.1:8080/news/20240105100000id_/{URL}"),
    ],
)
def test_where_captures_lie(cdx_url: str, capture: str) -> None:
    archive = WebArchive.of(cdx_url)
    assert archive.capture_address(Capture("20240105100000", URL, "200", "text/html")) == capture
    assert archive.list_address(Query("iranwire.com/en/", date(2024, 1, 5), date(2024, 2, 1)), 50) == (
        f"{cdx_url}?url=iranwire.com/en/&matchType=prefix&output=json&from=20240105&to=20240201&limit=50"
    )
    assert len(archive.hosts) == 1


@pytest.mark.parametrize(
    ("cdx_url", "capture_url"),
    [
        ("ftp://example.org/cdx", None),
        ("https://[/cdx", None),
        ("https://user@example.org/cdx", None),
        ("https://example.org/list", None),
        ("https://example.org/cdx", "https://example.org/{url}"),
    ],
)
def test_what_cannot_be_used(cdx_url: str, capture_url: str | None) -> None:
    with pytest.raises(ArgumentError):
        WebArchive.of(cdx_url, capture_url)


def search(**changes: object) -> CaptureSearch:
    values = {"window": Window(date(2024, 1, 1), date(2024, 1, 31)), "languages": ("en",), "sections": None,
              "lag": 60, "limit": 10, "today": date(2026, 11, 25), **changes}  # fmt: skip
    return CaptureSearch(**values)  # type: ignore[arg-type]


def test_the_lists_that_are_asked_for() -> None:
    queries = search(sections=frozenset({"society"})).queries()
    assert [query.prefix for query in queries] == [
        "iranwire.com/en/society/", "prod.iranwire.com/en/society/", "stg.iranwire.com/en/society/",
    ]  # fmt: skip
    assert {(query.since, query.until) for query in queries} == {(date(2024, 1, 1), date(2024, 3, 31))}
    assert search(window=Window(None, date(2024, 1, 31))).queries()[0].since == date(1996, 1, 1)
    assert search(window=Window(date(2024, 1, 1), None)).queries()[0].until == date(2026, 11, 25)
    assert search(window=Window(date(2027, 1, 1), None)).queries() == []


def test_the_newest_good_capture_of_each_article_is_taken() -> None:
    looked = search()
    query = looked.queries()[0]
    good = Capture("20240301000000", "http://www.iranwire.com:80/en/society/11/?ref=x", "200", "text/html")
    looked.tell(query, [
        Capture("20240105100000", URL, "200", "text/html"), good,
        Capture("20240302000000", URL, "404", "text/html"),
        Capture("20240303000000", URL, "200", "image/png"),
        Capture("2024030400", URL, "200", "text/html"),
        Capture("20240305000000", "https://iranwire.com/fa/society/12/", "200", "text/html"),
        Capture("20240305000000", "https://example.org/en/society/12/", "200", "text/html"),
    ])  # fmt: skip
    assert looked.newest == {"en/11": good}


def test_a_list_that_is_too_long_is_taken_in_halves_down_to_a_day() -> None:
    looked = search(sections=frozenset({"society"}), limit=3)
    waiting = looked.queries()
    full = [Capture("20240105100000", URL, "200", "text/html")] * 3
    asked = []
    while waiting:
        query = waiting.pop()
        asked.append(query)
        crowded = query.prefix.startswith("iranwire") and query.since <= date(2024, 1, 5) <= query.until
        waiting += looked.tell(query, full if crowded else [])
    assert looked.is_done
    assert looked.lost == ["iranwire.com/en/society/ 2024-01-05..2024-01-05"]
    assert looked.asked == len(asked) < 3 + 2 * 8


def test_a_list_that_does_not_come_is_told() -> None:
    looked = search()
    for query in looked.queries():
        looked.tell(query, None)
    assert looked.is_done
    assert len(looked.lost) == 3
