"""Telling a section's label from a headline."""

from functools import cache

from iranwire_crawler.domain import site
from iranwire_crawler.domain.items import Section
from iranwire_crawler.domain.site import Edition
from iranwire_crawler.domain.text import clean, fold, letters
from iranwire_crawler.pages.blocks import Line
from iranwire_crawler.pages.embedded import matches_title
from iranwire_crawler.pages.furniture import INTERFACE_WORDS
from iranwire_crawler.pages.page import Page

LONGEST_LABEL = 40
# ASSUMED: what stands between a body's end and other articles. The stored pages show none.
_LEADING_ON = INTERFACE_WORDS | frozenset(
    map(
        fold,
        (
            *("next", "next article", "next story", "read next", "up next", "related", "related articles"),
            *("related stories", "related news", "more stories", "more news", "read more", "read also", "latest news"),
            *("you may also like", "you might also like", "recommended", "recommended for you", "leave a reply"),
            *("also read", "see also", "most read", "tags", "topics"),
            *("share this post on", "share this post"),
            *("مرتبط", "مطالب مرتبط", "اخبار مرتبط", "مطلب بعدی", "خبر بعدی", "مقاله بعدی", "بیشتر بخوانید"),
            *("همچنین بخوانید", "آخرین اخبار", "اقرأ أيضا", "اقرأ المزيد", "المقال التالي", "التالي", "ذات صلة"),
            *("برچسب‌ها", "کلیدواژه‌ها", "وسوم", "الوسوم", "پربازدیدترین", "الأكثر قراءة"),
            *("مقالات ذات صلة", "مواضيع ذات صلة", "أخبار ذات صلة"),
        ),
    )
)


def leads_on(folded: str) -> bool:
    """Whether a line (folded) leads from an article's end to what follows: `Read next`, `Related`."""
    return folded.rstrip(" :") in _LEADING_ON


def is_label(page: Page, line: Line) -> bool:
    """Short words that could name a section."""
    if not line.plain or len(line.text) > LONGEST_LABEL or page.is_interface(line) or page.is_tail(line):
        return False
    if len(line.links()) > 1 or "|" in line.text or leads_on(line.folded):
        return False
    return not line.ends_sentence and len(line.text.split()) <= 6 and any(map(str.isalpha, line.text))


def names_section(page: Page, line: Line, slug: str | None) -> bool:
    """Whether a line is a section's label: a known one, one that links to it, or the slug in words."""
    if not is_label(page, line):
        return False
    if page.edition is not None and label_slug(page.edition, line) is not None:
        return True
    return page.linked_section(line) is not None or bool(slug and letters(slug) == letters(line.text))


def section_of(page: Page, line: Line | None, slug: str | None) -> Section | None:
    """A card's section from its label and its link's address; None where it has neither."""
    if line is None:
        return Section(slug=slug, name=None) if slug else None
    return Section(slug=slug or page.linked_section(line), name=line.text)


def label_slug(edition: Edition, line: Line) -> str | None:
    """The section that an edition is known to call so."""
    if len(line.text) > LONGEST_LABEL:
        return None
    return _labels(edition.language).get(line.folded)


def known_label(page: Page, text: str) -> bool:
    """Whether the page's edition is known to call a section so."""
    return page.edition is not None and fold(text) in _labels(page.edition.language)


@cache
def _labels(language: str) -> dict[str, str]:
    sections = site.EDITIONS[language].sections.items()
    return {fold(label): slug for slug, label in sections if label is not None}


def without_kicker(page: Page, line: Line, slug: str | None) -> tuple[Line | None, Line]:
    """(label, headline) of a line that holds both, each in an element of its own; else (None, line)."""
    pieces = [piece for piece in line.pieces if not piece.text.isspace()]
    if len(pieces) < 2 or not pieces[0].inline:
        return None, line
    at = line.pieces.index(pieces[0]) + 1  # not the last: another with words follows
    label = line.part(clean(pieces[0].text), line.pieces[:at])
    headline = line.part(clean("".join([piece.text for piece in line.pieces[at:]])), line.pieces[at:])
    if not is_label(page, label):
        return None, line
    proved = pieces[0].small or names_section(page, label, slug) or label.folded in page.labels
    proved = proved or (label.link is None and page.foreign(headline) is not None)
    # `InterviewThe Judge`: no white space, and yet a reader sees two.
    beside = line.pieces[at]
    proved = proved or (beside.inline and pieces[0].text[-1:].islower() and beside.text[:1].isupper())
    return (label, headline) if proved or evidence(page, headline) > evidence(page, line) else (None, line)


def evidence(page: Page, line: Line) -> float:
    """How well a line is proved to be a headline: below 0 a known label, from 4 on by the address or the metadata."""
    score = 0.0
    if line.heading == 1:
        score += 5
    elif line.heading:
        score += 2
    if matches_title(line.text, page.metadata):
        score += 6
    written = page.slug_letters
    if written and len(line.text) > 8:
        spelled = letters(line.text)
        if spelled and (spelled.startswith(written) or written.startswith(spelled)) and len(written) > 5:
            score += 4
    if page.edition is not None and label_slug(page.edition, line) is not None:
        score -= 4
    return score
