"""What the fuzzing of each reader begins with: small whole inputs in our own words, and the words it may put in."""

import gzip
from collections.abc import Sequence

LONGEST = {"date": 80, "address": 200, "text": 120, "captures": 400, "warc": 1200}
"""Bytes of an input; of the readers of markup `LONGEST_MARKUP`. A fault that needs more is looked for by the tests."""
LONGEST_MARKUP = 800

_PAGES = (
    (
        "<title>The Goat</title><nav><a href=/en/>Home</a></nav><a href=/en/news/>News</a><h1>The Goat</h1>"
        "<div>February 3, 2024</div><div>Mina H</div><div>1 min read</div><img src=/i.jpg alt='A goat'><p>A goat</p>"
        "<p>A goat</p><p>The ferry was late again, and the <b>harbor</b> office had no answer.</p><h2>Day one</h2>"
        "<ul><li>a</li></ul><hr><div><a href=/en/news/7-x/><h3>Next one</h3></a>February 2, 2024</div>"
    ),
    (
        '<title>بز</title><article dir=rtl><a href="/fa/news/">خبرها</a><h1>بز صبور</h1><p>۱۴ بهمن ۱۴۰۲</p><p>مینا</p>'
        "<p>زمان مطالعه: ۲ دقیقه</p><figure><img src=a.jpg alt=بز><figcaption>بز</figcaption></figure>"
        "<p>قایق باز هم دیر کرد.</p><blockquote>«نمی‌دانم»</blockquote></article>"
    ),
    (
        "<title>العنزة</title><main><h1>العنزة الصبورة</h1><p>3 فبراير 2024</p><p>٢ دقيقة</p><p>تأخرت العبّارة.</p>"
        "<table><tr><td>a<td>b</table><iframe src=//y.example/1></iframe></main>"
    ),
    (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"The Goat","datePublished":'
        '"2024-02-03T10:00:00+03:30","author":[{"name":"Mina H"}]}</script><meta property=og:title content="The Goat">'
        "<link rel=canonical href=/en/news/122073-the-goat/><h1>The Goat</h1><p>The ferry was late.</p>"
    ),
)
_EMBEDDED = (
    (
        '<script id=__NEXT_DATA__ type="application/json">{"props":{"a":{"id":122073,"title":"The Goat","date":'
        '"2024-02-03","body":"<p>The ferry was late again, and nobody knew.<p>It was day one.","author":{"name":"M"}}}}'
        "</script><h1>The Goat</h1>"
    ),
    (
        '<script>self.x.push([1,"{\\"id\\":122073,\\"title\\":\\"The Goat\\",\\"date\\":\\"2024-02-03\\",'
        '\\"content\\":[{\\"type\\":\\"p\\",'
        '\\"children\\":[{\\"text\\":\\"The ferry was late again, and nobody knew.\\"}]}]}"])</script>'
    ),
)
_SECTIONS = (
    (
        "<nav><a href=/en/news/>News</a><a href=/fa/>فارسی</a></nav><h1>News</h1><div><a href=/en/news/12-the-goat/>"
        "<h3>The Goat</h3></a><p>Mina H<span>February 3, 2024</span></div><a rel=next href=/en/news/page/2/>Next</a>"
        "<link rel=alternate type=application/rss+xml href=/en/feed/>"
    ),
    (
        '<base href="/en/"><a href=features/12/></a><b>A</b><button data-url="?page=2" aria-label="Load more"></button>'
        '<a href="?page=3">3</a><a href="javascript:x()" onclick="go(2)">Older</a>'
    ),
)
_ARTICLE = "https://iranwire.com/en/news/12-a/"
_FEEDS = (
    (
        f"<?xml version='1.0'?><rss><channel><title>t</title><item><title>A &amp; b</title><link>{_ARTICLE}</link>"
        "<pubDate>Sat, 12 Sep 2026 08:00:00 +0330</pubDate><description><![CDATA[<p>x</p>]]></description></item>"
    ),
    f'<feed><entry><title>a</title><link href="{_ARTICLE}"/><updated>2026-09-12T08:00:00Z</updated></entry></feed>',
    (
        f'<urlset><url><loc>{_ARTICLE}</loc><lastmod>2026-09-12</lastmod><xhtml:link hreflang="fa" '
        'href="https://iranwire.com/fa/news/13-b/"/><news:title>t</news:title></url></urlset>'
    ),
    "<sitemapindex><sitemap><loc>https://iranwire.com/s.xml</loc></sitemap></sitemapindex>",
    '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///x">]><rdf:RDF><item rdf:about="x"><title>&a;</item>',
)
_PAGE = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\na page"
_CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"


def _record(kind: str, number: int, block: str, *more: str) -> str:
    named = (f"WARC-Type: {kind}", f"WARC-Record-ID: <urn:uuid:{number}>", f"WARC-Target-URI: {_ARTICLE}", *more)
    sized = ("WARC-Date: 2026-11-20T10:00:00Z", "Content-Type: application/http", f"Content-Length: {len(block)}")
    return "\r\n".join(("WARC/1.0", *named, *sized, "", block, "", ""))


_TEXTS: dict[str, Sequence[str]] = {
    "date": (
        *("February 3, 2024", "۱۴ بهمن ۱۴۰۲", "3 أغسطس 2022", "Sat, 12 Sep 2026 08:00:00 +0330", "1402-11-14"),
        *("2024-02-03T10:00:00+03:30", "Updated: Feb. 3rd 2024, 10:00 am", "86400", "3 دقیقه پیش"),
    ),
    "address": (
        *("https://iranwire.com/en/news/122073-a-slug/", "http://stg.iranwire.com:80/fa/x/1?a#b", "//x/../%2e"),
        *("https://www.iranwire.com/ar/أخبار/12-س/?ref=x", "javascript:alert(1)", "http://[::1]/", "/en/news/page/2/"),
    ),
    "text": ("«می‌شود»", "a\u00a0b", "\u202eabc", "s\x1b[2Jx"),
    "captures": (
        f'[["timestamp","original","statuscode"],["20260101000000","{_ARTICLE}","200"]]',
        f'{{"timestamp": "20260101000000", "url": "{_ARTICLE}", "status": "200"}}',
        'com,iranwire)/en 20260101000000 {"url": "https://iranwire.com/en/", "mime": "text/html"}',
    ),
    "feed": _FEEDS,
    "section": _SECTIONS,
    # The first byte chooses the edition.
    "page": tuple("012012"[number] + page for number, page in enumerate(_PAGES)),
    "embedded": tuple("0" + page for page in _EMBEDDED),
    "warc": (
        _record("response", 1, _PAGE),
        _record("response", 1, _PAGE) + _record("revisit", 2, "", "WARC-Refers-To: <urn:uuid:1>"),
        _record("response", 3, _CHUNKED),
    ),
}
_MARKUP = (
    *("<p>", "</p>", "<h1>", "<div>", "</div>", "<article>", "<table>", "<td>", "<figure>", "<template>", "<svg>"),
    *("<a href=/en/news/5/>", "<img alt=x src=y>", "<script>", "</script>", "<!--", "-->", "&#0;", "&nbsp;", "\u200c"),
    *("February 3, 2024", "۱۴ بهمن ۱۴۰۲", "3 فبراير 2024", "2 min read", "comments", "rel=next", "hidden", "class="),
)
_WORDS: dict[str, Sequence[str]] = {
    "date": ("January", "Sept.", "فروردین", "آذر", "ديسمبر", "Z", "+0330", "GMT", "T", "am", "٢٠٢٤", "۱۴۰۲", "99999"),
    "address": (
        *("https://", "iranwire.com", "/en/", "/fa/", "..", "%2e", "%2f", "\\", "@", ":443", "?page=", "#", "xn--"),
        *("\u0661", "\t", "javascript:", "[::1]", "9999999999999999999"),
    ),
    "text": ("\u200c", "\u202e", "\u2066", "\x1b[", "\x00", "\u064a", "\u0643", "\ufeff", "&amp;"),
    "captures": ("{", "}", "[", "]", '"url":', '"timestamp":', "null", "1e999", '"\\ud800"', "\n"),
    "feed": (
        *("<item>", "</item>", "<entry>", "<url>", "<loc>", "<link>", "<title>", "<![CDATA[", "]]>", "<!ENTITY", "&a;"),
        *("<guid>", "<pubDate>", "<lastmod>", "<sitemap>", "<rss>", "<feed>", "<urlset>", "xmlns:x=", _ARTICLE),
    ),
    "section": (*_MARKUP, "/en/news/page/2/", "?page=", "data-href=", "aria-label=", "Older", "بعدی", "<base href="),
    "page": (*_MARKUP, '"@type":"NewsArticle"', '"datePublished":', '"author":', "og:title", "<time datetime="),
    "embedded": (*_MARKUP, '"id":122073', '"title":', '"body":', '"blocks":[', '{"type":', "\\u003c", '\\"', "null"),
    "warc": (
        *("WARC/1.0\r\n", "WARC-Type: ", "response", "revisit", "resource", "conversion", "Content-Length: ", "\r\n"),
        *("Transfer-Encoding: chunked", "Content-Encoding: gzip", "Content-Encoding: br", "deflate", "-1", "99999999"),
        *("WARC-Refers-To: ", "WARC-Payload-Digest: sha1:", "WARC-Segment-Number: 1", "HTTP/1.1 302 x", "Location: /"),
        *("https://web.archive.org/web/20260101000000id_/", "0001-01-01T00:00:00+14:00", "\x1f"),
    ),
}
READERS = tuple(_TEXTS)


def seeds(reader: str) -> list[bytes]:
    found = [text.encode() for text in _TEXTS[reader]]
    if reader in ("feed", "warc"):
        one, other = (gzip.compress(each, mtime=0) for each in found[:2])
        found += [one + other, gzip.compress(found[0] + found[1], mtime=0)]
    return found


def dictionary(reader: str) -> str:
    """The words, as libFuzzer's -dict= reads them."""
    escaped = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in _WORDS[reader])
    return "".join(f'"{word}"\n' for word in escaped)
