"""Cards of listings in small markups that were once misread."""

import pytest

from iranwire_crawler.pages.section import SectionPage

# What a listing shows of one article after another, and what is read: (key, headline, label, day, authors).
JUDGE, NIGHT = "A Retired Judge Reopens a Library", "Night Nurses Count the Beds"
ONE, TWO = f"<a href=/en/features/1/>{JUDGE}</a>", f"<a href=/en/features/2/>{NIGHT}</a>"
DAY_ONE, DAY_TWO = "<p>February 1, 2026</p>", "<p>February 2, 2026</p>"
ODD_CARDS = {
    "a grid of links around whole cards": (
        "<div>"
        + "".join(
            f"<a href=/en/features/{n}/><div><img src={n}.jpg alt='A gate'></div><div>Features</div>"
            f"<h3>{title}</h3>{day}</a>"
            for n, title, day in ((1, JUDGE, DAY_ONE), (2, NIGHT, DAY_TWO))
        )
        + "</div>",
        [("en/1", JUDGE, "Features", "2026-02-01", []), ("en/2", NIGHT, "Features", "2026-02-02", [])],
    ),
    "a ticker above cards whose date comes first": (
        f"<a href=/en/news/9/>Beekeepers</a>{DAY_ONE}<h2>{ONE}</h2>{DAY_TWO}<h2>{TWO}</h2>",
        [
            ("en/9", "Beekeepers", None, None, []),
            ("en/1", JUDGE, None, "2026-02-01", []),
            ("en/2", NIGHT, None, "2026-02-02", []),
        ],
    ),
    "a bare list above cards whose date comes first": (
        (
            f"<ol><li><a href=/en/news/9/>Beekeepers</a></li></ol><article>{DAY_ONE}<h2>{ONE}</h2></article>"
            f"<article>{DAY_TWO}<h2>{TWO}</h2></article>"
        ),
        [
            ("en/9", "Beekeepers", None, None, []),
            ("en/1", JUDGE, None, "2026-02-01", []),
            ("en/2", NIGHT, None, "2026-02-02", []),
        ],
    ),
    "a teaser that mentions another article": (
        (
            f"<article><h2>{ONE}</h2><p>It follows <a href=/en/features/2/>a report</a> on it.</p>{DAY_ONE}"
            "<p>Nima Sohrabi</p></article>"
        ),
        [("en/1", JUDGE, None, "2026-02-01", ["Nima Sohrabi"]), ("en/2", None, None, None, [])],
    ),
    "a headline alone, and the card further down": (
        f"<p>{ONE}</p><p>{TWO}</p><main><article><h2>{ONE}</h2>{DAY_ONE}<p>Nima Sohrabi</p></article></main>",
        [("en/1", JUDGE, None, "2026-02-01", ["Nima Sohrabi"]), ("en/2", NIGHT, None, None, [])],
    ),
    "a section's link behind a bar": (
        (
            f"<article><h2>{ONE}</h2><p><a href=/en/author/x/ rel=author>Nima Sohrabi</a> | "
            "<span>February 1, 2026</span> | <a href=/en/women/>Women</a></p></article>"
        ),
        [("en/1", JUDGE, "Women", "2026-02-01", ["Nima Sohrabi"])],
    ),
    "a label that the page's menu names, below the author": (
        (
            f"<nav><a href=/en/opinions/>Voices</a></nav><article><h2>{ONE}</h2>{DAY_ONE}<p>Nima Sohrabi</p>"
            f"<p>Voices</p></article><article><h2>{TWO}</h2>{DAY_TWO}<p>Voices</p></article>"
        ),
        [
            ("en/1", JUDGE, "Voices", "2026-02-01", ["Nima Sohrabi"]),
            ("en/2", NIGHT, "Voices", "2026-02-02", []),
        ],
    ),
    "two authors before the date": (
        (
            f"<article><h2>{ONE}</h2><div><span><a href=/en/author/a/>Samira Asl</a> and "
            "<a href=/en/author/b/>Omid Raha</a></span><span>February 1, 2026</span></div></article>"
        ),
        [("en/1", JUDGE, None, "2026-02-01", ["Samira Asl", "Omid Raha"])],
    ),
    "what stands after a date and is no author": (
        "".join(
            f"<article><h3><a href=/en/features/{n}/>{JUDGE} {n}</a></h3>{DAY_ONE}{after}</article>"
            for n, after in enumerate(
                (
                    "<span>No Comments</span>",
                    "<button>Share</button>",
                    "<div><a href=/en/tag/protests/>Protests</a> <a href=/en/tag/water/>Water</a></div>",
                    "<p>Filed Under: <a href=/en/women/>Women</a></p>",
                ),
                start=1,
            )
        ),
        [(f"en/{n}", f"{JUDGE} {n}", None, "2026-02-01", []) for n in (1, 2, 3, 4)],
    ),
    "what stands above a headline and is no section": (
        "".join(
            f"<article>{above}<h3><a href=/en/features/{n}/>{JUDGE} {n}</a></h3>{DAY_ONE}</article>"
            for n, above in enumerate(("<p>2 days ago</p>", "<p>03 Feb</p>", "<p>Photo: Agency</p>"), start=1)
        ),
        [(f"en/{n}", f"{JUDGE} {n}", None, "2026-02-01", []) for n in (1, 2, 3)],
    ),
    "the name of another section above a list": (
        f"<h1>Society &amp; Culture</h1><h3>{ONE}</h3>{DAY_ONE}<h3>{TWO}</h3>{DAY_TWO}",
        [("en/1", JUDGE, None, "2026-02-01", []), ("en/2", NIGHT, None, "2026-02-02", [])],
    ),
    "a label that adjoins the headline": (
        f"<article><a href=/en/features/1/><span>Interview</span><span>{JUDGE}</span></a>{DAY_ONE}</article>",
        [("en/1", JUDGE, "Interview", "2026-02-01", [])],
    ),
    "a day in a headline, and the article's": (
        (
            "<article><h2><a href=/en/features/1/>Chronology of a Strike: February 10, 2026</a></h2>"
            "<time datetime=2026-02-28>2 days ago</time></article>"
        ),
        [("en/1", "Chronology of a Strike: February 10, 2026", None, "2026-02-28", [])],
    ),
    "a day beside the headline": (
        f"<ul><li>{ONE} (February 1, 2026)</li></ul>",
        [("en/1", JUDGE, None, "2026-02-01", [])],
    ),
    "when it was changed, and when published": (
        f"<article><h2>{ONE}</h2><p>Updated: March 5, 2026</p><p>Published: February 3, 2026</p></article>",
        [("en/1", JUDGE, None, "2026-02-03", [])],
    ),
    "a Solar Hijri day in a time element": (
        f"<article><h2>{ONE}</h2><time datetime=1404-11-14>2 days ago</time></article>",
        [("en/1", JUDGE, None, "2026-02-03", [])],
    ),
}


@pytest.mark.parametrize("name", ODD_CARDS)
def test_cards_in_odd_markups(name: str) -> None:
    markup, expected = ODD_CARDS[name]
    found = SectionPage(f"<!doctype html><body>{markup}".encode(), "https://iranwire.com/en/features/").cards
    brief = [
        (
            card.key,
            card.headline,
            card.section and card.section.name,
            card.date_published,
            [a.name for a in card.authors],
        )
        for card in found
    ]
    assert brief == expected
