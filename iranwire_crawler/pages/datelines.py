"""Lines that hold a date and who wrote, as most of the web prints them: `Posted on February 3, 2024 by …`.

No stored page of the site has one: its dates stand alone.
"""

import re

from iranwire_crawler.domain import dates, site
from iranwire_crawler.domain.text import fold

# In words, up to the year.
_MOST_OF_A_DATELINE = 16
_BY = frozenset(fold(word) for edition in site.EDITIONS.values() for word in edition.by)
# ASSUMED: words that lead to a date, or to what else is told of an article.
_LEADS = frozenset(
    map(
        fold,
        (
            *("on", "in", "at", "date", "posted", "posted on", "posted in", "published", "published on", "updated on"),
            *("author", "authors", "reading time", "read time", "نویسنده", "زمان مطالعه", "الكاتب", "مدة القراءة"),
            *("در", "تاریخ", "انتشار", "تاریخ انتشار", "نوشته شده در", "منتشر شده در", "ارسال شده در", "منتشر شده"),
            *("في", "بتاريخ", "نشر في", "نشرت في", "كتب في", "تاريخ النشر", "نشر"),
        ),
    )
)
_POSTED = re.compile(r"(?:posted|published|submitted|written|نوشته شده|ارسال شده|منتشر شده|نشر|كتب)\s+")
_MOST_OF_A_BYLINE = 8
_PARTICLES = frozenset("and de van von al el bin ibn of".split())
FULL_STOP = (".", "!", "?", "؟", "۔", ".”", '."', "!”", "?”")


def dateline(text: str, language: str) -> list[str] | None:
    """[date, byline] of a line that holds a date and who wrote: `Posted on February 3, 2024 by …`, `By … on …`."""
    words = text.split()
    years = [at for at, word in enumerate(words[:_MOST_OF_A_DATELINE]) if dates.YEAR.search(word)]
    for at, length in ((at, length) for at in years[:2] for length in (3, 4) if at + 1 >= length):
        before, after = words[: at + 1 - length], words[at + 1 :]
        shown = " ".join(words[at + 1 - length : at + 1]).rstrip(",،")
        if not (before or after) or dates.read_shown_date(shown, language) is None:
            continue
        lead, rest = " ".join(before), " ".join(after)
        if (not lead or leads(lead)) and (not rest or is_byline(rest)):
            return [shown, without_posted(rest)] if rest else [shown]
        if not rest and (name := _without_lead(lead)) != lead and is_byline(name):
            return [shown, without_posted(name)]
    return None


def leads(text: str) -> bool:
    """Whether a text is words that lead to a date or to a section: `Published on`, `in`."""
    return fold(text).rstrip(" :") in _LEADS


def _without_lead(text: str) -> str:
    """A byline without the words that lead from it to the date: `By Mahin Ostovar on`."""
    words = text.split()
    return " ".join(words[:-1]) if leads(words[-1]) else text.rstrip(" ,،")


def is_byline(text: str) -> bool:
    """Whether a text says whom an article is by, and nothing else."""
    words = without_posted(text).split()
    if not 2 <= len(words) <= _MOST_OF_A_BYLINE or fold(words[0]).rstrip(":") not in _BY:
        return False
    names = words[1:]
    # `Solmaz E.` ends no sentence.
    stops = text.endswith(FULL_STOP) and len(names[-1]) > len("E.")
    return not stops and all(
        not any(map(str.isdigit, name)) and (not name[0].islower() or name in _PARTICLES) for name in names
    )


def without_posted(text: str) -> str:
    """`Posted by …`, `Submitted by …`: from `by` on."""
    posted = _POSTED.match(fold(text))
    return " ".join(text.split()[len(posted[0].split()) :]) if posted else text


def names_who(text: str) -> bool:
    """Whether a text is a word that a name follows: `By`."""
    return fold(text).strip(" :") in _BY
