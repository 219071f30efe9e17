"""A local site whose pages fill themselves in by script, or do worse; and whether there is a browser to open them."""

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from iranwire_crawler.downloader.render import PROGRAMS

BROWSER = next((path for program in PROGRAMS if (path := shutil.which(program))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason=f"no Chromium on this machine ({', '.join(PROGRAMS)})")

PARAGRAPHS = (
    "The keeper of the northern lighthouse said on Monday that the lamp had been dark for nine nights in a row.",
    "Nobody in the harbour had been told, and two boats came home a day late, the council wrote.",
    "Oil for the spring was promised again.",
)
BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
HEADLINE = "The Lamp That Stayed Dark"
ARTICLE = (
    f"<article><p>Society &amp; Culture</p><h1>{HEADLINE}</h1><p>May 6, 2014</p><p>Mina Farhadi</p><p>2 min read</p>"
    f'<img src="/media/lamp.jpg" alt="The lamp, dark"><p>The lamp, dark</p><div>{BODY}</div></article>'
)
FILL = f"root.innerHTML = {json.dumps(ARTICLE)};"
DATA = {
    "id": 8,
    "title": HEADLINE,
    "body": BODY,
    "date": "May 6, 2014",
    "author": {"name": "Mina Farhadi"},
    "category": {"title": "Society & Culture"},
    "slides": [{"image": "/media/lamp.jpg", "image_title": "The lamp, dark"}],
}


def shell(script: str, *, head: str = "", body: str = "") -> str:
    """A page that is a frame for what its script brings."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{HEADLINE} | IranWire</title>{head}</head>'
        f'<body>{body}<div id="root"></div><script>{script}</script></body></html>'
    )


def plain(content: str) -> str:
    return f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body>{content}</body>'


def card(number: int, section: str) -> str:
    return f'<div><h3><a href="/en/{section}/{number}/">Headline {number}</a></h3><p>May 6, 2014</p></div>'


def more_by_button(section: str, first: int, batches: list[int], *, label: str = "Load more") -> str:
    """A script that shows the first batch of cards, and one more whenever a button is pressed."""
    numbers = iter(range(first, first + sum(batches)))
    html = [[card(next(numbers), section) for _ in range(size)] for size in batches]
    return f"""
        const batches = {json.dumps(["".join(batch) for batch in html])};
        const root = document.getElementById('root');
        const show = () => root.insertAdjacentHTML('beforeend', batches.shift());
        if (root.dataset.plain === undefined) show();
        const button = document.createElement('button');
        button.textContent = {json.dumps(label)};
        button.onclick = () => setTimeout(() => {{ show(); if (!batches.length) button.remove(); }}, 50);
        root.after(button);
    """


class ScriptedSite(BaseHTTPRequestHandler):
    """Answers from `pages`, a query's own page first; keeps what was asked in `asked`.

    A page may begin with its status; that of a redirect is followed by where it leads. `/slow3…` takes 3 seconds.
    """

    protocol_version = "HTTP/1.1"
    pages: dict[str, str]
    asked: list[str]

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.asked.append(path)
        if path.startswith("/slow"):
            time.sleep(float(path.removeprefix("/slow").partition(".")[0] or 20))
        body = (
            self.pages.get(self.path, self.pages.get(path))
            if path != "/robots.txt"
            else "User-agent: *\nDisallow: /en/society/13-forbidden/\nDisallow: /private/\n"
        )
        kind = "application/octet-stream" if path.endswith(".bin") else "text/html; charset=utf-8"
        status, _, rest = (body or "404 nothing here").partition(" ")
        if not status.isdigit():
            status, rest = "200", body or ""
        data = rest.encode()
        self.send_response(int(status))
        if status == "302":
            self.send_header("Location", rest)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def serving(pages: dict[str, str]) -> Iterator[tuple[str, Counter[str]]]:
    """The site's origin, and how often each path was asked for once the block ends."""
    asked: list[str] = []
    counted: Counter[str] = Counter()
    handler = type("Handler", (ScriptedSite,), {"pages": pages, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", counted
        finally:
            server.shutdown()
            thread.join()
            counted.update(asked)
