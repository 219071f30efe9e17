"""`scrapy rebuild`: make the catalogue anew from the feeds."""

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from iranwire_crawler.commands.archive_command import ArchiveCommand
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import LOOK, SOUND
from iranwire_crawler.stores.catalogue import FILE
from iranwire_crawler.stores.learning import problems_of, rebuild
from iranwire_crawler.stores.lock import DataDirLock


class Command(ArchiveCommand, ScrapyCommand):
    """Exit codes: 0, made; 3, made, and lines were left out or set aside (each is told); 1, not made."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Make DATA_DIR's catalogue anew from the feeds of its runs"

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        if args:
            raise ArgumentError(f"rebuild takes no argument {args[0]!r}: scrapy rebuild [-s DATA_DIR=…]")
        assert self.settings is not None
        data_dir = Path(self.settings["DATA_DIR"])
        if not data_dir.is_dir():
            raise ArgumentError(f"DATA_DIR={data_dir}: no such folder")
        with DataDirLock(data_dir, "rebuild"):
            learned = rebuild(data_dir)
        problems = problems_of(learned)
        for problem in problems:
            sys.stderr.write(f"iranwire_crawler: {for_terminal(problem, 1000)}\n")
        lines, skipped = sum(run.lines for run in learned), sum(run.skipped for run in learned)
        sys.stdout.write(f"{data_dir / FILE}: {lines - skipped} lines of {len(learned)} runs; {skipped} left out\n")
        return LOOK if problems else SOUND
