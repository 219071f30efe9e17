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
