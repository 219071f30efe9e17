"""The bundled saved site is what its script makes, and holds what the crawl's tests count on."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import build_saved_site as site
import pytest
from protego import Protego

from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.urls import article_address
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.pages.feed import FeedPage
from iranwire_crawler.pages.next_page import NextPage, probe_address
from iranwire_crawler.pages.section import SectionPage
from iranwire_crawler.stores.mirror import MirrorFolder

STORIES = site.stories()
MIRROR = MirrorFolder(site.SITE)
LISTED = [(language, section) for language, menu in site.MENUS.items() for section, _ in menu]
WAYS = {
    ("en", "features"): "rel_next", ("en", "society"): "link_text", ("en", "news"): "page_number",
    ("en", "special-features"): "load_more", ("en", "politics"): "probe", ("fa", "features"): "page_number",
    ("fa", "news-1"): "link_text", ("ar", "from-inside-iran"): "link_text",
}  # fmt: skip


def saved(url: str) -> bytes:
    page = MIRROR.find(url)
    assert page is not None, url
    return page.body()


def section_page(url: str) -> SectionPage:
    return SectionPage(saved(url), url, "text/html")


def test_the_script_makes_the_folder(tmp_path: Path) -> None:
    site.build(tmp_path)
    assert tree(tmp_path) == tree(site.SITE), "run: python tests/build_saved_site.py"


def tree(folder: Path) -> dict[str, bytes]:
    files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert all(len(part.encode()) < 200 for name in files for part in name.split("/"))
    return files


def test_its_size() -> None:
    assert Counter(key[:2] for key in STORIES) == {"en": 30, "fa": 16, "ar": 10}
    assert sum(map(len, site.files().values())) < 2_000_000


@pytest.mark.parametrize("key", STORIES)
def test_every_article_reads(key: str) -> None:
    story = STORIES[key]
    url = f"https://iranwire.com{story.path}"
    article = ArticlePage(saved(url), Fetch(url, datetime(2026, 11, 22, tzinfo=UTC), "saved", "text/html")).article()
    assert (article.key, article.headline, article.date_published_raw) == (key, story.headline, story.shown)
    assert [author.name for author in article.authors] == list(story.authors)


def test_one_address_is_missing_and_one_is_no_article() -> None:
    assert MIRROR.find(f"https://iranwire.com{site.MISSING}") is None
    url = next(f"https://iranwire.com/{name}" for name in site.files() if f"/{site.NOT_AN_ARTICLE[3:]}-" in name)
    url = url.removesuffix("index.html")
    with pytest.raises(NotAnArticle, match="index_page"):
        ArticlePage(saved(url), Fetch(url, datetime(2026, 11, 22, tzinfo=UTC), "saved")).article()


@pytest.mark.parametrize(("language", "section"), LISTED)
def test_every_card_of_a_walk_is_read(language: str, section: str) -> None:
    url = f"https://iranwire.com/{language}/{section}/"
    pages = site.pages_of(language, section, STORIES)
    for number, entries in enumerate(pages, start=1):
        page = section_page(url)
        assert [card.key for card in page.cards] == [entry.story.key for entry in entries]
        assert [card.headline for card in page.cards] == [entry.story.headline for entry in entries]
        for card, entry in zip(page.cards, entries, strict=True):
            if (story := STORIES.get(card.key)) is not None:
                assert card.date_published == (story.day.isoformat() if story.day else None)
                assert [author.name for author in card.authors] == list(entry.story.authors)
        following = page.next_page(number)
        if number == len(pages):
            assert following is None
            return
        way = WAYS[language, section]
        assert following == (None if way == "probe" else NextPage(f"{url.split('?')[0]}?page={number + 1}", way))
        following = following or probe_address(url, number)
        assert following is not None
        url = following.url


def test_the_front_pages() -> None:
    for language, menu in site.MENUS.items():
        page = section_page(f"https://iranwire.com/{language}/")
        assert [(link.slug, link.label) for link in page.sections] == menu
        assert {url[-3:-1] for url in page.editions} == set(site.MENUS) - {language}
        feeds = (f"https://iranwire.com/{language}/feed/",) if language in site.FEED_ONLY else ()
        assert page.feeds == feeds
        assert page.cards


def test_what_each_source_alone_brings() -> None:
    listed = {entry.story.key for language, section in LISTED for entry in site.entries(language, section, STORIES)}
    fed = {item.key for language in site.FEED_ONLY for item in _feed(language).items}
    named = FeedPage(saved("https://iranwire.com/sitemap.xml"), "https://iranwire.com/sitemap.xml")
    mapped = {item.key for item in named.items}
    missing = article_address(f"https://iranwire.com{site.MISSING}")
    assert missing is not None
    assert listed - set(STORIES) == {missing.key, site.NOT_AN_ARTICLE}
    assert fed - listed == {key for keys in site.FEED_ONLY.values() for key in keys}
    assert mapped - listed - fed == set(site.SITEMAP_ONLY)
    assert (listed | fed | mapped) & set(STORIES) == set(STORIES)
    assert list(Protego.parse(site.ROBOTS).sitemaps) == ["https://iranwire.com/sitemap.xml"]


def _feed(language: str) -> FeedPage:
    url = f"https://iranwire.com/{language}/feed/"
    page = FeedPage(saved(url), url)
    assert page.warnings == ()
    days = [item.date_published for item in page.items if item.date_published]
    assert days != sorted(days, reverse=True)
    for item in page.items:
        story = STORIES[item.key]
        assert item.headline == story.headline
        assert (item.date_published or "")[:10] == (story.day.isoformat() if story.day else "")
    return page


def test_one_article_stands_in_two_sections() -> None:
    where = Counter(entry.story.key for each in LISTED for entry in site.entries(*each, STORIES))
    assert {key for key, count in where.items() if count > 1} == {site.TWICE}
