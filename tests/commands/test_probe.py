"""`scrapy probe`, as an operator runs it."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from crawling import ROOT, python
from saved_pages import SavedPage

FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "LOG_LEVEL=ERROR")
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Run:
    code: int
    table: str
    log: str
    folder: Path | None

    def lines(self) -> list[dict[str, Any]]:
        assert self.folder is not None, self.log
        return [json.loads(line) for line in (self.folder / "probe.jsonl").read_bytes().splitlines()]

    def report(self) -> dict[str, Any]:
        assert self.folder is not None, self.log
        return json.loads((self.folder / "run.json").read_bytes())

    def reasons(self) -> set[str]:
        return {reason["code"] for reason in self.report()["verdict"]["reasons"]}


def probe(*arguments: str, data_dir: Path) -> Run:
    before = set(data_dir.glob("probe/*"))
    done = python("-m", "scrapy", "probe", *FAST, *arguments, "-s", f"DATA_DIR={data_dir}")
    new = sorted(set(data_dir.glob("probe/*")) - before)
    return Run(done.returncode, done.stdout, done.stderr, new[-1] if new else None)


# A small site: one edition, its words made up.

WORDS = "The well was dug by hand, in a single winter, and has never once run dry since then."
UNKNOWN = "Share this story with a neighbour"


def article(headline: str, date: str = "May 12, 2025", body: str = f"<p>{WORDS}</p><p>It rained.</p>") -> str:
    return (
        f"<html><head><title>{headline}</title></head><body><main><p>Features</p><h1>{headline}</h1>"
        f"<p>{date}</p><p>Mona Zarrinkub</p><p>2 min read</p>{body}</main><div><p>{UNKNOWN}</p></div></body></html>"
    )


def listing(*paths: str, extra: str = "") -> str:
    cards = "".join(f'<div><h2><a href="{path}">Story {path[-2]}</a></h2><p>May 12, 2025</p></div>' for path in paths)
    return f"<html><body><nav><a href='/en/features/'>Features</a></nav>{cards}{extra}</body></html>"


def path_of(number: int) -> str:
    return f"/en/features/14100{number}/"


def small_site() -> dict[str, str]:
    pages = {path_of(number): article(f"Story {number} of the Well") for number in range(1, 5)}
    items = "".join(f"<item><link>https://iranwire.com{path}</link></item>" for path in pages)
    return {
        **pages,
        "/robots.txt": "User-agent: *\nCrawl-delay: 0.1\nDisallow: /admin/\nSitemap: https://iranwire.com/map.xml\n",
        "/en/": listing(path_of(1), path_of(2)),
        "/en/feed/": f"<rss><channel>{items}</channel></rss>",
        "/en/features/": listing(path_of(1), path_of(2), extra='<a rel="next" href="/en/features/?page=2">Older</a>'),
        "/en/features/?page=2": listing(path_of(3), path_of(4)),
    }


def lay_out(site: dict[str, str], folder: Path) -> Path:
    for address, text in site.items():
        path, _, query = address.partition("?")
        file = folder / "iranwire.com" / path.strip("/")
        if path.endswith("/"):
            file = file / ("index.html" + (f"?{query}" if query else ""))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Run]:
    """Lay a site out and probe it."""

    def run(site: dict[str, str], *arguments: str) -> Run:
        folder = tmp_path / f"site{len(list(tmp_path.iterdir()))}"
        lay_out(site, folder)
        return probe("-a", "lang=en", "-s", f"SAVED_PAGES={folder}", *arguments, data_dir=tmp_path / "data")

    return run


# A live server that counts.


@dataclass
class Served:
    site: dict[str, str]
    status: int = 200
    redirects: int = 0
    asked: list[str] = field(default_factory=list)
    port: int = 0
    times: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(site: Served) -> Iterator[Served]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            hop = int(self.path.rpartition("hop=")[2]) if "hop=" in self.path else 0
            path = unquote(self.path.partition("hop=")[0].rstrip("&?"))
            if hop < site.redirects:
                mark = "&" if "?" in path else "?"
                self.send_response(301)
                self.send_header("Location", f"{self.path.partition('hop=')[0].rstrip('&?')}{mark}hop={hop + 1}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = site.site.get(path, "").encode()
            self.send_response(site.status if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def bundled_site() -> dict[str, str]:
    root = ROOT / "tests" / "saved_site" / "iranwire.com"
    pages = {}
    for file in root.rglob("*"):
        if file.is_file():
            relative = "/" + file.relative_to(root).as_posix()
            path, _, query = relative.partition("?")
            path = path.removesuffix("index.html").removesuffix("index.xml")
            pages[path + (f"?{query}" if query else "")] = file.read_text(encoding="utf-8", errors="replace")
    return pages


def test_the_bundled_site_would_do(data_dir: Path) -> None:
    run = probe("-s", "SAVED_PAGES=tests/saved_site", data_dir=data_dir)
    assert run.code == 0, run.table + run.log
    lines = run.lines()
    assert len(lines) <= 25
    assert {line["language"] for line in lines} == {None, "en", "fa", "ar"}
    assert [line["kind"] for line in lines].count("article") == 9
    assert run.folder is not None
    for line in lines:
        assert (line["file"] is None) == (line["size"] == 0)
        assert line["file"] is None or (run.folder / line["file"]).stat().st_size == line["size"]
    assert {file.name for file in run.folder.iterdir()} == {"probe.jsonl", "pages", "run.json"}
    report = run.report()
    assert (report["spider"], report["verdict"]["exit_code"]) == ("probe", 0)
    assert report["finished"] is not None
    assert "The reader would do (exit code 0)." in run.table
    assert "sections from its navigation" in run.table
    assert run.log == ""


def test_a_live_server_is_asked_at_most_25_times(data_dir: Path) -> None:
    with served(Served(bundled_site())) as server:
        run = probe("-s", f"SITE_URL={server.url}", data_dir=data_dir)
    assert run.code == 0, run.table + run.log
    assert len(server.asked) <= 25
    assert len(set(server.asked)) == len(server.asked)
    lines = run.lines()
    assert all(line["url"].startswith("https://iranwire.com/") for line in lines)
    assert all(line["seconds"] is not None for line in lines)
    assert f"{len(server.asked)} requests" in run.table


@pytest.mark.parametrize("hops", [1, 2, 5])
def test_redirects_are_counted_before_they_are_followed(hops: int, data_dir: Path) -> None:
    with served(Served(bundled_site(), redirects=hops)) as server:
        run = probe("-s", f"SITE_URL={server.url}", data_dir=data_dir)
    assert len(server.asked) <= 25
    lines = run.lines()
    assert any(line["error"] == "not_asked" for line in lines)
    assert "not asked" in run.table
    assert "left_out" in run.table
    if hops < 3:
        front = next(line for line in lines if line["kind"] == "front")
        assert [status for status, _ in front["redirects"]] == [301] * hops
        assert front["status"] == 200


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_site_that_refuses_would_not_do(status: int, data_dir: Path) -> None:
    with served(Served(bundled_site(), status=status)) as server:
        run = probe("-s", f"SITE_URL={server.url}", data_dir=data_dir)
    assert run.code == 3, run.log
    assert len(server.asked) <= 25
    assert "nothing_answered" in run.reasons()
    if status >= 500:
        assert set(server.asked) == {"/robots.txt"}
        assert "robots_unreachable" in run.reasons()


def test_a_site_that_is_down(data_dir: Path) -> None:
    with served(Served({})) as server:
        pass
    run = probe("-s", f"SITE_URL={server.url}", data_dir=data_dir)
    assert run.code == 3, run.log
    assert run.reasons() == {"nothing_answered", "robots_unreachable"}
    assert "Traceback" not in run.log + run.table


def test_a_small_site_is_reported(saved: Callable[..., Run]) -> None:
    run = saved(small_site())
    assert run.code == 0, run.table
    assert "Crawl-delay: 0.1 s; sitemaps: https://iranwire.com/map.xml" in run.table
    assert "en second page by rel_next: 2 articles, 2 of them new" in run.table
    assert re.search(rf"\?  {UNKNOWN}", run.table)
    assert re.search(r"headline +shown +shown +shown", run.table)
    assert re.search(r"tags +- +- +-", run.table)
    assert "there is no earlier probe" in run.table
    (first, *_) = [line for line in run.lines() if line["kind"] == "article"]
    assert first["url"] == f"https://iranwire.com{path_of(1)}"
    assert first["facts"]["tail"] == [{"kind": "unknown", "text": UNKNOWN, "region": None}]
    assert first["facts"]["fields"]["authors"] == "shown"


def test_articles_come_from_different_sections_where_there_are_some(saved: Callable[..., Run]) -> None:
    site = small_site()
    others = {
        path.replace("features", slug).replace("1410", "1420"): text
        for slug in ("news", "politics")
        for path, text in [(path_of(1 if slug == "news" else 2), site[path_of(1)])]
    }
    front = listing(path_of(1), path_of(2), path_of(3), *others)
    run = saved({**site, **others, "/en/": front})
    sections = {line["facts"]["section"] for line in run.lines() if line["kind"] == "article"}
    assert sections == {"features", "news", "politics"}


def test_the_feed_stands_in_for_empty_listings(saved: Callable[..., Run]) -> None:
    empty = listing()
    run = saved({**small_site(), "/en/": empty, "/en/features/": empty})
    assert run.code == 3
    assert run.reasons() == {"no_articles_listed"}
    assert [line["status"] for line in run.lines() if line["kind"] == "article"] == [200] * 3


def test_listings_without_cards_are_read_in_other_ways(saved: Callable[..., Run]) -> None:
    site = small_site()
    entries = [{"title": f"Story {number}", "url": path_of(number)} for number in range(1, 5)]
    frame = "<html><body><div id=app></div>{}</body></html>"
    site["/en/"] = frame.format(f"<script>window.x = {json.dumps(entries)}</script>")
    site["/en/features/"] = frame.format("<a href='/light/en/features/'>Iranwire Light</a>")
    del site["/en/features/?page=2"]
    site["/light/en/features/"] = listing(path_of(1), path_of(2), extra='<a rel="next" href="page/2/">Older</a>')
    site["/light/en/features/page/2/"] = listing(path_of(3), path_of(4))
    run = saved(site)
    assert "en front page: no sections named" in run.table
    assert "from the data in its scripts, 4 articles (4 with headline, 0 with date)" in run.table
    assert "en listing /en/features/: from its light version, 2 articles" in run.table
    assert "second page by rel_next: 2 articles, 2 of them new" in run.table


def test_without_navigation_the_known_sections_are_tried(saved: Callable[..., Run]) -> None:
    site = small_site()
    site["/en/"] = site["/en/"].replace("<nav>", "<!--").replace("</nav>", "-->")
    run = saved(site)
    assert run.code == 0, run.table
    assert "only the known ones are left" in run.table
    assert "no_navigation" in run.table


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<html><body><h1>Please log in</h1><form>Name</form></body></html>", "articles_unreadable"),
        (article("Story of the Well", date="February 31, 2025"), "field_unread"),
        (article("Story of the Well", body='<img src="/a.jpg" alt="A well">').replace(UNKNOWN, ""), "field_unread"),
    ],
)
def test_articles_that_are_not_read_would_not_do(text: str, reason: str, saved: Callable[..., Run]) -> None:
    run = saved({**small_site(), **{path_of(number): text for number in range(1, 5)}})
    assert run.code == 3, run.table
    assert reason in run.reasons()
    assert reason in run.table


def test_a_third_of_the_articles_may_be_unreadable(saved: Callable[..., Run]) -> None:
    site = small_site()
    del site[path_of(1)]
    run = saved(site)
    assert run.code == 0, run.table
    assert [line["status"] for line in run.lines() if line["kind"] == "article"].count(404) == 1


def test_robots_that_forbids_articles_would_not_do(saved: Callable[..., Run]) -> None:
    run = saved({**small_site(), "/robots.txt": "User-agent: *\nDisallow: /en/features/\n"})
    assert run.code == 3
    assert "robots_forbids" in run.reasons()


def test_changes_since_the_last_probe_are_named(saved: Callable[..., Run], data_dir: Path) -> None:
    site = small_site()
    assert saved(site).code == 0
    assert "Changes since the probe" in (again := saved(site)).table
    assert again.report()["changes"] == []
    site["/robots.txt"] = "User-agent: *\nCrawl-delay: 7\n"
    site["/en/features/"] = site["/en/features/"].replace('rel="next"', "")
    del site["/en/feed/"]
    head = '<link rel="canonical" href="/x"><meta property="og:title" content="x">'
    for number in range(1, 5):
        text = site[path_of(number)].replace("<head>", f"<head>{head}").replace("<p>Mona Zarrinkub</p>", "")
        site[path_of(number)] = text.replace(UNKNOWN, "Join our newsletter")
    run = saved(site)
    changes = "\n".join(run.report()["changes"])
    for said in (
        "robots.txt: Crawl-delay: 0.1 → 7.0",
        "robots.txt: sitemaps: https://iranwire.com/map.xml → none",
        "en feed: status 200 → 404",
        "en next page: rel_next → link_text",
        "en article: new metadata: canonical, og:title",
        "en articles: authors is read no more (was shown)",
        "en articles: new line after the body: “Join our newsletter”",
    ):
        assert said in changes, changes
        assert said in run.table


def test_fixtures_are_test_pages(saved: Callable[..., Run], tmp_path: Path) -> None:
    fixtures = tmp_path / "fixtures"
    run = saved(small_site(), "--fixtures", str(fixtures))
    pages = [SavedPage(folder) for folder in sorted(fixtures.iterdir())]
    assert len(pages) == 6, run.log
    for page in pages:
        facts, read = page.facts, page.read()
        assert {"url", "content_type", "layout", "notes"} <= facts.keys()
        assert facts["markup"] == "live"
        if "article" in facts:
            assert {name: read["article"][name] for name in facts["article"]} == facts["article"]
            assert [caption["caption"] for caption in read["captions"]] == facts["captions"]
        else:
            assert facts["not_an_article"].startswith(read["not_an_article"])
    mine = pages[0].folder / "facts.json"
    mine.write_text("corrected by a person", encoding="utf-8")
    again = saved(small_site(), "--fixtures", str(fixtures))
    assert mine.read_text(encoding="utf-8") == "corrected by a person"
    assert "is there already and was left as it is" in again.log


def test_json_is_the_whole_report(saved: Callable[..., Run]) -> None:
    run = saved({**small_site(), path_of(1): article("خبر \x9b31m of the Well")}, "--json")
    report = json.loads(run.table)
    assert run.table.isascii()
    assert report["verdict"] == run.report()["verdict"]
    assert report["pages"] == run.lines()


def test_nothing_from_a_page_moves_the_cursor(saved: Callable[..., Run]) -> None:
    evil = "Story \x1b[2J\x9b2J\u202e of the Well"
    site = small_site()
    for number in range(1, 5):
        site[path_of(number)] = (
            article(evil)
            .replace(UNKNOWN, evil)
            .replace(
                "<head>",
                f'<head><meta property="og:{evil}" content="x"><link rel="alternate" hreflang="{evil}" href="/">',
            )
        )
    site["/robots.txt"] = "User-agent: *\nSitemap: https://iranwire.com/\x1b[2J.xml\n"
    site["/en/"] = site["/en/"].replace("Features", evil)
    run = saved(site)
    assert run.code == 0, run.table
    assert not FORBIDDEN.search(run.table + run.log)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-a", "lang=xx"], "-a lang=xx: there are en, fa, ar, parted by commas"),
        (["-a", "pages=3"], "-a pages: no such argument"),
        (["-s", "SAVED_PAGES=nowhere"], "nowhere: no such file or folder"),
        (["-s", "SITE_URL=nonsense"], "SITE_URL"),
        (["news"], "probe takes no spider"),
        (["--fixtures", "pyproject.toml/x"], "--fixtures pyproject.toml/x: cannot write there"),
    ],
)
def test_what_cannot_run_is_one_line(arguments: list[str], said: str, data_dir: Path) -> None:
    run = probe(*arguments, data_dir=data_dir)
    assert run.code == 1
    (line,) = run.log.splitlines()
    assert line.startswith("iranwire_crawler: ")
    assert said in line
    assert run.table == ""
    assert run.folder is None


def test_a_refusal_is_shown_in_its_own_words(data_dir: Path) -> None:
    site = {"/en/": "<html><body><h1>Just a moment</h1></body></html>", "/robots.txt": "User-agent: *\n"}
    with served(Served(site, status=403)) as server:
        run = probe("-a", "lang=en", "-s", f"SITE_URL={server.url}", data_dir=data_dir)
    assert run.code == 3
    assert "it says: Just a moment" in run.table
    assert run.folder is not None
    assert "Just a moment" in (run.folder / "pages" / "0002.html").read_text()
