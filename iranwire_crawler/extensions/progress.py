"""Shows how far a run is: a live display in a terminal, elsewhere a log line now and then."""

import atexit
import io
import logging
import re
import sys
from collections import deque
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Self, TextIO
from urllib.parse import unquote, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from scrapy.utils.log import get_scrapy_root_handler

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.extensions.run_counts import RunCounts
from iranwire_crawler.extensions.verdict import RunReport

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from twisted.internet.task import LoopingCall

logger = logging.getLogger(__name__)

_REFRESH = 0.5
_RATE_OVER = 60.0
# Before that, a rate is chance.
_ESTIMATE_AFTER = 10.0
# Colour and weight, which a log formatter may set; every other control character could move the cursor.
_HARMLESS = re.compile(r"(\x1b\[[0-9;]*m|[\n\t])")


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """How far a run is."""

    seconds: float
    pages: int
    per_minute: float
    new: int
    known: int
    rejected: int
    unread: int
    captions: int
    sections_done: int
    sections_total: int | None
    page: str
    seconds_left: float | None
    pages_total: int | None = None
    """Of a spider that knows from the start what it has to read."""

    @property
    def pages_of(self) -> str:
        return f"{self.pages} of {self.pages_total}" if self.pages_total is not None else f"{self.pages}"

    @property
    def sections(self) -> str:
        return f"{self.sections_done} of {self.sections_total}" if self.sections_total else "-"


class Progress:
    """In a terminal (standard error) a live display; elsewhere a line every PROGRESS_HEARTBEAT seconds.

    PROGRESS=no, or a terminal that cannot move its cursor (TERM=dumb): lines. Colours go by NO_COLOR. While
    the display stands, Scrapy's log handler writes above it, and nothing that is logged can move the cursor.
    An estimate is shown only when the spider has nothing more to discover. Records are those that `RunReport` counts.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.heartbeat = crawler.settings.getfloat("PROGRESS_HEARTBEAT", 60.0)
        self.wanted = crawler.settings.getbool("PROGRESS", True)
        self.counts = RunCounts()
        self.pages = 0
        self.page = ""
        self.clock = monotonic()
        # When there were how many pages: the last minute's, and the one before.
        self.marks: deque[tuple[float, int]] = deque([(self.clock, 0)])
        self.beat: AsyncioLoopingCall | LoopingCall | None = None
        self.display: _Display | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        progress = cls(crawler)
        connect = crawler.signals.connect
        connect(progress.on_spider_opened, signals.spider_opened)
        connect(progress.on_request, signals.request_reached_downloader)
        connect(progress.on_response, signals.response_received)
        connect(progress.stop, signals.spider_closed)
        return progress

    def on_spider_opened(self) -> None:
        self.clock = monotonic()
        self.marks = deque([(self.clock, 0)])
        if report := self.crawler.get_extension(RunReport):
            self.counts = report.counts
        if self.wanted:
            self.display = _Display.on(sys.stderr)
        if self.display is not None:
            self.display.start(self.state())
        if every := _REFRESH if self.display is not None else self.heartbeat:
            self.beat = create_looping_call(self._beat)
            self.beat.start(every, now=False)

    def on_request(self, request: Request) -> None:
        self.page = request.meta.get("site_url", request.url)

    def on_response(self) -> None:
        self.pages += 1

    def stop(self) -> None:
        """Take the display away, so that what is written to the terminal next stands on lines of its own."""
        if self.beat is not None and self.beat.running:
            self.beat.stop()
        if self.display is not None:
            self.display.stop()

    def _beat(self) -> None:
        if self.display is not None:
            self.display.show(self.state())
        else:
            logger.info("%s", line(self.state()), extra={"spider": self.crawler.spider})

    def state(self) -> State:
        stats = self.crawler.stats
        # What is read from disk passes no downloader.
        self.pages = max(self.pages, stats.get_value(stat_keys.PAGES_READ, 0))
        per_second = self._pages_per_second()
        return State(
            seconds=monotonic() - self.clock,
            pages=self.pages,
            pages_total=stats.get_value(stat_keys.PAGES_TOTAL),
            per_minute=per_second * 60,
            new=self.counts.articles,
            known=stats.get_value(stat_keys.KNOWN, 0),
            rejected=self.counts.rejected,
            unread=self.counts.unread,
            captions=self.counts.captions,
            sections_done=stats.get_value(stat_keys.SECTIONS_DONE, 0),
            sections_total=stats.get_value(stat_keys.SECTIONS_TOTAL),
            page=_readable(self.page),
            seconds_left=self._seconds_left(per_second),
        )

    def _pages_per_second(self) -> float:
        """Over the last minute, or since the start."""
        now = monotonic()
        self.marks.append((now, self.pages))
        while len(self.marks) > 2 and now - self.marks[1][0] >= _RATE_OVER:
            self.marks.popleft()
        since, pages = self.marks[0]
        return (self.pages - pages) / (now - since) if now > since else 0.0

    def _seconds_left(self, per_second: float) -> float | None:
        """None unless all that is left to fetch is known: every section walk has ended.

        A spider that has none to walk says so by a total of 0.
        """
        to_read = self.crawler.stats.get_value(stat_keys.PAGES_TOTAL)
        total = 0 if to_read is not None else self.crawler.stats.get_value(stat_keys.SECTIONS_TOTAL)
        waiting = self._waiting() if to_read is None else to_read - self.pages
        if total is None or self.crawler.stats.get_value(stat_keys.SECTIONS_DONE, 0) < total or waiting is None:
            return None
        if monotonic() - self.clock < _ESTIMATE_AFTER or not per_second:
            return None
        return waiting / per_second

    def _waiting(self) -> int | None:
        """Requests queued or under way; None where the scheduler cannot tell."""
        engine = self.crawler.engine
        try:
            queued = len(engine.scheduler)  # type: ignore[arg-type]
        except TypeError:
            return None
        return queued + len(engine.downloader.active)


class _Display:
    """rich's live display, and Scrapy's log lines above it."""

    @classmethod
    def on(cls, stream: TextIO) -> "_Display | None":
        """A display on a terminal that can move its cursor; None elsewhere."""
        if not stream.isatty():
            return None
        from rich.console import Console  # 60 ms that a scheduled run need not spend

        console = Console(file=stream, highlight=False, markup=False, emoji=False)
        return None if console.is_dumb_terminal else cls(console)

    def __init__(self, console: "Console") -> None:
        self.console = console
        self.live: Live | None = None
        self.handler: logging.StreamHandler[Any] | None = None

    def start(self, state: State) -> None:
        from rich.live import Live

        # Refreshed from the event loop: no thread, and no standard stream is replaced.
        self.live = Live(
            panel(state),
            console=self.console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._take_log()
        # A second Ctrl-C ends the process without a closing spider: give the cursor back all the same.
        atexit.register(self.stop)
        self.live.start(refresh=True)

    def show(self, state: State) -> None:
        assert self.live is not None
        self.live.update(panel(state), refresh=True)

    def stop(self) -> None:
        atexit.unregister(self.stop)
        if self.handler is not None:
            self.handler.setStream(self.console.file)
            self.handler = None
        if self.live is not None:
            self.live.stop()
            self.live = None

    def _take_log(self) -> None:
        handler = get_scrapy_root_handler()
        if isinstance(handler, logging.StreamHandler) and handler.stream is self.console.file:
            self.handler = handler
            handler.setStream(_Above(self.console))


class _Above(io.TextIOBase):
    """A stream whose lines appear above the live display, whole and harmless."""

    def __init__(self, console: "Console") -> None:
        self.console = console
        self.unfinished = ""

    def write(self, text: str) -> int:
        *lines, self.unfinished = (self.unfinished + text).split("\n")
        if lines:
            from rich.text import Text

            above = Text("\n").join(Text.from_ansi(harmless(each)) for each in lines)
            # As the terminal would wrap it: no word of a log line is moved, no line break added.
            self.console.print(above, soft_wrap=True)
        return len(text)


def harmless(text: str) -> str:
    """Log text in which colours work and every other control character is shown as its escape."""
    parts = _HARMLESS.split(text)
    return "".join(part if index % 2 else _escaped(part) for index, part in enumerate(parts))


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in _JOINERS else ascii(each)[1:-1] for each in text)


# Not printable to Python, but spelling in Persian and Arabic.
_JOINERS = "\u200c\u200d\u200e\u200f\u061c\xa0"


def line(state: State) -> str:
    """The heartbeat."""
    left = f", about {_duration(state.seconds_left)} left" if state.seconds_left is not None else ""
    sections = f", sections {state.sections}" if state.sections_total else ""
    return (
        f"{_duration(state.seconds)}: {state.pages_of} pages ({state.per_minute:.0f}/min), "
        f"articles {state.new} new, {state.known} known, {state.rejected} rejected, {state.unread} unread, "
        f"{state.captions} captions{sections}{left}"
    )


def panel(state: State) -> "RenderableType":
    """The live display: four lines, none longer than the terminal is wide."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    left = f"   about {_duration(state.seconds_left)} left" if state.seconds_left is not None else ""
    rows = (
        ("articles", f"{state.new} new   {state.known} known   {state.rejected} rejected   {state.unread} unread"),
        ("found", f"{state.captions} captions   sections {state.sections}"),
        ("fetched", f"{state.pages_of} pages   {state.per_minute:.0f}/min   {_duration(state.seconds)}{left}"),
        ("page", state.page or "-"),
    )
    shown: list[RenderableType] = [
        Text.assemble((f"{label:>9}  ", "bold cyan"), value, no_wrap=True, overflow="ellipsis") for label, value in rows
    ]
    if state.pages_total:
        # What is read from disk is no page to look at: how far it is instead.
        shown[-1] = Padding(ProgressBar(total=state.pages_total, completed=state.pages), (0, 1, 0, 11))
    return Group(*shown)


def _readable(url: str) -> str:
    """An address as a reader knows it: Persian letters instead of their percent-encoding."""
    parts = urlsplit(url)
    return for_terminal(unquote(f"{parts.netloc}{parts.path}"))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
