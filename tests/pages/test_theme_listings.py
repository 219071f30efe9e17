"""One card in each of the forms that the web's usual themes give it."""

import pytest

from iranwire_crawler.pages.section import SectionPage

BAKERY = "A Bakery With Two Doors"
OTHER = "<article><h2><a href=/{language}/features/150002/>Night Nurses Count the Beds</a></h2></article>"
MENU = "<nav><ul><li><a href=/{language}/features/>{label}</a></li></ul></nav>"
LABELS = {"en": "Features", "fa": "گزارش", "ar": "تقارير"}
ROYA = "<a href=/en/author/r/ rel=author>Roya Safavi</a>"
FEATURES = "<a href=/en/features/ rel='category tag'>Features</a>"
EXCERPT = "It began with a letter, and the letter was never answered by anyone in the ministry […]"
TIMES = (
    "<time class=updated datetime=2024-02-09T10:00:00+00:00>February 9, 2024</time>"
    "<time class='entry-date published' datetime=2024-02-03T10:00:00+00:00>February 3, 2024</time>"
)

# What stands below the headline: (label, authors). The day is February 3, 2024, always.
EN: dict[str, tuple[str | None, list[str]]] = {
    "<p>Posted by Roya Safavi on February 3, 2024</p>": (None, ["Roya Safavi"]),
    "<p>Posted on February 3, 2024</p>": (None, []),
    "<p>February 3, 2024 by Roya Safavi</p>": (None, ["Roya Safavi"]),
    "<p>February 3, 2024 by Solmaz E.</p>": (None, ["Solmaz E."]),
    "<p>By Roya Safavi, February 3, 2024</p>": (None, ["Roya Safavi"]),
    f"<p><time>February 3, 2024</time> by {ROYA}</p>": (None, ["Roya Safavi"]),
    f"<p><time>February 3, 2024</time> by {ROYA} and <a href=/en/author/k/ rel=author>Kian Saberi</a></p>": (
        None,
        ["Roya Safavi", "Kian Saberi"],
    ),
    f"<p>By {ROYA} on <time>February 3, 2024</time></p>": (None, ["Roya Safavi"]),
    "<p><span>Submitted by <span>Roya Safavi</span> on February 3, 2024</span></p>": (None, ["Roya Safavi"]),
    "<p><i></i> by Roya Safavi <i></i> February 3, 2024</p>": (None, ["Roya Safavi"]),
    "<p><span>Roya Safavi</span> <span>February 3, 2024</span></p>": (None, ["Roya Safavi"]),
    "<p>Roya Safavi | February 3, 2024</p>": (None, ["Roya Safavi"]),
    "<p>February 3, 2024 · 4 min read · Roya Safavi</p>": (None, ["Roya Safavi"]),
    f"<div><span>{TIMES}</span><span> by {ROYA}</span></div>": (None, ["Roya Safavi"]),
    f"<p>February 3, 2024 in {FEATURES}</p>": ("Features", []),
    f"<p>February 3, 2024</p><p>Filed Under: {FEATURES}</p>": ("Features", []),
    f"<p>February 3, 2024</p><p><span>in </span>{FEATURES}</p>": ("Features", []),
    "<p>February 3, 2024 • in Features</p>": ("Features", []),
    f"<p>Posted on <time>February 3, 2024</time> In {FEATURES}</p>": ("Features", []),
    "<p><span>by <a href=/en/author/x>Roya Safavi</a></span> <span>published</span> February 3, 2024</p>": (
        None,
        ["Roya Safavi"],
    ),
    "<p>February 3, 2024</p><footer><a href=#>Share</a></footer>": (None, []),
    f"<p>{EXCERPT}</p><p>February 3, 2024</p>": (None, []),
    "<h3>Notes from a border town</h3><p>February 3, 2024</p>": (None, []),
}
FA = {
    "<p>نوشته شده در ۱۴ بهمن ۱۴۰۲ توسط رؤیا صفوی</p>": (None, ["رؤیا صفوی"]),
    "<p>نوشته شده توسط رؤیا صفوی در ۱۴ بهمن ۱۴۰۲</p>": (None, ["رؤیا صفوی"]),
    "<p>۱۴ بهمن ۱۴۰۲</p><p>روایت سه کولبر از مرز</p>": (None, []),
    "<p><span>۱۴ بهمن ۱۴۰۲</span><span>•</span><span>در گزارش</span></p>": ("گزارش", []),
}
AR = {
    "<p>نُشر في 3 فبراير 2024</p>": (None, []),
    "<p>نشر بواسطة رنا خوري في 3 فبراير 2024</p>": (None, ["رنا خوري"]),
    "<p>3 فبراير 2024</p><p>حكاية من بلدة حدودية</p>": (None, []),
}
CARDS = [(language, *case) for language, cases in (("en", EN), ("fa", FA), ("ar", AR)) for case in cases.items()]


def read(card: str, language: str = "en") -> tuple[str | None, str | None, str | None, list[str]]:
    before = (MENU + OTHER).format(language=language, label=LABELS[language])
    body = f"<!doctype html><meta charset=utf-8><body>{before}{card}".encode()
    page = SectionPage(body, f"https://iranwire.com/{language}/features/")
    _, found = page.cards
    label = found.section.name if found.section else None
    return found.headline, label, found.date_published, [author.name for author in found.authors]


@pytest.mark.parametrize(("language", "below", "told"), CARDS)
def test_what_stands_below_a_headline(language: str, below: str, told: tuple[str | None, list[str]]) -> None:
    label, authors = told
    card = f"<article><h2><a href=/{language}/features/150001/>{BAKERY}</a></h2>{below}</article>"
    assert read(card, language) == (BAKERY, label, "2024-02-03", authors)


@pytest.mark.parametrize(
    ("card", "label"),
    [
        ((f"<article><span><span class=screen-reader-text>Posted in</span>{FEATURES}</span>"
         f"<h2><a href=/en/features/150001/>{BAKERY}</a></h2><p>February 3, 2024</p></article>"), "Features"),
        ((f"<a href=/en/features/150001/><div>Features</div><div>{BAKERY}</div><div>{EXCERPT}</div>"
         "<div><span>February 3, 2024</span></div></a>"), "Features"),
        ((f"<article><a href=/en/features/150001/><h2>{BAKERY}</h2><h3>Notes from a border town</h3></a>"
         "<p>Posted on February 3, 2024</p></article>"), None),
    ],
)  # fmt: skip
def test_a_card_of_several_parts(card: str, label: str | None) -> None:
    assert read(card) == (BAKERY, label, "2024-02-03", [])


def test_sections_of_a_flat_menu_are_no_authors() -> None:
    menu = "<nav><a href=/fa/news-1>اخبار</a><a href=/fa/women>زنان</a></nav>"
    card = f"<h2><a href=/fa/women/150001/>{BAKERY}</a></h2><time>۱۴ بهمن ۱۴۰۲</time><span>زنان</span>"
    body = f"<!doctype html><meta charset=utf-8><body>{menu}{card}".encode()
    (found,) = SectionPage(body, "https://iranwire.com/fa/women/").cards
    assert (found.section and found.section.name, found.authors) == ("زنان", ())
