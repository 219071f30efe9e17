"""Judges each run: counts what happens, writes `run.json`, ends the log with a summary, sets the exit code."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.extensions.feedexport import FeedExporter, FeedSlot
from scrapy.http import Response
from scrapy.logformatter import DOWNLOADERRORMSG_LONG, DOWNLOADERRORMSG_SHORT
from scrapy.settings import BaseSettings
from w3lib.url import file_uri_to_path

from iranwire_crawler.domain import stat_keys, verdict
from iranwire_crawler.domain.dates import utc_text
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.summary import summary
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import Facts, Feed, Verdict
from iranwire_crawler.extensions.run_counts import RunCounts
from iranwire_crawler.extensions.shown_settings import shown_settings, versions
from iranwire_crawler.extensions.thresholds import thresholds
from iranwire_crawler.stores.runs import REPORT, check_writable, count_lines, write_report

logger = logging.getLogger(__name__)

# A pause of the host or a slow page may stand between a signal to stop and the end of closing.
_LONGEST_CLOSE = 120.0
_REFUSALS = (".IgnoreRequest", ".Refused")


class _ErrorLog(logging.Handler):
    """Counts what is logged as an error and keeps the first; pages given up after retries are counted apart."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors = 0
        self.first = ""
        self.given_up = 0

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg in (DOWNLOADERRORMSG_LONG, DOWNLOADERRORMSG_SHORT):
            self.given_up += 1
            return
        self.errors += 1
        try:
            self.first = self.first or _said(record)
        except Exception:  # a message that does not fit its arguments, as logging's own handlers bear it
            self.handleError(record)


def _said(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    message = for_terminal(record.getMessage(), 120)
    return message if error is None else f"{type(error).__name__}: {error} ({message})"


class RunReport:
    """Writes `RUN_DIR/run.json` when the run starts, with `"finished": null`, and when it has closed.

    The second one holds the verdict, which also ends the log (at INFO, or WARNING when someone must look)
    and stands in the stat `iranwire/exit_code`, for `scrapy crawl`. It is made at Scrapy's `engine_stopped`,
    after the feeds are closed and every other extension has seen `spider_closed`.

    A run whose records cannot be written is stopped at the first one that is lost: pages that nobody can
    keep are not fetched.
    """

    def __init__(self, crawler: Crawler) -> None:
        folder = crawler.settings.get("RUN_DIR")
        if not folder:
            raise NotConfigured
        self.crawler = crawler
        self.folder = Path(folder)
        self.thresholds = thresholds(crawler.settings)
        self.counts = RunCounts()
        self.answers: Counter[int] = Counter()
        self.no_robots_saved = 0
        # Records that each feed was to take, by its address.
        self.records: Counter[str] = Counter()
        self.exporter: FeedExporter | None = None
        self.errors = _ErrorLog()
        self.started = datetime.now(UTC)
        self.clock = monotonic()
        self.engine_started = False
        self.failure = ""
        self.finish_reason: str | None = None
        self.stopping: asyncio.Task[None] | None = None
        self.done = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises ArgumentError where RUN_DIR, or a file that FEEDS names, cannot be written."""
        report = cls(crawler)
        for file in _feed_files(crawler.settings):
            if not file.is_relative_to(report.folder):
                with _told(file):
                    check_writable(file)
        with _told(report.folder / REPORT):
            write_report(report.folder, report.head())
        connect = crawler.signals.connect
        connect(report.on_spider_opened, signals.spider_opened)
        connect(report.on_engine_started, signals.engine_started)
        connect(report.on_response, signals.response_received)
        # Scrapy calls handlers in the order they were connected: FeedExporter (EXTENSIONS_BASE, 0) has written
        # the item, or failed to, when ours is called.
        connect(report.on_item, signals.item_scraped)
        connect(report.on_spider_closed, signals.spider_closed)
        connect(report.on_engine_stopped, signals.engine_stopped)
        return report

    def on_spider_opened(self) -> None:
        logging.root.addHandler(self.errors)
        self.exporter = self.crawler.get_extension(FeedExporter)
        if self.crawler.settings.getdict("FEEDS") and self.exporter is None:
            # Scrapy would crawl to the end and keep nothing: one feed that it cannot make disables all.
            self.failure = "FEEDS or -o names a feed that Scrapy cannot make; the error is in the log"
            raise CloseSpider(verdict.FEEDS_FAILED)

    def on_engine_started(self) -> None:
        self.engine_started = True

    def on_response(self, response: Response) -> None:
        if urlsplit(response.url).path != "/robots.txt":
            self.answers[response.status] += 1
        elif response.status == 404 and self.crawler.settings.get("SAVED_PAGES"):
            self.no_robots_saved += 1

    def on_item(self, item: Any) -> None:
        self.counts.add(item)
        for slot in self._slots:
            if slot.filter.accepts(item) and self._is_one_file(slot):
                self.records[slot.uri] += 1
                if slot.itemcount < self.records[slot.uri]:
                    self._stop(slot.uri)

    @property
    def _slots(self) -> Sequence[FeedSlot]:
        return self.exporter.slots if self.exporter is not None else ()

    def _is_one_file(self, slot: FeedSlot) -> bool:
        """Whether a feed is one file from start to end."""
        assert self.exporter is not None
        return not self.exporter.feeds[slot.uri_template]["batch_item_count"]

    def _stop(self, feed: str) -> None:
        if self.stopping is None:
            logger.error("%s: a record could not be written; the run stops", feed)
            closing = self.crawler.engine.close_spider_async(reason=verdict.FEEDS_FAILED)
            self.stopping = asyncio.get_running_loop().create_task(closing)

    def on_spider_closed(self, spider: Spider, reason: str) -> None:
        self.finish_reason = reason
        if not self.engine_started:
            # Scrapy sends no engine_stopped then.
            self.failure = self.failure or f"the run ended before its first request ({reason})"
            self._finish()

    async def on_engine_stopped(self) -> None:
        # SIGTERM or SIGINT while the spider closes: Scrapy sends engine_stopped at once and ends the process
        # when its handlers are done, whether or not the feeds are closed. So this one waits for them.
        waiting_since = monotonic()
        while self.crawler.engine.spider is not None and monotonic() - waiting_since < _LONGEST_CLOSE:
            await asyncio.sleep(0.05)
        self._finish()

    def _finish(self) -> None:
        if self.done:
            return
        self.done = True
        logging.root.removeHandler(self.errors)
        facts = self.facts()
        judged = verdict.could_not_start(self.failure) if self.failure else verdict.judge(facts, self.thresholds)
        report = {**self.head(), **self.body(facts, judged)}
        exit_code = judged.exit_code
        try:
            write_report(self.folder, report)
        except OSError as error:
            exit_code = exit_code or verdict.LOOK
            logger.error("%s: cannot write it: %s", self.folder / REPORT, error.strerror or error)
        self.crawler.stats.set_value(stat_keys.EXIT_CODE, exit_code)
        if not self.failure:
            level = logging.INFO if exit_code == verdict.SOUND else logging.WARNING
            lines = summary(report, exit_code, self.folder)
            logger.log(level, "%s", "\n".join(lines), extra={"spider": self.crawler.spider})

    def head(self) -> dict[str, Any]:
        """What is known when the run starts."""
        settings = self.crawler.settings
        return {
            "spider": self.crawler.spidercls.name,
            "arguments": dict(settings.getdict("SPIDER_ARGUMENTS")),
            "settings": shown_settings(settings),
            "versions": versions(),
            "started": utc_text(self.started),
            "finished": None,
        }

    def body(self, facts: Facts, judged: Verdict) -> dict[str, Any]:
        """What is known when it has ended."""
        counts, stats = self.counts, self.crawler.stats
        return {
            "finished": utc_text(datetime.now(UTC)),
            "duration_seconds": round(monotonic() - self.clock, 1),
            "finish_reason": facts.finish_reason,
            "counts": {
                "articles": counts.articles,
                "revised": counts.revised,
                "duplicates": counts.duplicates,
                "known": facts.known,
                "gone": counts.gone,
                "captions": counts.captions,
                "rejected": counts.rejected,
                "unread": sum(facts.unread.values()),
                "by_language": _sorted(counts.by_language),
                "by_section": _sorted(counts.by_section),
                "by_type": _sorted(counts.by_type),
            },
            "coverage": {
                name: round(coverage.share, 4) for name, coverage in facts.coverage.items() if coverage.expected
            },
            "warnings": _sorted(counts.warnings),
            "http_status": self._stats_under("downloader/response_status_count"),
            "drops": self._stats_under("item_dropped_reasons_count"),
            "unread": dict(facts.unread),
            "requests": stats.get_value("downloader/request_count", 0),
            "ways": self._stats_under(stat_keys.way("")),
            "read_from": self._stats_under(stat_keys.read_from("")),
            "listed_from": self._stats_under(stat_keys.listed_from("")),
            "browser": self._stats_under(stat_keys.BROWSER),
            "verdict": {
                "status": judged.status,
                "exit_code": judged.exit_code,
                "reasons": [finding._asdict() for finding in judged.reasons],
                "notes": [finding._asdict() for finding in judged.notes],
            },
            "files": {
                file.relative_to(self.folder).as_posix(): count_lines(file).whole
                for file in sorted(self.folder.rglob("*.jsonl"))
            },
        }

    def facts(self) -> Facts:
        stats = self.crawler.stats
        return Facts(
            finish_reason=self.finish_reason or "unknown",
            articles=self.counts.articles,
            known=stats.get_value(stat_keys.KNOWN, 0),
            out_of_range=stats.get_value(stat_keys.OUT_OF_RANGE, 0),
            section_pages=stats.get_value(stat_keys.SECTIONS_DONE, 0),
            cards=stats.get_value(stat_keys.CARDS),
            listed=stats.get_value(stat_keys.LISTED, 0),
            window_open=self._window(lambda reached, _: not reached["complete"]),
            window_ends=self._window(lambda reached, since: bool(since) and reached.get("older_edge") == "end"),
            captions=self.counts.captions,
            rejected=self.counts.rejected,
            read=stats.get_value(stat_keys.ARTICLES_READ, 0),
            unread=self._stats_under(stat_keys.UNREAD),
            not_saved=max(0, stats.get_value("saved_pages/not_saved", 0) - self.no_robots_saved),
            answers=dict(self.answers),
            failures=self._failures(),
            listings_failed=self._stats_under(stat_keys.failed("")),
            given_up=self.errors.given_up,
            forbidden=stats.get_value("robotstxt/forbidden", 0),
            robots_unreachable=stats.get_value("robotstxt/unreachable", 0),
            browser_wanted=stats.get_value(stat_keys.BROWSER_WANTED, 0),
            browser_unusable=stats.get_value(stat_keys.BROWSER_UNUSABLE, ""),
            told_to_stay_away=stats.get_value("retry_after/too_long", 0),
            errors=self.errors.errors,
            first_error=self.errors.first,
            feeds=tuple(self._feeds()),
            feeds_not_stored=sum(self._stats_under("feedexport/failed_count").values()),
            coverage=self.counts.coverage.of_fields(),
        )

    def _window(self, holds: Callable[[Mapping[str, Any], str | None], bool]) -> tuple[str, ...]:
        """Listings of which something holds, by what the archive spider reports of each and the window's first day."""
        window = self.crawler.stats.get_value(stat_keys.WINDOW) or {}
        sections, since = dict(window.get("sections", {})), window.get("since")
        if captures := window.get("captures"):
            sections["wayback"] = captures
        return tuple(name for name, reached in sorted(sections.items()) if holds(reached, since))

    def _feeds(self) -> Iterator[Feed]:
        for slot in filter(self._is_one_file, self._slots):
            file = Path(slot.uri)
            if file.is_relative_to(self.folder) and file.suffix == ".jsonl":
                lines = count_lines(file)
                yield Feed(file.relative_to(self.folder).as_posix(), self.records[slot.uri], lines.whole, lines.torn)

    def _failures(self) -> dict[str, int]:
        """Network errors by class; Scrapy counts a middleware's refusal among them."""
        counted = self._stats_under("downloader/exception_type_count")
        return {kind.rpartition(".")[2]: n for kind, n in counted.items() if not kind.endswith(_REFUSALS)}

    def _stats_under(self, prefix: str) -> dict[str, Any]:
        prefix = prefix.rstrip("/") + "/"
        stats = self.crawler.stats.get_stats()
        return {key.removeprefix(prefix): value for key, value in sorted(stats.items()) if key.startswith(prefix)}


def _feed_files(settings: BaseSettings) -> Iterator[Path]:
    """The local files that FEEDS names; those whose name is made when the spider opens are left out."""
    for feed in settings.getdict("FEEDS"):
        uri = str(feed)
        scheme = urlsplit(uri).scheme
        if "%(" not in uri and scheme in {"", "file"}:
            yield Path(file_uri_to_path(uri) if scheme else uri)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArgumentError(f"{file}: cannot write it: {error.strerror or error}") from error


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))
