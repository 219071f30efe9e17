"""docs/archive.md: its commands and its snippet do what it says, on the bundled saved site."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "archive.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `try/` stands, after the page's commands."""
    place = tmp_path_factory.mktemp("tutorial")
    (commands,) = blocks("sh")
    for line in commands.splitlines():
        program, *arguments = shlex.split(re.sub(r"\btry\b", f"{place}/try", line))
        assert program == "scrapy"
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return place


def test_the_table_comes_with_its_citation(place: Path) -> None:
    (snippet,) = blocks("python")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", snippet],
        cwd=place,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    head, _, *rows, source = [line for line in done.stdout.splitlines() if line]
    assert head == "| hijri_year | edition | articles | captions | words |"
    counted = [int(row.split("|")[3]) for row in rows]
    articles = (place / "try" / "set" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    assert sum(counted) == sum('"duplicate_of":null' in line for line in articles) > 50
    words = [int(row.split("|")[5]) for row in rows]
    assert sum(words) == sum(
        int(re.search(r'"word_count":(\d+)', line)[1]) for line in articles if '"duplicate_of":null' in line
    )
    assert re.fullmatch(
        r"Source: IranWire articles, \S+ to \S+, version \d{4}-\d\d-\d\d\+[0-9a-f]{8}, https://iranwire\.com/", source
    )


def test_what_the_page_says_stands_in_the_folder(place: Path) -> None:
    readme = (place / "try" / "set" / "README.md").read_text(encoding="utf-8")
    for heading in ("## How many articles", "## Gaps", "## How well it was read", "## What it does not cover"):
        assert heading in readme


def test_the_other_commands_have_the_options_that_are_named() -> None:
    known = subprocess.run(
        [sys.executable, "-m", "scrapy", "export", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for option in set(re.findall(r"--[a-z]+", PAGE)):
        assert option in known


def test_the_bundled_stories_never_go_into_the_archive_that_is_cited() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "deploy").rglob("*")]
    examples = [
        line
        for page in pages
        if page.is_file()
        for line in page.read_text(encoding="utf-8").splitlines()
        if "SAVED_PAGES=tests/saved_site" in line
    ]
    assert len(examples) >= 4
    assert [line for line in examples if "-s DATA_DIR=try" not in line] == []
    assert "/try/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
