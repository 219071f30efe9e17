"""A mirror folder answers every form of an address, whatever its file names look like."""

import os
from pathlib import Path

import pytest

from iranwire_crawler.domain.errors import SavedPagesError
from iranwire_crawler.stores.mirror import MirrorFolder

SLUG = "سلام-دنیا"
ENCODED = "%D8%B3%D9%84%D8%A7%D9%85-%D8%AF%D9%86%DB%8C%D8%A7"


def save(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize(
    "path",
    [
        f"iranwire.com/fa/features/12-{SLUG}/index.html",
        f"iranwire.com/fa/features/12-{ENCODED}/index.html",
        f"www.iranwire.com/fa/features/12-{ENCODED.lower()}/index.html",
        f"iranwire.com/fa/features/12-{SLUG}.html",
        f"stg.iranwire.com/fa/features/12-{SLUG}",
        "iranwire.com/fa/features/12/index.html",
    ],
)
@pytest.mark.parametrize(
    "url",
    [
        f"https://iranwire.com/fa/features/12-{SLUG}/",
        f"http://prod.iranwire.com/fa/features/12-{ENCODED}",
        "https://iranwire.com:443/fa/features/12/",
    ],
)
def test_any_form_finds_the_page(path: str, url: str, tmp_path: Path) -> None:
    save(tmp_path, path, "found")
    page = MirrorFolder(tmp_path).find(url)
    assert page is not None
    assert page.body() == b"found"


@pytest.mark.parametrize(
    "name", ["index.html?page=2", "index.html?page=2.html", "index.html@page=2", "index.html@page=2.html"]
)
def test_queries_are_part_of_an_address(name: str, tmp_path: Path) -> None:
    save(tmp_path, "iranwire.com/en/features/index.html", "one")
    save(tmp_path, f"iranwire.com/en/features/{name}", "two")
    pages = MirrorFolder(tmp_path)
    bodies = [page and page.body() for page in map(pages.find, ("https://iranwire.com/en/features/",
              "https://iranwire.com/en/features/?page=2", "https://iranwire.com/en/features/?page=3"))]  # fmt: skip
    assert bodies == [b"one", b"two", None]


def test_a_query_that_is_not_utf8_is_the_bytes_percent_encoded(tmp_path: Path) -> None:
    save(tmp_path, os.fsdecode(b"iranwire.com/en/caf\xe9/index.html?q=\xe9"), "found")
    page = MirrorFolder(tmp_path).find("https://iranwire.com/en/caf%E9/?q=%E9")
    assert page is not None
    assert page.body() == b"found"


def test_a_page_that_cannot_be_read_gives_way_to_another_hosts(tmp_path: Path) -> None:
    save(tmp_path, "www.iranwire.com/en/news/1/index.html", "of www")
    broken = tmp_path / "iranwire.com" / "en" / "news" / "1" / "index.html"
    broken.parent.mkdir(parents=True)
    broken.symlink_to("nowhere")
    pages = MirrorFolder(tmp_path)
    page = pages.find("https://iranwire.com/en/news/1/")
    assert page is not None
    assert page.body() == b"of www"
    assert pages.problems == ["iranwire.com/en/news/1/index.html: cannot be read: No such file or directory"]


def test_the_public_host_comes_first(tmp_path: Path) -> None:
    save(tmp_path, "stg.iranwire.com/en/news/1/index.html", "staging")
    save(tmp_path, "iranwire.com/en/news/1/index.html", "public")
    page = MirrorFolder(tmp_path).find("https://stg.iranwire.com/en/news/1/")
    assert page is not None
    assert page.body() == b"public"


def test_the_host_folder_itself_will_do(tmp_path: Path) -> None:
    save(tmp_path, "iranwire.com/robots.txt", "User-agent: *")
    page = MirrorFolder(tmp_path / "iranwire.com").find("https://iranwire.com/robots.txt")
    assert page is not None


def test_other_hosts_are_not_answered(tmp_path: Path) -> None:
    save(tmp_path, "iranwire.com/en/news/1/index.html", "x")
    assert MirrorFolder(tmp_path).find("https://example.com/en/news/1/") is None


def test_nothing_saved_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SavedPagesError, match="holds no saved pages"):
        MirrorFolder(tmp_path)
