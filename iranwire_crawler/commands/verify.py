"""`scrapy verify`: whether an archive, or a data set made from it, is whole and what it says."""

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand

from iranwire_crawler.commands.archive_command import ArchiveCommand
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import LOOK, SOUND
from iranwire_crawler.stores.flaws import LookedAt
from iranwire_crawler.stores.verify_archive import verify_archive
from iranwire_crawler.stores.verify_dataset import is_dataset, verify_dataset


class Command(ArchiveCommand, ScrapyCommand):
    """Exit codes: 0, whole; 3, it has flaws, each is told on a line of its own; 1, it cannot be looked at."""

    def syntax(self) -> str:
        return "[FOLDER]"

    def short_desc(self) -> str:
        return "Check every line of DATA_DIR, or of an exported folder; reads only"

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        if len(args) > 1:
            raise ArgumentError("verify looks at one folder: scrapy verify [FOLDER]")
        assert self.settings is not None
        folder = Path(args[0] if args else self.settings["DATA_DIR"])
        if not folder.is_dir():
            raise ArgumentError(f"{folder}: no such folder")
        checked, flaws = LookedAt(), 0
        verify = verify_dataset if is_dataset(folder) else verify_archive
        for flaw in verify(folder, checked):
            flaws += 1
            sys.stdout.write(for_terminal(str(flaw), 1000) + "\n")
        kind = "data set" if verify is verify_dataset else "archive"
        sys.stdout.write(
            f"{for_terminal(str(folder), 1000)}: {kind}, {checked.rows} lines of {checked.files} files; {flaws} flaws\n"
        )
        return LOOK if flaws else SOUND
