"""`scrapy report`, looked at as a reader does: in a real browser, where there is one."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from commands.running import command, scrapy
from stores.archive import article, lay_out
from stores.feeds import finish, make_run

from iranwire_crawler.domain.items import Section

CHROMIUM = which("chromium") or which("chromium-browser")
HOSTILE = (
    "</title></style></textarea><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"
    '<a href=javascript:alert(1)>"q"</a> & \u202eبئر'
)

ODD = Section(slug="a<b>", name=None)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("report") / "data"
    first = article(1, text="The well was dug by hand.\nIt never ran dry.", captions=["One."])
    lay_out(data_dir, [
        first,
        article(2, language="fa", day="2024-03-20", text="می‌گوید", section="news-1"),
        article(3, language="ar", day="2023-11-30", text="بئر", authors=()),
        article(4, day=None),
        replace(article(5, language="fa", day="2024-05-01", text="old"), section=ODD),
    ])  # fmt: skip
    second = replace(
        article(1, text="The well was dug by a machine.\nIt never ran dry.", headline="The Well", captions=["One."]),
        revision=2, previous_hash=first.content_hash, fetched_at="2026-11-02T12:00:00Z",
    )  # fmt: skip
    hostile = article(
        5, language="fa", day="2024-05-01", text=f"new {HOSTILE}", headline=HOSTILE,
        revision=2, fetched_at="2026-11-02T12:00:00Z",
    )  # fmt: skip
    lay_out(data_dir, [second, replace(hostile, section=ODD)], day=2)
    finish(make_run(data_dir, [], day=3), status="look")
    make_run(data_dir, [], day=4, finished=False)
    return data_dir


@pytest.fixture(scope="module")
def report(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("page") / "report.html"
    done = scrapy("report", "-o", str(page), data_dir=data_dir)
    assert (done.code, done.log) == (0, "")
    assert done.out == f"{page}: 5 articles\n"
    return page


class Page(HTMLParser):
    """What a page says of itself: each element with its attributes, and what stands open at the end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> Iterator[dict[str, Any]]:
        return (attributes for name, attributes in self.elements if name == tag)


def test_it_shows_what_the_archive_holds(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    for said in (
        "Articles of 2023-11-30 to 2024-05-01",
        "The well was dug by <del>hand.</del> <ins>a machine.</ins>",
        '<p class="soft">1 unchanged</p>',
        "<h4>headline</h4>",
        '<td class="v0">0</td>',
        '<span class="chip look">look</span>',
        '<span class="chip ">unfinished</span>',
        "blocked: the site [31mrefused pages",
        "In every article: <code>schema_version</code>",
        '<th scope="row"><code>authors</code></th>',
        "2 articles have more than one revision",
        "2 Persian",
    ):
        assert said in text, said


def test_it_is_one_closed_well_formed_page(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert not [tag for tag, _ in page.elements if tag in {"script", "img", "link", "iframe", "object"}]
    attributes = {name for _, each in page.elements for name in each}
    assert not {name for name in attributes if name.startswith("on") or name in {"src", "style", "srcset"}}
    assert all(each["href"].startswith(("#", "https://iranwire.com/")) for each in page.all("a"))
    policy = next(each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"url\(|@import|https?://(?!iranwire\.com/)", text)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_it_can_be_read_without_seeing_it(report: Path) -> None:
    page = Page(report.read_text(encoding="utf-8"))
    tags = [tag for tag, _ in page.elements]
    assert [tags.count(each) for each in ("header", "main", "footer", "nav", "h1")] == [1, 1, 1, 1, 1]
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [each["id"] for _, each in page.elements if each.get("id")]
    assert len(ids) == len(set(ids))
    assert {each["href"][1:] for each in page.all("a") if each["href"].startswith("#")} <= set(ids)
    assert {each["aria-labelledby"] for each in page.all("section")} <= set(ids)
    for chart in page.all("svg"):
        assert chart.get("aria-hidden") == "true" or chart.get("aria-label") or not chart
    assert all(each.get("scope") for each in page.all("th"))
    assert next(page.all("html")) == {"lang": "en", "dir": "ltr"}
    assert {each.get("dir") for each in page.all("h3") if each.get("lang") == "fa"} == {"rtl"}


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (Debian: apt-get install chromium)")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 400)])
def test_a_browser_has_nothing_to_complain_of(scheme: str, width: int, report: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})  # type: ignore[arg-type]
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(report.as_uri())
        title = page.title()
        found = json.loads(page.evaluate(LOOK))
        browser.close()
    assert said == []
    assert title == "The IranWire archive, 2023-11-30 to 2024-05-01"
    assert asked == [report.as_uri()]
    assert found["wider"] <= 0, "the page can be scrolled sideways"
    assert found["bars"] > 0
    assert found["faint"] == []


# Contrast as WCAG 2 reckons it, of every text on what stands behind it.
LOOK = """() => {
  const rgb = text => text.match(/[0-9.]+/g).map(Number);
  const linear = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => c.slice(0, 3).map(linear)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = node => { for (let n = node; n; n = n.parentElement) {
    const c = rgb(getComputedStyle(n).backgroundColor); if (c.length < 4 || c[3] > 0) return c;
  } return [255, 255, 255]; };
  const faint = new Set();
  document.querySelectorAll('details').forEach(d => d.open = true);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || getComputedStyle(parent).visibility === 'hidden' || parent.closest('svg')) continue;
    const [a, b] = [light(rgb(getComputedStyle(parent).color)), light(behind(parent))].sort((x, y) => y - x);
    const name = parent.tagName + '.' + parent.className + ' ' + node.data.trim().slice(0, 20);
    if ((a + .05) / (b + .05) < 4.5) faint.add(name);
  }
  const bars = [...document.querySelectorAll('svg[role=img] rect')].filter(r => r.getBoundingClientRect().height > 1);
  return JSON.stringify({faint: [...faint], bars: bars.length,
    wider: document.documentElement.scrollWidth - document.documentElement.clientWidth});
}"""


def test_the_same_archive_gives_the_same_page_and_an_earlier_one_is_replaced(data_dir: Path, report: Path) -> None:
    before = report.read_bytes()
    assert command("report", "-o", str(report), data_dir=data_dir).code == 0
    assert report.read_bytes() == before
    assert [file.name for file in report.parent.iterdir()] == ["report.html"]


def test_an_empty_archive_has_a_page_too(tmp_path: Path) -> None:
    lay_out(tmp_path / "data", [])
    assert command("report", "-o", str(tmp_path / "r.html"), data_dir=tmp_path / "data").code == 0
    text = (tmp_path / "r.html").read_text()
    assert "It holds no dated article yet." in text
    assert Page(text).open == []


def test_an_edition_without_a_dated_article_is_named(tmp_path: Path) -> None:
    lay_out(tmp_path / "data", [article(1, language="fa", text="می‌گوید"), article(2, language="ar", day=None)])
    assert command("report", "-o", str(tmp_path / "r.html"), data_dir=tmp_path / "data").code == 0
    text = (tmp_path / "r.html").read_text()
    assert "<p>Arabic: no dated article.</p>" in text
    assert "Persian: no dated article" not in text
    assert Page(text).open == []


def test_what_is_no_report_is_left_alone(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.html").write_text("<p>mine")
    there = "already there, and no report"
    for target, said in (("mine.html", there), (".", there), ("mine.html/x", "cannot write it")):
        done = command("report", "-o", str(tmp_path / target), data_dir=data_dir)
        assert (done.code, done.out) == (1, "")
        assert said in done.log
        assert len(done.log.splitlines()) == 1
    assert (tmp_path / "mine.html").read_text() == "<p>mine"


@pytest.mark.parametrize(("arguments", "said"), [([], "-o FILE is needed"), (["x"], "report takes no argument 'x'")])
def test_bad_input_is_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = command("report", *arguments, data_dir=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert done.log.startswith(f"iranwire_crawler: {said}")
