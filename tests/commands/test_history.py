"""`scrapy history`, as a researcher runs it."""

import json
import re
from pathlib import Path

import pytest
from commands.running import scrapy
from stores.feeds import make_run, record

from iranwire_crawler.commands.history import chosen, read_key
from iranwire_crawler.stores.catalogue import Catalogue
from iranwire_crawler.stores.learning import learn_all

FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FIRST = "The well was dug by hand.\nIt never ran dry.\nMona said so."
SECOND = "The well was dug by a machine.\nIt never ran dry.\nMona said so."
THIRD = "The well was dug by a machine.\nIt never ran dry."


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    for day, text in enumerate((FIRST, SECOND, SECOND, THIRD), start=1):
        number = {FIRST: 1, SECOND: 2, THIRD: 3}[text]
        headline = "The Well" if number < 3 else "The Old Well"
        make_run(tmp_path, [record(5, text=text, day=day, revision=number, headline=headline)], day=day)
    learn_all(tmp_path)
    return tmp_path


def test_revisions_and_what_has_changed(data_dir: Path) -> None:
    done = scrapy("history", "en/5", data_dir=data_dir)
    assert (done.code, done.log) == (0, "")
    assert done.out.splitlines() == [
        "en/5  The Old Well",
        "https://iranwire.com/en/features/5/",
        "also read at https://iranwire.com/en/features/5-a-slug/",
        "published 2026-10-04, last read 2026-11-04T12:00:00Z",
        "  revision 1  2026-11-01T12:00:00Z  news/2026-11-01T120000Z/articles.jsonl",
        "  revision 2  2026-11-02T12:00:00Z  news/2026-11-02T120000Z/articles.jsonl",
        "  revision 3  2026-11-04T12:00:00Z  news/2026-11-04T120000Z/articles.jsonl",
        "",
        "Revision 1 -> 2",
        "  date_published:",
        "    [-2026-10-01-]",
        "    {+2026-10-02+}",
        "  body:",
        "    The well was dug by [-hand.-] {+a machine.+}",
        "    (2 unchanged)",
        "",
        "Revision 2 -> 3",
        "  headline:",
        "    The {+Old+} Well",
        "  date_published:",
        "    [-2026-10-02-]",
        "    {+2026-10-04+}",
        "  body:",
        "    (2 unchanged)",
        "    [-Mona said so.-]",
    ]


def test_a_page_that_was_read_anew_is_told_from_a_change_of_the_sites(data_dir: Path) -> None:
    anew = record(5, text=THIRD + "\nMona said much.", day=4, revision=4, headline="The Old Well", reread=True)
    make_run(data_dir, [anew], day=6, spider="replay")
    learn_all(data_dir)
    lines = scrapy("history", "en/5", data_dir=data_dir).out.splitlines()
    (line,) = [line for line in lines if line.startswith("  revision 4")]
    assert line.endswith("  replay/2026-11-06T120000Z/articles.jsonl  the same page, read anew")
    assert sum("read anew" in line for line in lines) == 2
    assert "Revision 3 -> 4 (the site did not change it: the page was read anew)" in lines
    shown = json.loads(scrapy("history", "en/5", "--json", data_dir=data_dir).out)
    assert [revision["reread"] for revision in shown["revisions"]] == [False, False, False, True]


@pytest.mark.parametrize(
    "address",
    [
        "en/00005",
        "https://iranwire.com/en/features/5/",
        "http://stg.iranwire.com:80/en/other-section/5-any-slug?ref=x#y",
    ],
)
def test_any_form_of_the_address_will_do(address: str) -> None:
    assert read_key(address) == "en/5"


@pytest.mark.parametrize(
    ("older", "newer", "pairs"),
    [
        (None, None, [(1, 2), (2, 3)]),
        ("1", "3", [(1, 3)]),
        ("1", None, [(1, 3)]),
        (None, "2", [(1, 2)]),
        ("3", "1", [(3, 1)]),
    ],
)
def test_any_two_revisions_are_compared(
    older: str | None, newer: str | None, pairs: list[tuple[int, int]], data_dir: Path
) -> None:
    with Catalogue(data_dir) as catalogue:
        revisions = catalogue.revisions("en/5")
    assert [(old.revision, new.revision) for old, new in chosen(revisions, older, newer)] == pairs


def test_an_article_that_never_changed_has_no_differences(tmp_path: Path) -> None:
    make_run(tmp_path, [record(5)])
    learn_all(tmp_path)
    done = scrapy("history", "https://www.iranwire.com/en/x/5?ref=y", data_dir=tmp_path)
    assert (done.code, done.out.count("revision"), "Revision" in done.out) == (0, 1, False)


def test_json_has_a_stable_shape(data_dir: Path) -> None:
    done = scrapy("history", "en/5", "--json", "--from", "1", "--to", "3", data_dir=data_dir)
    assert done.out.isascii()
    told = json.loads(done.out)
    assert told.keys() == {"schema_version", "article", "addresses", "revisions", "differences"}
    assert told["addresses"] == [f"https://iranwire.com/en/features/{path}/" for path in ("5-a-slug", "5")]
    assert told["article"]["revision"] == 3
    assert [each["revision"] for each in told["revisions"]] == [1, 2, 3]
    (difference,) = told["differences"]
    assert (difference["from"], difference["to"]) == (1, 3)
    by_field = {each["field"]: each["paragraphs"] for each in difference["fields"]}
    assert by_field["body"][-1] == [{"kind": "removed", "text": "Mona said so."}]


def test_text_of_pages_cannot_turn_the_terminal_upside_down(tmp_path: Path) -> None:
    odd = "\x1b[2Jخبر\u202e می‌رود\x07"
    make_run(tmp_path, [record(5, text="before", headline=odd)], day=1)
    make_run(tmp_path, [record(5, text=odd, headline="After", revision=2, day=2)], day=2)
    learn_all(tmp_path)
    done = scrapy("history", "en/5", data_dir=tmp_path)
    assert done.code == 0
    assert not FORBIDDEN.search(done.out)
    assert "{+[2Jخبر می‌رود+}" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name one article: scrapy history en/124964"),
        (["en/1", "en/2"], "name one article"),
        (["en/999"], "en/999: no such article in "),
        (["\x1b[31mnews"], "'\\x1b[31mnews' is neither an article's key (en/124964) nor its address"),
        (["https://example.org/en/features/5/"], "'https://example.org/en/features/5/' is neither"),
        (["en/5", "--from", "9"], "--from 9: no such revision; there are 1, 2, 3"),
        (["en/5", "--to", "two"], "--to two: no such revision"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], said: str, data_dir: Path) -> None:
    done = scrapy("history", *arguments, data_dir=data_dir)
    assert (done.code, done.out) == (1, "")
    (line,) = done.log.splitlines()
    assert line.startswith(f"iranwire_crawler: {said}")


def test_a_feed_that_was_changed_is_told(data_dir: Path) -> None:
    (data_dir / "news" / "2026-11-01T120000Z" / "articles.jsonl").write_text("{}\n")
    done = scrapy("history", "en/5", data_dir=data_dir)
    assert done.code == 1
    assert done.log.endswith("no longer holds what was learned from it; scrapy rebuild learns it anew\n")


def test_no_catalogue_is_told_and_none_is_made(tmp_path: Path) -> None:
    done = scrapy("history", "en/5", data_dir=tmp_path)
    assert (done.code, list(tmp_path.iterdir())) == (1, [])
    assert "no catalogue there yet; scrapy rebuild makes one" in done.log
