"""Small markups of pictures and players that no plain `img` shows: whose address, alt and caption are read."""

from typing import Any

import pytest
from pages.facts import facts_of

PLACES = {
    "en": (
        "https://iranwire.com/en/features/65000/",
        "<h1>Beekeepers Lose Their Hillside</h1><p>February 3, 2024</p><p>2 min read</p>",
        "The hives were carried off at night.",
        "Nobody has said who bought the hill, or what is to become of the bees.",
        "Empty hives above the village",
    ),
    "fa": (
        "https://iranwire.com/fa/features/108000-x/",
        "<h1>زنبورداران دامنه را از دست دادند</h1><p>۲۲ مهر ۱۴۰۱</p><p>خواندن در ۲ دقیقه</p>",
        "کندوها را شبانه بردند.",
        "هنوز کسی نگفته است که تپه را چه کسی خریده و سرنوشت زنبورها چه می‌شود.",
        "کندوهای خالی بالای روستا",
    ),
    "ar": (
        "https://iranwire.com/ar/from-inside-iran/106000-x/",
        "<h1>النحالون يفقدون سفحهم</h1><p>3 أغسطس 2022</p><p>2 دقيقة للقراءة</p>",
        "نقلت الخلايا في الليل.",
        "لم يقل أحد من اشترى التل وماذا سيحل بالنحل بعد ذلك.",
        "خلايا فارغة فوق القرية",
    ),
}
URL, HEAD, FIRST, LAST, HIVES = PLACES["en"]
P, END = f"<p>{FIRST}</p>", f"<p>{LAST}</p>"
FIGURE = f"<figure>{{}}<figcaption>{HIVES}</figcaption></figure>"
ALT = f'alt="{HIVES}"'
GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


def read(markup: str) -> dict[str, Any]:
    return facts_of(f"{HEAD}{markup}{END}", URL)


@pytest.mark.parametrize("language", PLACES)
@pytest.mark.parametrize("name", [
    "data-lazy", "data-cfsrc", "data-ll-src", "data-flickity-lazyload", "data-splide-lazy", "data-pagespeed-lazy-src",
    "nitro-lazy-src", "data-echo",
])  # fmt: skip
def test_a_lazy_loader_keeps_the_address_in_an_attribute_of_its_own(language: str, name: str) -> None:
    url, head, first, last, hives = PLACES[language]
    for placeholder in ('src="/blank.gif"', f'src="{GIF}"', ""):
        slide = f'<div><img {placeholder} {name}="/a.jpg" alt="{hives}"><p>{hives}</p></div>'
        facts = facts_of(f"{head}{slide}<p>{first}</p><p>{last}</p>", url)
        assert (facts["pictures"], facts["captions"], facts["body"]) == (["/a.jpg"], [hives], [first, last])


@pytest.mark.parametrize("beside", [
    'data-large-file="/big.jpg"', 'data-full="/big.jpg"', 'data-orig-file="/big.jpg"', 'data-zoom-src="/big.jpg"',
    'data-thumb-src="/small.jpg"', 'data-lazy="true"', 'data-lazy-src="{}"', f'data-src="{GIF}"',
    'data-original-title="Hives/Hill"', 'data-src=""',
])  # fmt: skip
def test_what_is_no_lazy_address_does_not_win_over_the_source(beside: str) -> None:
    assert read(f'<img src="/a.jpg" {beside} {ALT}>')["pictures"] == ["/a.jpg"]


ADDRESSES = {
    "a set where the source is a placeholder": '<img src="/i/spacer.gif" srcset="/a.jpg 400w, /b.jpg 800w" alt="">',
    "a set that only a script reads": '<img src="/blank.gif" data-lazy-srcset="/a.jpg 400w, /b.jpg 800w" alt="">',
    "another format of a placeholder": (
        f'<picture><source data-srcset="/b.jpg"><source srcset="/c.webp"><img src="{GIF}" alt=""></picture>'
    ),
    "a picture that is called like a placeholder": '<img src="/b.jpg" alt=""><img src="/empty-hives.jpg" alt="">',
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_addresses(name: str) -> None:
    assert read(ADDRESSES[name])["pictures"] in (["/b.jpg"], ["/b.jpg", "/empty-hives.jpg"])


@pytest.mark.parametrize("markup", [
    '<iframe src="about:blank" data-src="{}"></iframe>', '<iframe src="about:blank" data-lazy-src="{}"></iframe>',
    '<iframe data-litespeed-src="{}"></iframe>', '<video src=""><source data-src="{}"></video>',
    '<iframe src="{}" data-src="/other"></iframe>',
])  # fmt: skip
def test_a_lazy_player_is_an_embed(markup: str) -> None:
    address = "https://www.youtube.com/embed/a"
    assert read(P + markup.format(address))["body"] == [FIRST, address, LAST]


NOSCRIPT = f'<noscript><img src="/a.jpg" {ALT}></noscript>'
PIXEL = '<noscript><img src="https://count.example.com/tr?id=7"></noscript>'
SMALL = f'<noscript><img src="https://count.example.com/a.jpg" width="1" height="1" {ALT}></noscript>'
UNSEEN = f'<noscript><img src="https://count.example.com/a.jpg" style="display:none" {ALT}></noscript>'


@pytest.mark.parametrize("language", PLACES)
@pytest.mark.parametrize("placeholder", [GIF, "data:image/svg+xml;utf8,x", "/blank.gif", "/i/placeholder.svg", ""])
def test_a_placeholder_has_the_address_of_its_noscript_copy(language: str, placeholder: str) -> None:
    url, head, first, last, hives = PLACES[language]
    pair = f'<img src="{placeholder}" alt="{hives}"><noscript><img src="/a.jpg" alt="{hives}"></noscript>'
    for markup in (pair, f"<span>{pair}</span>", f"<span>{pair.replace('<noscript', '</span>&#10;<noscript')}"):
        figure = f"<figure>{markup}<figcaption>{hives}</figcaption></figure>"
        facts = facts_of(f"{head}{figure}<p>{first}</p><p>{last}</p>", url)
        assert (facts["pictures"], facts["captions"], facts["body"]) == (["/a.jpg"], [hives], [first, last])


COPIES = {
    "a blurred picture": (f'<img src="/blur.jpg" {ALT}>{NOSCRIPT}', ["/a.jpg"]),
    "neither has words": (f'<img src="{GIF}" alt=""><noscript><img src="/a.jpg" alt=""></noscript>', ["/a.jpg"]),
    "only the copy has words": (f'<img src="/blank.gif" alt="">{NOSCRIPT}', ["/a.jpg"]),
    "only the placeholder has words": (f'<img src="{GIF}" {ALT}><noscript><img src="/a.jpg"></noscript>', ["/a.jpg"]),
    "two pictures, each with its copy": (
        (
            f'<img src="{GIF}" alt="One hive"><noscript><img src="/1.jpg" alt="One hive"></noscript>'
            f'<img src="{GIF}" alt="Two hives"><noscript><img src="/2.jpg" alt="Two hives"></noscript>'
        ),
        ["/1.jpg", "/2.jpg"],
    ),
    "the script's address is better than the copy's": (f'<img data-src="/large.jpg" {ALT}>{NOSCRIPT}', ["/large.jpg"]),
    "another picture than the one before": (f'<img src="/b.jpg" alt="A shepherd">{NOSCRIPT}', ["/b.jpg"]),
    "a picture without words": ('<img src="/b.jpg" alt=""><noscript><img src="/a.jpg"></noscript>', ["/b.jpg"]),
    "a noscript that follows words": (f"<p>One hive is left.</p>{NOSCRIPT}", []),
    "nothing but pixels": (f"<p>One hive is left.</p>{PIXEL}{SMALL}{UNSEEN}", []),
    "pixels after a placeholder": (f'<img src="{GIF}" {ALT}>{PIXEL}{SMALL}{UNSEEN}{NOSCRIPT}', ["/a.jpg"]),
    "a noscript without a picture": (f'<img src="/b.jpg" {ALT}><noscript>Turn scripts on</noscript>', ["/b.jpg"]),
    "a figure's only picture": (FIGURE.format(NOSCRIPT), ["/a.jpg"]),
    "a figure's pixels": (FIGURE.format(PIXEL + SMALL + UNSEEN), []),
    "a figure with a picture before it": (FIGURE.format(f'<img src="/b.jpg" alt="A shepherd">{NOSCRIPT}'), ["/b.jpg"]),
    "a figure with a picture after it": (FIGURE.format(f'{NOSCRIPT}<img src="/b.jpg" {ALT}>'), ["/b.jpg"]),
    "a figure with the placeholder after it": (FIGURE.format(f'{NOSCRIPT}<img src="{GIF}" {ALT}>'), ["/a.jpg"]),
    "a figure, then another": (
        FIGURE.format(NOSCRIPT) + '<figure><img src="/b.jpg" alt="A shepherd"></figure><img src="/c.jpg" alt="">',
        ["/a.jpg", "/b.jpg", "/c.jpg"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COPIES)
def test_pictures_of_a_noscript(name: str) -> None:
    markup, pictures = COPIES[name]
    facts = read(f"{P}{markup}")
    assert facts["pictures"] == pictures
    if "/a.jpg" in pictures and "<figure" in markup:
        assert facts["captions"] == [HIVES]
        assert facts["body"] == [FIRST, LAST]


LAID = 'style="background-image:url(/a.jpg)"'


@pytest.mark.parametrize("language", PLACES)
@pytest.mark.parametrize(
    "style",
    ["background-image:url(/a.jpg)", "height:300px; background: center / cover url( '/a.jpg' ) no-repeat",
     "background-image:linear-gradient(#0000,#000), url(&quot;/a.jpg&quot;)"],
)  # fmt: skip
def test_a_picture_laid_behind_an_element(language: str, style: str) -> None:
    url, head, first, last, hives = PLACES[language]
    named = f'style="{style}" role="img" aria-label="{hives}"'
    for markup in (
        f"<figure><div {named}></div><figcaption>{hives}</figcaption></figure>",
        f'<figure><div style="{style}"> </div><figcaption>{hives}</figcaption></figure>',
        f'<figure><a href="/i.jpg" style="{style}"></a><figcaption>{hives}</figcaption></figure>',
        f"<div><div {named}></div><p>{hives}</p></div>",
        f"<div><span {named}></span><p>{hives}</p></div>",
        f"<div {named}><p>{hives}</p></div>",
    ):
        facts = facts_of(f"{head}{markup}<p>{first}</p><p>{last}</p>", url)
        assert (facts["pictures"], facts["captions"], facts["body"]) == (["/a.jpg"], [hives], [first, last])


BEHIND = {
    "an ornament of the page": (f"<div {LAID}><p>One hive is left.</p></div>", []),
    "an ornament amid a sentence": ('<p>One <b style="background:url(/a.jpg)"></b> hive is left.</p>', []),
    "an icon": ('<span role="img" style="width:24px;height:24px;background:url(/a.png)"></span>', []),
    "a drawing": ('<span role="img" aria-label="Telegram" style="background:url(/t.svg)"></span>', []),
    "a quote's ornament": (f"<figure {LAID}><blockquote>One hive is left.</blockquote></figure>", []),
    "a preview behind its picture": (f'<figure><div {LAID}><img src="/b.jpg" {ALT}></div></figure>', ["/b.jpg"]),
    "a preview before its picture": (f'<figure><div {LAID}></div><img src="/b.jpg" {ALT}></figure>', ["/b.jpg"]),
    "a preview after its picture": (f'<figure><img src="/b.jpg" {ALT}><div {LAID}></div></figure>', ["/b.jpg"]),
    "a preview that is called a picture": (
        f'<figure><div role="img" {LAID}><img src="/b.jpg" {ALT}></div></figure>', ["/b.jpg"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BEHIND)
def test_what_is_laid_behind_an_element_may_be_no_picture(name: str) -> None:
    markup, pictures = BEHIND[name]
    assert read(P + markup)["pictures"] == pictures


@pytest.mark.parametrize(("sizes", "shown"), [
    ('width="4" height="3"', True), ('width="16" height="9"', True), ('width="1" height="1" layout="responsive"', True),
    ('width="1" height="1"', False), ('width="24" height="24" layout="fixed"', False),
])  # fmt: skip
def test_sizes_of_a_custom_element_may_be_a_ratio(sizes: str, shown: bool) -> None:
    facts = read(FIGURE.format(f'<amp-img src="/a.jpg" {ALT} {sizes}></amp-img>'))
    assert facts["pictures"] == (["/a.jpg"] if shown else [])


def test_a_size_of_any_length_is_no_icons() -> None:
    assert read(f'<img src="/a.jpg" width="{"9" * 5_000}" {ALT}>')["pictures"] == ["/a.jpg"]


@pytest.mark.parametrize("place", ["{0}{1}{2}", "{1}{0}{2}", "{1}{2}{0}"])
@pytest.mark.parametrize("address", [
    "https://www.facebook.com/sharer?u=x", "https://t.me/share/url?url=x", "whatsapp://send?text=x",
])  # fmt: skip
def test_the_sign_of_a_network_is_no_picture(place: str, address: str) -> None:
    bar = f'<div><a href="{address}"><img src="/i/sign.svg" alt="Share it"></a></div>'
    facts = read(place.format(bar, FIGURE.format(f'<img src="/a.jpg" {ALT}>'), P))
    assert (facts["pictures"], facts["captions"], facts["body"]) == (["/a.jpg"], [HIVES], [FIRST, LAST])


ACCOUNTABILITY = '<a href="/en/accountability/"><h2>visit the accountability section</h2></a>'
BLOCKS = {
    "the block's own picture": (f'{P}<div><img src="/b.png" alt="">{ACCOUNTABILITY}</div>', []),
    "in a link of its own": (f'{P}<div><a><img src="/b.png" alt="">{ACCOUNTABILITY}</a></div>', []),
    "deeper in the block": (f'{P}<div><div><img src="/b.png" alt=""></div><div>{ACCOUNTABILITY}</div></div>', []),
    "the body's last picture": (
        f'<div>{P}<p><img src="/a.jpg" alt=""></p><div>{ACCOUNTABILITY}</div></div>', ["/a.jpg"],
    ),
    "the body's last picture, and the block's": (
        f'{P}<img src="/a.jpg" alt=""><div><img src="/b.png" alt="">{ACCOUNTABILITY}</div>', ["/a.jpg"],
    ),
    "a picture with a caption": (
        f'{P}<div>{FIGURE.format(f"""<img src="/a.jpg" {ALT}>""")}{ACCOUNTABILITY}</div>', ["/a.jpg"],
    ),
    "a gallery": (
        f'{P}<div><img src="/a.jpg" alt=""><img src="/b.jpg" alt="">{ACCOUNTABILITY}</div>', ["/a.jpg", "/b.jpg"],
    ),
    "an article of nothing but a picture": (f'<div><img src="/a.jpg" alt=""><p>{ACCOUNTABILITY}</p></div>', ["/a.jpg"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BLOCKS)
def test_the_picture_of_the_block_after_the_body(name: str) -> None:
    markup, pictures = BLOCKS[name]
    facts = facts_of(HEAD + markup, URL)
    assert facts["pictures"] == pictures
    assert facts["body"] == ([FIRST] if P in markup else [])


@pytest.mark.parametrize("language", PLACES)
def test_a_slide_in_the_button_that_opens_it(language: str) -> None:
    url, head, first, last, hives = PLACES[language]
    for caption, alt in (("<span>{}</span>", hives), ("<p>{}</p>", hives), ("<figcaption>{}</figcaption>", "")):
        for number, wrapped in enumerate(("<button>{}<p>+</p></button>", '<div role="button">{}</div>')):
            slide = f'<figure><img src="/{{}}.jpg" alt="{alt}">{caption.format(hives)}</figure>'
            slides = "".join(wrapped.format(slide.format(at)) for at in (1, 2)) + "<button>Next</button>"
            for before, after in (("", f"<p>{first}</p>"), (f"<p>{first}</p>", "")):
                facts = facts_of(f"{head}{before}{slides}{after}<p>{last}</p>", url)
                assert facts["pictures"] == ["/1.jpg", "/2.jpg"]
                assert (number, facts["captions"], facts["credits"]) == (number, [hives, hives], [])
                assert facts["body"] == [first, last]


@pytest.mark.parametrize("language", PLACES)
@pytest.mark.parametrize("tag", ["aside", "nav", "form", 'div role="complementary"'])
def test_a_frame_around_nothing_but_the_articles_pictures(language: str, tag: str) -> None:
    url, head, first, last, hives = PLACES[language]
    figure = '<figure><img src="/{}.jpg" alt="{}"><figcaption>{}</figcaption></figure>'
    for alt in (hives, ""):
        figures = f"<{tag}><div>{figure.format(1, alt, hives)} {figure.format(2, alt, hives)}</div></{tag.split()[0]}>"
        facts = facts_of(f"{head}{figures}<p>{first}</p><p>{last}</p>", url)
        assert (facts["pictures"], facts["captions"]) == (["/1.jpg", "/2.jpg"], [hives, hives])
        assert facts["body"] == [first, last]


HIVE = FIGURE.format(f'<img src="/a.jpg" {ALT}>')
FRAMES = {
    "words beside the picture": f"<aside>{HIVE}<p>Support our work</p></aside>{P}",
    "a picture in no figure": f'<aside><img src="/a.jpg" {ALT}></aside>{P}',
    "amid the body": f"{P}<aside>{HIVE}</aside>",
    "a dialog": f"<dialog>{HIVE}</dialog>{P}",
    "a picture that leads to another article": f'<aside><a href="/en/news/64000/">{HIVE}</a></aside>{P}',
}


@pytest.mark.parametrize("name", FRAMES)
def test_pictures_beside_the_article_are_not_its_own(name: str) -> None:
    facts = read(FRAMES[name])
    assert (facts["pictures"], facts["body"]) == ([], [FIRST, LAST])


def test_the_articles_pictures_go_on_after_a_promotion() -> None:
    facts = read(f"{FRAMES['a picture that leads to another article'].removesuffix(P)}{HIVE}{P}")
    assert (facts["pictures"], facts["in_body"]) == (["/a.jpg"], [False])


@pytest.mark.parametrize("language", PLACES)
@pytest.mark.parametrize("inside", [
    '<img slot="img" src="/a.jpg" alt="{0}"><span slot="cap">{0}</span>', '<p slot="cap">{0}</p>',
    '<div><img src="/a.jpg" alt=""></div><span>{0}</span>',
])  # fmt: skip
def test_a_caption_in_a_custom_element(language: str, inside: str) -> None:
    url, head, first, last, hives = PLACES[language]
    custom = f'<iw-image src="/a.jpg" alt="{hives}">{inside.format(hives)}</iw-image>'
    facts = facts_of(f"{head}{custom}<p>{first}</p><p>{last}</p>", url)
    assert (facts["pictures"], facts["captions"], facts["body"]) == (["/a.jpg"], [hives], [first, last])
    facts = facts_of(f"{head}<p>{first}</p>{custom * 2}<p>{last}</p>", url)
    assert (facts["captions"], facts["body"]) == ([hives], [first, last])


def test_what_amp_falls_back_to_is_no_caption() -> None:
    fallback = f'<amp-img src="/a.jpg" {ALT}><div fallback>This picture cannot be shown.</div></amp-img>'
    facts = read(FIGURE.format(fallback))
    assert (facts["pictures"], facts["captions"], facts["body"]) == (["/a.jpg"], [HIVES], [LAST])
