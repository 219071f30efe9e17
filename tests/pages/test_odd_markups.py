"""Small markups that were once misread: what stands on the page, and what a reader takes from it."""

from typing import Any

import pytest
from pages.facts import facts_of

URL = "https://iranwire.com/en/features/65000/"
TITLE = "<h1>Nurses Leave Their Ward</h1>"
DATED = f"{TITLE}<p>February 3, 2024</p>"
HEAD = f"{DATED}<p>2 min read</p>"
FIRST, LAST = "The ward has been shut since spring.", "Nobody there expects it to open again before the year is out."
WARD, PORT = "An empty ward in the south", "The port at dusk"
CARD = '<div><h3><a href="/en/news/64000/">Two Poets Freed</a></h3><p>February 2, 2024</p><p>1 min read</p></div>'
SLIDES = f'<div><img src=1.jpg alt="{WARD}"><p>{WARD}</p></div><div><img src=2.jpg alt="{PORT}"><p>{PORT}</p></div>'
P = f"<p>{FIRST}</p>"
END = f"<p>{LAST}</p>"

ODD: dict[str, tuple[str, dict[str, Any]]] = {
    "the body's short last line before a card": (
        f"{HEAD}<div>{P}<p>Parisa Ahmadi</p></div>{CARD}",
        {"body": [FIRST, "Parisa Ahmadi"], "related": [("Two Poets Freed", None)]},
    ),
    "a label beside the card's title": (
        (
            f'{HEAD}{P}<div><div><span>News</span> <a href="/en/news/64000/">Why Are Two Poets Free?</a></div>'
            "<p>February 2, 2024</p></div>"
        ),
        {"body": [FIRST], "related": [("Why Are Two Poets Free?", "News")]},
    ),
    "captions in spans beside their pictures": (
        (
            f'{HEAD}<div><a><img src=1.jpg alt="{WARD}"><span>{WARD}</span></a>'
            f'<a><img src=2.jpg alt="{PORT}"><span>{PORT}</span></a></div>{P}'
        ),
        {"body": [FIRST], "captions": [WARD, PORT]},
    ),
    "a picture after spans": (
        f'{TITLE}<span>February 3, 2024</span><span>2 min read</span><img src=1.jpg alt="{WARD}"><p>{WARD}</p>{P}',
        {"body": [FIRST], "captions": [WARD], "minutes": 2},
    ),
    "a picture after an author in bare text": (
        f'{TITLE}February 3, 2024<br>Mahin Ostovar<img src=1.jpg alt="{WARD}"><br>{WARD}<br><br>{FIRST}',
        {"body": [FIRST], "captions": [WARD], "authors": ["Mahin Ostovar"]},
    ),
    "a picture amid a sentence": (
        f"{HEAD}<p>Half of it <img src=1.jpg alt=x> and the rest.</p>",
        {"body": ["Half of it and the rest."]},
    ),
    "slides that wait for a script": (
        f'{HEAD}<div style="display:none">{SLIDES}<span>1 / 2</span></div>{P}',
        {"body": [FIRST], "captions": [WARD, PORT]},
    ),
    "slides hidden one by one within a hidden slider": (
        (
            f'{HEAD}<ul hidden><li hidden><img src=1.jpg alt="{WARD}"><p>{WARD}</p></li>'
            f'<li hidden><img src=2.jpg alt="{PORT}"><p hidden>{PORT}</p></li></ul>{P}'
        ),
        {"body": [FIRST], "captions": [WARD, PORT]},
    ),
    "a hidden box with words of its own": (
        f'{HEAD}<div style="display:none">{SLIDES}<p>Send us your pictures</p></div>{P}',
        {"body": [FIRST], "captions": []},
    ),
    "a sentence on copyright": (
        f"{HEAD}{P}<p>Copyright law was never passed, her lawyer says.</p>{END}",
        {"body": [FIRST, "Copyright law was never passed, her lawyer says.", LAST]},
    ),
    "the site's copyright": (f"{HEAD}{P}<p>© 2024 IranWire</p>{END}", {"body": [FIRST]}),
    "a year's copyright": (f"{HEAD}{P}<p>Copyright © 2013-2024</p>{END}", {"body": [FIRST]}),
    "the copyright of a picture": (
        f'{HEAD}{P}<figure><img src=1.jpg alt="{PORT}"><figcaption>{PORT}</figcaption></figure><p>© 2021 AFP</p>{END}',
        {"body": [FIRST, LAST], "captions": [PORT], "credits": ["2021 AFP"]},
    ),
    "a name in two elements": (
        "<h1>Iran<span>Wire</span> Wins a Prize</h1><p>February 3, 2024</p>" + P,
        {"section": None, "headline": "IranWire Wins a Prize"},
    ),
    "switch sites as a link": (
        f'<div><a href="#">switch sites</a></div><div><a href="/en/features/">Features</a></div>{HEAD}{P}',
        {"section": "Features"},
    ),
    "the site's name above the headline": (f'<p><a href="/en/">IranWire</a></p>{HEAD}{P}', {"section": None}),
    "a link to the text above the headline": (
        f'<p><a href="#main">Skip to content</a></p>{HEAD}{P}',
        {"section": None},
    ),
    "what a player shows where it cannot play": (
        f"{HEAD}{P}<video src=v.mp4>Your browser cannot play this.</video><progress>0%</progress>{END}",
        {"body": [FIRST, "https://iranwire.com/en/features/65000/v.mp4", LAST]},
    ),
    "a player that is never closed": (
        f"{HEAD}{P}<video src=v.mp4>{''.join(f'<p>{number}. {LAST}</p>' for number in range(8))}",
        {"words": 7 + 8 * 13},
    ),
    "a list between paragraphs, then a notice": (
        f"{HEAD}<div>{P}<ul><li>One demand.</li></ul><div><p>visit the accountability section</p></div>{END}</div>",
        {"body": [FIRST, "One demand.", LAST]},
    ),
    "a quote after a notice": (
        f"{HEAD}<div>{P}<div><p>visit the accountability section</p></div><blockquote><p>{LAST}</p></blockquote></div>",
        {"body": [FIRST, LAST]},
    ),
    "a table in a figure": (
        (
            f"{HEAD}{P}<figure><img src=1.jpg alt=''></figure>{END}"
            '<figure class="table"><table class="caption-top"><tr><td>1399</td></tr></table></figure>'
        ),
        {"body": [FIRST, LAST, "1399"], "captions": []},
    ),
    "a quote in a figure": (
        (
            f'{HEAD}{P}<figure><img src=1.jpg alt="{PORT}"><figcaption>{PORT}</figcaption></figure>{END}'
            "<figure><blockquote>Nobody asks our names</blockquote></figure>"
        ),
        {"body": [FIRST, LAST, "Nobody asks our names"], "captions": [PORT]},
    ),
    "a sentence and its pull quote": (
        f"{HEAD}<p>{LAST}</p><blockquote>{LAST}</blockquote>{P}",
        {"body": [LAST, LAST, FIRST], "captions": []},
    ),
    "a button after the date": (f"{DATED}<button>Share</button>{P}", {"authors": [], "body": [FIRST]}),
    "links that are buttons": (
        f'{HEAD}<div><img src=1.jpg alt="{WARD}"><p>{WARD}</p></div><a href="#c" role=button><span>Next</span></a>{P}',
        {"body": [FIRST], "captions": [WARD]},
    ),
    "arrows and counts of a slider": (
        (
            f"{DATED}<div>Previous</div><div><img src=1.jpg alt='Nurses Leave Their Ward'></div><div>❮ ❯</div>"
            f"<div>Slide 1 of 3</div>{P}"
        ),
        {"body": [FIRST], "authors": []},
    ),
    "links to the site's own pages, one a line": (
        f"{HEAD}{P}<ul><li><a href=/en/pages/about/>About us</a></li><li><a href=/en/>Home</a></li></ul>",
        {"body": [FIRST]},
    ),
    "a paragraph that is one link to the front page": (
        f"{HEAD}{P}<p><a href=/en/>{LAST}</a></p>",
        {"body": [FIRST, LAST]},
    ),
    "a bold label above a card in flat markup": (
        f"{HEAD}{P}<p><b>News</b></p><p><a href=/en/news/64000/>Two Poets Freed</a></p><p>February 2, 2024</p>",
        {"body": [FIRST], "related": [("Two Poets Freed", "News")]},
    ),
    "a link that is a button amid a sentence": (
        f'{HEAD}<p>Write to us <a href="#" role="button">here</a> today.</p>',
        {"body": ["Write to us here today."]},
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_reads_as_a_reader_does(name: str) -> None:
    markup, expected = ODD[name]
    read = facts_of(markup, URL)
    assert {field: read[field] for field in expected} == expected
