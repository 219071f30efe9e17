"""Real crawls for the downloader tests: a site on 127.0.0.1 in this process, the crawl in another.

Imported, it offers `Site` and `crawl`. Run as a script it is the crawl: a JSON job as its only argument,
a JSON account of what happened on standard output, Scrapy's log on standard error.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

ROOT = Path(__file__).parents[2]
PACKAGE = "iranwire_crawler.downloader"
ROBOTS = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    f"{PACKAGE}.robots.RobotsTxt": 100,
}
RETRY = {
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    f"{PACKAGE}.retry_after.RetryAfter": 550,
}
OWN = {"scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None, f"{PACKAGE}.own_hosts.OwnHosts": 50}
QUIET = {
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "COOKIES_ENABLED": False,
    "HTTPERROR_ALLOW_ALL": True,
    "HTTPPROXY_ENABLED": False,
    "DOWNLOAD_TIMEOUT": 10,
    "LOG_LEVEL": "DEBUG",
    "USER_AGENT": "probe",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One answer of the site; `{origin}` in a header becomes the site's own address."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"<html><p>page</p></html>"
    seconds: float = 0.0
    """That it takes."""


def to(address: str, status: int = 302) -> list[Reply]:
    """A redirect."""
    return [Reply(status=status, headers={"Location": address})]


class _Server(ThreadingHTTPServer):
    # Of five, the default, eight connections at once would leave some to TCP's second try, a second later.
    request_queue_size = 64


class Site:
    """A web server on 127.0.0.1. `replies[path]`: answers in turn, the last one for ever; otherwise 200."""

    def __init__(self, replies: dict[str, list[Reply]]) -> None:
        self.hits: list[tuple[float, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.hits.append((time.monotonic(), self.path))
                turns = replies.get(self.path, [Reply()])
                reply = turns.pop(0) if len(turns) > 1 else turns[0]
                time.sleep(reply.seconds)
                self.send_response(reply.status)
                headers = {"Content-Type": "text/html; charset=utf-8"} | reply.headers
                for name, value in headers.items():
                    self.send_header(name, value.format(origin=site.origin))
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.netloc = f"127.0.0.1:{self._server.server_port}"
        self.origin = f"http://{self.netloc}"

    def url(self, path: str) -> str:
        return self.origin + path

    def paths(self) -> list[str]:
        return [path for _, path in self.hits]

    def gaps(self) -> list[float]:
        """Seconds between one request and the next."""
        times = [at for at, _ in self.hits]
        return [after - before for before, after in pairwise(times)]

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.01)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(replies: dict[str, list[Reply]] | None = None) -> Iterator[Site]:
    site = Site(replies or {})
    thread = Thread(target=site.serve)
    thread.start()
    try:
        yield site
    finally:
        site.stop()
        thread.join()


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What a crawl did. `asked` and the keys of `failed` are the addresses before any redirect; `seen` of a
    slot is its last request, in seconds from the end of the crawl."""

    fetched: list[dict[str, Any]]
    failed: dict[str, str]
    robots: list[dict[str, Any]]
    slots: dict[str, dict[str, float]]
    stats: dict[str, Any]
    reason: str
    log: str

    def urls(self) -> list[str]:
        return sorted(page["url"] for page in self.fetched)


class Crawl:
    """A crawl in its own process, so that each has its own reactor, with warnings as errors."""

    def __init__(self, requests: list[str | dict[str, Any]], settings: dict[str, Any]) -> None:
        job = {
            "requests": [{"url": r} if isinstance(r, str) else r for r in requests],
            "settings": QUIET | settings,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", __file__, json.dumps(job)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    def account(self) -> Account:
        out, log = self._process.communicate(timeout=60)
        assert self._process.returncode == 0, log
        assert "Traceback" not in log, log
        return Account(log=log, **json.loads(out))


def crawl(requests: list[str | dict[str, Any]], settings: dict[str, Any]) -> Account:
    return Crawl(requests, settings).account()


class Probe(scrapy.Spider):
    """Requests what the job says and tells what came of it."""

    name = "probe"

    def __init__(self, requests: list[dict[str, Any]], told: dict[str, Any]) -> None:
        super().__init__()
        self.requests = requests
        self.told = told

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "Probe":
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.allowed_domains = crawler.settings.getlist("PROBE_ALLOWED_DOMAINS")
        crawler.signals.connect(spider.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(spider.spider_closed, signal=signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for asked in self.requests:
            yield scrapy.Request(**asked, cb_kwargs={"asked": asked["url"]}, errback=self.failed)

    def parse(self, response: Response, asked: str) -> None:
        told = {
            "asked": asked,
            "url": response.url,
            "status": response.status,
            "slot": response.meta.get("download_slot"),
            "site_url": response.meta.get("site_url"),
        }
        self.told["fetched"].append(told)

    def failed(self, failure: Failure) -> None:
        asked = failure.request.cb_kwargs["asked"]
        self.told["failed"][asked] = f"{failure.type.__name__}: {failure.getErrorMessage()}"

    async def robots_parsed(self, robotparser: RobotParser, request: scrapy.Request) -> None:
        if again := request.meta.get("from_signal"):
            await self.crawler.engine.download_async(scrapy.Request(again))
        rules = {
            "url": request.url,
            "sitemaps": list(robotparser.rp.sitemaps),
            "crawl_delay": robotparser.crawl_delay("probe"),
        }
        self.told["robots"].append(rules)

    def spider_closed(self, reason: str) -> None:
        self.told["reason"] = reason
        self.told["slots"] = {
            key: {"delay": slot.delay, "jitter": slot.jitter, "seen": slot.lastseen - time.monotonic()}
            for key, slot in self.crawler.engine.downloader.slots.items()
        }


def main() -> None:
    job = json.loads(sys.argv[1])
    told: dict[str, Any] = {"fetched": [], "failed": {}, "robots": []}
    process = AsyncCrawlerProcess(job["settings"])
    crawler = process.create_crawler(Probe)
    process.crawl(crawler, requests=job["requests"], told=told)
    process.start()
    if process.bootstrap_failed:
        sys.exit(1)
    json.dump(told | {"stats": crawler.stats.get_stats()}, sys.stdout, default=str)


if __name__ == "__main__":
    main()
