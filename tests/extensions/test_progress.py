"""What an operator sees while a run goes on: in a terminal of its own (a pty), and where there is none."""

import io
import logging
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from types import SimpleNamespace
from typing import Any

import pytest
from crawling import ROOT, scrapy
from downloader.crawl_probe import Reply, serving
from rich.console import Console
from rich.live import Live
from scrapy.settings import Settings

from iranwire_crawler.extensions.progress import Progress, State, _Above, _readable, harmless, line, panel

TITLE = "Page not found \x1b]0;owned\x07\x1b[2J\x1b[5;5H"
LOST = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1></body></html>".encode()
# An address whose slug, percent-decoded, clears the screen.
URLS = ["https://iranwire.com/en/news/1-%1b%5b2J%1b%5b7;7Hx/", "https://iranwire.com/en/news/2/"]
CONTROL = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|.)", re.DOTALL)
STATE = State(
    seconds=754,
    pages=340,
    per_minute=27.1,
    new=120,
    known=33,
    rejected=1,
    unread=2,
    captions=210,
    sections_done=4,
    sections_total=12,
    page="iranwire.com/fa/news/1-[bold]خبر/",
    seconds_left=None,
)


def in_terminal(
    tmp_path: Path, *arguments: str, env: Mapping[str, str] | None = None, interrupts: int = 0
) -> tuple[int, str]:
    """Run a crawl of two pages with a terminal as standard error; returns its exit code and every byte.

    `interrupts`: while it waits for the second page, each when the log tells of the one before.
    """
    second = Reply(body=LOST, seconds=20 if interrupts else 0)
    replies = {"/robots.txt": [Reply(status=404)], "/en/news/2/": [second]}
    master, slave = pty.openpty()
    ioctl(slave, TIOCSWINSZ, struct.pack("HHHH", 40, 90, 0, 0))
    seen: list[bytes] = []
    reader = threading.Thread(target=_drain, args=(master, seen))
    with serving(replies) as site:
        crawl = subprocess.Popen(
            [
                *(sys.executable, "-m", "scrapy", "crawl", "articles", "-a", f"urls={','.join(URLS)}"),
                *("-s", f"SITE_URL={site.origin}", "-s", "DOWNLOAD_DELAY=0.7", "-s", "AUTOTHROTTLE_ENABLED=False"),
                *("-s", "RENDER=never"),
                *("-s", f"DATA_DIR={tmp_path / 'data'}", *arguments),
            ],
            cwd=ROOT,
            env={**_plain_environment(), "TERM": "xterm-256color", **(env or {})},
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=slave,
        )
        os.close(slave)
        reader.start()
        for sent in range(interrupts):
            _wait_for(lambda: "/en/news/2/" in site.paths())
            _wait_for(lambda sent=sent: b"".join(seen).count(b"Received SIGINT") == sent)
            crawl.send_signal(signal.SIGINT)
        crawl.communicate(timeout=60)
    reader.join(timeout=10)
    os.close(master)
    return crawl.returncode, b"".join(seen).decode("utf-8")


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def _plain_environment() -> dict[str, str]:
    ours = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def _drain(master: int, seen: list[bytes]) -> None:
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:  # how Linux says that the last process has left the terminal
            return
        if not data:
            return
        seen.append(data)


def log_lines(text: str) -> list[str]:
    return [
        line.rstrip("\r") for line in CONTROL.sub("", text).replace("\r", "\n").split("\n") if "WARNING: http" in line
    ]


def test_a_terminal_shows_the_display(tmp_path: Path) -> None:
    code, text = in_terminal(tmp_path)
    assert code == 3, text
    assert re.search(r"articles.*0 new   0 known   0 rejected   0 unread", text)
    assert re.search(r"fetched.*\d+ pages   \d+/min   \d+ s", text)
    assert re.search(r"page.*iranwire\.com/en/news/1-", text)
    # It moves, it goes, and it gives the cursor back.
    assert "0 rejected   1 unread" in CONTROL.sub("", text)
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1
    assert not re.search(r"articles  \d+ new", CONTROL.sub("", text[text.rindex("\x1b[?25h") :]))


def test_log_lines_are_whole(tmp_path: Path) -> None:
    _, text = in_terminal(tmp_path)
    told = log_lines(text)
    assert len(told) == 2
    for each in told:
        assert re.match(
            r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[iranwire_crawler\.pipelines\.unread\] WARNING: https://", each
        )
    assert "(not_found)" in told[1]


def test_pages_cannot_reach_the_terminal(tmp_path: Path) -> None:
    _, text = in_terminal(tmp_path)
    assert "\x1b]" not in text
    assert "\x07" not in text
    assert "\x1b[2J" not in text
    assert not {"\x1b[5;5H", "\x1b[7;7H"} & set(CONTROL.findall(text))
    # What is left is the display's own: colours, the line cleared, one line up, the cursor off and on.
    assert all(re.fullmatch(r"\x1b\[(?:[0-9;]*m|2K|1A|\?25[lh])", code) for code in CONTROL.findall(text))


def test_no_color(tmp_path: Path) -> None:
    _, coloured = in_terminal(tmp_path)
    assert "\x1b[1;36m" in coloured
    _, plain = in_terminal(tmp_path, env={"NO_COLOR": "1"})
    assert "0 new   0 known" in plain
    assert not re.search(r"\x1b\[[0-9;]*3[0-9][0-9;]*m", plain)


@pytest.mark.parametrize(
    ("arguments", "env"), [(("-s", "PROGRESS=no"), {}), ((), {"TERM": "dumb"})], ids=["not-wanted", "dumb"]
)
def test_lines_alone_where_a_display_is_not_wanted(tmp_path: Path, arguments: tuple[str, ...], env: dict) -> None:
    _, text = in_terminal(tmp_path, *arguments, "-s", "PROGRESS_HEARTBEAT=0.3", env=env)
    assert "\x1b" not in text
    assert "0 known, 0 rejected" in text


def test_elsewhere_a_heartbeat(tmp_path: Path) -> None:
    with serving({"/robots.txt": [Reply(status=404)]}) as site:
        run = scrapy(
            *("-a", f"urls={','.join(URLS)}", "-s", f"SITE_URL={site.origin}"),
            *("-s", "DOWNLOAD_DELAY=1", "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "PROGRESS_HEARTBEAT=0.3"),
            data_dir=tmp_path,
        )
    beats = [line for line in run.log.splitlines() if "articles 0 new, 0 known, 0 rejected" in line]
    assert beats
    assert re.search(r"INFO: \d+ s: \d+ pages \(\d+/min\), articles 0 new", beats[0])
    assert "\x1b" not in run.log
    # Scrapy's own counts are not told beside ours.
    assert "Crawled 0 pages" not in run.log


def test_rich_is_loaded_for_the_display_alone() -> None:
    source = (
        "import sys; import iranwire_crawler.extensions.progress; import iranwire_crawler.extensions.verdict; "
        "sys.exit(any(name.split('.')[0] == 'rich' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", source], cwd=ROOT, check=False).returncode == 0


def test_a_second_interrupt_gives_the_terminal_back(tmp_path: Path) -> None:
    code, text = in_terminal(tmp_path, interrupts=2)
    assert code == 3
    assert (
        text.index("\x1b[?25l") < text.index("\x1b[?25h") < text.index("iranwire_crawler: cut off before its verdict")
    )


# The parts.


@pytest.mark.parametrize(
    ("stats", "seconds", "left"),
    [
        ({"iranwire/sections_total": 3, "iranwire/sections_done": 3}, 60, 15),
        ({"iranwire/sections_total": 0}, 60, 15),
        ({"iranwire/sections_total": 3, "iranwire/sections_done": 2}, 60, None),
        ({}, 60, None),
        ({"iranwire/sections_total": 0}, 5, None),
    ],
    ids=["walked", "nothing-to-walk", "walking", "unknown", "too-early"],
)
def test_an_estimate_only_where_it_is_honest(stats: dict[str, int], seconds: float, left: float | None) -> None:
    engine = SimpleNamespace(scheduler=range(14), downloader=SimpleNamespace(active={object()}))
    crawler: Any = SimpleNamespace(
        settings=Settings(),
        stats=SimpleNamespace(get_value=lambda name, default=None: stats.get(name, default)),
        engine=engine,
    )
    progress = Progress(crawler)
    progress.clock = time.monotonic() - seconds
    progress.marks[0] = (progress.clock, 0)
    progress.pages = round(seconds)
    assert progress.state().seconds_left == (pytest.approx(left, abs=0.1) if left is not None else None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\nb\tc", "a\nb\tc"),
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("a\rb\x9b2J\x08", "a\\rb\\x9b2J\\x08"),
        ("می\u200cخواهد\u202e", "می\u200cخواهد\\u202e"),
    ],
)
def test_harmless(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_a_long_line_is_not_broken_by_the_display() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=40, color_system=None)
    with Live(panel(STATE), console=console, auto_refresh=False):
        handler = logging.StreamHandler(_Above(console))
        handler.emit(logging.LogRecord("x", logging.INFO, "", 0, "%s [bold]%s", ("word " * 30, "\x1b[2J"), None))
    assert "word " * 30 + " [bold]\\x1b[2J\n" in stream.getvalue()


def test_the_rate_is_that_of_the_last_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("iranwire_crawler.extensions.progress.monotonic", lambda: now)
    crawler: Any = SimpleNamespace(settings=Settings())
    progress = Progress(crawler)
    rates = []
    for pages in (600, 600, 630):  # a beat a minute: a fast start, a standstill, half a page a second
        now += 60
        progress.pages = pages
        rates.append(progress._pages_per_second())
    assert rates == [10, 0, 0.5]


def test_an_address_is_shown_as_a_reader_knows_it() -> None:
    assert _readable("https://iranwire.com/fa/news/1-%D8%AE%D8%A8%D8%B1/?ref=x") == "iranwire.com/fa/news/1-خبر/"
    assert _readable("https://iranwire.com/en/news/1-%1b%5b2J%0a/").isprintable()


def test_the_heartbeat_line() -> None:
    assert line(STATE) == (
        "12 min 34 s: 340 pages (27/min), articles 120 new, 33 known, 1 rejected, 2 unread, 210 captions, "
        "sections 4 of 12"
    )


def test_the_panel_shows_brackets_as_they_are_and_fits() -> None:
    stream = io.StringIO()
    Console(file=stream, width=30, color_system=None).print(panel(STATE))
    rows = stream.getvalue().splitlines()
    assert len(rows) == 4
    assert all(len(row) <= 30 for row in rows)
    stream = io.StringIO()
    Console(file=stream, width=100, color_system=None).print(panel(STATE))
    assert "1-[bold]خبر/" in stream.getvalue()
