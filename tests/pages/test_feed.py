"""Feeds and sitemaps give up their articles, well-formed or not, and nothing else."""

import gzip
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iranwire_crawler.pages import feed
from iranwire_crawler.pages.feed import FeedItem, FeedPage

EN = "https://iranwire.com/en/feed/"
FA = "https://iranwire.com/fa/feed/"
BOAT = "https://iranwire.com/en/news/150301-a-boat/"


def rss(items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f"{head}<rss version='2.0'><channel><title>IranWire</title>{items}</channel></rss>".encode()


def brief(body: bytes, url: str = EN) -> list[tuple[str, str | None, str | None]]:
    return [(item.key, item.headline, item.date_published) for item in FeedPage(body, url).items]


def test_rss() -> None:
    page = FeedPage(
        rss(f"""<link>https://iranwire.com/en/</link><image><url>https://iranwire.com/en/news/9/</url></image>
        <item><title>A Boat &amp; Its Owner</title><link> {BOAT}?utm=rss </link><guid isPermaLink="false">77</guid>
        <pubDate>Wed, 05 Aug 2026 10:00:00 +0330</pubDate><source url="x"><title>No</title></source>
        <description><![CDATA[<p>It&#8217;s <b>late</b>.</p><img src="x">]]></description></item>
        <item><title><![CDATA[Older]]></title><link>/en/news/150302</link><pubDate>4 Sep 2026 08:00 GMT</pubDate></item>
        <item><title>Elsewhere</title><link>https://example.org/en/news/1/</link></item>
        <item><title>A section</title><link>https://iranwire.com/en/news/</link></item>"""),
        EN,
    )
    assert page.items == (
        FeedItem("en/150301", BOAT, "A Boat & Its Owner", "2026-08-05T10:00:00+03:30", "It’s late."),
        FeedItem("en/150302", "https://iranwire.com/en/news/150302/", "Older", "2026-09-04T08:00:00+00:00", None),
    )
    assert (page.warnings, page.sitemaps) == ((), ())


def test_atom() -> None:
    page = FeedPage(
        f"""<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="{EN}"/><entry><title type="html">A
        &lt;i&gt;Boat&lt;/i&gt;</title><link rel="enclosure" href="/en/news/1/"/><link href="{BOAT}"/><id>tag:x</id>
        <author><name>No</name></author><published>2026-08-05T10:00:00Z</published><updated>2026-08-06T00:00:00Z</updated>
        <summary>Short.</summary></entry></feed>""".encode(),
        EN,
    )
    assert page.items == (
        FeedItem("en/150301", BOAT, "A Boat", "2026-08-05T10:00:00Z", "Short.", "2026-08-06T00:00:00Z"),
    )


def test_the_title_of_an_items_picture_is_not_its_own() -> None:
    page = FeedPage(
        rss(f"""<item><title>A Boat</title><media:title>A quay</media:title><itunes:title>1</itunes:title>
        <media:description>By the water.</media:description><link>{BOAT}</link><description>Short.</description></item>
        <item><media:content url=x><media:title>A gate</media:title></media:content><atom:title>A Gate</atom:title>
        <link>/en/news/150302</link></item>"""),
        EN,
    )
    assert [(item.headline, item.description) for item in page.items] == [("A Boat", "Short."), ("A Gate", None)]


def test_rdf() -> None:
    body = f"""<rdf:RDF xmlns:rdf="x" xmlns:dc="y"><channel rdf:about="z"><items><rdf:Seq/></items></channel>
    <item rdf:about="{BOAT}"><title>A Boat</title><dc:date>2026-08-05</dc:date></item></rdf:RDF>"""
    assert brief(body.encode()) == [("en/150301", "A Boat", "2026-08-05")]


SITEMAP = f"""<?xml version="1.0"?><urlset><url><loc>{BOAT}</loc><lastmod>2026-08-07</lastmod>
<xhtml:link rel="alternate" hreflang="fa" href="http://stg.iranwire.com/fa/news-1/150303"/>
<news:news><news:publication><news:name>IranWire</news:name><news:title>No</news:title></news:publication>
<news:publication_date>2026-08-05T09:00:00+03:30</news:publication_date><news:title>A Boat</news:title></news:news>
</url><url><loc>https://iranwire.com/en/</loc></url><url><loc>https://iranwire.com/en/news/150304/</loc></url></urlset>"""


def test_sitemap() -> None:
    expected = (
        FeedItem("en/150301", BOAT, "A Boat", "2026-08-05T09:00:00+03:30", None, "2026-08-07"),
        FeedItem("fa/150303", "https://iranwire.com/fa/news-1/150303/", None, None, None),
        FeedItem("en/150304", "https://iranwire.com/en/news/150304/", None, None, None),
    )
    assert FeedPage(SITEMAP.encode(), "https://iranwire.com/sitemap.xml").items == expected
    packed = FeedPage(gzip.compress(SITEMAP.encode()), "https://iranwire.com/sitemap.xml.gz")
    assert (packed.items, packed.warnings) == (expected, ())
    members = gzip.compress(SITEMAP[:300].encode()) + gzip.compress(SITEMAP[300:].encode())
    assert FeedPage(members, "https://iranwire.com/sitemap.xml.gz").items == expected


def test_sitemap_index() -> None:
    page = FeedPage(
        b"""<sitemapindex><sitemap><loc>https://stg.iranwire.com/en/news.xml?a=1&amp;b=2</loc></sitemap><sitemap>
        <loc>/sitemap-2.xml.gz</loc></sitemap><sitemap><loc>https://example.org/s.xml</loc></sitemap></sitemapindex>""",
        "https://iranwire.com/sitemap.xml",
    )
    assert page.sitemaps == ("https://iranwire.com/en/news.xml?a=1&b=2", "https://iranwire.com/sitemap-2.xml.gz")
    assert (page.items, page.warnings) == ((), ())


ITEM = f"<item><title>A Boat</title><link>{BOAT}</link></item>"
BROKEN = {
    "bare ampersands": (rss(f"<item><title>A Boat & B&B &nbsp; &bogus;</title><link>{BOAT}?a&b</link></item>"),
                        "A Boat & B&B &bogus;"),
    "leading space": (b"\n\n  " + rss(ITEM), "A Boat"),
    "no root": (ITEM.encode(), "A Boat"),
    "no end": (rss(ITEM)[:-25], "A Boat"),
    "item not closed": (rss(ITEM.replace("</item>", "") + "<item><title>Another</title></item>"), "A Boat"),
    "title not closed in another": (rss("<item><title>Another</item>" + ITEM), "A Boat"),
    "quote not closed in another": (rss('<item><enclosure url="x></item>' + ITEM), "A Boat"),
    "html not escaped": (rss(f"<item><link>{BOAT}</link><description><p>x<br>y</description>"
                             "<title>A <b>Boat</title></item>"), "A Boat"),
    "control characters": (rss(ITEM.replace("A Boat", "A\x00 \x0bBoat")), "A Boat"),
    "wrong charset": (rss(ITEM.replace("A Boat", "قایق"), '<?xml version="1.0" encoding="iso-8859-1"?>'), "قایق"),
    "old charset": (rss(ITEM.replace("A Boat", "QQ"), '<?xml version="1.0" encoding="windows-1256"?>')
                    .replace(b"QQ", "خبز".encode("cp1256")), "خبز"),
    "utf-16": (rss(ITEM).decode().encode("utf-16"), "A Boat"),
    "upper case": (rss(ITEM).replace(b"item>", b"ITEM>"), "A Boat"),
    "double escaped": (rss(ITEM.replace("A Boat", "A Boat &amp;amp; B")), "A Boat & B"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_feeds_are_read_all_the_same(name: str) -> None:
    body, headline = BROKEN[name]
    assert [item.headline for item in FeedPage(body, EN).items] == [headline]


@pytest.mark.parametrize("body", [
    b"", b"\x89PNG\r\n", b"{}", b"<html><body><item><link>https://iranwire.com/en/news/1/</link></item></body></html>",
    b"<!doctype html><html><a href=/en/news/1/>x</a></html>",
])  # fmt: skip
def test_what_is_no_feed_has_no_items_and_says_so(body: bytes) -> None:
    page = FeedPage(body, EN, "application/rss+xml")
    assert (page.items, page.warnings) == ((), ("not_a_feed",))


@pytest.mark.parametrize(("text", "expected"), [
    ("Mon, 03 Feb 2025 08:05:09 GMT", "2025-02-03T08:05:09+00:00"), ("3 Feb 25 08:05 EST", "2025-02-03T08:05:00-05:00"),
    ("2025-02-03", "2025-02-03"), ("2025-02-03T08:05:09.5+03:30", "2025-02-03T08:05:09.5+03:30"),
    ("Mon, 03 Feb 2025 08:05:09 -0000", "2025-02-03"), ("2025-02-03T08:05:09", "2025-02-03"),
    ("yesterday", None), ("Mon, 33 Feb 2025 08:05:09 GMT", None), ("Mon, 03 Feb 2025 08:05:09 +9999", None), ("", None),
    ("3 " * 5_000, None),
])  # fmt: skip
def test_dates(text: str, expected: str | None) -> None:
    body = rss(f"<item><link>{BOAT}</link><pubDate>{text}</pubDate></item>")
    assert [item.date_published for item in FeedPage(body, EN).items] == [expected]


def test_an_article_named_twice_is_one_item() -> None:
    body = rss(
        f"<item><link>https://www.iranwire.com/en/features/150301</link><title>A Boat</title></item>"
        f"<item><link>{BOAT}</link><title>Later</title><pubDate>2026-08-05</pubDate></item>"
    )
    assert FeedPage(body, EN).items == (FeedItem("en/150301", BOAT, "A Boat", "2026-08-05", None),)


def test_entities_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    page = FeedPage(rss(f"<item><title>&l9; &f;</title><link>{BOAT}</link></item>", doctype), EN)
    assert [item.headline for item in page.items] == ["&l9; &f;"]
    assert page.warnings == ("entities_declared",)


def test_no_external_document_type_is_read() -> None:
    doctype = '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">'
    assert brief(rss(ITEM, doctype)) == [("en/150301", "A Boat", None)]


def test_more_items_than_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MAX_ITEMS", 10)
    items = "".join(f"<item><link>/en/news/{number}</link></item>" for number in range(1, 30))
    page = FeedPage(rss(items), EN)
    assert (len(page.items), page.warnings) == (10, ("too_many_items",))


HOSTILE = {
    "a million items": rss("".join(f"<item><link>/en/news/{n}</link></item>" for n in range(330_000))),
    "deep nesting": rss("<item>" + "<a>" * 500_000 + ITEM),
    "deep items": rss("<item>" * 500_000 + ITEM),
    "quotes": rss('<item a="' * 300_000),
    "attributes": rss("<item " + 'a="b" ' * 500_000 + ">"),
    "comments": rss("<!-- " * 500_000),
    "cdata": rss("<item><title>" + "<![CDATA[x" * 300_000),
    "brackets": rss("<" * 3_000_000),
    "markup in text": rss("<item><title><![CDATA[" + "<!--" * 500_000 + "]]></title></item>"),
    "doctypes": rss("<!DOCTYPE [" * 300_000),
    "long text": rss(f"<item><title>{'x ' * 2_000_000}</title><link>{BOAT}</link></item>"),
    "ampersands": rss("<item><title>" + "&" * 3_000_000),
    "bomb": gzip.compress(b"<urlset>" + b" " * 300_000_000),
    "empty members": gzip.compress(b"") * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_feeds_end(name: str) -> None:
    started = time.process_time()
    page = FeedPage(HOSTILE[name], EN)
    assert len(page.items) <= feed.MAX_ITEMS
    assert all(len(item.headline or "") <= 500 for item in page.items)
    assert time.process_time() - started < 20


def test_a_damaged_gzip_gives_what_came_before() -> None:
    body = gzip.compress(SITEMAP.encode())
    page = FeedPage(body[:-30], "https://iranwire.com/sitemap.xml.gz")
    assert page.items
    assert "gzip_damaged" in page.warnings
    assert FeedPage(b"\x1f\x8b" + zlib.compress(b"x"), EN).items == ()


PARTS = st.sampled_from([
    b"<rss>", b"<item>", b"</item>", b"<title>", b"</title>", b"<link>", b"/en/news/1", b"</link>", b"<![CDATA[",
    b"]]>", b"&", b"<!DOCTYPE x [", b"<!ENTITY a 'b'>", b"]>", b"&a;", b"<pubDate>", b"<url>", b"<loc>", b"<entry>",
    b"Mon, 03 Feb 2025 08:05:09 GMT", b"<link href='/en/news/2'/>", b"\xff", b"<", b">", b'"', b"&#xD800;",
    b"&#99999999;", b"\x1f\x8b\x08", b"<!--",
])  # fmt: skip


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=300), st.lists(PARTS, max_size=30).map(b"".join)), st.sampled_from([EN, FA, "x"]))
def test_any_bytes(body: bytes, url: str) -> None:
    for each in (body, gzip.compress(body), gzip.compress(body)[:-9]):
        page = FeedPage(each, url)
        _ = (page.items, page.sitemaps, page.warnings)
