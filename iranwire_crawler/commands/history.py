"""`scrapy history`: the revisions of an article, and what has changed between them, word by word."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from scrapy.commands import ScrapyCommand

from iranwire_crawler.commands.archive_command import ArchiveCommand
from iranwire_crawler.domain.difference import FieldDifference, is_unchanged, marked, record_difference
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.urls import article_address, split_key
from iranwire_crawler.domain.verdict import SOUND
from iranwire_crawler.stores.catalogue import Catalogue, KnownArticle, Revision

SCHEMA_VERSION = 1
# A paragraph is shown whole; only what no one wrote is longer.
_WIDTH = 100_000


class Change(NamedTuple):
    old: Revision
    new: Revision
    fields: tuple[FieldDifference, ...]


class Command(ArchiveCommand, ScrapyCommand):
    """Exit codes: 0, shown; 1, not (one line says why)."""

    def syntax(self) -> str:
        return "[options] <key or address>"

    def short_desc(self) -> str:
        return "Show the revisions of an article and what has changed between them"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--from", dest="older", metavar="N", help="compare from this revision on")
        parser.add_argument("--to", dest="newer", metavar="M", help="compare with this revision")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        if len(args) != 1:
            raise ArgumentError("name one article: scrapy history en/124964, or its address")
        key = read_key(args[0])
        assert self.settings is not None
        with Catalogue(Path(self.settings["DATA_DIR"])) as catalogue:
            article = catalogue.article(key)
            if article is None:
                raise ArgumentError(f"{key}: no such article in {catalogue.path}")
            revisions = catalogue.revisions(key)
            addresses = catalogue.addresses(key)
            changes = [
                Change(old, new, record_difference(catalogue.line(old), catalogue.line(new)))
                for old, new in chosen(revisions, opts.older, opts.newer)
            ]
        if opts.json:
            # Escaped throughout: no character of a page reaches the terminal.
            sys.stdout.write(json.dumps(_as_json(article, addresses, revisions, changes), indent=1) + "\n")
        else:
            sys.stdout.write("\n".join(_as_text(article, addresses, revisions, changes)) + "\n")
        return SOUND


def read_key(given: str) -> str:
    """The key that a key, or any form of an article's address, names. Raises ArgumentError for anything else."""
    parts = split_key(given)
    if parts is not None:
        return f"{parts[0]}/{parts[1]}"
    address = article_address(given)
    if address is None:
        raise ArgumentError(f"{given!r} is neither an article's key (en/124964) nor its address")
    return address.key


def chosen(revisions: Sequence[Revision], older: str | None, newer: str | None) -> list[tuple[Revision, Revision]]:
    """The pairs to compare: each with the one after it, or the two that were asked for.

    `older` alone is compared with the last revision, `newer` alone with the one before it.
    """
    if older is None and newer is None:
        return list(pairwise(revisions))
    last = len(revisions) - 1 if newer is None else _place(revisions, "--to", newer)
    first = max(0, last - 1) if older is None else _place(revisions, "--from", older)
    return [(revisions[first], revisions[last])]


def _place(revisions: Sequence[Revision], option: str, given: str) -> int:
    for place, revision in enumerate(revisions):
        if given == str(revision.revision):
            return place
    numbers = ", ".join(str(revision.revision) for revision in revisions)
    raise ArgumentError(f"{option} {given}: no such revision; there are {numbers}")


def _as_json(
    article: KnownArticle, addresses: Sequence[str], revisions: Sequence[Revision], changes: Sequence[Change]
) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "article": asdict(article),
        "addresses": list(addresses),
        "revisions": [asdict(revision) for revision in revisions],
        "differences": [
            {
                "from": change.old.revision,
                "to": change.new.revision,
                "fields": [
                    {
                        "field": field.field,
                        "paragraphs": [[piece._asdict() for piece in paragraph] for paragraph in field.paragraphs],
                    }
                    for field in change.fields
                ],
            }
            for change in changes
        ],
    }


def _as_text(
    article: KnownArticle, addresses: Sequence[str], revisions: Sequence[Revision], changes: Sequence[Change]
) -> Iterator[str]:
    yield f"{article.key}  {for_terminal(article.headline)}"
    yield for_terminal(article.url, 1000)
    for address in addresses:
        if address != article.url:
            yield f"also read at {for_terminal(address, 1000)}"
    yield f"published {for_terminal(article.date_published or 'on no known date')}, {_gone(article)}"
    for revision in revisions:
        reread = "  the same page, read anew" if revision.reread else ""
        yield f"  revision {revision.revision}  {revision.fetched_at}  {revision.run}/{revision.file}{reread}"
    for change in changes:
        yield ""
        reread = " (the site did not change it: the page was read anew)" if change.new.reread else ""
        yield f"Revision {change.old.revision} -> {change.new.revision}{reread}"
        if not change.fields:
            yield "  no words have changed"
        for field in change.fields:
            yield f"  {field.field}:"
            yield from _field(field)


def _gone(article: KnownArticle) -> str:
    return f"gone since {article.gone_since}" if article.gone_since else f"last read {article.last_seen}"


def _field(field: FieldDifference) -> Iterator[str]:
    """Each paragraph on a line of its own, that its own script may direct; unchanged ones are counted."""
    for unchanged, paragraphs in groupby(field.paragraphs, is_unchanged):
        shown = list(paragraphs)
        if unchanged:
            yield f"    ({len(shown)} unchanged)"
        else:
            yield from (f"    {for_terminal(marked(paragraph), _WIDTH)}" for paragraph in shown)
