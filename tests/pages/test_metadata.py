"""What a page declares fills in what it does not show, and is told where it contradicts what it shows."""

from datetime import UTC, datetime

import pytest

from iranwire_crawler.domain.items import Article
from iranwire_crawler.pages.article import ArticlePage, Fetch

URL = "https://iranwire.com/en/society/115221-a-ferry-without-a-timetable-crosses-the-lake-again/"
HEADLINE = "A Ferry Without a Timetable Crosses the Lake Again"


def read(head: str) -> Article:
    page = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">{head}
    <script>if (1 < 2) {{ dataLayer.push("</div>"); }}</script></head><body><div class="wrap">
    <h1>{HEADLINE}</h1><div>March 9, 2023</div><div>2 min read</div>
    <p>The ferry had lain on the salt for eleven summers before four brothers patched its hull with tin.</p>
    <div><span>Nobody has asked for a licence yet, and nobody has offered one.</span><b>&nbsp;</b></div>
    </div></body></html>"""
    return ArticlePage(page.encode(), Fetch(URL, datetime(2026, 1, 1, tzinfo=UTC), "saved")).article()


def test_an_author_of_a_meta_tag_comes_from_there() -> None:
    article = read('<meta name="author" content="Parvaneh Golshan">')
    assert [author.name for author in article.authors] == ["Parvaneh Golshan"]
    assert article.provenance["authors"] == "opengraph"
    assert article.warnings == ()


@pytest.mark.parametrize("title", [HEADLINE, f"{HEADLINE} | IranWire", "A Ferry Without a Timetable…", "IranWire"])
def test_a_title_cut_short_or_with_the_sites_name_contradicts_nothing(title: str) -> None:
    assert read(f'<meta property="og:title" content="{title}">').warnings == ()


def test_another_articles_title_is_told_and_not_used() -> None:
    article = read('<meta property="og:title" content="The Lighthouse Keeper Who Counted Tankers">')
    assert article.headline == HEADLINE
    assert article.warnings == ("headline_contradicted",)


def test_another_articles_json_ld_is_told_and_not_used() -> None:
    other = """{"@type": "NewsArticle", "url": "https://iranwire.com/en/society/9-x/", "datePublished": "2020-01-01"}"""
    article = read(f'<script type="application/ld+json">{other}</script>')
    assert article.date_published == "2023-03-09"
    assert article.warnings == ("json_ld_contradicted",)


def test_json_ld_of_another_beside_its_own_contradicts_nothing() -> None:
    both = f"""[{{"@type": "NewsArticle", "url": "https://iranwire.com/en/society/9-x/"}},
    {{"@type": "NewsArticle", "url": "{URL}", "headline": "{HEADLINE}"}}]"""
    assert read(f'<script type="application/ld+json">{both}</script>').warnings == ()


def test_an_element_that_holds_but_a_no_break_space_is_no_block() -> None:
    assert [block.text[:6] for block in read("").body] == ["The fe", "Nobody"]


def test_what_json_ld_escapes_once_too_often_is_read_as_it_is_meant() -> None:
    data = f'{{"@type": "NewsArticle", "headline": "{HEADLINE}", "keywords": "Women&#39;s rights, Salt &amp; tin"}}'
    article = read(f'<script type="application/ld+json">{data}</script>')
    assert (article.tags, article.warnings) == (("Women's rights", "Salt & tin"), ())
