"""`scrapy crawl`, with an exit code that a scheduler can trust."""

import argparse
import asyncio
import gc
import logging
import sys
from pathlib import Path

from scrapy.commands import crawl
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import UsageError

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.errors import ArgumentError, CrawlerError
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import COULD_NOT_RUN, LOOK, SOUND
from iranwire_crawler.extensions.notify import check_address, message, notify
from iranwire_crawler.extensions.progress import Progress
from iranwire_crawler.extensions.verdict import RunReport
from iranwire_crawler.stores.learning import learn_all, problems_of
from iranwire_crawler.stores.lock import DataDirLock
from iranwire_crawler.stores.runs import discard_run_folder, read_report
from iranwire_crawler.stores.torn_records import mend_all

logger = logging.getLogger(__name__)


class Command(crawl.Command):
    """Scrapy's own command, but for its exit code and for how it says that a run cannot start.

    0: the run was sound. 1: it could not start; one line on standard error says why (the traceback is
    logged at LOG_LEVEL=DEBUG), and no run folder is left. 3: it ran and someone must look (`run.json`,
    the end of the log), or it was cut off before its verdict.
    """

    # Made by `run`, which tells of settings that cannot be used.
    requires_crawler_process = False
    failure = ""
    """Why the run could not start."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one spider: scrapy crawl <spider>", print_help=False)
        assert self.settings is not None
        try:
            check_address(self.settings["NOTIFY_URL"])
        except ArgumentError as error:
            self._fail(str(error))
            return
        crawler = self._crawler_of(args[0])
        if crawler is not None:
            # For the run's report: Scrapy keeps a spider's arguments nowhere.
            crawler.settings.set("SPIDER_ARGUMENTS", opts.spargs, priority="cmdline")
            self._run_under_lock(args[0], crawler, opts)
        if self.exitcode or self.settings.getbool("NOTIFY_ALWAYS"):
            self._notify(args[0], crawler)

    def _crawler_of(self, name: str) -> Crawler | None:
        """None, and why is told, where the settings cannot be used or there is no such spider."""
        try:
            self.crawler_process = AsyncCrawlerProcess(self.settings)
            return self._create_crawler(name)
        except ArgumentError as error:
            self._fail(str(error))
        except KeyError:
            assert self.crawler_process is not None
            names = ", ".join(sorted(self.crawler_process.spider_loader.list()))
            self._fail(f"no spider named {name!r}; there are: {names}")
        return None

    def _run_under_lock(self, name: str, crawler: Crawler, opts: argparse.Namespace) -> None:
        data_dir = Path(crawler.settings["DATA_DIR"])
        try:
            with DataDirLock(data_dir, name):
                for torn in mend_all(data_dir):
                    logger.warning("%s", for_terminal(str(torn), 1000))
                self._learn(data_dir)
                self._crawl(crawler, opts)
                self._learn(data_dir)
        except ArgumentError as error:
            self._fail(str(error))

    def _notify(self, name: str, crawler: Crawler | None) -> None:
        """Send the verdict where NOTIFY_URL says, when all is closed and the lock is free."""
        assert self.settings is not None
        url = self.settings["NOTIFY_URL"]
        folder = crawler.settings.get("RUN_DIR") if crawler is not None else None
        if url:
            report = read_report(Path(folder)) if folder else None
            notify(url, message(name, self.exitcode or SOUND, report, self.failure))

    def _learn(self, data_dir: Path) -> None:
        """Bring the catalogue up to date: with runs that were killed before the crawl, with this one after it."""
        try:
            for problem in problems_of(learn_all(data_dir)):
                logger.warning("%s", for_terminal(problem, 1000))
        except CrawlerError as error:
            # The feeds are the record: a catalogue that cannot be made is told, and costs no run.
            logger.warning("%s", for_terminal(str(error), 1000))

    def _crawl(self, crawler: Crawler, opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None
        # What is loaded by now stays to the end: the collector need not look it through, again and again.
        gc.freeze()
        # By default every 700 new objects are looked over: a twentieth of a page's time, and no less memory held.
        gc.set_threshold(20_000, 20, 20)
        task = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        assert isinstance(task, asyncio.Task)
        error = task.exception() if task.done() and not task.cancelled() else None
        if error is not None:
            self._could_not_start(crawler, error)
        elif self.crawler_process.bootstrap_failed:
            self.exitcode = COULD_NOT_RUN
        else:
            self.exitcode = self._verdict(crawler)

    def _verdict(self, crawler: Crawler) -> int:
        """The exit code that the run's verdict asks for; Scrapy's 0 where no verdict is wanted."""
        report = crawler.get_extension(RunReport)
        if report is None:
            return SOUND
        if report.failure:
            discard_run_folder(report.folder)
            self._fail(report.failure)
            return COULD_NOT_RUN
        exit_code = crawler.stats.get_value(stat_keys.EXIT_CODE)
        if exit_code is None:
            if progress := crawler.get_extension(Progress):
                progress.stop()
            sys.stderr.write(f"iranwire_crawler: cut off before its verdict; see {report.folder}\n")
            return LOOK
        assert isinstance(exit_code, int)
        return exit_code

    def _could_not_start(self, crawler: Crawler, error: BaseException) -> None:
        """Scrapy raises out of a crawl only before its first request; later errors are logged and counted."""
        if folder := crawler.settings.get("RUN_DIR"):
            discard_run_folder(Path(folder))
        logger.debug("The run could not start", exc_info=error)
        self._fail(str(error) if isinstance(error, CrawlerError) else f"{type(error).__name__}: {error}")

    def _fail(self, why: str) -> None:
        self.failure = why
        sys.stderr.write(f"iranwire_crawler: {for_terminal(why, 1000)}\n")
        self.exitcode = COULD_NOT_RUN
