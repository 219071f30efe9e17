"""`scrapy export`: a citable data set from the catalogue."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, get_args

from scrapy.commands import ScrapyCommand

from iranwire_crawler.commands.archive_command import ArchiveCommand
from iranwire_crawler.domain.dataset_files import FORMATS
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.given import given_day, given_names
from iranwire_crawler.domain.items import ArticleType, Source
from iranwire_crawler.domain.selection import Revisions, Selection
from iranwire_crawler.domain.site import EDITIONS
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.urls import section_address, split_key
from iranwire_crawler.domain.verdict import LOOK, SOUND
from iranwire_crawler.domain.word_query import WordQuery
from iranwire_crawler.spiders.arguments import lines_of
from iranwire_crawler.stores.catalogue import Catalogue
from iranwire_crawler.stores.dataset import Made, make_dataset


class Command(ArchiveCommand, ScrapyCommand):
    """Exit codes: 0, made; 3, made, and lines were left out (each is told); 1, not made."""

    def syntax(self) -> str:
        return "[options] -o FOLDER"

    def short_desc(self) -> str:
        return "Make a citable data set of the articles of a window"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FOLDER", help="the folder to make; it must not hold anything")
        parser.add_argument("--since", metavar="DAY", help="first day: 2024-01-31, or 1402-11-11 (Solar Hijri)")
        parser.add_argument("--until", metavar="DAY", help="last day")
        parser.add_argument("--lang", metavar="CODES", help=f"editions: {','.join(EDITIONS)}")
        parser.add_argument("--section", metavar="SLUGS", help="sections as they stand in addresses")
        parser.add_argument("--type", metavar="TYPES", help=f"kinds of pages: {','.join(get_args(ArticleType))}")
        parser.add_argument("--source", metavar="SOURCES", help=f"where pages came from: {','.join(get_args(Source))}")
        parser.add_argument(
            "--query", metavar="WORDS", help="words that must all stand in headline or body; * ends one"
        )
        parser.add_argument(
            "--exclude", metavar="KEYS", help="articles to leave out: en/124964,fa/7 or @FILE, a key a line"
        )
        parser.add_argument("--revisions", metavar="WHICH", default="latest", help="latest (default) or all")
        parser.add_argument("--format", metavar="FORMATS", default="jsonl", help="jsonl (default), csv, parquet")
        parser.add_argument("--bom", action="store_true", help="begin CSV files with a byte order mark")

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        if args:
            raise ArgumentError(f"export takes no argument {args[0]!r}: scrapy export [options] -o FOLDER")
        if not opts.output:
            raise ArgumentError("-o FOLDER is needed: where the data set is to be made")
        selection = read_selection(opts)
        formats = names("format", opts.format, FORMATS)
        if opts.bom and "csv" not in formats:
            raise ArgumentError("--bom begins CSV files: it needs --format csv")
        assert self.settings is not None
        with Catalogue(Path(self.settings["DATA_DIR"])) as catalogue:
            if waiting := len(catalogue.unlearned()):
                say(f"{waiting} runs hold lines that the catalogue does not know yet; scrapy rebuild learns them")
            if unknown := sorted(key for key in selection.excluded if key not in catalogue):
                say(f"--exclude: {len(unknown)} of the keys are not in the catalogue: {', '.join(unknown)}")
            made = make_dataset(catalogue, selection, Path(opts.output), formats=formats, bom=opts.bom)
            tell_what_is_missing(made, catalogue.sections())
        return tell(made, opts.output)


def read_selection(opts: argparse.Namespace) -> Selection:
    """What the options ask for. Raises ArgumentError that names the option and what it takes."""
    since, until = day("since", opts.since), day("until", opts.until)
    if since is not None and until is not None and since > until:
        raise ArgumentError(f"--since {since} --until {until}: the first day comes after the last one")
    revisions: Revisions
    revisions, *others = names("revisions", opts.revisions, get_args(Revisions))
    if others:
        raise ArgumentError(f"--revisions {for_terminal(opts.revisions)!r}: one of {', '.join(get_args(Revisions))}")
    sections = tuple(sorted({part.strip() for part in (opts.section or "").split(",") if part.strip()}))
    for slug in sections:
        if section_address("en", slug) is None:
            raise ArgumentError(f"--section {for_terminal(slug)!r}: not a section as it stands in an address")
    return Selection(
        since=since,
        until=until,
        languages=names("lang", opts.lang, tuple(EDITIONS)),
        sections=sections,
        types=names("type", opts.type, get_args(ArticleType)),
        sources=names("source", opts.source, get_args(Source)),
        query=WordQuery.read(opts.query) if opts.query is not None else None,
        revisions=revisions,
        excluded=frozenset(excluded_keys(opts.exclude)),
    )


def excluded_keys(value: str | None) -> Iterator[str]:
    """`en/124964,fa/7`, or `@FILE`. Raises ArgumentError that names what is no key, and where it stands."""
    if value is None:
        return
    if value.startswith("@"):
        given = [(key, f"--exclude {value}, line {number}") for number, key in lines_of("--exclude @", value[1:])]
    else:
        given = [(key.strip(), "--exclude") for key in value.split(",") if key.strip()]
    if not given:
        raise ArgumentError(f"--exclude {for_terminal(value)!r}: names no article")
    for key, place in given:
        if (parts := split_key(key)) is None:
            raise ArgumentError(f"{place}: {for_terminal(key)!r} is not an article's key (en/124964)")
        yield f"{parts[0]}/{parts[1]}"


def day(name: str, value: str | None) -> date | None:
    return given_day(f"--{name} {for_terminal(value or '')!r}", value)


def names(option: str, value: str | None, known: Sequence[Any]) -> tuple[Any, ...]:
    """The known names that are given, in their own order; none where the option is not given."""
    return given_names(f"--{option} {for_terminal(value or '')!r}", value, known)


def tell_what_is_missing(made: Made, sections: Sequence[str]) -> None:
    """What was asked for in vain, beside what could have been."""
    asked = made.description.selection.sections
    known = f"the catalogue knows the sections {', '.join(sections)}" if sections else "the catalogue knows no section"
    if not made.description.tally.articles:
        say(f"no article matches, the data set is empty; {known}")
    elif unknown := [slug for slug in asked if slug not in sections]:
        say(f"--section {','.join(unknown)}: no article stands there; {known}")


def tell(made: Made, folder: str) -> int:
    for left_out in made.left_out:
        say(str(left_out))
    told = made.description
    if told.undated_elsewhere:
        say(f"{told.undated_elsewhere} articles have no date and belong to no window")
    sources = told.tally.by_source
    if "saved" in sources and len(sources) > 1:
        counts = ", ".join(f"{count} {source}" for source, count in sources.most_common())
        say(f"read from different sources: {counts}; --source live leaves out what was read from saved pages")
    rows = ", ".join(f"{file.path} ({file.rows})" for file in told.files)
    sys.stdout.write(f"{for_terminal(folder, 1000)}: {rows}; {told.left_out} left out; version {told.version}\n")
    return LOOK if told.left_out else SOUND


def say(message: str) -> None:
    sys.stderr.write(f"iranwire_crawler: {for_terminal(message, 1000)}\n")
