"""A head without its scripts leaves the same tree, whatever stands in it."""

from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from iranwire_crawler.pages.head import without_scripts

PLAIN = ["<script>var a = 1;</script>", "<script src=/x.js async></script>", "<style media='a'>p>b{}</style>",
         "<script>if(a<b){x='</div>'}</script>", "<SCRIPT>a</SCRIPT>", "<meta charset=utf-8>", "<link rel=x href=/a/>",
         "<meta name=a content='x > y'>", "<title>T &amp; x</title>", "<!-- c -->", "<base href=/>", " ", "\n",
         "<script type='application/ld+json'>{\"a\": 1}</script>"]  # fmt: skip
CROOKED = ["<script><!-- x --></script>", "<script><!--<script></script>--></script>", "<script>a</SCRIPT>",
           "<script>a</script >", "<script>a</scriptx></script>", "<link href=\"a'b\" rel='q\"'>", "<title>a<b</title>",
           "<!-->", "<!-- a --!> b -->", "<!-- <script>x</script> -->", "text", "</head>", "<head hidden>", "<body>",
           "<noscript><style>x</style></noscript>", "<style>a</style", "<script>unclosed", "<meta content=it's>",
           "<!doctype html>", "<style></sTyle></style>", "<script></style></script>", "<template>", "<svg>", "\0",
           "<script/>a</script>", "\x0b", "<script a=\"</script>\">x</script>", "<textarea>"]  # fmt: skip
ITEMS = st.one_of(st.sampled_from(PLAIN), st.sampled_from(PLAIN), st.sampled_from(CROOKED))


def tree(source: bytes) -> str:
    parsed = LexborHTMLParser(source, scripting=True)
    for node in parsed.css("script, style"):
        if "json" not in (node.attributes.get("type") or ""):
            node.decompose()
    return parsed.html or ""


@given(st.sampled_from(["", "<!doctype html>"]), st.lists(ITEMS, max_size=8).map("".join))
@settings(max_examples=400)
def test_nothing_but_scripts_and_styles_goes(doctype: str, items: str) -> None:
    page = f"{doctype}<html lang=en><head>{items}</head><body><p>x</p><script>z</script></body></html>".encode()
    assert tree(without_scripts(page)) == tree(page)


def test_they_go_and_json_stays() -> None:
    page = b"<html><head>%s</head><body><script>z</script></body></html>" % "".join(PLAIN).encode()
    left = without_scripts(page)
    assert left.count(b"script>") == 3
    assert b'{"a": 1}' in left
    assert b"<style" not in left


def test_a_crooked_head_stays_as_it_is() -> None:
    page = b"<html><head><script><!-- <script> --></script></head></html>"
    assert without_scripts(page) == page
