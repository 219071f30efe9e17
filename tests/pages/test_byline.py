"""Who wrote: names in any elements, one or several, beside what else is told of an article."""

import pytest
from pages.facts import facts_of

EN = "https://iranwire.com/en/features/65000/"
FA = "https://iranwire.com/fa/features/108572/"
AR = "https://iranwire.com/ar/from-inside-iran/106595/"
DATES = {EN: "February 3, 2024", FA: "۱۱ بهمن ۱۴۰۲", AR: "3 أغسطس 2022"}
FIRST = "The ward has been shut since spring."
PICTURE = '<figure><img src=/1.jpg alt="An empty ward"><figcaption>An empty ward</figcaption></figure>'
READ = "<span>2 min read</span>"

NAME = ["Mahin Ostovar"]
THREE = (
    '<span><a href="/en/author/1/">Mahin Ostovar</a> and <a href="/en/author/2/">Nader Vafaei</a> and '
    '<a href="/en/author/3/">Kian Saberi</a></span>'
)
LETTERS = (
    "</p><div><div>M</div><div>Mahin Ostovar</div></div><div><div>N</div><div>Nader Vafaei</div></div>"
    f"<div><button>Share</button></div>{PICTURE}<p>"
)
PORTRAIT = '<figure><img src=/1.jpg alt="Mahin Ostovar"><figcaption>Mahin Ostovar</figcaption></figure>'
OF_A_SECTION = '<a href="/en/author/speaking-of-iran/">Speaking of Iran</a></p><p>The Lantern Weekly</p><p>'
VIEWS = '<span>1,204 views</span><a href="/fa/features/108000/">فارسی</a><a href="#">A-</a> <a href="#">A+</a>'
BYLINES = {
    "in a heading, above a picture": (EN, f"</p><h4>Mahin Ostovar</h4>{PICTURE}<p>", NAME),
    "in a list's item, above a picture": (EN, f"</p><ul><li>Mahin Ostovar</li></ul>{PICTURE}<p>", NAME),
    "three, linked": (EN, THREE, ["Mahin Ostovar", "Nader Vafaei", "Kian Saberi"]),
    "with a letter for a portrait each": (EN, LETTERS, ["Mahin Ostovar", "Nader Vafaei"]),
    "before the source's name": (EN, OF_A_SECTION, ["Speaking of Iran"]),
    "on the portrait too": (EN, f"<span>Mahin Ostovar</span></p>{PORTRAIT}<p>", NAME),
    "with a comma in it": (EN, f'<a href="/en/author/j/">Journalist, Tehran</a>{READ}', ["Journalist, Tehran"]),
    "with an and in it": (FA, '<a href="/fa/author/k/">کانون زنان و کودکان</a>', ["کانون زنان و کودکان"]),
    "in parts": (EN, f"<span><span>Mahin</span> <span>Ostovar</span></span>{READ}", NAME),
    "beside its word": (EN, ' <i>/</i> <span><span>By</span> <a href="/en/author/m/">Mahin Ostovar</a></span>', NAME),
    "beside what else is told": (EN, f"{VIEWS}<span>Mahin Ostovar</span>{READ}", NAME),
    "with labels": (EN, f"<b>Author</b><span>Mahin Ostovar</span><b>Reading time</b>{READ}", NAME),
    "behind its label": (EN, f"<span>Author: Mahin Ostovar</span>{READ}", NAME),
    "ar, behind its label": (AR, "</p><p>الكاتب: سلمى البغدادي</p><p>", ["سلمى البغدادي"]),
    "ar, and glued to a name": (AR, "<b>رقية الكرماني وسلمى البغدادي</b>", ["رقية الكرماني", "سلمى البغدادي"]),
    "ar, a name that begins with the same letter": (AR, "<b>أحمد محمد وليد الحسن</b>", ["أحمد محمد وليد الحسن"]),
    "ar, a name of two": (AR, "<b>سلمى وهاب</b>", ["سلمى وهاب"]),
}


@pytest.mark.parametrize(("url", "markup", "authors"), BYLINES.values(), ids=list(BYLINES))
def test_a_byline(url: str, markup: str, authors: list[str]) -> None:
    facts = facts_of(f"<h1>Nurses Leave Their Ward</h1><p><span>{DATES[url]}</span>{markup}</p><p>{FIRST}</p>", url)
    assert facts["authors"] == authors
    assert facts["body"] == (["The Lantern Weekly", FIRST] if "Lantern" in markup else [FIRST])
    assert facts["in_body"] in ([], [False])


@pytest.mark.parametrize(
    "told",
    [
        '<div><a href="/fa/features/108000/">فارسی</a></div>',
        "<div>1,204 views</div>",
        '<div><a href="#">A-</a> <a href="#">A+</a></div>',
        "<div>0</div>",
        "<div><button>▶</button><span>Listen to this article</span><span>0:00</span> / <span>4:12</span></div>",
        '<audio controls src="/v.mp3"></audio>',
    ],
)
@pytest.mark.parametrize("read", ["", READ])
@pytest.mark.parametrize("alt", ["An empty ward", "Nurses Leave Their Ward"])
def test_what_is_told_above_the_pictures_is_not_the_body(told: str, read: str, alt: str) -> None:
    head = f"<h1>Nurses Leave Their Ward</h1><div><span>February 3, 2024</span><span>Mahin Ostovar</span>{read}</div>"
    facts = facts_of(f"{head}{told}{PICTURE.replace('An empty ward', alt)}<p>{FIRST}</p>", EN)
    assert (facts["authors"], facts["in_body"]) == (["Mahin Ostovar"], [False])
    assert facts["captions"] == ([alt] if alt == "An empty ward" else [])
    assert [text for text in facts["body"] if not text.endswith(".mp3")] == [FIRST]
