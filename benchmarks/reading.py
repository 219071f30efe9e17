"""What reading one page costs beside what lxml alone needs to parse it: `python benchmarks/reading.py`.

Generated pages of 60 to 120 KB with menus, scripts, styles and a footer, in three languages. Both
sides take turns in one run; the table shows medians of CPU time and of the ratio of each turn.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from lxml import html

from iranwire_crawler.pages.article import ArticlePage, Fetch

TURNS, ROUNDS = 15, 10
WORDS = {
    "en": "report prison women court officials arrested lawyer family village letter because under years with the of",
    "fa": "گزارش زندان زنان دادگاه خبرنگاران بازداشت وکیل خانواده روستا نامه می‌گویند که از در با برای",
    "ar": "تقرير سجن نساء محكمة مسؤولون اعتقال محام عائلة قرية رسالة لأن تحت سنوات مع في من",
}
HEADER = {
    "en": ("February 3, 2024", "5 min read", "Jane Doe"),
    "fa": ("۱۴ بهمن ۱۴۰۲", "خواندن در ۵ دقیقه", "مینا پرویزی"),
    "ar": ("3 فبراير 2024", "٥ دقيقة للقراءة", "سلمى النجار"),
}


def page(language: str, seed: int) -> bytes:
    """One page as a news site of today would send it."""
    rng = random.Random(seed)  # noqa: S311 - the same pages every time

    def words(count: int) -> str:
        return " ".join(rng.choice(WORDS[language].split()) for _ in range(count)).capitalize() + "."

    date, minutes, author = HEADER[language]
    headline = words(9)[:-1]
    menu = "".join(
        f'<li class="m{n}"><a href="/{language}/s{n}/" class="nav-link">{words(2)}</a></li>' for n in range(40)
    )
    scripts = "".join(
        f"<script>window._{n}={[round(rng.random(), 9) for _ in range(170)]};</script>" for n in range(14)
    )
    style = "".join(f".css-{n}{{margin:{n}px;color:#{n:06x};display:flex}}\n" for n in range(320))
    captions = [words(12) for _ in range(3)]
    figures = "".join(
        f'<figure><img src="/m/{n}.jpg" alt="{c}"><figcaption>{c}</figcaption></figure>' for n, c in enumerate(captions)
    )
    paragraphs = "".join(
        f'<p class="css-p">{words(rng.randint(25, 70))}'
        + (f' <a href="https://example.org/{n}">{words(3)}</a> <em>{words(4)}</em>' if n % 4 == 0 else "")
        + "</p>\n"
        for n in range(32)
    )
    footer = "".join(
        f"<div><ul>{''.join(f'<li><a href=/{language}/f{n}{m}/>{words(2)}</a></li>' for m in range(8))}</ul></div>"
        for n in range(5)
    )
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{headline} | IranWire</title>'
        f'<meta property="og:title" content="{headline}"><style>{style}</style>{scripts}</head><body>'
        f"<header><nav><ul>{menu}"
        f"</ul></nav></header><main><article><h1>{headline}</h1><div><time>{date}</time><span>{author}</span>"
        f"<span>{minutes}</span></div>{figures}<div>{paragraphs}</div></article><section><div>News</div>"
        f'<h3><a href="/{language}/news/5-x/">{words(6)}</a></h3><div>{date}</div><div>{minutes}</div></section></main>'
        f"<footer>{footer}</footer></body></html>"
    ).encode()


def median_time(work: Callable[[], object]) -> float:
    """Median CPU seconds of a few calls."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> None:
    sys.stdout.write("| page | KB | lxml parse ms | reading ms | ratio |\n|---|---|---|---|---|\n")
    for language in WORDS:
        body = page(language, 1)
        fetch = Fetch(f"https://iranwire.com/{language}/news/122073-x/", datetime(2026, 1, 1, tzinfo=UTC), "saved")
        reader = ArticlePage(body, fetch)
        turns = []
        for _ in range(TURNS):
            floor = median_time(lambda body=body: html.document_fromstring(body))  # type: ignore[misc]
            turns.append((floor, median_time(reader.article)))
        floor = statistics.median(turn[0] for turn in turns) * 1000
        ours = statistics.median(turn[1] for turn in turns) * 1000
        ratio = statistics.median(turn[1] / turn[0] for turn in turns)
        sys.stdout.write(f"| {language} | {len(body) / 1000:.0f} | {floor:.2f} | {ours:.2f} | {ratio:.1f} |\n")


if __name__ == "__main__":
    main()
