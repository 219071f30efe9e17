"""The headline, what stands above it, and pages that have none of their own."""

import pytest
from pages.facts import facts_of

from iranwire_crawler.domain.errors import NotAnArticle

URL = "https://iranwire.com/en/middle-east/124964-x/"
HEAD = "<h1>Nurses Leave Their Ward</h1><p>February 3, 2024</p><p>2 min read</p><p>The ward is shut.</p>"


@pytest.mark.parametrize(
    ("above", "section"),
    [
        ('<div><a href="/en/">Home</a> / <a href="/en/middle-east/">Middle East</a></div>', "Middle East"),
        ('<div><a href="/en/">Home</a> / <span>Middle East</span></div>', "Middle East"),
        ('<div><a href="/en/">Home</a> › <span>Middle East</span></div>', "Middle East"),
        ("<button>Middle East</button>", "Middle East"),
        ('<a href="#">Middle East</a>', "Middle East"),
        ('<a href="#main">To the text</a>', None),
        ("<button>Menu</button>", None),
    ],
)
def test_a_section_is_named(above: str, section: str | None) -> None:
    assert facts_of(f"{above}{HEAD}", URL)["section"] == section


TITLED = "<title>A Baker and a Bridge | IranWire</title>"
REST = "<p>March 14, 2023</p><p>Mina Rad</p><p>4 min read</p><p>The bakery is shut.</p>"


@pytest.mark.parametrize(
    "headline",
    [
        '<h1><span style="display:block">A Baker</span> <span style="display:block">and a Bridge</span></h1>',
        "<h1><div>A Baker</div><div>and a Bridge</div></h1>",
        "<div>A Baker<br>and a Bridge</div>",
        "<h1>A Baker<br>and a Bridge</h1>",
    ],
)
def test_a_headline_in_two_lines_is_one(headline: str) -> None:
    facts = facts_of(f"{TITLED}<p>Middle East</p>{headline}{REST}", URL)
    assert (facts["headline"], facts["section"]) == ("A Baker and a Bridge", "Middle East")
    assert (facts["authors"], facts["body"]) == (["Mina Rad"], ["The bakery is shut."])


TEASED = (
    "<article><p>Society</p><h3><a href='/en/society/114001-x/'>Bakers of Yazd</a></h3><p>The bakers went back.</p>"
    "<span>March 2, 2023</span> <span>Ali Rezaei</span> <span>3 min read</span></article>"
)


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (f"<h1>Page not found</h1><p>It does not exist.</p>{TEASED}{TEASED}", "not_found"),
        (f"<h1>Society</h1>{TEASED}{TEASED}{TEASED}", "index_page"),
        ("<h1>Page not found</h1><p>March 14, 2023</p><p>The page that you look for does not exist.</p>", "not_found"),
        ("<h1>صفحه یافت نشد</h1><p>۲۳ اسفند ۱۴۰۱</p><p>چنین صفحه‌ای نیست.</p>", "not_found"),
    ],
)
def test_notices_and_lists_of_teasers_are_no_articles(markup: str, reason: str) -> None:
    url = "https://iranwire.com/fa/features/108572/" if "یافت" in markup else "https://iranwire.com/en/society/124964/"
    with pytest.raises(NotAnArticle) as refused:
        facts_of(markup, url)
    assert refused.value.reason == reason


def test_what_was_not_found_can_be_news() -> None:
    text = "The divers searched the harbor for nine days, and found a boat, an anchor and a shoe. " * 5
    facts = facts_of(f"<h1>Captain Not Found</h1><p>March 14, 2023</p><p>{text}</p>", URL)
    assert facts["headline"] == "Captain Not Found"
    spelled = "https://iranwire.com/en/news/124964-captain-not-found/"
    assert facts_of("<h1>Captain Not Found</h1><p>March 14, 2023</p><p>He is gone.</p>", spelled)["body"] == [
        "He is gone."
    ]


@pytest.mark.parametrize("more", ["<p>مهسا رادمنش</p>", "<p>خواندن در ۱ دقیقه</p>", '<img src=1.jpg alt="بند زنان">'])
def test_a_short_article_may_say_that_there_is_nothing(more: str) -> None:
    url = "https://iranwire.com/fa/cartoons/63110/"
    facts = facts_of(f"<h1>آب وجود ندارد</h1><p>۲۳ اسفند ۱۴۰۱</p>{more}<p>کاری از هفته گذشته.</p>", url)
    assert (facts["headline"], facts["body"]) == ("آب وجود ندارد", ["کاری از هفته گذشته."])
