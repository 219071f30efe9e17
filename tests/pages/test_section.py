"""A listing is read in any markup: its cards, its menu."""

import time
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iranwire_crawler.domain.items import Author, Section
from iranwire_crawler.pages.card_spans import MAX_CARDS
from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.pages.next_page import NextPage
from iranwire_crawler.pages.section import SectionPage

EN = "https://iranwire.com/en/features/"
FA = "https://iranwire.com/fa/features/"
AR = "https://iranwire.com/ar/from-inside-iran/"
FA_SLUG = "قایق‌های-بندر"
AR_SLUG = "خباز-القرية"


def read(markup: str, url: str = EN) -> SectionPage:
    return SectionPage(f"<!doctype html><html><body>{markup}</body></html>".encode(), url)


def brief(page: SectionPage) -> list[tuple[object, ...]]:
    return [
        (
            card.key,
            card.headline,
            card.section and card.section.name,
            card.date_published,
            [author.name for author in card.authors],
        )
        for card in page.cards
    ]


EN_CARDS = [
    ("en/150001", "The Ferryman Counts His Passengers", "Features", "2026-02-03", ["Nima Sohrabi"]),
    ("en/150002", "A Bakery With Two Doors", "Features", "2026-02-01", []),
]
LABELLED = """
<div class=grid>
 <div class=card><a href="/en/features/150001-the-ferryman-counts-his-passengers/"><img src=/i/1.jpg alt="A boat"></a>
  <span class=kicker>Features</span>
  <h3><a href="/en/features/150001-the-ferryman-counts-his-passengers/">The Ferryman Counts His Passengers</a></h3>
  <div>February 3, 2026</div><div>Nima Sohrabi</div><div>4 min read</div>
  <a href="/en/features/150001-the-ferryman-counts-his-passengers/">Read more</a></div>
 <div class=card><a href="/en/features/150002-a-bakery-with-two-doors/"><img src=/i/2.jpg alt=""></a>
  <span class=kicker>Features</span>
  <h3><a href="/en/features/150002-a-bakery-with-two-doors/">A Bakery With Two Doors</a></h3>
  <div>February 1, 2026</div><div>2 min read</div>
  <a href="/en/features/150002-a-bakery-with-two-doors/">Read more</a></div>
</div>"""
WHOLE_CARD_LINKED = """
<ul><li><a href="150001"><p>Features</p><p>The Ferryman Counts His Passengers</p>
<p>February 3, 2026</p><p>Nima Sohrabi</p><p>4 min read</p><p>The Ferryman Counts His Passengers</p></a></li>
<li><a href="150002/"><p>Features</p><p>A Bakery With Two Doors</p><p>February 1, 2026</p><p>2 min read</p></a></li>
</ul>"""
FLAT_LINES = """
<p>Features</p><p><a href="https://stg.iranwire.com/en/features/150001">The Ferryman Counts His Passengers</a></p>
<p>February 3, 2026</p><p>Nima Sohrabi</p><p>4 min read</p>
<p>Features</p><p><a href="http://www.iranwire.com/en/features/150002">A Bakery With Two Doors</a></p>
<p>February 1, 2026</p><p>2 min read</p>"""
BREAKS = """Features<br><a href="//prod.iranwire.com/en/features/150001/">The Ferryman Counts His Passengers</a><br>
February 3, 2026 | Nima Sohrabi | 4 min read<br>
Features<br><a href="//iranwire.com:443/en/features/150002/?ref=specials">A Bakery With Two Doors</a><br>
February 1, 2026 | 2 min read<br>"""
TABLE = """<table><tr><td><a
href="/en/features/150001/"><img src=/1.gif alt="The Ferryman Counts His Passengers"></a></td>
<td><b><a href="/en/features/150001/">The Ferryman Counts His Passengers</a></b><br>Features<br>February 3, 2026<br>
By Nima Sohrabi</td></tr>
<tr><td><a href="/en/features/150002/"><img src=/2.gif></a></td><td><b><a href="/en/features/150002/">A Bakery With Two
Doors</a></b><br>Features<br>February 1, 2026</td></tr></table>"""
CUSTOM_ELEMENTS = """<iw-list><iw-card><iw-line>Features</iw-line><a href="/en/features/150001/" aria-label="open"></a>
<iw-title>The Ferryman Counts His Passengers</iw-title><iw-date>February 3, 2026</iw-date><iw-by>Nima Sohrabi</iw-by>
<iw-read>4 min read</iw-read></iw-card><iw-card><iw-line>Features</iw-line><a href="/en/features/150002/"></a>
<iw-title>A Bakery With Two Doors</iw-title><iw-date>February 1, 2026</iw-date><iw-read>2 min read</iw-read></iw-card>
</iw-list>"""
DATE_FIRST = """<div><p>February 3, 2026</p><p>Features</p>
<h2><a href="/en/features/150001/">The Ferryman Counts His Passengers</a></h2>
<p><a rel=author href="/en/author/nima/">Nima Sohrabi</a></p>
<p>February 1, 2026</p><p>Features</p><h2><a href="/en/features/150002/">A Bakery With Two Doors</a></h2></div>"""
TIME_ELEMENTS = """<main><article><header><small>Features</small>
<h2><a href="/en/features/150001/">The Ferryman Counts His Passengers</a></h2></header>
<footer><time datetime="2026-02-03T09:00:00+03:30">2 days ago</time> <address>By Nima Sohrabi</address></footer>
<p>He has done so since the bridge was closed, and nobody has asked him to.</p></article>
<article><header><small>Features</small><h2><a href="/en/features/150002/">A Bakery With Two Doors</a></h2></header>
<footer><time datetime="2026-02-01">4 days ago</time></footer></article></main>"""
INLINE_ROWS = """<ul>
<li><span>Features</span> <a href="/en/features/150001/">The Ferryman Counts His Passengers</a>
<span>February 3, 2026</span>
<span>Nima Sohrabi</span> <span>4 min read</span></li>
<li><span>Features</span> <a href="/en/features/150002/">A Bakery With Two Doors</a> <span>February 1, 2026</span>
<span>2 min read</span></li></ul>"""
NEXT_WRAPPERS = """<div><div><div><a href="/en/features/150001/"><div><div><span>Features</span></div>
<div><h4>The Ferryman<!-- --> Counts His Passengers</h4></div>
<div><span>February 3, 2026</span><span>Nima Sohrabi</span><span>4<!-- --> min read</span></div></div></a></div></div>
<div><div><a href="/en/features/150002/"><div><div><span>Features</span></div><div><h4>A Bakery With Two Doors</h4>
</div><div><span>February 1, 2026</span><span>2<!-- --> min read</span></div></div></a></div></div></div>"""
LABELLED_LINKS = """<ul><li><a href="/en/features/150001/"><span>Features</span>
<b>The Ferryman Counts His Passengers</b></a><p>February 3, 2026</p><p>Nima Sohrabi</p></li>
<li><h3><a href="/en/features/150002/"><small>Features</small> A Bakery With Two Doors</a></h3>
<p>February 1, 2026</p></li></ul>"""
SCRIPTED = """<div class=cards><div class=card role=link tabindex=0 {0}><p>Features</p>
<h3>The Ferryman Counts His Passengers</h3><p>February 3, 2026</p><p>Nima Sohrabi</p></div>
<div class=card role=link tabindex=0 {1}><p>Features</p><h3>A Bakery With Two Doors</h3><p>February 1, 2026</p></div>
</div>"""
ADDRESSES = ("/en/features/150001/", "https://iranwire.com/en/features/150002-a-bakery-with-two-doors/")
DATA_HREF = SCRIPTED.format(*(f'data-href="{address}"' for address in ADDRESSES))
ONCLICK = SCRIPTED.format(*(f"onclick=\"window.location='{address}'\"" for address in ADDRESSES))
ANCHORS = DATA_HREF.replace("<div class=card role", "<a role").replace("</p></div>", "</p></a>")
TABLE_ROWS = """<table><tr data-url="/en/features/150001/"><td>Features<td>The Ferryman Counts His Passengers
<td>February 3, 2026<td><a href="/en/author/nima/" rel=author>Nima Sohrabi</a></tr><tr data-url="/en/features/150002/">
<td>Features<td>A Bakery With Two Doors<td>February 1, 2026</tr></table>"""
EN_MARKUPS = {
    "labelled": LABELLED, "whole_card_linked": WHOLE_CARD_LINKED, "flat_lines": FLAT_LINES, "breaks": BREAKS,
    "table": TABLE, "custom_elements": CUSTOM_ELEMENTS, "date_first": DATE_FIRST, "time_elements": TIME_ELEMENTS,
    "inline_rows": INLINE_ROWS, "next_wrappers": NEXT_WRAPPERS,
    "labelled_links": LABELLED_LINKS, "data_href": DATA_HREF, "onclick": ONCLICK, "anchors": ANCHORS,
    "table_rows": TABLE_ROWS,
}  # fmt: skip


@pytest.mark.parametrize("name", EN_MARKUPS)
def test_english_cards_in_any_markup(name: str) -> None:
    assert brief(read(EN_MARKUPS[name])) == EN_CARDS


FA_CARDS = [
    ("fa/150101", "قایق‌های بندر", "گزارش", "2024-01-31", ["مینا رستگار"]),
    ("fa/150102", "نان شب‌های کوچه", "گزارش", "2024-02-03", []),
]
FA_LABELLED = f"""<section dir=rtl><div><em>گزارش</em><h3><a
href="/fa/features/150101-{FA_SLUG}/">قایق‌های بندر</a></h3>
<p>۱۱ بهمن ۱۴۰۲</p><p>مینا رستگار</p><p>خواندن در ۱۳ دقیقه</p><a
href="/fa/features/150101-{quote(FA_SLUG)}">ادامه مطلب</a></div>
<div><em>گزارش</em><h3><a href="/fa/features/150102">نان شب‌های کوچه</a></h3><p>۱۴ بهمن ۱۴۰۲</p>
<p>خواندن در ۲ دقیقه</p></div></section>"""
FA_FLAT = """<p>گزارش</p><p><a href="/fa/features/150101">قایق‌های بندر</a></p><p>۱۱ بهمن ۱۴۰۲</p><p>مینا رستگار</p>
<p>خواندن در ۱۳ دقیقه</p><p>قایق‌های بندر</p>
<p>گزارش</p><p><a href="/fa/features/150102">نان شب‌های کوچه</a></p><p>۱۴ بهمن ۱۴۰۲</p><p>خواندن در ۲ دقیقه</p>"""
AR_CARDS = [
    ("ar/150201", "خبّاز القرية", "من داخل إيران", "2023-02-18", ["Kian Farrokh"]),
    ("ar/150202", "نافذة على السوق", "من داخل إيران", "2022-08-03", []),
]
AR_LIST = f"""<ol><li><a href="/ar/from-inside-iran/150201-{AR_SLUG}/"><div>من داخل إيران</div><div>خبّاز القرية</div>
<div>18 فبراير 2023</div><div>Kian Farrokh</div><div>٣ دقيقة للقراءة</div></a></li>
<li><a href="/ar/from-inside-iran/150202"><div>من داخل إيران</div><div>نافذة على السوق</div><div>3 أغسطس 2022</div>
<div>١ دقيقة للقراءة</div></a></li></ol>"""
AR_TABLE = """<table><tr><td><a href="/ar/from-inside-iran/150201"><b>خبّاز القرية</b></a><br>18 فبراير 2023
<br>Kian Farrokh<br>٣ دقيقة للقراءة<td>من داخل إيران</tr>
<tr><td><a href="/ar/from-inside-iran/150202"><b>نافذة على السوق</b></a><br>3 أغسطس 2022
<br>١ دقيقة للقراءة<td>من داخل إيران</tr></table>"""


@pytest.mark.parametrize(("markup", "url", "cards"), [
    (FA_LABELLED, FA, FA_CARDS), (FA_FLAT, FA, FA_CARDS), (AR_LIST, AR, AR_CARDS), (AR_TABLE, AR, AR_CARDS),
])  # fmt: skip
def test_persian_and_arabic_cards(markup: str, url: str, cards: list[tuple[object, ...]]) -> None:
    assert brief(read(markup, url)) == cards


def test_a_card_has_the_fullest_canonical_address() -> None:
    (card,) = read(
        '<a href="http://stg.iranwire.com/en/features/7?x=1">A Boat</a> <a href="/en/news/7-a-boat#top">A Boat</a>'
    ).cards
    assert card == Listed(
        "en/7", "https://iranwire.com/en/news/7-a-boat/", "A Boat", Section(slug="news", name=None), None, ()
    )


LINK = '<a href="/en/features/{0}/"'
LAID_OVER = {
    "empty": f"{LINK}></a>",
    "svg": f"{LINK}><svg><path/></svg></a>",
    "icon": f"{LINK}><img src=i.png width=16></a>",
    "player": f"{LINK}><video src=v.mp4></video></a>",
    "hidden words": f"{LINK}><span hidden>open</span></a>",
    "waiting picture": f"{LINK}><noscript><img src=i.jpg alt=y></noscript></a>",
    "block": f'{LINK} style="display:block"></a>',
    "block with words": f'{LINK} style="display:block">Read more</a>',
    "beside a button": f"{LINK}></a><a href=https://social.example.org/share><svg></svg></a>",
    "long": f"{LINK}>{'<p>' + 'Words of a teaser that goes on and on for more than a line. ' * 2 + '</p>'}</a>" * 4,
}


@pytest.mark.parametrize("name", LAID_OVER)
@pytest.mark.parametrize("card", ["{link}{text}", "{text}{link}"])
def test_a_link_beside_the_words_of_its_card(name: str, card: str) -> None:
    texts = {
        150001: "<p>Features</p><h3>The Ferryman Counts His Passengers</h3><p>February 3, 2026</p><p>Nima Sohrabi</p>",
        150002: "<p>Features</p><h3>A Bakery With Two Doors</h3><p>February 1, 2026</p>",
    }
    cards = [card.format(link=LAID_OVER[name].format(number), text=text) for number, text in texts.items()]
    assert brief(read("".join(f"<div>{each}</div>" for each in cards))) == EN_CARDS


SHARED = {
    "a button": f"{LINK}>{{1}}</a><button data-url=/en/features/{{0}}/>Share this with the world</button>",
    "no button, beside": f"{LINK}>{{1}}</a><div data-url=/en/features/{{0}}/><p>Share this with the world</p></div>",
    "around": f"<div data-href=/en/features/{{0}}/>{LINK}>{{1}}</a><p>Share this with the world</p></div>",
}


@pytest.mark.parametrize("name", SHARED)
def test_what_shares_a_card_is_no_card(name: str) -> None:
    cards = SHARED[name].format(1, "A Boat for Two") + SHARED[name].format(2, "A Bakery With Two Doors")
    assert [card.headline for card in read(cards).cards] == ["A Boat for Two", "A Bakery With Two Doors"]


def test_a_card_without_a_link_whose_article_the_sidebar_links_to() -> None:
    page = read(
        f"{DATA_HREF}<aside><a href=/en/news/7/>An Old Note on Method</a>{LINK.format(150001)}>The Ferryman</a>"
    )
    assert brief(page)[:2] == EN_CARDS


def test_what_holds_other_articles_is_no_card() -> None:
    page = read(
        f"<main data-url=/en/news/7/><p>A Note</p>{LINK.format(1)}>A Boat for Two</a><p>February 3, 2026</p></main>"
    )
    assert [card[:2] + card[3:4] for card in brief(page)] == [("en/1", "A Boat for Two", "2026-02-03")]


def test_a_button_to_an_article_is_no_card() -> None:
    assert read("<button data-href=/en/features/150001/>Open</button><div data-href=/en/news/>News</div>").cards == ()


def test_a_link_that_stands_empty_at_the_end_of_its_headline() -> None:
    page = read("".join(f"<p>Title {n} Here <a href=/en/news/{n}></a></p><p>February {n}, 2026</p>" for n in (1, 2)))
    assert [card[:2] + card[3:4] for card in brief(page)] == [
        ("en/1", "Title 1 Here", "2026-02-01"), ("en/2", "Title 2 Here", "2026-02-02"),
    ]  # fmt: skip


def test_a_headline_that_begins_with_its_sections_name_is_whole() -> None:
    page = read("<p><a href=/en/women/5-women-of-the-harbour/><em>Women</em> of the Harbour</a></p>")
    assert [(card.headline, card.section) for card in page.cards] == [
        ("Women of the Harbour", Section(slug="women", name=None))
    ]


def test_a_months_archive_is_no_article() -> None:
    assert read("<a href=/en/2026/02/>February 2026</a> <a href=/en/2026/>2026</a>").cards == ()


def test_an_unclosed_link_ends_where_a_browser_ends_it() -> None:
    page = read("<ul><li><a href=/en/news/>News<li><a href=/en/society/>Society</ul><p>Other words</p>")
    assert [(link.slug, link.label) for link in page.sections] == [("news", "News"), ("society", "Society")]


def test_the_best_text_is_the_headline() -> None:
    link = "/en/features/9-a-boat-for-two/"
    page = read(f"""<div><a href={link}><img src=/x.jpg alt="People at sea"></a><a href={link}>Features</a>
    <a href={link}>A Boat for Two</a><a href={link}>It was built from doors. Nobody asked whose they were.</a>
    <a href={link}>Read more &raquo;</a></div>""")
    assert [card.headline for card in page.cards] == ["A Boat for Two"]


def test_articles_in_menus_footers_and_hidden_lists_count() -> None:
    page = read("""<nav><a href=/en/news/1-a-note/>A Note on Method</a></nav><div style="display:none">
    <a href=/en/news/2/>Hidden Until Clicked</a></div><noscript><a href=/en/news/3/>Without Script</a></noscript>
    <template><a href=/en/news/7/>Not Yet Built</a></template>
    <!-- <a href=/en/news/4/>No</a> --><script>"<a href=/en/news/5/>No</a>"</script><footer><a href=/fa/features/6>شش
    </a></footer>""")
    assert [(card.key, card.headline) for card in page.cards] == [
        ("en/1", "A Note on Method"), ("en/2", "Hidden Until Clicked"), ("en/3", "Without Script"),
        ("en/7", "Not Yet Built"), ("fa/6", "شش"),
    ]  # fmt: skip


def test_a_mention_gives_no_headline() -> None:
    prose = "The council met again on Monday, and as nobody had expected it also read the letter aloud, twice. "
    page = read(f"<p>{prose}<a href=/en/news/8/>our earlier story</a>. {prose}</p>")
    assert [(card.key, card.headline) for card in page.cards] == [("en/8", None)]


def test_other_sites_and_other_pages_are_no_cards() -> None:
    page = read("""<a href="https://example.org/en/news/1/">x</a><a href="//iranwire.com.example.org/en/news/1">x</a>
    <a href="/en/pages/policy">x</a><a href="mailto:en/news/1">x</a><a href="javascript:/en/news/1/">x</a>
    <a href="/en/">x</a><a>x</a><a href="http://[/en/news/1/">x</a><a href="/en/news/abc/">x</a>""")
    assert page.cards == ()


def test_links_are_relative_to_the_declared_base() -> None:
    page = SectionPage(b'<base href="/fa/features/"><a href="12">x</a><a rel=next href="?page=2">', FA)
    assert [card.key for card in page.cards] == ["fa/12"]
    assert page.next_page(1) == NextPage("https://iranwire.com/fa/features/?page=2", "rel_next")


def test_authors_with_links_and_two_of_them() -> None:
    (card,) = read("""<div><h3><a href="/en/news/3">Two Sisters at Sea</a></h3><p>May 9, 2014</p>
    <p><a href="/en/authors/a/">Shirin Paya</a> and <a href="/en/authors/b/">Omid Raha</a></p><p>3 min read</p>
    </div>""").cards
    assert card.authors == (
        Author(name="Shirin Paya", url="https://iranwire.com/en/authors/a/"),
        Author(name="Omid Raha", url="https://iranwire.com/en/authors/b/"),
    )


def test_an_impossible_date_is_none() -> None:
    (card,) = read("<div><a href=/en/news/3>A Day That Never Was</a><p>February 31, 2020</p></div>").cards
    assert card.date_published is None


MENU = """<head><link rel=alternate hreflang=fa href="https://iranwire.com/fa/">
<link rel=alternate hreflang=en href="https://iranwire.com/en/">
<link rel="alternate" type="application/rss+xml" title="IranWire" href="/en/feed/">
<link rel=alternate type=application/atom+xml href="https://stg.iranwire.com/en/atom.xml">
<link rel=alternate type=application/rss+xml href="https://feeds.example.org/x"></head>
<nav><a href=/en/>Home</a><a href="/en/features/"><svg></svg></a><a href="/en/news">News</a>
<a href="https://prod.iranwire.com/en/society/">Society &amp; Culture</a><a href="/en/features/">Features</a>
<a href=/en/search/>Search</a><a href="/fa/features/">گزارش</a><a href="/ar/">العربية</a><a href=/fa>فارسی</a></nav>
<a href="/en/features/?page=2">2</a><a href="/en/pages/about">About</a><a href=/en/feed/>RSS</a>"""


def test_the_menu_names_sections_editions_and_feeds() -> None:
    page = read(MENU, "https://iranwire.com/en/")
    assert [(link.slug, link.url, link.label) for link in page.sections] == [
        ("features", "https://iranwire.com/en/features/", "Features"),
        ("news", "https://iranwire.com/en/news/", "News"),
        ("society", "https://iranwire.com/en/society/", "Society & Culture"),
    ]
    assert page.editions == ("https://iranwire.com/fa/", "https://iranwire.com/ar/")
    assert page.feeds == ("https://iranwire.com/en/feed/", "https://iranwire.com/en/atom.xml")


def test_a_pager_is_neither_card_nor_section() -> None:
    page = read('<a href="/en/features/2/">2</a><a href="/en/features/3">۳</a><a href="/en/features/?page=2">Next</a>')
    assert (page.cards, page.sections) == ((), ())


def everything(page: SectionPage) -> None:
    _ = (page.cards, page.sections, page.editions, page.feeds, page.next_page(1), page.base)


PARTS = st.sampled_from([
    b"<a href=/en/news/1>", b"<a href='/fa/features/2-x'>", b"</a>", b"<div>", b"</div>", b"<li>", b"<!--", b"-->",
    b'"', b"<script>", b"<time datetime=2024-01-01>", b"February 3, 2024", b"<h2>", b"<br>", b"4 min read", b"<p>",
    b"Read more", b"<button data-page=2>", b"<link rel=next href=?page=2>", b"<base href=x>", "خبر".encode(), b"\xff",
    b"<a href=?page=2>", b"<img alt=x src=y>", b"<table><tr><td>", b"<title>", b"<textarea>", b"&#x110000;", b"<",
    b"<div data-href=/en/news/4>", b"<form>", b"<button name=page value=2>", b"<aside>", b"<a href=?x=2>Next</a>",
    b"<i onclick=\"location='/en/news/5'\">", b"<p hidden class=disabled hx-get=?page=2 hx-trigger=revealed>", b"<h1>",
    b"&#999999999999;", b"=", b"'", b"<a href=/en/news/3></a>", b"<small>", "۱۱ بهمن ۱۴۰۲".encode(), b"</p>",
])  # fmt: skip


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=300), st.lists(PARTS, max_size=40).map(b"".join)), st.sampled_from([EN, FA, "x"]))
def test_any_bytes(body: bytes, url: str) -> None:
    everything(SectionPage(body, url))


HOSTILE = {
    "unclosed tags": "<div>" * 300_000,
    "unclosed quotes": '<a href="' * 200_000,
    "unclosed links": "<a href=/en/news/1>x" * 100_000,
    "unclosed comments": "<!-- " * 300_000,
    "unclosed scripts": "<script " * 200_000,
    "angle brackets": "<" * 2_000_000,
    "attributes": "<a " + "data-url=/x " * 200_000 + ">",
    "many articles": "".join(f"<li><a href=/en/news/{number}>Number {number}</a>" for number in range(60_000)),
    "one article often": "<p><a href=/en/news/1>A Headline</a> February 3, 2024</p>" * 20_000,
    "empty links": "".join(f"<a href=/en/news/{number}></a>" for number in range(40_000)),
    "nested cards": "".join(f"<div><a href=/en/news/{number}>x</a>" for number in range(1_500)),
    "long text": "<a href=/en/news/1>" + "word " * 400_000 + "</a>",
    "long address": "<a rel=next href=/en/features/?page=2&x=" + "y" * 2_000_000 + ">next</a>",
    "closed markup": "<noscript><a href=/en/news/1>x</a></noscript><template><a href=/en/news/2>y</a></template>"
    * 20_000,
    "nested controls": ("<div data-url=/x>" * 1_900 + "word " * 2_000 + "</div>" * 1_900) * 10,
    "nested cards without links": ("<div data-href=/en/news/1>" * 1_900 + "x" + "</div>" * 1_900) * 10,
    "cards without links": "".join(f"<p data-url=/en/news/{number}>{number} x</p>" for number in range(40_000)),
    "nested links": "<a href=/en/news/1><marquee>" * 1_900 + "x" + "<i> </i>" * 200_000,
    "nested forms": "<form><div></form>" * 1_900 + "<input type=hidden name=a><button>x</button>" * 60_000,
    "many forms": "<form><input type=hidden name=page value=2><button>More</button></form>" * 30_000,
    "scripts": "<i onclick='"
    + "location   " * 200_000
    + "'></i>"
    + "<i onclick='location =   location'>x</i>" * 60_000,
    "pagers of another list": "<a href=/en/news/8>x</a><p><a href=/en/news/9>x</a></p>"
    + "<div>" * 900
    + "<aside><a href=/en/news/1>x</a>"
    + "<div>" * 900
    + "".join(f"<p><a href=/en/features/?x={number}>Next</a></p>" for number in range(40_000)),
    "rival pagers": "<div><a href=/en/news/1>x</a>" * 1_900
    + "".join(f"<a href=/en/features/?x={number}>Next</a>" for number in range(40_000)),
    "numbers": f'<a href="?page={"2" * 9_000}">{"2" * 9_000}</a>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_end(name: str) -> None:
    started = time.process_time()
    page = read(HOSTILE[name])
    everything(page)
    assert len(page.cards) <= MAX_CARDS
    assert time.process_time() - started < 20


def test_a_card_without_a_date_takes_none_from_its_neighbour() -> None:
    """The only link stands at each card's end; the second card alone shows a date."""
    cards = "".join(
        f"<div><h3>Headline number {number} is here</h3>{date}<p>Some words of it</p>"
        f'<a href="/en/features/{number}-x/">Read more</a></div>'
        for number, date in ((1, ""), (2, "<p>May 3, 2024</p>"), (3, '<time datetime="2024-05-04"></time>'), (4, ""))
    )
    page = SectionPage(f"<main>{cards}</main>".encode(), "https://iranwire.com/en/features/")
    assert [(card.headline, card.date_published) for card in page.cards] == [
        ("Headline number 1 is here", None),
        ("Headline number 2 is here", "2024-05-03"),
        ("Headline number 3 is here", "2024-05-04"),
        ("Headline number 4 is here", None),
    ]
