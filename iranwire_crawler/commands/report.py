"""`scrapy report`: the archive as one page to look at."""

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from iranwire_crawler.commands.archive_command import ArchiveCommand
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import SOUND
from iranwire_crawler.stores.catalogue import Catalogue
from iranwire_crawler.stores.durable import replace_whole
from iranwire_crawler.stores.overview import look_over
from iranwire_crawler.views.report_page import is_report, report_page


class Command(ArchiveCommand, ScrapyCommand):
    """Exit codes: 0, made; 1, not (one line says why)."""

    def syntax(self) -> str:
        return "-o report.html"

    def short_desc(self) -> str:
        return "Show the archive on one page of HTML"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", help="the page to write; an earlier report is replaced")

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        if args:
            raise ArgumentError(f"report takes no argument {args[0]!r}: scrapy report -o report.html")
        if not opts.output:
            raise ArgumentError("-o FILE is needed: the page to write, as report.html")
        target = Path(opts.output)
        check_replaceable(target)
        assert self.settings is not None
        with Catalogue(Path(self.settings["DATA_DIR"])) as catalogue:
            overview = look_over(catalogue)
        write(target, report_page(overview))
        sys.stdout.write(f"{for_terminal(opts.output, 1000)}: {overview.tally.articles} articles\n")
        return SOUND


def check_replaceable(target: Path) -> None:
    """Raises ArgumentError where something stands there that is no report of ours."""
    try:
        if target.exists() and not (target.is_file() and is_report(target.read_bytes()[:1000])):
            raise ArgumentError(f"-o {target}: already there, and no report: name another file")
    except OSError as error:
        raise ArgumentError(f"-o {target}: {error.strerror or error}") from error


def write(target: Path, page: str) -> None:
    """In one step: who looks at it sees the former page or this one."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_whole(target, [page.encode()])
    except OSError as error:
        raise ArgumentError(f"-o {target}: cannot write it: {error.strerror or error}") from error
