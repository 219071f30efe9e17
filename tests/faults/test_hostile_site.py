"""A site that means harm, crawled and exported as a whole, under an audit hook.

Nothing of it is executed, formatted, followed or used as a path.
"""

import csv
import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pytest
from crawling import ROOT
from faults import stories
from faults.misbehaving import Answer, Site, reply, serving

MARK = "ferrymark"
CONTACT = "operator@example.org"
HOOK = "/hook-of-the-operator"
ESCAPES = "\x1b[31m\x1b]0;owned\x07\x9b2J\u202e\u2066\u200b\x00\x08"
# Headlines, each of an article of its own: for a terminal, a shell, a format, a path, a template, a sheet, a query.
HEADLINES = [
    f"Red {ESCAPES}Ferry {MARK}",
    f"$(touch /tmp/{MARK}) `id` ; rm -rf / && {MARK}",
    f"%(levelname)s %s %d {{0.__class__}} {{self}} {MARK}",
    f"../../../../etc/passwd\\..\\..\\{MARK}",
    f"{{{{ 7*7 }}}} {{% import os %}} ${{jndi:ldap://127.0.0.1/a}} {MARK}",
    f"=cmd|' /C calc'!A0 @SUM(1+1)*{MARK}",
    f"+1+cmd|' /C calc'!A0 {MARK}",
    f"-1+cmd|' /C calc'!A0 {MARK}",
    f"@SUM(1+1) {MARK}",
    f"\t\r=1+1 {MARK}",
    f"'=1+1 {MARK}",
    f"\uff1d1+1 {MARK}",
    f'"\n=1+1","{MARK}',
    f"'; DROP TABLE articles; -- {MARK}",
    f"<script>alert('{MARK}')</script><img src=x onerror=alert(1)>",
    f"__import__('os').system('touch {MARK}')",
    "\u0627\u0644" * 3000 + MARK,
]
# What a cell begins with that a spreadsheet takes for a formula.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
LINKS = [
    "javascript:alert(1)",
    "data:text/html,<h1>x</h1>",
    "file:///etc/passwd",
    "//example.org/en/news/7001-x/",
    "https://iranwire.com.example.org/en/news/7002-x/",
    "https://iranwire.com@example.org/en/news/7003-x/",
    "https://xn--irnwire-3fg.com/en/news/7004-x/",
    "https://ir\u0430nwire.com/en/news/7005-x/",
    "https://iranwire.com:22/en/news/7006-x/",
    "https://iranwire.com\\@example.org/en/news/7007-x/",
    "http://169.254.169.254/en/news/7008-x/",
    "http://localhost/en/news/7009-x/",
    "https://iranwire.com/en/news/../../../etc/7010-x/",
    "https://iranwire.com/en/news/%2e%2e/7011-x/",
    "https://iranwire.com/en/..%2f..%2fetc/7012-x/",
    "https://iranwire.com/en/news/99999999999999999999-x/",
    "https://iranwire.com/en/news/-5-x/",
    "https://iranwire.com/en/news/\u0667\u0660\u0661\u0663-x/",
    "https://iranwire.com/en/news/7014-x\r\nX-Injected: 1/",
    "https://iranwire.com/en/news/7015-" + "a" * 20_000,
    "https://user:word@iranwire.com/en/news/7016-x/",
    "http://[::1]/en/news/7017-x/",
    "http://[::1/en/news/7018-x/",
]
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY secret SYSTEM "file:///etc/passwd">'
    '<!ENTITY away SYSTEM "http://example.org/x"><!ENTITY % dtd SYSTEM "http://example.org/d.dtd"> %dtd;]>'
)
ADDRESSES = [stories.path(number) for number in range(5000, 5000 + len(HEADLINES))]


def article(number: int, headline: str) -> bytes:
    shown = escape(headline)
    about = {"@type": "NewsArticle", "headline": headline, "image": "file:///etc/passwd", "url": "http://example.org/x"}
    return f"""<!doctype html><html lang="en"><head><title>{shown}</title>
<link rel="canonical" href="https://example.org/elsewhere/"><base href="http://example.org/">
<meta property="og:url" content="file:///etc/passwd"><script type="application/ld+json">{json.dumps(about)}</script>
</head><body><main><article><a href="/en/news/">News</a><h1>{shown}</h1><div>September 12, 2026</div>
<div><a href="javascript:alert(1)">{shown}</a></div><div>1 min read</div>
<figure><img src="http://169.254.169.254/latest/" alt="{shown}"><figcaption>{shown}</figcaption></figure>
<img src="javascript:alert(1)" alt="{shown}"><img src="data:image/png;base64,x">
<p>{stories.TEXT} <a href="javascript:alert(1)">{shown}</a> <a href="data:text/html,x">a</a></p>
<p>{stories.TEXT} <a href="file:///etc/passwd">b</a> <a href="https://iranwire.com/en/news/1-x/">c</a></p><iframe src="http://example.org/"></iframe>
</article></main></body></html>""".encode("utf-8", "replace")


def site_of_harm() -> dict[str, Answer]:
    links = "".join(f'<div><a href="{escape(link)}"><h3>Look here</h3></a></div>' for link in LINKS)
    named = zip(ADDRESSES, HEADLINES, strict=True)
    cards = "".join(f'<div><a href="{path}"><h3>{escape(line)}</h3></a></div>' for path, line in named)
    many = " ".join(f"a{number}=1" for number in range(100_000))
    nested = "<div>" * 50_000
    menu = '<nav><a href="/en/news/">News</a><a href="/en/../../etc/">x</a></nav>'
    front = f"<html><body {many}>{menu}{links}</body></html>"
    onward = '<a rel="next" href="file:///etc/passwd">Next</a>'
    listing = f"<html><body><h1>News</h1>{cards}{links}{onward}{nested}</body></html>"
    items = "".join(
        f"<item><title>&d; &secret; &away; {escape(line)}</title><link>{escape(link)}</link></item>"
        for line, link in zip(HEADLINES * 3, LINKS, strict=False)
    )
    feed = f'<?xml version="1.0"?>{ENTITIES}<rss version="2.0"><channel><title>&d;</title>{items}</channel></rss>'
    places = "".join(f"<url><loc>{escape(link)}</loc></url>" for link in LINKS)
    sitemap = f'<?xml version="1.0"?>{ENTITIES}<urlset>{places}<url><loc>&secret;</loc></url></urlset>'
    robots = "User-agent: *\nDisallow: /private\nSitemap: http://example.org/s.xml\nSitemap: file:///etc/passwd\n"
    robots += "Sitemap: https://iranwire.com/sitemap.xml\nCrawl-delay: nan\n" + "Disallow: /x/*" * 20_000
    answers = {
        "/robots.txt": reply(robots, Content_Type="text/plain"),
        "/en/": reply(front.encode()),
        "/en/news/": reply(listing.encode()),
        "/en/feed/": reply(feed.encode(), Content_Type="application/rss+xml"),
        "/sitemap.xml": reply(gzip.compress(sitemap.encode() + b" " * 1_000_000), Content_Type="application/gzip"),
    }
    for number, (path, headline) in enumerate(zip(ADDRESSES, HEADLINES, strict=True), start=5000):
        answers[path] = reply(article(number, headline), Set_Cookie="a=b; Domain=example.org")
    return answers


@dataclass(frozen=True)
class Watched:
    """Commands that ran under the audit hook, and what it saw."""

    code: int
    out: str
    log: str
    seen: dict[str, list[str]]


def watched(notes: Path, *arguments: str) -> Watched:
    hook = str(Path(__file__).with_name("watched.py"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-B", hook, str(notes), MARK, *arguments],
        cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"}, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return Watched(done.returncode, done.stdout.decode(), done.stderr.decode(), json.loads(notes.read_text()))


@dataclass(frozen=True)
class Crawled(Watched):
    folder: Path
    data: Path
    site: Site
    hook: Site

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    base = tmp_path_factory.mktemp("hostile")
    data = base / "data"
    with serving(site_of_harm()) as site, serving({HOOK: reply(b"ok")}) as hook:
        settings = {
            "SITE_URL": site.origin,
            "DATA_DIR": data,
            "CONTACT": CONTACT,
            "NOTIFY_URL": hook.origin + HOOK,
            "NOTIFY_ALWAYS": True,
            "DOWNLOAD_DELAY": 0,
            "AUTOTHROTTLE_ENABLED": False,
            "RETRY_TIMES": 0,
            "LOG_LEVEL": "DEBUG",
            "RENDER": "never",
        }
        given = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        done = watched(base / "seen.json", "crawl", "news", "-a", "lang=en", "-a", "sections=news", *given)
    (folder,) = (data / "news").iterdir()
    return Crawled(**vars(done), folder=folder, data=data, site=site, hook=hook)


def test_its_articles_are_read_and_clean(run: Crawled) -> None:
    records = run.lines("articles.jsonl")
    assert {record["id"] for record in records} == set(range(5000, 5000 + len(HEADLINES)))
    assert run.lines("rejected.jsonl") == []
    text = (run.folder / "articles.jsonl").read_text(encoding="utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]|\\\\u00[01]", text)
    for record in records:
        assert record["url"].startswith("https://iranwire.com/en/news/5")
        assert all(address.startswith(("http://", "https://")) for address in addresses(record)), record
        assert record["links"]


def addresses(value: Any) -> Iterator[str]:
    """Whatever a record names as an address."""
    if isinstance(value, list):
        for each in value:
            yield from addresses(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name.endswith("url") and each is not None:
                yield each
            elif name != "provenance":
                yield from addresses(each)


def test_nothing_but_the_site_and_the_webhook_is_reached(run: Crawled) -> None:
    assert set(run.seen["connected"]) == {f"127.0.0.1:{each.port}" for each in (run.site, run.hook)}
    assert run.hook.paths() == [HOOK]
    (told,) = run.hook.taken
    assert not any(secret in told for secret in (HOOK.encode(), CONTACT.encode(), MARK.encode()))
    assert set(run.seen.get("looked up", [])) <= {"127.0.0.1"}
    assert all(path in run.site.answers or path.startswith("/en/") for path in run.site.paths())
    assert not any(part in path for path in run.site.paths() for part in ("..", "%2e", "etc", "\r", "\n", " "))


def test_nothing_listens(run: Crawled) -> None:
    # urllib3 binds and closes a socket to see whether IPv6 works.
    assert set(run.seen.get("bound", [])) <= {"('::1', 0)"}
    assert run.seen["listening"] == []


def test_nothing_is_executed(run: Crawled) -> None:
    # Python's platform module asks which processor this is.
    assert set(run.seen.get("started", [])) <= {"('uname', ['uname', '-p'])"}
    assert run.seen.get("executed", []) == []


def test_nothing_is_written_outside_the_data_folder(run: Crawled) -> None:
    assert outside(run, run.data) <= {"/dev/null"}
    names = {str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.is_file()}
    assert all(re.fullmatch(r"(unread/)?[a-z]+(\.[a-z]+){1,2}|unread/\d{4}\.html", name) for name in names), names


def test_the_log_is_safe_to_show(run: Crawled) -> None:
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", run.log)
    assert "Traceback" not in run.log
    assert "--- Logging error ---" not in run.log


def outside(run: Watched, *folders: Path) -> set[str]:
    return {path for path in run.seen["written"] if not any(Path(path).is_relative_to(folder) for folder in folders)}


@dataclass(frozen=True)
class Exported(Watched):
    folder: Path


@pytest.fixture(scope="module")
def exported(run: Crawled, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Every command that shows or copies what the archive holds."""
    base = tmp_path_factory.mktemp("exported")
    folder = base / "out"
    folder.mkdir()
    settings = [f"DATA_DIR={run.data}", f"CONTACT={CONTACT}", f"NOTIFY_URL={run.hook.origin}{HOOK}"]
    given = [part for setting in settings for part in ("-s", setting)]
    export = ("export", "-o", str(folder / "all"), "--format", "jsonl,csv,parquet", *given)
    report = ("report", "-o", str(folder / "report.html"), *given)
    others = [("history", "en/5000", *given), ("status", *given), ("verify", *given), ("rebuild", *given)]
    commands = [part for command in (export, report, *others) for part in (*command, ",")]
    return Exported(**vars(watched(base / "seen.json", *commands)), folder=folder)


def test_every_command_copes_with_it(run: Crawled, exported: Exported) -> None:
    assert exported.code == 0, exported.log
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", exported.out + exported.log)
    assert exported.seen.get("connected", []) == exported.seen.get("executed", []) == []
    assert exported.seen.get("started", []) == exported.seen.get("bound", []) == []
    assert outside(exported, run.data, exported.folder) <= {"/dev/null"}
    names = {str(path.relative_to(exported.folder)) for path in exported.folder.rglob("*")}
    assert all(re.fullmatch(r"(all(/[a-z]+)?/)?[A-Za-z0-9-]+(\.[a-z]+){0,3}", name) for name in names), names


def test_the_operator_stays_unnamed(run: Crawled, exported: Exported) -> None:
    assert all(CONTACT in agent for agent in run.site.agents)
    files = [file for folder in (run.data, exported.folder) for file in folder.rglob("*") if file.is_file()]
    assert {"run.json", "articles.csv", "articles.parquet", "README.md", "report.html"} <= {file.name for file in files}
    for file in files:
        held = file.read_bytes()
        # A WARC names its operator, as its format asks, and is no export.
        assert file.suffix == ".gz" or CONTACT.encode() not in held, file
        assert HOOK[1:].encode() not in (gzip.decompress(held) if file.suffix == ".gz" else held), file
    said = run.log + run.out + exported.log + exported.out
    assert HOOK[1:] not in said
    assert CONTACT not in exported.out + exported.log


def test_an_exported_table_holds_no_formula(run: Crawled, exported: Exported) -> None:
    with (exported.folder / "all" / "articles.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["key"] for row in rows} == {record["key"] for record in run.lines("articles.jsonl")}
    assert not any(value.startswith(FORMULA) for row in rows for value in row.values())
    guarded = [row for row in rows if row["headline"].lstrip("'").startswith(FORMULA)]
    assert len(guarded) == len([line for line in HEADLINES if line.strip().startswith((*FORMULA, "'="))])
