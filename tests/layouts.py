"""Pages of one content model in layouts that chance puts together, and what each of them says.

The site's markup is unknown: what a page says must be read however it is laid out. Every part of a page (byline,
pictures, paragraphs, the end, the next article's card) has a few ways to stand in markup; `page(seed)` takes one of
each. What is left out is what no reader could tell: a headline that nothing marks above a standfirst; a second name
without a reading time after it that stands just as the paragraphs below it do.
"""

import html
import random
from dataclasses import dataclass, field
from typing import Any

from iranwire_crawler.domain import site

E = html.escape
MONTHS = [("2024-02-03", "February 3, 2024"), ("2021-12-31", "December 31, 2021"), ("2020-02-29", "February 29, 2020")]
JALALI = [("2024-01-31", "۱۱ بهمن ۱۴۰۲"), ("2021-03-20", "۳۰ اسفند ۱۳۹۹"), ("2021-03-21", "۱ فروردین ۱۴۰۰")]
ARABIC = [("2022-08-03", "3 أغسطس 2022"), ("2021-12-31", "31 ديسمبر 2021"), ("2020-02-29", "29 فبراير 2020")]
DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@dataclass(frozen=True)
class Edition:
    language: str
    section: tuple[str, str]
    words: list[str]
    dates: list[tuple[str, str]]
    reading: str
    authors: list[str]


EDITIONS = [
    Edition(
        "en",
        ("middle-east", "Middle East"),
        (
            "the council of a small town in Kerman has not met since winter and nobody there knows who keeps its books "
            "or why its doors stay shut while water comes to its streets only twice in a week"
        ).split(),
        MONTHS,
        "{} min read",
        ["Mahin Ostovar", "Bahram Ilkhani", "Nader Vafaei"],
    ),
    Edition(
        "fa",
        ("features", "گزارش"),
        (
            "شورای یک شهر کوچک در کرمان از زمستان تا امروز جلسه‌ای نداشته است و هیچ‌کس نمی‌داند دفترهای آن دست کیست "
            "و چرا درهای آن بسته مانده و آب تنها هفته‌ای دو بار می‌آید"
        ).split(),
        JALALI,
        "خواندن در {} دقیقه",
        ["مهین استوار", "بهرام ایلخانی", "نادر وفایی‌پور"],
    ),
    Edition(
        "ar",
        ("from-inside-iran", "من داخل إيران"),
        (
            "مجلس بلدة صغيرة في كرمان لم يجتمع منذ الشتاء ولا أحد يعرف من يحفظ دفاتره ولماذا بقيت أبوابه مغلقة بينما "
            "يصل الماء إلى شوارعها مرتين فقط في الأسبوع"
        ).split(),
        ARABIC,
        "{} دقيقة للقراءة",
        ["سلمى البغدادي", "رقية الكرماني", "شاهين صادق"],
    ),
]


@dataclass
class Said:
    """What a page says, in the record's terms."""

    headline: str
    description: str | None
    section: str | None
    date: str
    authors: list[str]
    minutes: int | None
    captions: list[str]
    body: list[tuple[str, str]]
    tags: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)


class Layout:
    """One page's choices."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.edition = self.one(*EDITIONS)
        self.number = 120_000 + seed
        self.block = self.one("div", "section", "div")
        self.paragraph = self.one("p", "p", "p", "div", "display", "custom", "span in p", "br")
        self.pictures = 0
        self.picture = self.one("figure", "div", "boxes", "link", "lazy", "amp", "table", "text")

    def one(self, *choices: Any) -> Any:
        return self.chance.choice(choices)

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def words(self, least: int, most: int) -> str:
        words = " ".join(self.chance.choices(self.edition.words, k=self.chance.randint(least, most)))
        return words[0].upper() + words[1:]

    def sentence(self, least: int = 9, most: int = 25) -> str:
        return self.words(least, most) + "."

    def named(self) -> str:
        """A class attribute as a person, a framework or a builder writes it, or none."""
        number = self.chance.randint(100, 99_999)
        return self.one(
            "", f' class="css-{number:x}"', ' class="mb-4 text-lg"', f' class="sc-{number}"', ' class="txt"'
        )

    def line(self, inner: str, *tags: str) -> str:
        tag = self.one(*(tags or ("div", "p")))
        return f"<{tag}{self.named()}>{inner}</{tag}>"

    def wrapped(self, inner: str) -> str:
        for _ in range(self.chance.randint(0, 3)):
            inner = f"<{self.block}{self.named()}>{inner}</{self.block}>"
        return inner

    def address(self, number: int) -> str:
        return f"/{self.edition.language}/{self.edition.section[0]}/{number}-x/"


def page(seed: int) -> tuple[str, str, Said]:
    """(address, HTML, what it says)."""
    layout = Layout(seed)
    said = content(layout)
    body = article(layout, said)
    head = layout.one(f"<title>{E(said.headline)} | IranWire</title>", f"<title>{E(said.headline)}</title>")
    source = (
        f"<!doctype html><html lang={layout.edition.language}><head><meta charset=utf-8>{head}</head>"
        f"<body>{menu(layout)}{chrome(layout)}{layout.wrapped(body)}{footer(layout)}</body></html>"
    )
    return f"https://iranwire.com{layout.address(layout.number)}", source, said


def content(layout: Layout) -> Said:
    edition = layout.edition
    return Said(
        headline=layout.words(6, 11),
        description=layout.sentence(10, 20) if layout.often(0.2) else None,
        section=edition.section[1] if layout.often(0.7) else None,
        date=layout.one(*edition.dates)[0],
        authors=edition.authors[: layout.one(0, 0, 1, 2)],
        minutes=layout.chance.randint(1, 15) if layout.often(0.7) else None,
        captions=[layout.words(12, 20) for _ in range(layout.one(0, 1, 1, 2, 3))],
        body=blocks(layout),
        tags=["Iran", "Women"] if layout.often(0.2) else [],
    )


def blocks(layout: Layout) -> list[tuple[str, str]]:
    found = []
    for _ in range(layout.chance.randint(3, 9)):
        if found and layout.often(0.15):
            found.append(("subheading", layout.words(3, 7)))
        found.append(("paragraph", " ".join(layout.sentence() for _ in range(layout.chance.randint(1, 4)))))
        if layout.often(0.08):
            found.append(("quote", layout.sentence()))
        if layout.often(0.06):
            found += [("list_item", layout.sentence(4, 9)) for _ in range(3)]
    return found


def article(layout: Layout, said: Said) -> str:
    main = header(layout, said) + pictures(layout, said) + text(layout, said) + sharing(layout) + tags(said)
    end = tail(layout) + card(layout, said) + latest(layout)
    match layout.one("article", "main", "neither", "main with its end", "article with its end"):
        case "article":
            return f"<article>{main}</article>{end}"
        case "main":
            return f"<main>{main}</main>{end}"
        case "main with its end":
            return f"<main>{main}{end}</main>"
        case "article with its end":
            return f"<article>{main}{end}</article>"
    return main + end


def header(layout: Layout, said: Said) -> str:
    section, headline = layout.edition.section, E(said.headline)
    label = ""
    if said.section is not None:
        link = f'<a href="/{layout.edition.language}/{section[0]}/">{E(said.section)}</a>'
        label = layout.line(layout.one(E(said.section), link, f"<span>{E(said.section)}</span>"))
    title = layout.one(
        f"<h1{layout.named()}>{headline}</h1>",
        f"<h1><span>{headline}</span></h1>",
        f'<h1><a href="{layout.address(layout.number)}">{headline}</a></h1>',
        f"<h2{layout.named()}>{headline}</h2>",
        f"<div class=title>{headline}</div>",
    )
    standfirst = layout.line(E(said.description), "p", "h2", "div") if said.description else ""
    inner = label + title + standfirst + byline(layout, said)
    boxed = f"<header>{inner}</header>", f"<div{layout.named()}>{inner}</div>"
    if len(said.authors) == 2 and said.minutes is None:
        return layout.one(*boxed)
    return layout.one(inner, *boxed)


def byline(layout: Layout, said: Said) -> str:
    edition = layout.edition
    shown = next(shown for day, shown in edition.dates if day == said.date)
    parts = [layout.one(shown, f"<time>{shown}</time>", f'<time datetime="{said.date}">{shown}</time>')]
    style = layout.one("{}", "<span>{}</span>", f'<a href="/{edition.language}/author/7/">{{}}</a>')
    names = [style.format(E(author)) for author in said.authors]
    tag = layout.one("div", "p")
    if edition.language == "en" and len(names) == 1 and layout.often(0.3):
        names = [f"By {names[0]}"]
    if len(names) == 2 and layout.often(0.4):
        names = (
            [layout.one(", ", " and ", " and" if style == "{}" else " and ").join(names)]
            if edition.language == "en"
            else names
        )
    parts += names
    if said.minutes is not None:
        minutes = str(said.minutes).translate(DIGITS) if edition.language == "fa" else str(said.minutes)
        parts.append(edition.reading.format(minutes))
    match layout.one("blocks", "blocks", "spans", "bars", "dots", "list", "breaks", "table"):
        case "blocks":
            return "".join(layout.line(part, tag) for part in parts)
        case "spans":
            return layout.line("".join(f"<span{layout.named()}>{part}</span>" for part in parts), "div")
        case "bars":
            return layout.line(" | ".join(f"<span>{part}</span>" for part in parts), "div")
        case "dots":
            return layout.line(" <i>·</i> ".join(f"<span>{part}</span>" for part in parts), "p")
        case "list":
            return "<ul>" + "".join(f"<li>{part}</li>" for part in parts) + "</ul>"
        case "breaks":
            return layout.line("<br>".join(parts), "div")
    return "<table><tr>" + "".join(f"<td>{part}</td>" for part in parts) + "</tr></table>"


def pictures(layout: Layout, said: Said) -> str:
    found = "".join(picture(layout, caption) for caption in said.captions)
    if layout.often(0.3):
        found += picture(layout, said.headline)  # one without a caption of its own
    return layout.one(found, f"<div{layout.named()}>{found}</div>")


def picture(layout: Layout, words: str) -> str:
    layout.pictures += 1
    number, caption = layout.pictures, E(words)
    image = f'<img src="/media/{number}.jpg" alt="{caption}">'
    match layout.picture:
        case "figure":
            return f"<figure{layout.named()}>{image}<figcaption>{caption}</figcaption></figure>"
        case "div":
            return f"<div{layout.named()}>{image}<p{layout.named()}>{caption}</p></div>"
        case "boxes":
            return f"<div><div>{image}</div><div{layout.named()}><span>{caption}</span></div></div>"
        case "link":
            return f'<div><a href="/media/{number}.jpg">{image}</a><div>{caption}</div></div>'
        case "lazy":
            lazy = f'<img data-src="/media/{number}.jpg" src="data:image/gif;base64,R0lGOD" alt="{caption}">'
            return f"<div>{lazy}<noscript>{image}</noscript><small>{caption}</small></div>"
        case "amp":
            tag = f'<amp-img src="/media/{number}.jpg" alt="{caption}" width=800 height=500></amp-img>'
            return f"<figure>{tag}<figcaption>{caption}</figcaption></figure>"
        case "table":
            return f"<table><tr><td>{image}</td></tr><tr><td>{caption}</td></tr></table>"
    return f"<p>{caption}</p><p>{caption}</p>"  # the light version has no pictures


def text(layout: Layout, said: Said) -> str:
    middle = layout.chance.randrange(1, len(said.body)) if layout.often(0.3) else None
    found: list[str] = []
    for number, (kind, words) in enumerate(said.body):
        if number == middle and said.body[number - 1][0] == kind == "paragraph":
            said.captions.append(layout.words(12, 20))
            found.append(picture(layout, said.captions[-1]))
        found.append(block(layout, kind, words))
    joined = layout.one("\n", "", "\n<p>&nbsp;</p>\n" if layout.paragraph == "p" else "\n").join(found)
    return layout.one(f"<div{layout.named()}>{joined}</div>", f"<section><div>{joined}</div></section>")


def block(layout: Layout, kind: str, words: str) -> str:
    escaped = E(words)
    match kind:
        case "subheading":
            return layout.line(escaped, "h2", "h3")
        case "quote":
            return layout.one(f"<blockquote>{escaped}</blockquote>", f"<blockquote><p>{escaped}</p></blockquote>")
        case "list_item":
            return f"<ul><li>{escaped}</li></ul>"
    if layout.often(0.3):
        first, inner, rest = (E(part) for part in words.split(" ", 2))
        tag = layout.one('<a href="https://example.org/1">{}</a>', "<em>{}</em>", "<b>{}</b>", "<span>{}</span>")
        escaped = f"{first} {tag.format(inner)} {rest}"
    match layout.paragraph:
        case "display":
            return f'<span style="display:block">{escaped}</span>'
        case "custom":
            return f"<x-para>{escaped}</x-para>"
        case "span in p":
            return f"<p><span{layout.named()}>{escaped}</span></p>"
        case "br":
            return f"{escaped}<br><br>"
    return f"<{layout.paragraph}{layout.named()}>{escaped}</{layout.paragraph}>"


def sharing(layout: Layout) -> str:
    if not layout.often(0.2):
        return ""
    own = f"https://iranwire.com{layout.address(layout.number)}"
    links = (
        f'<li><a href="https://t.me/share?url={own}">Telegram</a></li>',
        f'<li><a href="https://x.com/?u={own}">X</a></li>',
    )
    return f"<ul>{''.join(links)}</ul>"


def tags(said: Said) -> str:
    links = "".join(f'<a rel="tag" href="/en/tag/{tag.lower()}/">{tag}</a> ' for tag in said.tags)
    return f"<div>{links}</div>" if links else ""


def tail(layout: Layout) -> str:
    visit, text, link, comments = site.EN.tail
    found = ""
    if layout.often(0.6):
        block = layout.line(visit) + layout.line(text) + layout.line(f'<a href="/en/accountability/">{link}</a>')
        found += layout.wrapped(block)
    return found + layout.line(comments, "div", "h3", "p") if layout.often(0.5) else found


def card(layout: Layout, said: Said) -> str:
    """The next article's, or none."""
    if not layout.often(0.6):
        return ""
    edition, address, headline = layout.edition, layout.address(99_887), layout.words(5, 10)
    said.related.append(headline)
    image = f'<img src="/media/card.jpg" alt="{E(headline)}">'
    minutes = edition.reading.format("۷" if edition.language == "fa" else "7")
    label, *rest = (
        layout.line(E(part)) for part in (edition.section[1], edition.dates[0][1], edition.authors[2], minutes)
    )
    if layout.often(0.3):
        inner = f'<a href="{address}">{label}{layout.line(E(headline), "h3", "div")}{"".join(rest)}{image}</a>'
    else:
        inner = label + layout.line(f'<a href="{address}">{E(headline)}</a>', "h3", "h4", "div") + "".join(rest) + image
    return layout.one(inner, f"<div>{inner}</div>", f"<article>{inner}</article>", f"<ul><li>{inner}</li></ul>")


def latest(layout: Layout) -> str:
    """A list of other articles, or none."""
    if not layout.often(0.3):
        return ""
    items = "".join(
        f'<li><a href="{layout.address(5000 + number)}">{E(layout.words(5, 9))}</a><span>{shown}</span></li>'
        for number, (_, shown) in enumerate(layout.edition.dates)
    )
    return layout.one(
        f"<aside><h3>Latest</h3><ul>{items}</ul></aside>", f"<section><h2>Latest</h2><ul>{items}</ul></section>"
    )


def menu(layout: Layout) -> str:
    language, (slug, name) = layout.edition.language, layout.edition.section
    links = ((slug, name), ("blogs", "Opinions"), ("news", "News"))
    items = "".join(f'<li><a href="/{language}/{slug}/">{E(name)}</a></li>' for slug, name in links)
    return layout.one("", f"<nav><ul>{items}</ul></nav>", f"<div class=menu><ul>{items}</ul></div>")


def chrome(layout: Layout) -> str:
    return "".join(
        layout.line(E(words)) for words in site.EDITIONS[layout.edition.language].chrome[: layout.one(1, 2, 4)]
    )


def footer(layout: Layout) -> str:
    links = "<a href='/en/pages/about/'>About</a><a href='/en/pages/contact/'>Contact</a>"
    return layout.one("", "<footer><p>© 2024 IranWire</p></footer>", f"<footer>{links}</footer>", f"<div>{links}</div>")
