"""Listings whose cards are not in their HTML, in real crawls: the light version, data in scripts, a browser."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from crawling import Run, scrapy
from scripted_site import ARTICLE, card, needs_browser, plain, serving, shell

LIGHT = '<p>Trouble loading? <a href="/light{}">Switch to Iranwire Light instead</a></p>'


def entries(section: str, numbers: range, **more: Any) -> list[dict[str, Any]]:
    return [
        {"title": f"Headline {n}", "url": f"/en/{section}/{n}/", "date": "May 6, 2014", **more} for n in numbers
    ]  # fmt: skip


def light(numbers: range, more: str = "") -> str:
    cards = "".join(card(number, "features").replace('"/en/', '"/light/en/') for number in numbers)
    return plain(cards + more)


def filled(section: str, numbers: range) -> str:
    html = "".join(card(number, section) for number in numbers)
    return shell(f"setTimeout(() => document.getElementById('root').innerHTML = {json.dumps(html)}, 200);")


NUMBERS = {
    "features": range(100, 106),
    "news": range(200, 206),
    "politics": range(300, 306),
    "society": range(400, 404),
    "world": range(600, 611),
    "women": range(700, 703),
}
# What stands in the data of a page whose cards come by script.
UNRELATED = {
    "menu": [{"title": name.title(), "url": f"/en/{name}/"} for name in ("features", "news", "politics")],
    "next": {"title": "Another story", "url": "/en/society/9001/"},
    "ads": [{"title": f"Offer {n}", "url": f"https://example.com/en/society/{n}/"} for n in range(9002, 9006)],
}
PAGES = {
    # A front page whose menu and cards are data.
    "/en/": shell(
        f"window.front = {json.dumps({'menu': UNRELATED['menu'], 'top': entries('news', NUMBERS['news'][:3])})};"
    ),
    # By the light version, which has a pager of its own.
    "/en/features/": shell("", body=LIGHT.format("/en/features/")),
    "/light/en/features/": light(NUMBERS["features"][:4], '<a href="?page=2">Older</a>'),
    "/light/en/features/?page=2": light(NUMBERS["features"][4:]),
    # By data that names its next page; the second one's is a string in a script.
    "/en/news/": shell(
        f"x.push({json.dumps({'items': entries('news', NUMBERS['news'][:3]), 'next': '/en/news/?page=2'})});"
    ),
    "/en/news/?page=2": shell(
        f"var s = JSON.parse({json.dumps(json.dumps({'items': entries('news', NUMBERS['news'][3:])}))});"
    ),
    # By data, and a guess at the second page.
    "/en/politics/": shell(f"window.X = {json.dumps({'map': dict(enumerate(entries('politics', range(300, 303))))})};"),
    "/en/politics/?page=2": shell(f"window.X = {json.dumps(entries('politics', range(303, 306)))};"),
    # By nothing but a script.
    "/en/society/": filled("society", NUMBERS["society"]).replace(
        "<script>", f'<script type="application/json">{json.dumps(UNRELATED)}</script><script>', 1
    ),
    # Nothing leads on from its cards but the light version's pager.
    "/en/world/": plain(LIGHT.format("/en/world/") + "".join(card(n, "world") for n in NUMBERS["world"][:9])),
    "/light/en/world/": plain(
        "".join(card(n, "world") for n in NUMBERS["world"][:9]) + '<a href="?page=2" rel="next">2</a>'
    ),
    "/light/en/world/?page=2": plain("".join(card(n, "world") for n in NUMBERS["world"][9:])),
    # Its light version is gone: the data stands in for it.
    "/en/women/": shell(f"x.push({json.dumps(entries('women', NUMBERS['women']))});", body=LIGHT.format("/en/women/")),
    **{f"/en/{section}/{n}/": plain(ARTICLE) for section, numbers in NUMBERS.items() for n in numbers},
}  # fmt: skip
ABSENT = (
    "/en/features/?page=2",
    "/en/world/?page=2",
    "/en/news/?page=3",
    "/en/politics/?page=3",
    "/en/society/?page=2",
    "/en/women/?page=2",
)
PAGES |= dict.fromkeys(ABSENT, plain("Nothing more"))


def crawl(spider: str, origin: str, data_dir: Path, *arguments: str) -> Run:
    return scrapy(
        "-a", "lang=en", *arguments, "-s", f"SITE_URL={origin}", "-s", "DOWNLOAD_DELAY=0",
        "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "RENDER_TIMEOUT=6", "-s", "RENDER_QUIET=1.5",
        spider=spider, data_dir=data_dir, browser=True,
    )  # fmt: skip


def report(run: Run) -> dict[str, Any]:
    assert run.folder is not None, run.log
    return json.loads((run.folder / "run.json").read_text(encoding="utf-8"))


def articles(run: Run) -> set[int]:
    return {record["id"] for record in run.lines("articles.jsonl")}


ALL = {number for numbers in NUMBERS.values() for number in numbers}


def test_without_a_browser_listings_come_by_light_and_by_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    sections = ",".join(NUMBERS)
    with serving(PAGES) as (origin, asked):
        run = crawl("news", origin, tmp_path, "-a", f"sections={sections}")
    assert articles(run) == ALL - set(NUMBERS["society"]), run.log
    told = report(run)
    assert told["listed_from"] == {"embedded": 6, "light": 4}
    assert told["ways"] == {"data": 1, "light": 1, "link_text": 1, "probe": 1}
    assert "listed_from" not in {code for record in run.lines("articles.jsonl") for code in record["warnings"]}
    assert "not plain articles by none; listings by embedded 6, light 4" in run.log
    # A listing that only a browser could bring is told of, with the line that installs one.
    (note,) = [note for note in told["verdict"]["notes"] if note["code"] == "browser_missing"]
    assert note["message"].startswith("1 page may need a browser")
    assert note["message"].endswith("apt-get install -y --no-install-recommends chromium")
    assert not any(path.startswith(("/en/society/9", "/en/society/?")) for path in asked)
    # Once plainly, once light: what a light page leads to is asked for as a light page at once.
    assert asked["/en/features/"] == 1
    assert asked["/light/en/features/"] == 2


@needs_browser
def test_a_window_is_read_out_of_them_too(tmp_path: Path) -> None:
    sections = ",".join(NUMBERS)
    with serving(PAGES) as (origin, asked):
        run = crawl("archive", origin, tmp_path, "-a", "since=2014-05-01", "-a", "until=2014-05-31",
                    "-a", f"sections={sections}")  # fmt: skip
    assert articles(run) == ALL, run.log
    told = report(run)
    assert told["browser"]["page_count"] >= 1
    assert told["listed_from"].keys() == {"light", "embedded", "browser"}
    assert Counter(asked)["/en/society/9001/"] == 0
