"""How the web's usual themes lay an article out, around the parts that the site is known to have."""

from typing import Any

import pytest
from pages.facts import facts_of

TITLE = "Tankers Stop Coming to the Old Town"
H, D = f"<h1>{TITLE}</h1>", "<div>February 3, 2024</div>"
FIRST, LAST = "The tankers used to come on Mondays, says a shopkeeper.", "Nobody answers the phone any more."
P = f"<p>{FIRST}</p><p>{LAST}</p>"
BODY = [FIRST, LAST]
IMG = "<figure><img src=/1.jpg alt='The gate'><figcaption>The gate</figcaption></figure>"
CARD = "<div><h3><a href=/en/news/119998-y/>Two Poets Freed</a></h3><div>February 2, 2024</div></div>"
HF, DF = "<h1>تانکرها دیگر نمی‌آیند</h1>", "<div>۱۱ بهمن ۱۴۰۲</div>"
PF = "<p>دیگر هیچ‌کس در شهرداری تلفن را جواب نمی‌دهد.</p><p>نامه هنوز پیش اوست.</p>"
BODY_FA = ["دیگر هیچ‌کس در شهرداری تلفن را جواب نمی‌دهد.", "نامه هنوز پیش اوست."]
FACTS = "<div>Mahin Ostovar</div><div>2 min read</div>"
TOLD = {"authors": ["Mahin Ostovar"], "minutes": 2, "date": "2024-02-03", "body": BODY}
POETS = [("Two Poets Freed", None)]

THEMES: dict[str, tuple[str, dict[str, Any]]] = {
    "a link that shares": (f"{H}{D}<div><a href='#/share'>Share</a></div>{IMG}{P}", {"authors": [], "body": BODY}),
    "a list of links that share": (
        f"{H}{D}<ul><li><a href='https://www.facebook.com/sharer.php?u=x'>Share on Facebook</a></li></ul>{IMG}{P}",
        {"body": BODY, "links": [], "in_body": [False]},
    ),
    "a block that is a link that shares": (
        f"{H}{D}<a href='https://twitter.com/intent/tweet'><div>Twitter</div></a>{IMG}{P}",
        {"authors": [], "body": BODY},
    ),
    "the word Share beside icons": (
        f"{H}{D}{P}<div><span>Share</span> <a href='https://t.me/share/url'><i></i></a></div>{CARD}",
        {"body": BODY, "related": POETS},
    ),
    "links that share, glued": (
        (
            f"{H}{D}{P}<div><a href='https://www.blogger.com/share-post.g?x'><span>Email This</span></a>"
            f"<a href='https://www.blogger.com/share-post.g?y'><span>Share to Facebook</span></a></div>{CARD}"
        ),
        {"body": BODY, "links": []},
    ),
    "a label for screen readers before a date": (
        f"{H}<div><span class=sr-only>Published:</span><time>February 3, 2024</time></div>{P}",
        {"description": None, "date": "2024-02-03", "body": BODY},
    ),
    "a label for screen readers before an author": (
        f"{H}{D}<dl><dt class=sr-only>Authors</dt><dd>Mahin Ostovar</dd></dl>{P}",
        {"authors": ["Mahin Ostovar"], "body": BODY},
    ),
    "a label for screen readers before a reading time": (
        f"{H}{D}<dl><dt class=sr-only>Reading time</dt><dd>2 min read</dd></dl>{P}",
        {"authors": [], "minutes": 2, "body": BODY},
    ),
    "a label for screen readers before the section": (
        f"<span><span class=screen-reader-text>Posted in</span><a href=/en/features/>Features</a></span>{H}{D}{P}",
        {"section": "Features"},
    ),
    "a label for screen readers beside an author": (
        (
            f"{H}{D}<ul><li><span class=visually-hidden>Author, </span><span>Mahin Ostovar</span></li></ul>"
            f"<div>2 min read</div>{P}"
        ),
        {"authors": ["Mahin Ostovar"], "minutes": 2},
    ),
    "a label for screen readers in a caption": (
        (
            f"{H}{D}<figure><img src=/1.jpg alt='The gate'><figcaption>"
            f"<span class=visually-hidden-text>Image caption, </span><p>The gate</p></figcaption></figure>{P}"
        ),
        {"captions": ["The gate"], "body": BODY},
    ),
    "a headline for screen readers": (f"<h1 class=sr-only>{TITLE}</h1>{D}{P}", {"headline": TITLE, "body": BODY}),
    "a heading above the card": (f"{H}{D}{P}<div><h2>Next article</h2>{CARD}</div>", {"body": BODY, "related": POETS}),
    "a heading right after the body": (f"{H}{D}{P}<h2>Next article</h2>{CARD}", {"body": BODY, "related": POETS}),
    "words above the card": (
        f"{H}{D}{P}<div><span>Next article</span></div>{CARD}",
        {"body": BODY, "related": POETS},
    ),
    "Persian words above the card": (
        (
            f"{HF}{DF}{PF}<h2>مرتبط</h2>"
            "<div><h3><a href=/fa/news/119998-y/>دو شاعر آزاد شدند</a></h3><div>۱۰ بهمن ۱۴۰۲</div></div>"
        ),
        {"body": BODY_FA, "related": [("دو شاعر آزاد شدند", None)]},
    ),
    "a form's heading above the card": (
        f"{H}{D}{P}<div><div><h2>comments</h2><h3>Leave a Reply</h3></div>{CARD}</div>",
        {"body": BODY, "related": POETS},
    ),
    "a card whose link is laid over it": (
        (
            f"{H}{D}{P}<div><a href=/en/news/119998-y/ aria-label='Two Poets Freed'></a><div><h3>Two Poets Freed</h3>"
            "<time>February 2, 2024</time></div></div>"
        ),
        {"body": BODY, "related": POETS, "related_url": ["https://iranwire.com/en/news/119998-y/"]},
    ),
    "the section in an aside": (f"<aside><a href=/en/features/>Features</a></aside>{H}{D}{P}", {"section": "Features"}),
    "date and author in one text": (
        f"{H}<div>Posted on February 3, 2024 by Mahin Ostovar</div>{P}",
        {"date": "2024-02-03", "authors": ["Mahin Ostovar"], "body": BODY, "description": None},
    ),
    "author and date in one text": (
        f"{H}<div>By Mahin Ostovar on February 3, 2024</div>{P}",
        {"date": "2024-02-03", "authors": ["Mahin Ostovar"], "body": BODY, "description": None},
    ),
    "a Persian date and author in one text": (
        f"{HF}<div>۱۱ بهمن ۱۴۰۲ نویسنده: مهین استوار</div>{PF}",
        {"date": "2024-01-31", "authors": ["مهین استوار"], "body": BODY_FA},
    ),
    "an Arabic date and author in one text": (
        "<h1>صهاريج المياه</h1><div>31 يناير 2024 بقلم سلمى البغدادي</div><p>لم يعد أحد في البلدية يرد على الهاتف.</p>",
        {"date": "2024-01-31", "authors": ["سلمى البغدادي"], "body": ["لم يعد أحد في البلدية يرد على الهاتف."]},
    ),
    "a card's date and author in one text": (
        (
            f"{H}{D}{P}<div><h3><a href=/en/news/119998-y/>Two Poets Freed</a></h3>"
            "<p>February 2, 2024 by Mahin Ostovar</p></div>"
        ),
        {"body": BODY, "related": POETS},
    ),
    "a sentence that begins with a date": (
        f"{H}{D}<p>On February 3, 2024 by noon the gate was shut.</p>{P}",
        {"body": ["On February 3, 2024 by noon the gate was shut.", *BODY]},
    ),
    "all facts in an aside": (f"{H}<aside>{D}{FACTS}</aside>{P}", TOLD),
    "all facts in a footer of the header": (f"<header>{H}<footer>{D}{FACTS}</footer></header>{P}", TOLD),
    "the date in a footer, and a card": (f"{H}<footer>{D}</footer>{P}{CARD}", {"date": "2024-02-03", "body": BODY}),
    "author and reading time in an aside": (f"{H}{D}<aside>{FACTS}</aside>{P}", TOLD),
    "a picture of the author, linked": (
        (
            f"{H}{D}<span><a href=/en/author/1/><img src=/a.jpg alt=''></a> "
            f"<a href=/en/author/1/>Mahin Ostovar</a></span>{P}"
        ),
        {"authors": ["Mahin Ostovar"], "body": BODY, "in_body": []},
    ),
    "an author's first letter for a picture": (
        f"{H}{D}<div><div class='MuiAvatar-root'>M</div><span>Mahin Ostovar</span></div>{P}",
        {"authors": ["Mahin Ostovar"], "body": BODY},
    ),
    "an author's first letter, glued": (
        f"{H}{D}<a href=/en/author/1/><span><span aria-hidden=true>M</span></span>Mahin Ostovar</a>{P}",
        {"authors": ["Mahin Ostovar"], "body": BODY},
    ),
    "the section in a breadcrumb": (
        f"<div><a href=/en/>Home</a>&nbsp;»&nbsp;<a href=/en/features/>Features</a></div>{H}{D}{P}",
        {"section": "Features"},
    ),
    "an icon font's word": (
        (
            f"{H}{D}<span>Mahin Ostovar</span><span><mat-icon class=material-icons aria-hidden=true>schedule"
            f"</mat-icon> 2 min read</span>{P}"
        ),
        TOLD,
    ),
    "an icon font's word in an i": (
        f"{H}{D}<span>Mahin Ostovar</span><span><i class=material-icons>schedule</i> 2 min read</span>{P}",
        TOLD,
    ),
    "a heading's own anchor": (
        f"{H}{D}{P}<h2 id=x>The list<a href=#x aria-label=Permalink><span aria-hidden=true>#</span></a></h2>{P}",
        {"body": [*BODY, "The list", *BODY], "links": []},
    ),
    "a heading that links to itself": (
        f"{H}{D}{P}<h2 id=x><a href=#x>The list</a></h2>{P}",
        {"body": [*BODY, "The list", *BODY], "links": []},
    ),
    "two names joined in Arabic": (
        (
            "<h1>صهاريج المياه</h1><div>31 يناير 2024</div><div>سلمى البغدادي وKian Saberi</div>"
            "<p>لم يعد أحد في البلدية يرد على الهاتف.</p>"
        ),
        {"authors": ["سلمى البغدادي", "Kian Saberi"]},
    ),
    "a dash before the author": (
        f"{H}{D}<p>—</p><div>Mahin Ostovar</div>{P}",
        {"authors": ["Mahin Ostovar"], "body": BODY},
    ),
    "a word for the author in an element of its own": (
        (
            f"{HF}<div><span>۱۱ بهمن ۱۴۰۲</span> <span>نویسنده: "
            f"<span><a href=/fa/author/1/>مهین استوار</a></span></span></div>{PF}"
        ),
        {"authors": ["مهین استوار"], "body": BODY_FA},
    ),
    "a list by its role": (
        (
            f"{H}{D}{P}<div role=list><div role=listitem><div>Water twice a week.</div></div><div role=listitem>"
            "<div>No more night visits.</div></div></div><p>And then they left.</p>"
        ),
        {"types": ["paragraph", "paragraph", "list_item", "list_item", "paragraph"]},
    ),
    "a short last line above a card that is one link": (
        (
            f"{H}{D}<div>{P}<p>Parisa Ahmadi</p></div><a href=/en/news/119998-y/><h3>Two Poets Freed</h3>"
            "<time>February 2, 2024</time></a>"
        ),
        {"body": [*BODY, "Parisa Ahmadi"], "related": POETS},
    ),
    "a card in an aside": (
        f"<article>{H}{D}<div>Mahin Ostovar</div><div>{P}</div></article><aside>{CARD}</aside>",
        {"authors": ["Mahin Ostovar"], "body": BODY, "related": POETS},
    ),
    "a link to another site as a last heading": (
        f"{H}{D}{P}<h4><a href=https://example.com/x>Read more</a></h4>{CARD}",
        {"body": [*BODY, "Read more"], "links": ["https://example.com/x"], "related": POETS},
    ),
    "a link to another site that was shared": (
        f"{H}{D}{P}<p><a href=https://example.com/x?share=abc>Link to the article</a></p>{CARD}",
        {"body": [*BODY, "Link to the article"], "related": POETS},
    ),
    "a link with an icon beside it": (
        f"{H}{D}{P}<p>Officials have not answered the <a class=external-icon href=https://example.com/x>report</a>.</p>",
        {"body": [*BODY, "Officials have not answered the report."]},
    ),
    "a last heading that no card follows": (f"{H}{D}{P}<h3>June 1:</h3>", {"body": [*BODY, "June 1:"]}),
    "a button before a picture without a caption": (
        f"{H}{D}<button>Open gallery</button><div><img src=1.jpg alt='{TITLE}'></div>{P}",
        {"authors": [], "body": BODY},
    ),
}


@pytest.mark.parametrize("name", THEMES)
def test_reads_as_a_reader_does(name: str) -> None:
    markup, expected = THEMES[name]
    language = "fa" if HF in markup else "ar" if "يناير" in markup else "en"
    read = facts_of(markup, f"https://iranwire.com/{language}/features/120001-x/")
    assert {field: read[field] for field in expected} == expected
