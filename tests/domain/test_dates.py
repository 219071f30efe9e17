"""Dates and reading times in the three editions' forms, to the right day or to none."""

import re
from datetime import date, datetime, time, timedelta, timezone

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.domain.dates import jalali, read_declared, read_labelled_date, read_minutes, read_shown_date
from iranwire_crawler.domain.items import ISO_DATE_OR_DATE_TIME, JALALI_DATE

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
JALALI_MONTHS = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]
ENGLISH_MONTHS = ("January February March April May June July August September October November December").split()


@pytest.mark.parametrize(
    ("language", "line", "day"),
    [
        ("en", "February 3, 2024", date(2024, 2, 3)),
        ("en", "February 29, 2024", date(2024, 2, 29)),
        ("en", "February 29, 2023", None),
        ("fa", "۱۱ بهمن ۱۴۰۲", date(2024, 1, 31)),
        ("fa", "۲۲ مهر ۱۴۰۱", date(2022, 10, 14)),
        ("fa", "۱ فروردین ۱۴۰۳", date(2024, 3, 20)),
        ("fa", "۳۰ اسفند ۱۴۰۳", date(2025, 3, 20)),
        ("fa", "۳۰ اسفند ۱۴۰۲", None),
        ("fa", "۳۱ مهر ۱۴۰۲", None),
        ("fa", "۲۵ دي ۱۳۹۴", date(2016, 1, 15)),
        ("ar", "3 أغسطس 2022", date(2022, 8, 3)),
        ("ar", "18 فبراير 2023", date(2023, 2, 18)),
        ("ar", "٣١ أبريل ٢٠٢٣", None),
    ],
)
def test_shown_dates(language: str, line: str, day: date | None) -> None:
    shown = read_shown_date(line, language)
    assert shown is not None
    assert (shown.raw, shown.day) == (line, day)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "July 2:"),
        ("en", "On February 3, 2024"),
        ("en", "February 26 - March 4, 2021:"),
        ("en", "Smarch 3, 2024"),
        ("en", "03/02/2024"),
        ("fa", "۲۵دی۱۴۰۲"),
        ("fa", "در ۱۱ بهمن ۱۴۰۲"),
        ("ar", "3 شيء 2022"),
        ("tr", "February 3, 2024"),
    ],
)
def test_other_lines_are_no_dates(language: str, line: str) -> None:
    assert read_shown_date(line, language) is None


@given(st.dates(date(1921, 4, 1), date(2120, 1, 1)))
def test_every_day_comes_back(day: date) -> None:
    english = f"{ENGLISH_MONTHS[day.month - 1]} {day.day}, {day.year}"
    solar = jdatetime.date.fromgregorian(date=day)
    persian = f"{solar.day} {JALALI_MONTHS[solar.month - 1]} {solar.year}".translate(PERSIAN)
    for language, line in (("en", english), ("fa", persian)):
        shown = read_shown_date(line, language)
        assert shown is not None
        assert shown.day == day
    assert jalali(day) == f"{solar.year:04}-{solar.month:02}-{solar.day:02}"


@given(st.text(max_size=60), st.sampled_from(["en", "fa", "ar", "xx"]))
def test_any_line_is_a_date_or_none(line: str, language: str) -> None:
    read_shown_date(line, language)
    read_minutes(line, language)
    read_declared(line)


@pytest.mark.parametrize(
    ("language", "line", "minutes"),
    [
        ("en", "2 min read", 2),
        ("en", "94 min read", 94),
        ("fa", "خواندن در ۱۳ دقیقه", 13),
        ("ar", "٣ دقيقة للقراءة", 3),
        ("en", "a 3 min read for all", None),
        ("fa", "2 min read", None),
    ],
)
def test_reading_times(language: str, line: str, minutes: int | None) -> None:
    assert read_minutes(line, language) == minutes


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Published: February 3, 2024", date(2024, 2, 3)),
        ("A headline of some words (February 3, 2024)", date(2024, 2, 3)),
        ("It was signed on February 3, 2024", None),
        ("February 3, 2024", None),
    ],
)
def test_a_cards_date_may_be_labelled_or_bracketed(line: str, day: date | None) -> None:
    found = read_labelled_date(line, "en")
    assert (found.day if found else None) == day


def test_a_declared_moment_is_a_day_in_its_own_zone_utc_or_tehran() -> None:
    late = read_declared("2024-02-02T21:30:00Z")
    assert late is not None
    assert late.is_on(date(2024, 2, 2))
    assert late.is_on(date(2024, 2, 3))
    assert not late.is_on(date(2024, 2, 4))
    assert late.iso == "2024-02-02T21:30:00Z"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-02-03", "2024-02-03"),
        ("2024-02-03T08:15:00", "2024-02-03"),
        ("2024-02-03 08:15:00+03:30", "2024-02-03T08:15:00+03:30"),
        ("2024-02-03T08:15:00.250Z", "2024-02-03T08:15:00.250Z"),
        ("2024-02-03T08:15:44+03:25:44", "2024-02-03T04:50:00+00:00"),
        ("0001-01-01T00:00:00+03:25:44", None),
        ("yesterday", None),
    ],
)
def test_declared_dates(text: str, iso: str | None) -> None:
    declared = read_declared(text)
    assert (declared.iso if declared else None) == iso


@given(st.dates(), st.times(), st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
def test_no_day_and_no_moment_is_more_than_the_record_holds(day: date, time: time, offset: timedelta) -> None:
    solar = jalali(day)
    assert solar is None or re.match(JALALI_DATE, solar)
    for zone in (None, timezone(offset), timezone(timedelta(minutes=offset // timedelta(minutes=1)))):
        declared = read_declared(datetime.combine(day, time, zone).isoformat())
        assert declared is None or re.match(ISO_DATE_OR_DATE_TIME, declared.iso)
