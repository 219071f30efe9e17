"""What stands amid an article, or beside it, and is none of its text: buttons, share bars, players, counts, boxes."""

from typing import Any

import pytest
from pages.facts import facts_of

EN = "https://iranwire.com/en/features/65000/"
FA = "https://iranwire.com/fa/features/108572/"
AR = "https://iranwire.com/ar/from-inside-iran/106595/"
HEADLINE = "Nurses Leave Their Ward"
TITLE = f"<h1>{HEADLINE}</h1>"
TOLD = "<div><span>February 3, 2024</span><span>Mahin Ostovar</span><span>2 min read</span></div>"
FIRST, LAST = "The ward has been shut since spring.", "Nobody there expects it to open again before the year is out."
P, END = f"<p>{FIRST}</p>", f"<p>{LAST}</p>"
CARD = '<div><a href="/en/news/64000/"><h3>Two Poets Freed</h3></a><p>February 2, 2024</p><p>1 min read</p></div>'
JSON_LD = (
    '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",'
    f'"headline":"{HEADLINE}","datePublished":"2024-02-03"}}</script>'
)
SHARED = '<a href="https://www.facebook.com/sharer?u=x">Facebook</a><a href="https://t.me/share/url?url=x">Telegram</a>'
WHOLE = {
    "headline": HEADLINE, "date": "2024-02-03", "description": None, "authors": ["Mahin Ostovar"], "minutes": 2,
    "body": [FIRST, LAST], "links": [],
}  # fmt: skip
RELATED = {**WHOLE, "related": [("Two Poets Freed", None)]}

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "a button under the headline": (f"{TITLE}<button>Share</button>{TOLD}{P}{END}{CARD}", RELATED),
    "a button under the headline, with metadata": (
        f"{JSON_LD}{TITLE}<button>Share</button>{TOLD}{P}{END}{CARD}", {**RELATED, "date": "2024-02-03"},
    ),
    "a button of another element": (f'{TITLE}<div role="button">Follow</div>{TOLD}{P}{END}', WHOLE),
    "a button in the headline": (f"<h1>{HEADLINE} <button>Copy</button></h1>{TOLD}{P}{END}", WHOLE),
    "a button before the date": (
        f"{TITLE}{TOLD.replace('<div>', '<div><button>Save</button>')}{P}{END}",
        WHOLE,
    ),
    "a dialog under the headline": (f"{TITLE}<dialog open><p>We use cookies</p></dialog>{TOLD}{P}{END}", WHOLE),
    "a button above the standfirst": (
        f"{TITLE}<button>Share</button><p>Six weeks on, the beds are still empty</p>{TOLD}{P}{END}",
        {**WHOLE, "description": "Six weeks on, the beds are still empty"},
    ),
    "links that share, under the headline": (f"{TITLE}<div>{SHARED}</div>{TOLD}{P}{END}", WHOLE),
    "names of networks, under the headline": (
        f'{TITLE}<div><a href="#f">Facebook</a> <a href="#t">Twitter</a> <a href="#w">WhatsApp</a></div>{TOLD}{P}{END}',
        WHOLE,
    ),
    "words that are no standfirst": (f"{TITLE}<p>Listen</p><p>Advertisement</p>{TOLD}{P}{END}", WHOLE),
    "a button in the next article's card": (
        f"{TITLE}{TOLD}{P}{END}{CARD.replace('</a><p>', '</a><button>Save</button><p>')}", RELATED,
    ),
    "a label over an advertisement": (f"{TITLE}{TOLD}{P}<div><span>Advertisement</span></div>{END}", WHOLE),
}  # fmt: skip


@pytest.mark.parametrize(("markup", "expected"), PAGES.values(), ids=list(PAGES))
def test_it_is_passed_over(markup: str, expected: dict[str, Any]) -> None:
    assert facts_of(markup, EN).items() >= expected.items()


SENTENCES = {
    "fa, a linked date in a span": (
        FA,
        "<span>دادگاه او روز <a href='/x'>۲ آبان ۱۳۹۱</a> چرا برگزار شد؟</span>",
        "دادگاه او روز ۲ آبان ۱۳۹۱ چرا برگزار شد؟",
    ),
    "fa, one that does not end": (
        FA,
        "<span>دادگاه او روز <b>۲ آبان ۱۳۹۱</b> برگزار شد</span>",
        "دادگاه او روز ۲ آبان ۱۳۹۱ برگزار شد",
    ),
    "ar, a date amid emphasised words": (
        AR,
        "بدأت محاكمة <b>نور</b> في 12 يناير 2023 <b>واستمرت</b> ساعة. لماذا؟",
        "بدأت محاكمة نور في 12 يناير 2023 واستمرت ساعة. لماذا؟",
    ),
    "en, a linked date in a span": (
        EN,
        "<span>Her trial on <a href='/x'>October 23, 2012</a> Was Closed</span>",
        "Her trial on October 23, 2012 Was Closed",
    ),
    "en, a line of the interface in a span": (
        EN,
        "<span>She wrote <i>comments</i> In Red Ink</span>",
        "She wrote comments In Red Ink",
    ),
}
DATES = {EN: "February 3, 2024", FA: "۱۱ بهمن ۱۴۰۲", AR: "3 أغسطس 2022"}


@pytest.mark.parametrize(("url", "markup", "text"), SENTENCES.values(), ids=list(SENTENCES))
def test_a_date_amid_a_sentence_parts_it_in_no_two(url: str, markup: str, text: str) -> None:
    facts = facts_of(f"<h1>A B C</h1><p>{DATES[url]}</p>{P}<p>{markup}</p>{END}", url)
    assert facts["body"] == [FIRST, text, LAST]


@pytest.mark.parametrize(
    ("url", "markup"),
    [
        (EN, "<span><span>February</span> <span>3</span>, <span>2024</span></span>"),
        (EN, "<span><b>February</b> <b>3, 2024</b></span>"),
        (FA, "<span><span>۱۱</span> <span>بهمن</span> <span>۱۴۰۲</span></span>"),
    ],
)
def test_a_date_in_parts_is_one(url: str, markup: str) -> None:
    facts = facts_of(f"<h1>A B C</h1><div>{markup}<span>Mahin Ostovar</span></div><p>{FIRST}</p>", url)
    assert (facts["authors"], facts["body"]) == (["Mahin Ostovar"], [FIRST])
    assert facts["date"] in ("2024-02-03", "2024-01-31")


def test_a_headline_in_two_elements_that_ends_with_a_date_is_whole() -> None:
    facts = facts_of(f"<h1><span>What Happened</span> <span>on January 8, 2020</span></h1>{TOLD}{P}", EN)
    assert facts["headline"] == "What Happened on January 8, 2020"


def test_a_cards_headline_and_its_date_in_one_link_are_two() -> None:
    card = '<a href="/en/news/64000/">\n  Two Poets Freed\n  <span>February 2, 2024</span><span>1 min read</span></a>'
    facts = facts_of(f"{TITLE}{TOLD}{P}{END}<div>{card}</div>", EN)
    assert (facts["body"], facts["related"]) == ([FIRST, LAST], [("Two Poets Freed", None)])


PICTURE = '<img src=1.jpg alt="An empty ward"><p>An empty ward</p>'
ODD = {
    "what is pasted from Google Docs is not bold": (
        '<b style="font-weight:normal" id="docs-internal-guid-1"><p>She kept the ledger</p><p>Why did she?</p></b>',
        [("paragraph", "She kept the ledger"), ("paragraph", "Why did she?")],
    ),
    "a quote's speaker in its footer": (
        "<blockquote><p>One said so.</p><footer>— Mina Rad, a baker</footer></blockquote>",
        [("quote", "One said so."), ("quote", "— Mina Rad, a baker")],
    ),
    "a quote by its role": ('<div role="blockquote">One said so.</div>', [("quote", "One said so.")]),
    "a rule by its role": (
        '<p>It was shut.</p><div role="separator"></div><p>Nobody came.</p>',
        [("paragraph", "It was shut."), ("divider", ""), ("paragraph", "Nobody came.")],
    ),
    "a hidden label in bold": (
        '<p><strong class="sr-only">Notice</strong> Shut.</p>',
        [("paragraph", "Shut.")],
    ),
    "days as headings under a caption": (
        f"{PICTURE}<h3>March 5, 2023</h3><p>It was shut.</p><h3>March 6, 2023</h3><p>It was opened again.</p>",
        [
            *(("subheading", "March 5, 2023"), ("paragraph", "It was shut.")),
            *(("subheading", "March 6, 2023"), ("paragraph", "It was opened again.")),
        ],
    ),
}


@pytest.mark.parametrize(("markup", "blocks"), ODD.values(), ids=list(ODD))
def test_blocks_are_what_they_say(markup: str, blocks: list[tuple[str, str]]) -> None:
    facts = facts_of(f"{TITLE}{TOLD}{markup}{CARD}", EN)
    assert list(zip(facts["types"], facts["body"], strict=True)) == blocks
    assert facts["related"] == [("Two Poets Freed", None)]


@pytest.mark.parametrize("box", ["div", "span"])
def test_a_cards_label_may_be_a_smaller_heading(box: str) -> None:
    card = (
        '<div><h6>زنان</h6><h3><a href="/fa/women/124963-x/">معلم آزاد شد</a></h3><span>۱۰ بهمن ۱۴۰۲</span></div>'
    ).replace("div>", f"{box}>")
    facts = facts_of(f"<h1>زمستان بی‌نان</h1><div>۱۱ بهمن ۱۴۰۲</div><p>باران می‌آمد.</p>{card}", FA)
    assert (facts["body"], facts["related"]) == (["باران می‌آمد."], [("معلم آزاد شد", "زنان")])


@pytest.mark.parametrize("tag", ["div", "button"])
def test_a_cards_label_in_a_button(tag: str) -> None:
    card = CARD.replace("<div>", f"<{tag}><button>News</button>" if tag == "div" else "<button><p>News</p>")
    facts = facts_of(f"{TITLE}{TOLD}{P}{END}{card.replace('</div>', f'</{tag}>')}", EN)
    assert (facts["body"], facts["related"]) == ([FIRST, LAST], [("Two Poets Freed", "News")])


def test_a_divider_may_begin_the_body() -> None:
    assert facts_of(f"{TITLE}{TOLD}<p>***</p>{P}", EN)["body"] == ["***", FIRST]
