"""Boxes amid an article, or under it, that are none of it."""

import pytest
from pages.facts import facts_of

URL = "https://iranwire.com/en/features/65000/"
HEAD = (
    "<h1>Nurses Leave Their Ward</h1><div><span>February 3, 2024</span><span>Mahin Ostovar</span>"
    "<span>2 min read</span></div>"
)
FIRST, LAST = "The ward has been shut since spring.", "Nobody there expects it to open again before the year is out."
P, END = f"<p>{FIRST}</p>", f"<p>{LAST}</p>"
CARD = '<div><a href="/en/news/64000/"><h3>Two Poets Freed</h3></a><p>February 2, 2024</p><p>1 min read</p></div>'
LETTER = "<h3>Sign up for our newsletter</h3><p>Get the stories that matter.</p>"

BOXES = {
    "an advertisement": '<div class="ad-slot"><span>Advertisement</span></div>',
    "a banner": '<div class="advertisement"><a href="https://ads.example.com/"><img src="/b.gif" alt="ad"></a></div>',
    "a frame": '<div class="ad"><iframe src="https://ads.example.com/f"></iframe></div>',
    "a newsletter's form": f'<div class="newsletter-signup">{LETTER}<form><input><button>Go</button></form></div>',
    "a donation": '<div class="donate-box"><a class="btn" href="/donate/">Donate</a></div>',
    "what else to read": '<div><span>Also read:</span> <a href="/en/features/64900/">A Winter Without Bread</a></div>',
    "more to read": '<ul class="related-posts"><li><a href="/en/features/64900/">A Winter Without Bread</a></li></ul>',
    "who the author is": (
        '<div class="author-box"><img src="/a.jpg" alt="Mahin Ostovar"><h4>About the author</h4>'
        "<p>Mahin Ostovar is a journalist in Toronto.</p></div>"
    ),
    "a list of what is read": (
        '<div><h3>Most read</h3><ol><li><a href="/en/features/64900/">A Winter Without Bread</a></li>'
        '<li><a href="/en/features/64901/">Rain at the Gate</a></li></ol></div>'
    ),
    "links that share": '<div><a href="#f">Facebook</a><a href="#t">Telegram</a><a href="#c">Copy link</a></div>',
}


@pytest.mark.parametrize("box", BOXES.values(), ids=list(BOXES))
@pytest.mark.parametrize("place", ["amid", "under", "above the card"])
def test_a_box_is_left_out(box: str, place: str) -> None:
    markup = {"amid": f"{P}{box}{END}", "under": f"{P}{END}{box}", "above the card": f"{P}{END}{box}{CARD}"}[place]
    facts = facts_of(f"{HEAD}<div>{markup}</div>", URL)
    assert (facts["body"], facts["links"], facts["in_body"]) == ([FIRST, LAST], [], [])
    assert facts["related"] == ([("Two Poets Freed", None)] if "card" in place else [])


@pytest.mark.parametrize(
    "tags",
    [
        '<div><span>Tags:</span> <ul><li><a href="/en/tag/1/" rel="tag">Water</a></li></ul></div><a href="#top">↑</a>',
        '<div><a href="/t/1">#Water</a> <a href="/t/2">#Prison</a></div>',
    ],
)
def test_tags_under_an_article_are_none_of_its_text(tags: str) -> None:
    facts = facts_of(f"{HEAD}{P}{END}{tags}{CARD}", URL)
    assert (facts["body"], facts["links"], facts["related"]) == ([FIRST, LAST], [], [("Two Poets Freed", None)])


LONG = "She has worked there for eleven years, and nobody has told her why. " * 13
MANY = [f"On day {number} nobody came." for number in range(14)]


@pytest.mark.parametrize(
    ("markup", "body"),
    [
        (f'<div class="related-stories"><p>{LONG}</p></div>', [LONG.strip()]),
        (f'<div class="article-ads">{P}{END}</div>', [FIRST, LAST]),
        (f'<div class="post author-card">{"".join(f"<p>{each}</p>" for each in MANY)}</div>', MANY),
        (f'{P}<p class="read-more"><a href="https://example.org/">Read more here</a></p>', [FIRST, "Read more here"]),
        (f'{P}<p><a href="https://example.org/t">#Ward</a></p>{END}', [FIRST, "#Ward", LAST]),
        (f'{P}<p>See also: <a href="https://example.org/">the law</a></p>{END}', [FIRST, "See also: the law", LAST]),
        (f"{P}<p>Most read: nobody did.</p>{END}", [FIRST, "Most read: nobody did.", LAST]),
    ],
)
def test_what_is_large_or_leads_elsewhere_is_the_articles(markup: str, body: list[str]) -> None:
    assert facts_of(f"{HEAD}{markup}", URL)["body"] == body
