"""The site goes away in the middle of a walk: it is waited for, and what it named is not lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from crawling import Run, scrapy
from faults import stories
from faults.misbehaving import Answer, Site, reply, serving

SECTIONS = ("news", "features")
PAGES = 3
NUMBERS = {
    section: [range(100 * which + 10 * page, 100 * which + 10 * page + 4) for page in range(1, PAGES + 1)]
    for which, section in enumerate(SECTIONS, start=1)
}
ALL = {number for pages in NUMBERS.values() for numbers in pages for number in numbers}
SETTINGS = (
    "-s",
    "DOWNLOAD_DELAY=0.02",
    "-s",
    "AUTOTHROTTLE_ENABLED=False",
    "-s",
    "RETRY_BACKOFF=0.1",
    "-s",
    "RETRY_TIMES=0",
)


def answers() -> dict[str, Answer]:
    """A site of two sections of three pages each."""
    found = {"/robots.txt": reply(b"", 404), "/en/": reply(stories.front(SECTIONS))}
    for section, pages in NUMBERS.items():
        for page, numbers in enumerate(pages, start=1):
            path = f"/en/{section}/" if page == 1 else f"/en/{section}/page/{page}/"
            following = f"/en/{section}/page/{page + 1}/" if page < PAGES else None
            found[path] = reply(stories.listing(numbers, following=following, section=section))
            found |= {stories.path(number, section): reply(stories.article(number)) for number in numbers}
    return found


def walk(site: Site, data_dir: Path, *more: str) -> Run:
    return scrapy(
        *("-a", "lang=en", "-a", f"sections={','.join(SECTIONS)}", "-s", f"SITE_URL={site.origin}", *SETTINGS, *more),
        spider="news",
        data_dir=data_dir,
    )


def read(run: Run) -> list[int]:
    return sorted(article["id"] for article in run.lines("articles.jsonl"))


def report(run: Run) -> dict[str, Any]:
    assert run.folder is not None, run.log
    return json.loads((run.folder / "run.json").read_text(encoding="utf-8"))


def reasons(run: Run) -> list[str]:
    return [finding["code"] for finding in report(run)["verdict"]["reasons"]]


@pytest.mark.parametrize("last", ["/en/features/page/2/", stories.path(122)])
def test_an_outage_that_heals_costs_nothing(tmp_path: Path, last: str) -> None:
    with serving(answers()) as site:
        site.answers[last] = site.gone_after(site.answers[last], 2)
        run = walk(site, tmp_path)
    assert run.code == 0, run.log
    assert read(run) == sorted(ALL)
    assert run.lines("unread/index.jsonl") == []
    assert "127.0.0.1 is down: waiting for it" in run.log
    assert "127.0.0.1 answers again after" in run.log
    assert "Traceback" not in run.log


def test_errors_of_every_page_are_an_outage_too(tmp_path: Path) -> None:
    """A burst of 502, robots.txt included, longer than all retries of a page."""
    with serving(answers()) as site:
        good, burst = site.answers, 12

        def broken(path: str) -> Answer:
            nonlocal burst
            burst -= 1
            return reply(b"bad gateway", 502) if burst >= 0 and len(site.hits) > 6 else good.get(path, reply(b"", 404))

        site.answers, site.otherwise = {}, broken
        run = walk(site, tmp_path)
    assert run.code == 0, run.log
    assert read(run) == sorted(ALL)


def test_an_outage_for_good_ends_the_run(tmp_path: Path) -> None:
    """What was read stays; the next run, with the site there again, reads the rest."""
    with serving(answers()) as site:
        sound = site.answers[stories.path(112)]
        site.answers[stories.path(112)] = site.gone_after(sound, None)
        run = walk(site, tmp_path, "-s", "OUTAGE_PATIENCE=1")
        assert run.code == 3, run.log
        assert reasons(run) == ["outage"]
        assert report(run)["finish_reason"] == "outage"
        assert 0 < len(read(run)) < len(ALL)
        assert "Traceback" not in run.log
        site.answers[stories.path(112)] = sound
        site.open()
        again = walk(site, tmp_path)
    assert again.code == 0, again.log
    assert {*read(run), *read(again)} == ALL


def test_an_outage_is_known_long_before_every_page_has_failed(tmp_path: Path) -> None:
    """Two hundred pages wait: each would be asked for three times first, at a second's pause and more."""
    waiting = range(1000, 1200)
    with serving({"/en/": reply(stories.front(["news"])), "/en/news/": reply(stories.listing(waiting))}) as site:
        good = {stories.path(number): reply(stories.article(number)) for number in waiting}

        def gone_in_the_middle(path: str) -> Answer | None:
            return reply(b"", 502) if len(site.hits) > 20 else good.get(path)

        site.otherwise = gone_in_the_middle
        run = walk(site, tmp_path, "-s", "OUTAGE_PATIENCE=1", "-s", "RETRY_TIMES=2")
        asked = len(site.hits)
    assert reasons(run) == ["outage"]
    assert asked < 60
    assert run.lines("unread/index.jsonl") == []


def test_one_broken_page_is_no_outage(tmp_path: Path) -> None:
    """A section's page that answers 500 for ever ends its walk; the verdict says what may be missing."""
    with serving(answers()) as site:
        site.answers["/en/news/page/2/"] = reply(b"oh", 500)
        site.answers["/en/"] = reply(b"oh", 500)
        run = walk(site, tmp_path)
    assert run.code == 3, run.log
    assert reasons(run) == ["listings_failed"]
    assert "front ×1, section ×1" in report(run)["verdict"]["reasons"][0]["message"]
    assert len(read(run)) == len(ALL) - 2 * len(NUMBERS["news"][1])
    assert "is down" not in run.log
