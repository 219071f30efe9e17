"""Pages that misuse the browser that opens them: in one crawl, with a real browser and a stranger who listens."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from crawling import ROOT, Run, scrapy
from scripted_site import FILL, needs_browser, serving, shell

STEM = "https://iranwire.com/en/society/"
STRANGER = "127.0.0.2"


@contextmanager
def stranger() -> Iterator[tuple[int, list[str]]]:
    """A host that is none of the site's: its port, and what came to it over TCP or UDP."""
    heard: list[str] = []
    with (
        socket.create_server((STRANGER, 0)) as stream,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        port = stream.getsockname()[1]
        datagrams.bind((STRANGER, port))
        stream.settimeout(0.2)
        datagrams.settimeout(0.2)
        over = threading.Event()

        def listen(receive: Any) -> None:
            while not over.is_set():
                try:
                    heard.append(str(receive()))
                except TimeoutError:
                    continue

        threads = [
            threading.Thread(target=listen, args=(receive,)) for receive in (stream.accept, lambda: datagrams.recv(99))
        ]
        for thread in threads:
            thread.start()
        yield port, heard
        time.sleep(0.3)
        over.set()
        for thread in threads:
            thread.join()


def hostile(port: int) -> dict[str, str]:
    """Pages by path. `port` is the stranger's."""
    there = f"{STRANGER}:{port}"
    stay = "onbeforeunload = (event) => { event.preventDefault(); return 'stay'; };"
    servers = [{"urls": f"stun:{there}"}, {"urls": f"turn:{there}?transport=tcp", "username": "a", "credential": "b"}]
    connect = f"""
        navigator.serviceWorker.register('/worker.js').catch(() => 0);
        for (const at of [location.host, '{there}']) {{
            new WebSocket(`ws://${{at}}/socket`);
            navigator.sendBeacon(`http://${{at}}/beacon`);
            new EventSource(`http://${{at}}/events`);
            try {{ new WebTransport(`https://${{at}}/`); }} catch (error) {{}}
        }}
        const peer = new RTCPeerConnection({{iceServers: {json.dumps(servers)}}});
        peer.createDataChannel('x');
        peer.createOffer().then((offer) => peer.setLocalDescription(offer));
    """
    hints = "".join(f'<link rel="{rel}" href="http://{there}/">' for rel in ("preconnect", "dns-prefetch", "prefetch"))
    frames = "".join(
        f'<iframe src="{url}"></iframe>' for url in (f"http://{there}/", "/leads-away", "file:///etc/passwd")
    )
    return {
        "/en/society/1-leaves/": shell(f"{stay} setTimeout(() => location = '/x/', 50); {FILL}"),
        "/en/society/2-connects/": shell(f"{connect} {FILL}"),
        "/en/society/3-hints/": shell(FILL, head=hints, body=f'{frames}<img src="http://{there}/x">'),
        "/en/society/4-reloads/": shell("setTimeout(() => location.reload(), 20);"),
        "/en/society/5-refreshes/": shell("", head='<meta http-equiv="refresh" content="0">'),
        "/en/society/6-polls/": shell("setInterval(() => fetch('/poll').catch(() => 0), 10);"),
        "/en/society/7-huge/": shell("root.textContent = 'x y '.repeat(12e6);"),
        "/en/society/8-buffers/": shell(
            "const all = []; setInterval(() => all.push(new Uint8Array(50e6).fill(1)), 30);"
        ),
        "/en/society/9-file/": shell("location = 'file:///etc/passwd';"),
        "/en/society/10-fetches-away/": shell(
            f"for (const path of ['/leads-away', '/private/data']) fetch(path).catch(() => 0); {FILL}"
        ),
        "/en/society/11-waits/": shell(f"fetch('/slow3').then(() => {{ {FILL} }});"),
        "/leads-away": f"302 http://{there}/",
        **{
            f"/{name}": "nothing"
            for name in ("poll", "slow3", "worker.js", "socket", "beacon", "events", "x/", "private/data")
        },
    }


def report(run: Run) -> dict[str, Any]:
    assert run.folder is not None, run.log
    return json.loads((run.folder / "run.json").read_text(encoding="utf-8"))


def fast(origin: str) -> list[str]:
    given = {"SITE_URL": origin, "DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}
    return [part for name, value in given.items() for part in ("-s", f"{name}={value}")]


def addresses(*paths: str) -> str:
    return "urls=" + ",".join(f"https://iranwire.com{path}" for path in paths)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Counter[str], list[str]]:
    with stranger() as (port, heard):
        pages = hostile(port)
        with serving(pages) as (origin, asked):
            asked_for = [path for path in pages if path.startswith("/en/")]
            run = scrapy("-a", addresses(*asked_for), *fast(origin), "-s", "RENDER_TIMEOUT=4", "-s", "RENDER_QUIET=1",
                         "-s", "RENDER_MEMORY=200", "-s", "RENDER_RESTART=3", "-s", "LOG_LEVEL=DEBUG",
                         data_dir=tmp_path_factory.mktemp("data"), browser=True, timeout=300)  # fmt: skip
    return run, asked, heard


@needs_browser
def test_each_page_costs_itself_alone(crawled: tuple[Run, Counter[str], list[str]]) -> None:
    run, _, _ = crawled
    details = {line["url"].removeprefix(STEM).strip("/"): line["detail"] for line in run.lines("unread/index.jsonl")}
    assert {record["id"] for record in run.lines("articles.jsonl")} == {1, 2, 3, 10, 11}, details
    assert details.keys() == {"4-reloads", "5-refreshes", "6-polls", "7-huge", "8-buffers", "9-file"}
    assert all("browser: " in detail for detail in details.values())
    assert "browser: Download" in details["7-huge"]
    assert "the page takes more than 456 MiB" in details["8-buffers"]
    assert run.folder is not None
    assert len(list((run.folder / "unread").glob("*.html"))) == len(details)
    assert "Traceback" not in run.log


@needs_browser
def test_nothing_reaches_another_host(crawled: tuple[Run, Counter[str], list[str]]) -> None:
    _, asked, heard = crawled
    assert heard == []
    assert not {"/worker.js", "/socket", "/beacon", "/events", "/x/"} & asked.keys()
    # Of its own it may not have what robots.txt forbids.
    assert "/leads-away" in asked
    assert "/private/data" not in asked


@needs_browser
def test_the_site_is_not_flooded(crawled: tuple[Run, Counter[str], list[str]]) -> None:
    _, asked, _ = crawled
    # 200 requests each time that it is opened, of which two are possible; and its plain page.
    assert asked["/poll"] <= 400
    assert asked["/en/society/4-reloads/"] <= 10
    assert asked["/en/society/5-refreshes/"] <= 10


@needs_browser
def test_the_browser_starts_anew_after_so_many_pages(crawled: tuple[Run, Counter[str], list[str]]) -> None:
    run, _, _ = crawled
    told = report(run)["browser"]
    assert told["restarted_count"] >= told["page_count"] // 3
    assert run.log.count("Launching browser") > told["restarted_count"] - 1
    sandboxed = "without its sandbox" not in run.log
    assert sandboxed == (os.geteuid() != 0)


# A run that is always rendered, and one whose browser is killed.

STATUSES = {
    "/en/society/1-gone/": "404 " + shell(FILL),
    "/en/society/2-broken/": "500 " + shell(FILL),
    "/en/society/3-sound/": shell(FILL),
}


@needs_browser
def test_a_status_stands_whatever_a_script_draws(tmp_path: Path) -> None:
    with stranger() as (port, heard), serving({**STATUSES, "/en/society/4-led/": f"302 http://{STRANGER}:{port}/"}) as (
        origin, _,
    ):  # fmt: skip
        run = scrapy("-a", addresses(*STATUSES, "/en/society/4-led/"), *fast(origin), "-s", "RENDER=always",
                     "-s", "RETRY_TIMES=0", data_dir=tmp_path, browser=True)  # fmt: skip
    unread = {line["url"].removeprefix(STEM).strip("/"): line["reason"] for line in run.lines("unread/index.jsonl")}
    assert unread == {"1-gone": "http_404", "2-broken": "http_500", "4-led": "leads_elsewhere"}
    assert [record["id"] for record in run.lines("articles.jsonl")] == [3]
    assert heard == []


Processes = dict[tuple[int, str], list[str]]


def processes(of: int) -> Processes:
    """What a process has started, directly or not: command lines, by number and time of its start."""
    children: dict[int, Processes] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().decode(errors="replace").strip("\0")
        except OSError:
            continue
        if command:  # none: it has ended, and its parent has yet to hear of it
            children.setdefault(int(fields[1]), {})[int(folder.name), fields[19]] = re.split("[\0 ]", command)
    found: Processes = {}
    pending = [of]
    for pid in pending:
        found |= children.get(pid, {})
        pending.extend(number for number, _ in children.get(pid, {}))
    return found


def rendering(of: int) -> Processes:
    """The processes of a run whose browser has a page open."""
    found = processes(of)
    return found if any("--type=renderer" in command for command in found.values()) else {}


def browser(found: Processes) -> int:
    """The browser's main process."""
    (pid,) = (
        pid
        for (pid, _), command in found.items()
        if "--remote-debugging-pipe" in command and not any(part.startswith("--type=") for part in command)
    )
    return pid


def alive(before: Processes) -> list[tuple[int, str]]:
    """Those that still run, whoever is their parent now."""
    now: Processes = processes(0) | processes(1) | processes(os.getpid())
    return [process for process in before if process in now]


def until(holds: Any, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := holds()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return value


@contextmanager
def started(origin: str, data_dir: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A crawl under way."""
    command = [sys.executable, "-W", "error", "-m", "scrapy", "crawl", "articles", *fast(origin), *arguments]
    with (data_dir / "log").open("wb") as log:
        run = subprocess.Popen([*command, "-s", f"DATA_DIR={data_dir}"], cwd=ROOT, stdout=log, stderr=log)  # fmt: skip
        try:
            yield run
        finally:
            run.kill()
            run.wait()


def finished(data_dir: Path, code: int) -> Run:
    (folder,) = data_dir.glob("articles/*")
    return Run(code, (data_dir / "log").read_text(encoding="utf-8"), folder)


WAITING = {
    "/en/society/1-waits/": shell(f"fetch('/slow4').then(() => {{ {FILL} }});"),
    "/en/society/2-after/": shell(FILL),
    "/slow4": "late",
}


@needs_browser
def test_a_browser_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with serving(WAITING) as (origin, _), started(origin, tmp_path, "-a", addresses(*list(WAITING)[:2])) as run:
        begun = until(lambda: rendering(run.pid))
        os.kill(browser(begun), signal.SIGKILL)
        code = run.wait(timeout=120)
        assert until(lambda: not alive(begun)), begun
    done = finished(tmp_path, code)
    assert code == 0, done.log
    assert {record["id"] for record in done.lines("articles.jsonl")} == {1, 2}
    assert report(done)["browser"]["failed_count"] == 1
    assert "Traceback" not in done.log


@needs_browser
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_ends_while_a_page_renders_leaves_no_browser(by: signal.Signals, tmp_path: Path) -> None:
    with serving(WAITING) as (origin, _), started(origin, tmp_path, "-a", addresses(*list(WAITING)[:2])) as run:
        begun = until(lambda: rendering(run.pid))
        assert browser(begun)
        run.send_signal(by)
        run.wait(timeout=120)
        assert until(lambda: not alive(begun)), begun
    if by is signal.SIGTERM:
        done = finished(tmp_path, run.returncode)
        assert report(done)["finish_reason"] == "shutdown"
        # What is under way is read.
        assert 1 in [record["id"] for record in done.lines("articles.jsonl")]
        assert "Traceback" not in done.log
