"""The way from a listing's page to its next one, in the forms that the web's pagers have."""

import pytest

from iranwire_crawler.pages.next_page import NextPage, probe_address
from iranwire_crawler.pages.section import SectionPage

EN = "https://iranwire.com/en/features/"
FA = "https://iranwire.com/fa/features/"
AR = "https://iranwire.com/ar/from-inside-iran/"
P2, P3 = f"{EN}?page=2", f"{EN}?page=3"


def read(markup: str, url: str = EN) -> SectionPage:
    return SectionPage(f"<!doctype html><html><body>{markup}</body></html>".encode(), url)


WAYS = [
    ('<link rel="next" href="?page=2">', EN, 1, P2, "rel_next"),
    ('<a rel="nofollow next" href="/en/features/page/2/">x</a>', EN, 1, f"{EN}page/2/", "rel_next"),
    ('<a href="http://stg.iranwire.com/en/features?page=2">Older</a>', EN, 1,
     "https://iranwire.com/en/features?page=2", "link_text"),
    ('<a href="?page=2"><b>L</b>oad more…</a>', EN, 1, P2, "link_text"),
    ('<a href="?before=2026-01-02">Older stories &rarr;</a>', EN, 1, f"{EN}?before=2026-01-02", "link_text"),
    ('<a href="?page=2" aria-label="Next page"><svg><path d="M0"/></svg></a>', EN, 1, P2, "link_text"),
    ('<a href="?page=2" title="Next"><i class=icon></i></a>', EN, 1, P2, "link_text"),
    ('<a href="?page=1">‹</a><a href="?page=3">›</a><a href="?page=40">»</a>', P2, 2, P3, "link_text"),
    ('<a href="?page=2"><img src=n.png alt="next"></a>', EN, 1, P2, "link_text"),
    ('<a href="?page=1">Next</a>', EN, 1, f"{EN}?page=1", "link_text"),
    ('<a href="?page=2">صفحه بعد</a>', FA, 1, f"{FA}?page=2", "link_text"),
    ('<a href="?page=2">قدیمی\u200cتر</a>', FA, 1, f"{FA}?page=2", "link_text"),
    ('<a href="?page=2">قدیمیتر</a>', FA, 1, f"{FA}?page=2", "link_text"),
    ('<a href="?page=1">→</a><a href="?page=3">←</a>', f"{FA}?page=2", 2, f"{FA}?page=3", "link_text"),
    ('<a href="?page=2">عرض المزيد</a>', AR, 1, f"{AR}?page=2", "link_text"),
    ('<a href="?page=2">التالية</a>', AR, 1, f"{AR}?page=2", "link_text"),
    ('<b>1</b><a href="?page=2">2</a><a href="?page=3">3</a>', EN, 1, P2, "page_number"),
    ('<a href="?page=1">۱</a><b>۲</b><a href="?page=3">۳</a>', f"{FA}?page=2", 2, f"{FA}?page=3", "page_number"),
    ('<a href="?p=2">٢</a>', AR, 1, f"{AR}?p=2", "page_number"),
    ('<a href="?start=20">2</a>', EN, 1, f"{EN}?start=20", "page_number"),
    ('<a href="?page=2">•</a><a href="?page=3">•</a>', EN, 1, P2, "page_number"),
    ('<a href="?page=1">1</a><a href="/en/features/page-3">last</a>', P2, 2, f"{EN[:-1]}/page-3", "page_number"),
    ('<select><option value="?page=1">1<option value="?page=2">2</select>', EN, 1, P2, "page_number"),
    ('<button data-next="/en/features/?page=2">x</button>', EN, 1, P2, "load_more"),
    ('<div data-next-page=3><button>…</button></div>', P2, 2, P3, "load_more"),
    ('<button data-url="/en/features/?page=2">+</button>', EN, 1, P2, "load_more"),
    ('<button data-href="/en/features/?cursor=ab">Show more</button>', EN, 1, f"{EN}?cursor=ab", "load_more"),
    ('<button data-page="2">Load more</button>', EN, 1, P2, "load_more"),
    ('<button data-page="1">Load more</button>', EN, 1, P2, "load_more"),
    ('<button data-page=2>نمایش بیشتر</button>', FA, 1, f"{FA}?page=2", "load_more"),
    ('<iw-more data-page=3 data-x=1>المزيد</iw-more>', f"{AR}?x=a&page=2", 2, f"{AR}?x=a&page=3", "load_more"),
    ('<button hx-get="/en/features/?cursor=ab">Load more</button>', EN, 1, f"{EN}?cursor=ab", "load_more"),
    ('<div hx-get="/en/features/?offset=20" hx-trigger="revealed"></div>', EN, 1, f"{EN}?offset=20", "load_more"),
    ('<article data-hx-get="?offset=20" data-hx-trigger="intersect once"><a href=/en/news/1/>A</a></article>', EN, 1,
     f"{EN}?offset=20", "load_more"),
    ('<turbo-frame loading="lazy" src="/en/features/?page=3"></turbo-frame>', P2, 2, P3, "load_more"),
    ('<button class="load-more" next-url="/en/features/?page=3">Load more</button>', P2, 2, P3, "load_more"),
    ('<div data-next-page-url="/en/features/?after=b"></div>', EN, 1, f"{EN}?after=b", "load_more"),
    ('<div data-load-more-url="/en/features/?after=b"></div>', EN, 1, f"{EN}?after=b", "load_more"),
    ('<span data-link="/en/features/?after=b">More</span>', EN, 1, f"{EN}?after=b", "load_more"),
    ('<div role=button x-from="/en/features/?after=b">نمایش بیشتر</div>', EN, 1, f"{EN}?after=b", "load_more"),
    ('<button data-src="/en/features/?after=b">More</button>', EN, 1, f"{EN}?after=b", "load_more"),
    ('<button onclick="location.href=\'/en/features/?after=b\'">Next</button>', EN, 1, f"{EN}?after=b", "load_more"),
    ('<a href="#" onclick="window.location = \'?page=2\';return false">Next</a>', EN, 1, P2, "load_more"),
    ('<form action="/en/features/"><input type="hidden" name="page" value="3"><button>Load more</button></form>', P2, 2,
     P3, "load_more"),
    ('<form><input type=hidden name=q value=a></form><form><button name=after value=b>Older</button></form>', EN, 1,
     f"{EN}?after=b", "load_more"),
    ('<form><input type=hidden name=after value=b><input type=submit value=Next></form>', EN, 1, f"{EN}?after=b",
     "load_more"),
    ('<form method=post><button formaction="/en/features/?page=2">Load more</button></form>', EN, 1, P2, "load_more"),
    ('<button data-current-page="1" data-total-pages="9">Load more</button>', EN, 1, P2, "load_more"),
    ('<a href="/en/features/interviews/">See more</a><a href="?page=2">Next</a>', EN, 1, P2, "link_text"),
    ('<a href="?topic=labor">More</a><a href="?page=2">Next</a>', EN, 1, P2, "link_text"),
    ('<td><a href="?date=2026-02-02">2</a></td><a href="?page=2">2</a>', EN, 1, P2, "page_number"),
    ('<a href="?month=2026-03" aria-label="Next month">›</a><a href="?page=2">2</a>', EN, 1, P2, "page_number"),
    ('<a href="?popular=2">›</a><a href="?page=2">Next ›</a>', EN, 1, P2, "link_text"),
    ('<a href="?page=1" title="Go to page 2"><span>Page </span>2</a><a href="?page=2"><span>Page </span>3</a>', EN, 1,
     f"{EN}?page=1", "page_number"),
    ('<a href="?page=1">صفحه ۲</a><a href="?page=2">صفحه ۳</a>', FA, 1, f"{FA}?page=1", "page_number"),
    ('<select><option value="/en/features/page/2/">Page 2</option></select>', EN, 1, f"{EN}page/2/", "page_number"),
    ('<a class="pager-next" href="?page=1"><i class="icon-right"></i></a>', EN, 1, f"{EN}?page=1", "link_text"),
    ('<a rel="prev" href="?before=a1" aria-label="قبلی">←</a><a href="?before=c3" aria-label="بعدی">→</a>', FA, 3,
     f"{FA}?before=c3", "link_text"),
    ('<a href="?after=abc">Next 20 articles</a>', EN, 1, f"{EN}?after=abc", "link_text"),
    ('<a href="?after=abc">مشاهده بیشتر</a>', FA, 1, f"{FA}?after=abc", "link_text"),
    ('<a href="?b=1"><i uk-pagination-previous></i></a><a href="?after=bb"><i uk-pagination-next></i></a>', EN, 2,
     f"{EN}?after=bb", "link_text"),
    ('<a href="?after=bb"> <i class="icon icon-next"></i></a>', EN, 1, f"{EN}?after=bb", "link_text"),
    ('<a href="/en/features/page:2">→</a>', EN, 1, f"{EN}page:2", "link_text"),
    ('<a href="/en/features/P20">2</a><a href="/en/features/P40">3</a>', EN, 1, f"{EN}P20", "page_number"),
    ('<a href="/en/features/P20">‹</a><a href="/en/features/P60">Next ›</a>', f"{EN}P40", 3, f"{EN}P60", "link_text"),
    ('<a href="/en/features/page-3.html">3</a>', f"{EN}page-2.html", 2, f"{EN}page-3.html", "page_number"),
    ('<a href="index_2.html">2</a>', EN, 1, f"{EN}index_2.html", "page_number"),
    ('<a href="index2.html">Next</a>', EN, 1, f"{EN}index2.html", "link_text"),
    ('<a href="/en/features.2.html">2</a>', EN, 1, f"{EN[:-1]}.2.html", "page_number"),
    ('<a href="/en/features/,page,2">2</a>', EN, 1, f"{EN},page,2", "page_number"),
    ('<a href="/en/?page=2">Older</a>', "https://iranwire.com/en/", 1, "https://iranwire.com/en/?page=2", "link_text"),
]  # fmt: skip


MORE_WORDS = {
    EN: ("Earlier posts", "Earlier articles", "View earlier stories"),
    FA: (
        *(
            "نوشته\u200cهای قدیمی\u200cتر",
            "پست\u200cهای قدیمی\u200cتر",
            "نوشته\u200cهای پیشین",
            "اخبار بیشتر",
            "برگه بعدی",
        ),
        *("برگهٔ بعدی", "پسین"),
    ),
    AR: (
        *("المنشورات الأقدم", "المقالات الأقدم", "منشورات أقدم", "رسائل أقدم", "حمّل المزيد", "شاهد المزيد"),
        *("إظهار المزيد", "مزيد من الأخبار", "اللاحق"),
    ),
}


@pytest.mark.parametrize(("url", "words"), [(url, words) for url in MORE_WORDS for words in MORE_WORDS[url]])
def test_words_that_lead_on_where_the_address_holds_no_number(url: str, words: str) -> None:
    assert read(f'<a href="?after=c9x">{words}</a>', url).next_page(1) == NextPage(f"{url}?after=c9x", "link_text")


@pytest.mark.parametrize(("markup", "url", "number", "expected", "way"), WAYS)
def test_the_way_on(markup: str, url: str, number: int, expected: str, way: str) -> None:
    found = read(markup, url).next_page(number)
    assert found is not None
    assert (found.url, found.way) == (expected, way)


def test_the_ways_are_tried_in_order() -> None:
    number, more = '<a href="?page=2">2</a>', '<button data-next="?page=2&amp;m">More</button>'
    text, rel = '<a href="?page=2&amp;t">Older</a>', '<a rel=next href="?page=2&amp;r"></a>'
    ways = [read(markup).next_page(1) for markup in (more + number + text + rel, more + number + text, more + number)]
    assert [found and found.way for found in ways] == ["rel_next", "link_text", "page_number"]


NO_WAY = [
    '<link rel=next href="https://example.org/en/features/?page=2">',
    '<link rel=next href="/fa/features/?page=2">',
    '<link rel=next href="/en/society/?page=2">',
    '<a rel=next href="/en/features/150001-the-next-story/">Next</a>',
    '<a href="/en/features/2/">2</a>',
    '<a href="/en/features/report.2.pdf">2</a>',
    '<a href="/en/features/index2/">2</a>',
    '<a href="/en/features.2024.html">2024</a>',
    '<a href="?after=bb"><span uk-pagination-previous></span></a>',
    '<a href="/en/society/">More</a>',
    '<a href="/en/features/">Next</a>',
    '<a href="#more">More</a>',
    '<a href="javascript:next()">Next</a>',
    '<a href="?page=7">Next</a>',
    '<a href="/en/features/interviews/">See more</a>',
    '<td><a href="?date=2026-02-02">2</a></td><td><a href="?date=2026-02-03">3</a></td>',
    '<a href="?month=2026-03" aria-label="Next month">›</a>',
    '<a class="slick-next" href="#"></a>',
    '<a href="?before=a1" aria-label="Previous page">→</a>',
    '<a href="?page=1">‹</a>',
    '<a href="?year=2">two</a>',
    '<button data-page="7">Load more</button>',
    "<form method=post><input type=hidden name=page value=2><button>Load more</button></form>",
    "<form><input type=hidden name=page value=2></form><button>Load more</button>",
    "<form><input type=hidden name=sort value=2><button>Search</button></form>",
    '<button data-src="/en/features/?view=list">List</button>',
    '<button onclick="location.reload()">More</button>',
    '<div hx-get="/en/features/?popular" hx-trigger="load"></div>',
    '<div hx-get="/en/features/related/" hx-trigger="revealed"></div>',
    '<turbo-frame src="/en/features/?popular=1"></turbo-frame>',
    '<button data-page="2">Vote</button>',
    '<button data-url="/en/features/?view=list">List</button>',
    '<div data-next="Older stories"></div>',
    '<script>"<a rel=next href=?page=2>"</script><!-- <a rel=next href="?page=2"> -->',
]


@pytest.mark.parametrize("markup", NO_WAY)
def test_no_way_on(markup: str) -> None:
    assert read(markup).next_page(1) is None


BACK, ON = '<a href="?page=8">Previous</a>', 'href="?page=10">Next</a>'
LAST_PAGES = [
    f'<a class="Mui-disabled" tabindex="-1" aria-label="Go to next page" {ON}',
    f'<a aria-disabled="true" {ON}',
    f'<ul><li>{BACK}</li><li class="page-item disabled"><span><a {ON}</span></li></ul>',
    f'<span class="next is-disabled"><a {ON}</span>',
    f'<a class="pointer-events-none opacity-50" {ON}',
    '<link rel=prev href="?page=8"><a rel=next class=disabled href="?page=10"></a>',
    '<button data-page="10" disabled>Load more</button>',
    '<div data-page="9" data-max-page="9" data-next-page="/en/features/page/10/"></div>',
    f"{BACK}<a hidden {ON}",
    f'{BACK}<a style="display: none" {ON}',
    f'{BACK}<a class="invisible" {ON}',
    f'<a href="?page=8">8</a><ul><li style="visibility:hidden"><a {ON}</li></ul>',
]


@pytest.mark.parametrize("markup", LAST_PAGES)
def test_the_last_page_leads_nowhere(markup: str) -> None:
    assert read(markup, f"{EN}?page=9").next_page(9) is None


# A script shows these, or the menu that they stand in; or it is no list's item that is off.
UNSEEN_WAYS = [
    f'<a style="display:none" {ON}',
    f"<p hidden>{BACK} <a {ON}</p>",
    f'<a href="#" class=slick-prev>Previous</a><a hidden {ON}',
    f'<div class="menu"><div style="display:none"><ul><li>{BACK}</li><li><a {ON}</li></ul></div></div>',
    f'<ul class="pages"><li class="disabled"><a href="#">9</a></li><li><a {ON}</li></ul>',
    f'<a class="disabled:opacity-50" {ON}',
    '<button data-page="10" hidden>Load more</button>',
    '<div data-page="9" data-max-page="12" data-next-page="/en/features/?page=10"></div>',
]


@pytest.mark.parametrize("markup", UNSEEN_WAYS)
def test_what_is_merely_not_shown_leads_on(markup: str) -> None:
    found = read(markup, f"{EN}?page=9").next_page(9)
    assert found is not None
    assert found.url == f"{EN}?page=10"


PICKS = "<h3><a href=/en/features/21/>A Gate That Stayed Shut</a></h3>"
LIST = "<h2><a href=/en/features/31/>The Ferryman Counts</a></h2><h2><a href=/en/features/32/>A Bakery</a></h2>"
PICKS_ON, LIST_ON, LIST_BACK = (
    f'<nav><a href="?query-{query}={page}">{words}</a></nav>'
    for query, page, words in (("3", 2, "Next Page"), ("14", 6, "Next Page"), ("14", 4, "Previous Page"))
)
TWO_LISTS = {
    "picks in an aside": (f"<aside>{PICKS}{PICKS_ON}</aside><main>{LIST}{LIST_ON}</main>", 1, "?query-14=6"),
    "picks in a section": (f"<section>{PICKS}{PICKS_ON}</section><main>{LIST}{LIST_ON}</main>", 1, "?query-14=6"),
    "picks below": (f"<main>{LIST}{LIST_ON}</main><section>{PICKS}{PICKS_ON}</section>", 1, "?query-14=6"),
    "by numbers": (f"<aside>{PICKS}<a href='?a=2'>2</a></aside><div>{LIST}<a href='?b=2'>2</a></div>", 1, "?b=2"),
    "by rel": (f"<aside>{PICKS}<a rel=next href='?a=2'></a></aside>{LIST}<a rel=next href='?b=2'></a>", 1, "?b=2"),
    "page 5": (f"<div>{PICKS}{PICKS_ON}</div><div>{LIST}{LIST_BACK}{LIST_ON}</div>", 5, "?query-14=6"),
    "page 5, parameters kept": (
        f"{PICKS}<a href='?query-14=5&query-3=2'>Next</a>{LIST}<a href='?query-14=6'>Next</a>", 5, "?query-14=6",
    ),
    "the last page": (f"<div>{PICKS}{PICKS_ON}</div><div>{LIST}{LIST_BACK}</div>", 5, None),
    "the only page": (f"<aside>{PICKS}{PICKS_ON}</aside><main>{LIST}</main>", 1, None),
    "the only page, picks in a section": (
        f"<section>{PICKS}{PICKS_ON}</section><h1>Features</h1><main>{LIST}</main>", 1, None,
    ),
    "a widget's arrow": (f"<main>{LIST}</main><aside><a class=next href='?related=2'>\u203a</a></aside>", 1, None),
    # What is the list's own all the same:
    "a pager that calls itself an aside": (f"<main>{LIST}</main><aside>{LIST_ON}</aside>", 1, "?query-14=6"),
    "a list that is an aside": (f"<aside>{LIST}{LIST_ON}</aside>", 1, "?query-14=6"),
    "the latest below more that is picked": (f"<div>{PICKS}{LIST}</div><div>{PICKS}{LIST_ON}</div>", 1, "?query-14=6"),
    "a short list, and much beside it": (
        f"<h1>Features</h1><main>{PICKS}{LIST_ON}</main><div>{LIST}</div><footer>{LIST}</footer>", 1, "?query-14=6",
    ),
    "a pager above its list": (f"<aside>{PICKS}</aside>{LIST_ON}{LIST}", 1, "?query-14=6"),
    "a cursor that every page has": (f"{LIST}<a href='?query-14=c7'>Older</a>", 5, "?query-14=c7"),
}  # fmt: skip


@pytest.mark.parametrize("name", TWO_LISTS)
def test_the_way_on_is_the_lists_own(name: str) -> None:
    markup, number, expected = TWO_LISTS[name]
    found = read(markup, EN if number == 1 else f"{EN}?query-14={number}").next_page(number)
    assert (found and found.url) == (expected and EN + expected)


@pytest.mark.parametrize(("url", "number", "expected"), [
    (EN, 1, P2), (P2, 2, P3), ("http://stg.iranwire.com/en/features", 1, "https://iranwire.com/en/features?page=2"),
    (f"{EN}?ref=x", 1, f"{EN}?ref=x&page=2"),
])  # fmt: skip
def test_the_probe(url: str, number: int, expected: str) -> None:
    assert probe_address(url, number) == NextPage(expected, "probe")


def test_the_probe_stays_on_the_site() -> None:
    assert probe_address("https://example.org/en/features/", 1) is None
