"""Dates and reading times in the forms the site shows; anything else is not guessed at.

SEEN forms: `February 3, 2024` (en, Gregorian), `۱۱ بهمن ۱۴۰۲` (fa, Solar Hijri, Persian digits),
`3 أغسطس 2022` (ar, Gregorian, western digits, Egyptian month names); `2 min read`,
`خواندن در ۱۳ دقیقه`, `٣ دقيقة للقراءة`. Any of the three digit systems is read in any of them.
Spelling variants and Gregorian month names in Persian are accepted besides: each names one month
of one calendar and nothing else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jdatetime

from iranwire_crawler.domain.text import fold, western_digits

_EN = ("january february march april may june july august september october november december").split()
_JALALI = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]
_FA = ["ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"]
_AR = ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]
_LEVANT = ("كانون الثاني,شباط,آذار,نيسان,أيار,حزيران,تموز,آب,أيلول,تشرين الأول,تشرين الثاني,كانون الأول").split(",")


def _months(*names: list[str]) -> dict[str, int]:
    return {fold(name): number for table in names for number, name in enumerate(table, start=1)}


_JALALI_MONTHS = _months(_JALALI) | {fold("امرداد"): 5}
_GREGORIAN_MONTHS: Mapping[str, Mapping[str, int]] = {
    "en": _months(_EN),
    "fa": _months(_FA) | {fold("می"): 5, fold("ژوییه"): 7, fold("جولای"): 7, fold("آگوست"): 8, fold("ژوین"): 6},
    "ar": _months(_AR, _LEVANT) | {fold("يونيه"): 6, fold("يوليه"): 7, fold("إبريل"): 4},
}
_MONTH_DAYYEAR = re.compile(r"([a-z]+) ([0-9]{1,2}), ?([0-9]{4})")
_DAY_MONTHYEAR = re.compile(r"([0-9]{1,2}) ([^0-9,]{2,20}) ([0-9]{4})")
_MINUTES: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"([0-9]{1,3}) min(?:s|utes?)? read"),
    "fa": re.compile(fold("خواندن در") + r" ([0-9]{1,3}) " + fold("دقیقه")),
    "ar": re.compile(rf"([0-9]{{1,3}}) (?:{fold('دقيقة')}|{fold('دقائق')}) {fold('للقراءة')}"),
}
_LONGEST_LINE = 40
# ASSUMED: labels of the day on which an article was changed.
_UPDATED = re.compile(r"updated|modified|edited|به.?روز|ویرایش|تحديث|تعديل", re.IGNORECASE)
_DIGIT = re.compile("[0-9۰-۹٠-٩]")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]{6,40})[)\]]\s*$")
_LONGEST_LABELLED = 240
# Digits as `western_digits` knows them; the first is looked for in a fifth of the time that any digit takes.
YEAR = re.compile(r"[0-9۰-۹٠-٩]\d\d\d")
_RFC_3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TEHRAN = ZoneInfo("Asia/Tehran")


@dataclass(frozen=True, slots=True)
class ShownDate:
    """A date line. `day` is None where the line has a date's form but names no day that exists."""

    raw: str
    day: date | None


def read_shown_date(line: str, language: str) -> ShownDate | None:
    """The date that `line`, and nothing but `line`, shows in the edition's form; None if it is none."""
    if len(line) > _LONGEST_LINE or not YEAR.search(line):
        return None
    folded = western_digits(fold(line))
    if language == "en":
        match = _MONTH_DAYYEAR.fullmatch(folded)
        if match and match[1] in _GREGORIAN_MONTHS["en"]:
            return ShownDate(line, _day(int(match[3]), _GREGORIAN_MONTHS["en"][match[1]], int(match[2])))
        return None
    match = _DAY_MONTHYEAR.fullmatch(folded)
    if not match:
        return None
    day, month, year = int(match[1]), match[2], int(match[3])
    if language == "fa" and month in _JALALI_MONTHS:
        return ShownDate(line, _jalali_day(year, _JALALI_MONTHS[month], day))
    number = _GREGORIAN_MONTHS.get(language, {}).get(month)
    return ShownDate(line, _day(year, number, day)) if number else None


def read_labelled_date(line: str, language: str) -> ShownDate | None:
    """The date of a short line that labels or brackets it: `Published: February 3, 2024`, `Title (…)`.

    For cards only: in an article a sentence may end so.
    """
    if len(line) > _LONGEST_LABELLED or not YEAR.search(line):
        return None
    bracketed = _BRACKETED.search(line)
    if bracketed is None and _UPDATED.search(line):
        return None
    part = bracketed[1] if bracketed else line.rpartition(":")[2]
    return read_shown_date(part.strip(), language) if part != line else None


def read_minutes(line: str, language: str) -> int | None:
    """The minutes that `line`, and nothing but `line`, gives as reading time; None if it is none."""
    form = _MINUTES.get(language)
    if form is None or len(line) > _LONGEST_LINE or not _DIGIT.search(line):
        return None
    match = form.fullmatch(western_digits(fold(line)))
    return int(match[1]) if match else None


def split_meta_line(line: str, language: str) -> list[str] | None:
    """The parts of a line that begins with a date and ends with a reading time: [date, …, reading time].

    None for every other line: a sentence may begin with a date, but does not end so.
    """
    words = line.split()
    if not 5 <= len(words) <= 30:
        return None
    for start in (3, 4):
        for length in (3, 4):
            head, tail = " ".join(words[:start]), " ".join(words[-length:])
            if read_minutes(tail, language) is not None and read_shown_date(head, language) is not None:
                return [part for part in (head, " ".join(words[start:-length]), tail) if part]
    return None


def utc_text(moment: datetime) -> str:
    """`2024-02-03T10:11:12Z`: RFC 3339, in UTC, to the second. `moment` has a zone."""
    return moment.astimezone(UTC).isoformat()[:19] + "Z"


@lru_cache(maxsize=4096)
def jalali(day: date) -> str | None:
    """`1402-11-14` for 2024-02-03; None outside the years 1200 to 1499, as in the record."""
    try:
        converted = jdatetime.date.fromgregorian(date=day)
    except ValueError:
        return None
    return str(converted.isoformat()) if 1200 <= converted.year < 1500 else None


@dataclass(frozen=True, slots=True)
class DeclaredDate:
    """A date from a page's metadata: a day, or a moment where it has a time and a zone."""

    text: str
    day: date
    moment: datetime | None

    @property
    def iso(self) -> str:
        """As the record holds it: as declared where that is RFC 3339 already, else written so."""
        if self.moment is None:
            return self.day.isoformat()
        return self.text if _RFC_3339.fullmatch(self.text) else self.moment.isoformat(timespec="seconds")

    def is_on(self, shown: date) -> bool:
        """Whether this is the day that the page shows.

        The zone in which the site shows its dates is not known; a moment counts as the shown day
        where it is that day in its own zone, in UTC or in Tehran.
        """
        if self.day == shown or self.moment is None:
            return self.day == shown
        try:
            return shown in (self.moment.astimezone(UTC).date(), self.moment.astimezone(_TEHRAN).date())
        except (OverflowError, ValueError):
            return False


def read_declared(text: str) -> DeclaredDate | None:
    """An ISO 8601 date, or date-time, from a page's metadata; None if it is neither.

    A day with a year below 1600 is a Solar Hijri one, as in `read_day`.
    """
    text = text.strip()
    if len(text) > _LONGEST_LINE:
        return None
    try:
        if _ISO_DAY.fullmatch(text):
            day = read_day(text)
            return DeclaredDate(text, day, None) if day is not None else None
        moment = datetime.fromisoformat(text)
        offset = moment.utcoffset()
        if offset is None:
            return DeclaredDate(text, moment.date(), None)
        # RFC 3339 has no seconds in an offset: a local mean time, as Tehran's +03:25:44, is written in UTC.
        return DeclaredDate(text, moment.date(), moment.astimezone(UTC) if offset % timedelta(minutes=1) else moment)
    except (ValueError, OverflowError):
        return None


def read_day(text: str) -> date | None:
    """`2024-02-03`, or `1402-11-14` as a Solar Hijri day (years up to 1599); None for anything else."""
    text = western_digits(text.strip())
    if not _ISO_DAY.fullmatch(text):
        return None
    year, month, day = (int(part) for part in text.split("-"))
    return _jalali_day(year, month, day) if year < 1600 else _day(year, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _jalali_day(year: int, month: int, day: int) -> date | None:
    try:
        return jdatetime.date(year, month, day).togregorian()  # type: ignore[no-any-return]
    except ValueError:
        return None
