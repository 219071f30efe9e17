"""What the commands that look at an archive share: no crawl, no log, and one line where they cannot do it."""

import argparse
import sys
from typing import Any, ClassVar

from iranwire_crawler.domain.errors import CrawlerError
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import COULD_NOT_RUN


class ArchiveCommand:
    """Beside ScrapyCommand, of which Scrapy would take a subclass in this folder for a command.

    `work` gives the exit code; a CrawlerError that it raises is told in one line, and the exit code is 1.
    """

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}
    exitcode: int

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            self.exitcode = self.work(args, opts)
        except CrawlerError as error:
            sys.stderr.write(f"iranwire_crawler: {for_terminal(str(error), 1000)}\n")
            self.exitcode = COULD_NOT_RUN

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        raise NotImplementedError
