"""The saved test pages: a folder each, with `page.html`, `facts.json` and `expected.json`.

`facts.json` was written by hand, by looking at the page: its address and headers, what is peculiar,
and what a careful person reads on it. `expected.json` is the whole record as the reader gives it,
accepted by a person. `python tests/saved_pages.py` re-reads every page and shows each
difference; `--accept` writes what it shows.
"""

import argparse
import difflib
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.pages.article import ArticlePage, Fetch

SAVED = Path(__file__).parent / "pages" / "saved"
FETCHED_AT = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class SavedPage:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def facts(self) -> dict[str, Any]:
        return json.loads((self.folder / "facts.json").read_text(encoding="utf-8"))

    @property
    def expected(self) -> dict[str, Any] | None:
        file = self.folder / "expected.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    @property
    def body(self) -> bytes:
        return (self.folder / "page.html").read_bytes()

    def page(self) -> ArticlePage:
        facts = self.facts
        return ArticlePage(self.body, Fetch(facts["url"], FETCHED_AT, "saved", facts.get("content_type")))

    def read(self) -> dict[str, Any]:
        """What the reader makes of the page, as it would stand in the feeds."""
        page = self.page()
        try:
            article = page.article()
        except NotAnArticle as refusal:
            return {"not_an_article": refusal.reason}
        read = {"article": article, "captions": page.captions(article)}
        record = orjson.loads(orjson.dumps(read))
        del record["article"]["crawler_version"]
        return record


def saved_pages() -> list[SavedPage]:
    return [SavedPage(folder) for folder in sorted(SAVED.iterdir()) if folder.is_dir()]


def difference(page: SavedPage) -> str:
    """A unified diff from the accepted record to today's; empty where they agree."""
    return "".join(difflib.unified_diff(_text(page.expected), _text(page.read()), "accepted", "read now", n=1))


def _text(record: dict[str, Any] | None) -> list[str]:
    return json.dumps(record, indent=1, ensure_ascii=False).splitlines(keepends=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Re-read the saved pages and show what changed.")
    parser.add_argument("names", nargs="*", help="only these folders")
    parser.add_argument("--accept", action="store_true", help="write what is shown as the accepted records")
    options = parser.parse_args()
    changed = 0
    for page in saved_pages():
        if options.names and page.name not in options.names:
            continue
        if shown := difference(page):
            changed += 1
            sys.stdout.write(f"== {page.name}\n{shown}\n")
            if options.accept:
                text = json.dumps(page.read(), indent=1, ensure_ascii=False) + "\n"
                (page.folder / "expected.json").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{changed} pages differ\n")
    return 1 if changed and not options.accept else 0


if __name__ == "__main__":
    sys.exit(main())
