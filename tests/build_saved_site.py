"""Builds `tests/saved_site`: a small iranwire.com as `wget --mirror` would leave it, in our own words.

`python tests/build_saved_site.py` writes it anew; the same pages make the same bytes. The articles
are the saved test pages (`tests/pages/saved`), copied to their canonical paths, and a few plain ones
written here; front pages, listings, feeds and the sitemap are made from what their `facts.json` says.
How the listings look and how they lead on differs from section to section: the real ones were never seen.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from html import escape
from itertools import zip_longest
from pathlib import Path
from urllib.parse import unquote

from saved_pages import saved_pages

from iranwire_crawler.domain.text import western_digits
from iranwire_crawler.domain.urls import article_address

SITE = Path(__file__).parent / "saved_site"
HOST = "https://iranwire.com"
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
TEHRAN = timezone(timedelta(hours=3, minutes=30))

# Shown by no listing: the feeds alone name these …
FEED_ONLY = {"en": ["en/63871", "en/158903"], "fa": ["fa/139118", "fa/158913"]}
# … and the sitemap alone this one.
SITEMAP_ONLY = ["ar/114301"]
# Listed, and nowhere to be found: an article that was taken down.
MISSING = "/en/news/158999-a-story-that-was-taken-down/"
# Listed, and no article: the section's index answers at its address.
NOT_AN_ARTICLE = "en/130975"
# Listed in its own section, and in a second one by an address of another form.
TWICE = "en/64055"
TWICE_AS = "http://stg.iranwire.com/en/special-features/64055?ref=specials"
FLAT_PAGE = "/en/pages/letters-from-readers"
ELSEWHERE = (
    '<p>Friends of ours: <a href="https://example.org/en/news/1-not-ours/">a library</a>, '
    '<a href="https://iranwire.com.example.org/en/news/2-not-ours/">a look-alike</a>, '
    '<a href="mailto:desk@example.org">the desk</a>.</p>'
)
MENUS = {
    "en": [("features", "Features"), ("news", "News"), ("society", "Society & Culture"), ("politics", "Politics"),
           ("special-features", "Special Features"), ("middle-east", "Middle East"), ("blogs", "Opinions"),
           ("blinding-as-a-weapon", "Blinding as a Weapon"), ("religious-minorities", "Religious Minorities"),
           ("speaking-of-iran", "Speaking of Iran"), ("cartoons", "Cartoons"), ("images", "Images"),
           ("images-of-iran", "Images of Iran")],
    "fa": [("features", "گزارش"), ("news-1", "خبر"), ("society", "فرهنگ"), ("politics", "سیاست"),
           ("blogs", "دیدگاه"), ("special-features", "ویژه‌نامه")],
    "ar": [("from-inside-iran", "من داخل إيران"), ("society", "مجتمع"), ("politics", "سياسة"),
           ("cartoons", "كاريكاتير"), ("images", "صور")],
}  # fmt: skip
NAMES = {"en": "English", "fa": "فارسی", "ar": "العربية"}


@dataclass(frozen=True)
class Story:
    """An article as listings and feeds name it, and its page."""

    key: str
    path: str
    headline: str
    shown: str
    day: date | None
    authors: tuple[str, ...]
    minutes: int | None
    label: str | None
    page: bytes

    @property
    def language(self) -> str:
        return self.key[:2]

    @property
    def section(self) -> str:
        return self.path.split("/")[2]

    @property
    def read(self) -> str | None:
        if self.minutes is None:
            return None
        number = str(self.minutes)
        return {
            "en": f"{number} min read",
            "fa": f"خواندن در {number.translate(PERSIAN)} دقیقه",
            "ar": f"{number.translate(ARABIC)} دقيقة للقراءة",
        }[self.language]


def stories() -> dict[str, Story]:
    """Every article of the site by its key."""
    found = {story.key: story for story in (*_tested(), *_written())}
    return dict(sorted(found.items(), key=lambda item: (item[0][:2], int(item[0][3:]))))


def _tested() -> list[Story]:
    """The saved test pages that are articles."""
    found = []
    for page in saved_pages():
        facts = page.facts
        address = article_address(facts["url"])
        if "article" not in facts or address is None:
            continue
        article = facts["article"]
        published = article["date_published"]
        found.append(
            Story(
                key=address.key,
                path=address.path,
                headline=article["headline"],
                shown=article["date_published_raw"],
                day=date.fromisoformat(published[:10]) if published else None,
                authors=tuple(author["name"] for author in article["authors"]),
                minutes=article["reading_time_minutes"],
                label=article["section"]["name"],
                page=page.body,
            )
        )
    return found


# Ours: (address, headline, date as shown, its day, author, minutes, label, caption, paragraphs).
PLAIN: list[tuple[str, str, str, str, str | None, int, str | None, str, list[str]]] = [
    ("/en/news/158901-ferry-captain-fined-for-waiting/", "Ferry Captain Fined for Waiting", "September 12, 2026",
     "2026-09-12", None, 1, None, "The landing stage at low water.",
     ["A captain on the lower river was fined this week for waiting nine minutes for a school class.",
      "He paid in coins, the harbor office said, and asked for a receipt for each of the nine minutes."]),
    ("/en/news/158902-market-scales-to-be-weighed/", "Market Scales to Be Weighed", "September 14, 2026",
     "2026-09-14", "Laleh Ostad", 2, None, "A brass scale on a melon stall.",
     ["Inspectors will weigh every scale in the covered market before the end of the month.",
      "Stallholders asked who would weigh the inspectors' own. No answer had come by Monday."]),
    ("/en/news/158903-bus-number-nine-returns/", "Bus Number Nine Returns", "September 15, 2026", "2026-09-15",
     "Behrang Sepehr", 1, None, "The new timetable, already wrong.",
     ["After two winters without it, bus number nine runs again between the mill and the hospital.",
      "The first one left eleven minutes early with one passenger, who had meant to take another."]),
    ("/fa/news-1/158911-چراغهای-پل-کهنه-روشن-شد/", "چراغ‌های پل کهنه روشن شد", "۲۰ شهریور ۱۴۰۵", "2026-09-11",
     None, 1, "خبر", "پل کهنه در غروب.",
     ["پس از چهار سال خاموشی، چراغ‌های پل کهنه دوباره روشن شد.",
      "همسایه‌ها می‌گویند هزینه لامپ‌ها را خودشان داده‌اند و کسی برای تشکر نیامده است."]),
    ("/fa/news-1/158912-صف-نان-به-خیابان-دوم-رسید/", "صف نان به خیابان دوم رسید", "۲۲ شهریور ۱۴۰۵", "2026-09-13",
     "گلناز بهاری", 2, "خبر", "صف نانوایی از پنجره روبه‌رو.",
     ["صف نانوایی محله صبح شنبه از سر کوچه گذشت و به خیابان دوم رسید.",
      "نانوا می‌گوید آرد به اندازه هست و آنچه کم آمده، تنور است."]),
    ("/fa/news-1/158913-کتابفروش-دورهگرد-بازگشت/", "کتاب‌فروش دوره‌گرد بازگشت", "۲۳ شهریور ۱۴۰۵", "2026-09-14",
     None, 1, "خبر", "چرخ‌دستی پر از کتاب.",
     ["کتاب‌فروش دوره‌گرد پس از یک زمستان دوباره به میدان برگشت.",
      "می‌گوید هیچ کتابی را نفروخته است که خودش نخوانده باشد."]),
    ("/fa/news-1/158914-ساعت-میدان-از-کار-افتاد/", "ساعت میدان از کار افتاد", "۲۴ شهریور ۱۴۰۵", "2026-09-15",
     "گلناز بهاری", 1, "خبر", "ساعت میدان روی ده و ده دقیقه.",
     ["ساعت میدان از صبح دوشنبه روی ده و ده دقیقه مانده است.",
      "شهرداری می‌گوید روزی دو بار درست است و تعمیرش در برنامه نیست."]),
    ("/ar/from-inside-iran/158921-بئر-القرية-تعود-إلى-الحياة/", "بئر القرية تعود إلى الحياة", "10 سبتمبر 2026",
     "2026-09-10", "رامين كاوه", 1, "من داخل إيران", "الدلو الأول من البئر.",
     ["عادت بئر القرية إلى الحياة بعد ثلاثة أعوام من الجفاف.",
      "يقول الأهالي إن الماء جاء من تلقاء نفسه، وإن اللوحة الرسمية جاءت بعده بيومين."]),
    ("/ar/from-inside-iran/158922-معلم-الموسيقى-يبيع-عوده/", "معلم الموسيقى يبيع عوده", "13 سبتمبر 2026", "2026-09-13",
     None, 2, "من داخل إيران", "عود معلق على جدار.",
     ["باع معلم الموسيقى في البلدة عوده ليدفع إيجار الصف.",
      "اشتراه تلميذ قديم، ثم أعاره إياه إلى أجل غير مسمى."]),
]  # fmt: skip


def _written() -> list[Story]:
    found = []
    for path, headline, shown, day, author, minutes, label, caption, paragraphs in PLAIN:
        address = article_address(HOST + path)
        assert address is not None
        words = Story(address.key, address.path, headline, shown, date.fromisoformat(day),
                      (author,) if author else (), minutes, label, b"")  # fmt: skip
        text = "".join(f"<p>{escape(paragraph, quote=False)}</p>\n" for paragraph in paragraphs)
        meta = [shown, *words.authors, words.read or ""]
        page = (
            f"<article>\n{f'<p>{label}</p>' if label else ''}\n<h1>{escape(headline, quote=False)}</h1>\n"
            + "".join(f"<div>{line}</div>\n" for line in meta)
            + f'<figure><img src="/i/{address.id}.jpg" alt="{escape(caption)}">'
            + f"<figcaption>{caption}</figcaption></figure>\n"
            + f"<section>\n{text}</section>\n</article>\n"
        )
        found.append(Story(**{**{name: getattr(words, name) for name in Story.__dataclass_fields__},
                              "page": _html(words.language, headline, page).encode()}))  # fmt: skip
    return found


def _html(language: str, title: str, body: str, head: str = "") -> str:
    direction = ' dir="rtl"' if language in ("fa", "ar") else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"{direction}>\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title, quote=False)}</title>\n{head}</head>\n<body>\n{body}</body>\n</html>\n"
    )


# How a listing shows an article: (where it links, its facts) -> markup.
Card = Callable[[str, Story], str]


def _lines(story: Story) -> list[str]:
    """What stands under a card's headline."""
    authors = " و ".join(story.authors) if story.language != "en" else " and ".join(story.authors)
    return [text for text in (story.shown, authors, story.read) if text]


def _headline(story: Story) -> str:
    return escape(story.headline, quote=False)


def boxed(href: str, story: Story) -> str:
    more = {"en": "Read more", "fa": "ادامه مطلب", "ar": "اقرأ المزيد"}[story.language]
    label = f"<span>{escape(story.label)}</span>" if story.label else ""
    facts = "".join(f"<div>{text}</div>" for text in _lines(story))
    picture = f'<a href="{href}"><img src="/i/{story.key[3:]}.jpg" alt="{escape(story.headline)}"></a>'
    heading = f'<h3><a href="{href}">{_headline(story)}</a></h3>'
    return f'<div class="card">{picture}{label}{heading}{facts}<a href="{href}">{more}</a></div>\n'


def linked_whole(href: str, story: Story) -> str:
    texts = [story.label, story.headline, *_lines(story), story.headline]
    return f'<li><a href="{href}">' + "".join(f"<p>{escape(t, quote=False)}</p>" for t in texts if t) + "</a></li>\n"


def in_rows(href: str, story: Story) -> str:
    facts = "<br>".join(_lines(story))
    return (
        f'<tr><td><a href="{href}"><img src="/i/{story.key[3:]}.gif" alt=""></a></td>'
        f'<td><b><a href="{href}">{_headline(story)}</a></b><br>{facts}</td></tr>\n'
    )


def flat(href: str, story: Story) -> str:
    label = f"<p>{escape(story.label)}</p>\n" if story.label else ""
    facts = "".join(f"<p>{text}</p>\n" for text in _lines(story))
    return f'{label}<p><a href="{href}">{_headline(story)}</a></p>\n{facts}'


def overlaid(href: str, story: Story) -> str:
    label = f"<iw-line>{escape(story.label)}</iw-line>" if story.label else ""
    facts = "".join(f"<iw-line>{text}</iw-line>" for text in _lines(story))
    return (
        f'<iw-card><a href="{href}" aria-label="{escape(story.headline)}"></a>{label}'
        f"<iw-title>{_headline(story)}</iw-title>{facts}</iw-card>\n"
    )


def timed(href: str, story: Story) -> str:
    day = f' datetime="{story.day.isoformat()}"' if story.day else ""
    authors = "".join(f"<address>{name}</address>" for name in story.authors)
    return (
        f'<article><h2><a href="{href}">{_headline(story)}</a></h2>'
        f"<footer><time{day}>{story.shown}</time>{authors}</footer></article>\n"
    )


@dataclass(frozen=True)
class Listing:
    """A section's pages: how many articles each shows, what its cards look like, how it leads on.

    `onward(path, number, last)` is (what stands in the head, what stands under the cards).
    """

    sizes: tuple[int, ...]
    card: Card
    onward: Callable[[str, int, int], tuple[str, str]]


def nothing(path: str, number: int, last: int) -> tuple[str, str]:
    """No way on is shown: only the probe of `?page=2` finds the rest."""
    return "", ""


def rel_next(path: str, number: int, last: int) -> tuple[str, str]:
    return (f'<link rel="next" href="{HOST}{path}?page={number + 1}">\n' if number < last else ""), ""


def in_words(older: str, newer: str) -> Callable[[str, int, int], tuple[str, str]]:
    def onward(path: str, number: int, last: int) -> tuple[str, str]:
        back = f'<a href="{path}{f"?page={number - 1}" if number > 2 else ""}">{newer}</a> ' if number > 1 else ""
        on = f'<a href="{path}?page={number + 1}">{older}</a>' if number < last else ""
        return "", f"<div>{back}{on}</div>\n"

    return onward


def numbered(digits: dict[int, int]) -> Callable[[str, int, int], tuple[str, str]]:
    def onward(path: str, number: int, last: int) -> tuple[str, str]:
        labels = {each: str(each).translate(digits) for each in range(1, last + 1)}
        links = [
            f"<b>{label}</b>" if each == number else f'<a href="{path}?page={each}">{label}</a>'
            for each, label in labels.items()
        ]
        return "", f"<p>{' '.join(links)}</p>\n"

    return onward


def load_more(path: str, number: int, last: int) -> tuple[str, str]:
    button = f'<button type="button" data-next="{path}?page={number + 1}"><i></i></button>\n' if number < last else ""
    return "", button


ONE = Listing((99,), linked_whole, nothing)
LISTINGS: dict[tuple[str, str], Listing] = {
    ("en", "features"): Listing((2, 2, 1), boxed, rel_next),
    ("en", "society"): Listing((3, 3), linked_whole, in_words("Older stories", "Newer stories")),
    ("en", "news"): Listing((3, 2), flat, numbered({})),
    ("en", "special-features"): Listing((2, 2), overlaid, load_more),
    ("en", "politics"): Listing((1, 1), timed, nothing),
    ("fa", "features"): Listing((3, 3), boxed, numbered(PERSIAN)),
    ("fa", "news-1"): Listing((2, 2), flat, in_words("صفحه بعد", "صفحه قبل")),
    ("ar", "from-inside-iran"): Listing((3, 2), in_rows, in_words("المزيد", "السابق")),
}


@dataclass(frozen=True)
class Entry:
    """One card of a listing: the address that it links to, and the facts that it shows."""

    href: str
    story: Story


def entries(language: str, section: str, all_: dict[str, Story]) -> list[Entry]:
    """What the pages of a section list, newest first as a site would."""
    unlisted = {*FEED_ONLY.get(language, ()), *SITEMAP_ONLY}
    own = [
        story for story in all_.values()
        if story.language == language and story.section == section and story.key not in unlisted
    ]  # fmt: skip
    own.sort(key=lambda story: (story.day or date(2016, 1, 1), int(story.key[3:])), reverse=True)
    found = [Entry(story.path, story) for story in own]
    if (language, section) == ("en", "news"):
        found.insert(1, Entry(MISSING, _stand_in("A Story That Was Taken Down", "September 13, 2026", "en/158999")))
    if (language, section) == ("en", "society"):
        path = next(path for path in _refused() if f"/{NOT_AN_ARTICLE[3:]}-" in path)
        found.append(Entry(path, _stand_in("A Story That Was Withdrawn", "June 7, 2013", NOT_AN_ARTICLE)))
    if (language, section) == ("en", "special-features"):
        found.append(Entry(TWICE_AS, all_[TWICE]))
    return found


def _stand_in(headline: str, shown: str, key: str) -> Story:
    return Story(key, "", headline, shown, None, (), 2, None, b"")


def _refused() -> dict[str, bytes]:
    """The saved test page that is listed and no article, by its path."""
    pages = ((article_address(page.facts["url"]), page) for page in saved_pages())
    return {address.path: page.body for address, page in pages if address and address.key == NOT_AN_ARTICLE}


def pages_of(language: str, section: str, all_: dict[str, Story]) -> list[list[Entry]]:
    """The cards of each page of a section."""
    listed = entries(language, section, all_)
    pages = []
    for size in LISTINGS.get((language, section), ONE).sizes:
        pages.append(listed[:size])
        listed = listed[size:]
    assert not listed, f"{language}/{section}: {len(listed)} articles have no page"
    return pages


def listings(all_: dict[str, Story]) -> dict[str, str]:
    """Every listing page, by the name of its file."""
    found: dict[str, str] = {}
    for language, menu in MENUS.items():
        found[f"{language}/index.html"] = front(language, all_)
        for section, label in menu:
            path = f"/{language}/{section}/"
            listing = LISTINGS.get((language, section), ONE)
            pages = pages_of(language, section, all_)
            for number, page in enumerate(pages, start=1):
                head, foot = listing.onward(path, number, len(pages))
                cards = "".join(listing.card(entry.href, entry.story) for entry in page)
                body = f"{_menu(language)}<h1>{escape(label)}</h1>\n{_list(listing.card, cards)}{foot}"
                name = f"{path[1:]}index.html" + (f"?page={number}" if number > 1 else "")
                found[name] = _html(language, f"{label} | IranWire", body, head)
    return found


def front(language: str, all_: dict[str, Story]) -> str:
    """An edition's front page: the newest articles of its first sections, some of them twice."""
    head = "".join(f'<link rel="alternate" hreflang="{each}" href="{HOST}/{each}/">\n' for each in MENUS)
    if language in FEED_ONLY:
        head += f'<link rel="alternate" type="application/rss+xml" title="IranWire" href="{HOST}/{language}/feed/">\n'
    newest = [pages_of(language, section, all_)[0][:2] for section, _ in MENUS[language][:4]]
    cards = [entry for row in zip_longest(*newest) for entry in row if entry is not None]
    top = "".join(boxed(entry.href, entry.story) for entry in cards)
    again = "".join(linked_whole(entry.href, entry.story) for entry in cards[:2])
    foot = f'<footer><a href="{FLAT_PAGE}">Letters From Readers</a> {ELSEWHERE}</footer>\n' if language == "en" else ""
    body = f"{_menu(language)}<main>\n{top}</main>\n<aside><ul>\n{again}</ul></aside>\n{foot}"
    return _html(language, "IranWire", body, head)


def _menu(language: str) -> str:
    sections = " ".join(f'<a href="/{language}/{slug}/">{escape(label)}</a>' for slug, label in MENUS[language])
    editions = " ".join(f'<a href="/{each}/">{name}</a>' for each, name in NAMES.items())
    return f'<nav><a href="/{language}/">IranWire</a> {sections} <a href="/{language}/search/">⌕</a> {editions}</nav>\n'


def _list(card: Card, cards: str) -> str:
    if card is in_rows:
        return f"<table>\n{cards}</table>\n"
    return f"<ul>\n{cards}</ul>\n" if card is linked_whole else f"<div>\n{cards}</div>\n"


def feed(language: str, all_: dict[str, Story]) -> str:
    """An edition's RSS: not newest first, with articles that no listing shows, and one address of another site."""
    listed = [entry.story for section, _ in MENUS[language][:2] for entry in entries(language, section, all_)]
    named = [*(story for story in listed if story.path), *(all_[key] for key in FEED_ONLY[language])]
    named.sort(key=lambda story: western_digits(story.key)[::-1])  # an order that means nothing
    items = "".join(_rss_item(story) for story in named)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>IranWire</title>'
        f"<link>{HOST}/{language}/</link><description>{NAMES[language]}</description>\n{items}"
        "<item><title>Elsewhere</title><link>https://example.org/en/news/3-not-ours/</link></item>\n</channel></rss>\n"
    )


def _rss_item(story: Story) -> str:
    noon = datetime.combine(story.day, time(12), TEHRAN) if story.day else None
    dated = f"<pubDate>{format_datetime(noon)}</pubDate>" if noon else ""
    link = f"{HOST}{story.path}"
    return f"<item><title>{_headline(story)}</title><link>{link}</link><guid>{link}</guid>{dated}</item>\n"


def sitemap(all_: dict[str, Story]) -> str:
    """Some of the articles, one of which nothing else names."""
    named = [*SITEMAP_ONLY, *(key for number, key in enumerate(all_) if number % 5 == 0)]
    found = "".join(f"<url><loc>{HOST}{all_[key].path}</loc></url>\n" for key in dict.fromkeys(named))
    schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{schema}">\n{found}</urlset>\n'


ROBOTS = f"User-agent: *\nDisallow: /admin/\nDisallow: /*/search/\n\nSitemap: {HOST}/sitemap.xml\n"


def files() -> dict[str, bytes]:
    """Every file of the site by its name below `iranwire.com/`."""
    all_ = stories()
    found = {f"{unquote(story.path)[1:]}index.html": story.page for story in all_.values()}
    found |= {f"{unquote(path)[1:]}index.html": body for path, body in _refused().items()}
    texts = listings(all_) | {f"{language}/feed/index.html": feed(language, all_) for language in FEED_ONLY}
    texts |= {"robots.txt": ROBOTS, "sitemap.xml": sitemap(all_)}
    found |= {name: text.encode() for name, text in texts.items()}
    flat_page = next(page for page in saved_pages() if page.facts["url"].endswith(FLAT_PAGE))
    return found | {f"{FLAT_PAGE[1:]}/index.html": flat_page.body}


def build(folder: Path) -> None:
    """Write the site into `folder`, in place of what is there."""
    root = folder / "iranwire.com"
    if root.exists():
        shutil.rmtree(root)
    for name, body in files().items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Build the small saved site that the crawl is tested on.")
    parser.add_argument("folder", nargs="?", type=Path, default=SITE)
    folder = parser.parse_args(arguments).folder
    build(folder)
    sys.stdout.write(f"{len(files())} files, {len(stories())} articles in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
