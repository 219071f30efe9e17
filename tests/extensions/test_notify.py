"""A verdict that is not sound is sent to a webhook: bounded, and its address shown nowhere."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from crawling import lay_out, scrapy
from saved_pages import saved_pages

from iranwire_crawler.extensions import notify as module
from iranwire_crawler.extensions.notify import message, notify

SECRET = "T0P-S3CRET-HOOK"
PAGE = next(page for page in saved_pages() if page.name.startswith("en-") and "article" in page.facts)


class Hook(ThreadingHTTPServer):
    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = list(statuses)
        self.got: list[dict[str, Any]] = []
        self.kinds: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{SECRET}"


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(body))
        self.server.kinds.append(self.headers["Content-Type"])
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.send_response(status)
        if status == 307:
            self.send_header("Location", self.server.url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0)


def test_a_run_that_someone_must_look_at_is_sent(hook: Hook, tmp_path: Path) -> None:
    (url,) = lay_out([PAGE], tmp_path / "saved")
    more = ("-s", f"SAVED_PAGES={tmp_path / 'saved'}", "-s", f"NOTIFY_URL={hook.url}")
    run = scrapy("-a", f"urls={url.replace('/en/', '/fa/')}", *more, data_dir=tmp_path / "data")
    assert run.code == 3
    (sent,) = hook.got
    assert hook.kinds == ["application/json"]
    assert (sent["spider"], sent["exit_code"], sent["finish_reason"]) == ("articles", 3, "finished")
    assert "not_saved" in {reason["code"] for reason in sent["reasons"]}
    assert sent["text"].startswith("iranwire_crawler articles: someone must look: ")
    assert sent["counts"]["articles"] == 0
    assert SECRET not in run.log
    assert run.folder is not None
    assert not any(SECRET in file.read_text("latin-1") for file in run.folder.rglob("*") if file.is_file())
    # A sound one is not, unless that is wished for.
    assert scrapy("-a", f"urls={url}", *more, data_dir=tmp_path / "data").code == 0
    assert len(hook.got) == 1
    scrapy("-a", f"urls={url}", *more, "-s", "NOTIFY_ALWAYS=1", data_dir=tmp_path / "data")
    assert hook.got[1]["text"] == "iranwire_crawler articles: sound"
    # One that could not start is.
    assert scrapy("-a", "urls=https://example.org/", *more, data_dir=tmp_path / "data").code == 1
    (reason,) = hook.got[2]["reasons"]
    assert reason["code"] == "could_not_start"
    assert "not an article's address" in reason["message"]


def test_an_address_that_cannot_be_used_is_told_and_not_shown(tmp_path: Path) -> None:
    run = scrapy("-a", "urls=x", "-s", f"NOTIFY_URL=ftp://{SECRET}", data_dir=tmp_path)
    assert run.code == 1
    assert "NOTIFY_URL: not an http(s) address" in run.log
    assert SECRET not in run.log


@pytest.mark.parametrize(
    ("statuses", "tries", "taken"),
    [((500, 503), 3, True), ((500, 500, 500), 3, False), ((429,), 2, True), ((404,), 1, False), ((307,), 1, False)],
)
def test_tries_are_bounded_and_redirects_not_followed(
    hook: Hook, statuses: tuple[int, ...], tries: int, taken: bool, caplog: pytest.LogCaptureFixture
) -> None:
    hook.statuses = list(statuses)
    assert notify(hook.url, message("news", 3, None)) == taken
    assert len(hook.got) == tries
    assert SECRET not in caplog.text
    assert bool(caplog.records) != taken


def test_one_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST", 0.2)
    release = threading.Event()
    monkeypatch.setattr(module, "_post", lambda *_: release.wait(20))
    assert not notify("http://127.0.0.1:9/", {})
    release.set()


def test_nobody_there(caplog: pytest.LogCaptureFixture) -> None:
    assert not notify(f"http://127.0.0.1:9/{SECRET}", message("news", 3, None))
    assert caplog.messages == ["The verdict could not be sent to NOTIFY_URL"]


def test_a_run_without_a_report_was_cut_off() -> None:
    sent = message("news", 3, {"finished": None, "started": "2026-11-22T12:00:00Z"})
    assert [reason["code"] for reason in sent["reasons"]] == ["cut_off"]
