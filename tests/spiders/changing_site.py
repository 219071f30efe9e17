"""A small site of one edition over HTTP that changes from run to run, and says what was asked of it."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

TODAY = date(2026, 11, 22)


@dataclass
class Story:
    number: int
    section: str = "news"
    text: str = "The well was dug by hand, in a single winter, and has never once run dry since."
    status: int = 200
    moved_to: str | None = None
    pictures: int = 2

    @property
    def path(self) -> str:
        return f"/en/{self.section}/{self.number}-the-well-of-village-{self.number}/"

    @property
    def headline(self) -> str:
        return f"The Well of Village {self.number}"

    @property
    def shown(self) -> str:
        day = TODAY - timedelta(days=(200_000 - self.number) // 4)
        return f"{day:%B} {day.day}, {day.year}"

    def page(self) -> str:
        pictures = "".join(
            f'<figure><img src="/i/{self.number}-{each}.jpg" alt=""><figcaption>Bucket {each} of village {self.number}.'
            "</figcaption></figure>\n"
            for each in range(1, self.pictures + 1)
        )
        return html(
            self.headline,
            f"<article>\n<h1>{self.headline}</h1>\n<div>{self.shown}</div>\n<div>Mona Zarrinkub</div>\n{pictures}"
            f"<section>\n<p>{self.text}</p>\n<p>Village {self.number} keeps its rope in a chapel of its own.</p>\n"
            "</section>\n</article>\n",
        )

    def card(self) -> str:
        return f'<div><h3><a href="{self.path}">{self.headline}</a></h3><div>{self.shown}</div></div>\n'


def html(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n</head>\n'
        f"<body>\n{body}</body>\n</html>\n"
    )


@dataclass
class ChangingSite:
    """`stories`: newest first, as listings show them. `asked`: paths and queries; `answers`: with their statuses."""

    stories: list[Story]
    a_page: int = 3
    feed: str | None = None
    port: int = 0
    asked: list[str] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    pause: float = 0.0
    """Seconds that an answer takes."""

    def forget(self) -> None:
        self.asked.clear()
        self.answers.clear()

    def listing_pages(self, section: str) -> list[int]:
        """The numbers of the listing's pages that were asked for."""
        return [
            int(urlsplit(each).query.removeprefix("page=") or 1)
            for each in self.asked
            if urlsplit(each).path == f"/en/{section}/"
        ]

    def articles(self) -> list[str]:
        """Keys of the articles that were asked for."""
        numbers = {story.path: f"en/{story.number}" for story in self.stories}
        return [numbers[each] for each in self.asked if each in numbers]

    def story(self, number: int) -> Story:
        return next(story for story in self.stories if story.number == number)

    def answer(self, target: str) -> tuple[int, str, str | None]:
        """(status, body, where it leads)."""
        parts = urlsplit(target)
        if parts.path == "/en/":
            sections = dict.fromkeys(story.section for story in self.stories)
            return (
                200,
                html("IranWire", "".join(f'<a href="/en/{each}/">{each.title()}</a>\n' for each in sections)),
                None,
            )
        if parts.path == "/en/feed/" and self.feed is not None:
            return 200, self.feed, None
        for story in self.stories:
            if parts.path == story.path:
                return story.status, story.page() if story.status == 200 else "", story.moved_to
        listed = [story for story in self.stories if parts.path == f"/en/{story.section}/"]
        number = int(parts.query.removeprefix("page=") or 1)
        page = listed[(number - 1) * self.a_page : number * self.a_page]
        if not page:
            return 404, "", None
        more = number * self.a_page < len(listed)
        onward = f'<a href="{parts.path}?page={number + 1}">Older stories</a>\n' if more else ""
        return 200, html("Section", "".join(story.card() for story in page) + onward), None


def _handler(site: ChangingSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            threading.Event().wait(site.pause)
            status, body, moved_to = site.answer(self.path)
            tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
            if status == 200 and self.headers["If-None-Match"] == tag:
                status, body = 304, ""
            site.asked.append(self.path)
            site.answers[self.path, status] += 1
            self.send_response(status)
            if moved_to:
                self.send_header("Location", moved_to)
            if status in (200, 304):
                self.send_header("ETag", tag)
            kind = "application/rss+xml" if body.startswith("<?xml") else "text/html; charset=utf-8"
            self.send_header("Content-Type", kind)
            if status != 304:
                self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


@contextmanager
def served(site: ChangingSite) -> Iterator[ChangingSite]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(site)) as server:
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
