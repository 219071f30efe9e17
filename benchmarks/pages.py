"""The pages that every side reads: generated ones of 60 to 120 KB, and the tests' saved ones."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.markup import MARKUPS, boilerplate
from benchmarks.stories import LANGUAGES, story
from iranwire_crawler.domain.site import EDITIONS

SAVED = Path(__file__).parents[1] / "tests" / "pages" / "saved"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is right to read on a page."""

    headline: str
    date: str | None
    authors: tuple[str, ...]
    section: str | None
    captions: tuple[str, ...]
    body: tuple[str, ...]
    boilerplate: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `facts` is None where it is no article, and nothing should be read."""

    name: str
    url: str
    language: str
    content_type: str
    body: bytes
    facts: Facts | None


def generated(count: int) -> list[Page]:
    """The first `count` pages, languages and markups in turn."""
    return [generated_page(number) for number in range(count)]


def generated_page(number: int) -> Page:
    language = LANGUAGES[number % len(LANGUAGES)]
    markup = list(MARKUPS)[number % len(MARKUPS)]
    told, near = story(language, number), [story(language, number + 500_000 + n) for n in range(3)]
    return Page(
        name=f"{language}-{number}-{markup}",
        url=told.url,
        language=language,
        content_type="text/html; charset=utf-8",
        body=MARKUPS[markup](told, near).encode(),
        facts=Facts(
            headline=told.headline,
            date=told.day.isoformat(),
            authors=told.authors,
            section=told.section_name,
            captions=told.captions,
            body=tuple(text for _, text in told.body()),
            boilerplate=tuple(boilerplate(told, near)),
        ),
    )


def saved() -> list[Page]:
    """The tests' saved pages, with what a person reads on each."""
    return [_saved_page(folder) for folder in sorted(SAVED.iterdir()) if folder.is_dir()]


def _saved_page(folder: Path) -> Page:
    told = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    language = folder.name[:2]
    return Page(
        name=folder.name,
        url=told["url"],
        language=language,
        content_type=told.get("content_type") or "text/html",
        body=(folder / "page.html").read_bytes(),
        facts=_facts(told, language) if "article" in told else None,
    )


def _facts(told: dict[str, Any], language: str) -> Facts:
    article, edition = told["article"], EDITIONS[language]
    around = [line for line in (*edition.chrome, *edition.tail[:3]) if line != article["headline"]]
    return Facts(
        headline=article["headline"],
        date=article["date_published"],
        authors=tuple(author["name"] for author in article["authors"]),
        section=article["section"]["name"],
        captions=tuple(told["captions"]),
        body=tuple(block["text"] for block in article["body"] if block["type"] not in {"embed", "divider"}),
        boilerplate=(*around, *(card["headline"] for card in article["related"])),
    )


def lay_out(pages: list[Page], folder: Path) -> None:
    """Write pages where a worker of any environment finds them."""
    listing = []
    for number, page in enumerate(pages):
        (folder / f"{number}.html").write_bytes(page.body)
        listing.append({"file": f"{number}.html", "url": page.url, "content_type": page.content_type})
    (folder / "pages.json").write_text(json.dumps(listing), encoding="utf-8")
