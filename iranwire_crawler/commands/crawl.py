"""`scrapy crawl`, with an exit code that a scheduler can trust."""

import argparse
import asyncio
import sys

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from iranwire_crawler.domain.errors import CrawlerError

COULD_NOT_RUN = 1


class Command(crawl.Command):
    """Scrapy's own command; a run that cannot start says why in one line and exits 1."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one spider: scrapy crawl <spider>", print_help=False)
        assert self.crawler_process is not None
        try:
            crawler = self._create_crawler(args[0])
        except KeyError:
            names = ", ".join(sorted(self.crawler_process.spider_loader.list()))
            self._fail(f"no spider named {args[0]!r}; there are: {names}")
            return
        task = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        assert isinstance(task, asyncio.Task)
        error = task.exception() if task.done() and not task.cancelled() else None
        if isinstance(error, CrawlerError):
            self._fail(str(error))
        elif error is not None:
            raise error
        elif self.crawler_process.bootstrap_failed:
            self.exitcode = COULD_NOT_RUN

    def _fail(self, message: str) -> None:
        sys.stderr.write(f"iranwire_crawler: {message}\n")
        self.exitcode = COULD_NOT_RUN
