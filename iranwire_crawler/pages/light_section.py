"""The light version of a listing: its cards under the articles' own addresses, its pager under the light one's.

The address of "Iranwire Light" is not known. What it has more than the plain listing's (`/light/en/news/` beside
`/en/news/`) says how the light version of every page is called: so a light card's link leads to its article.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self
from urllib.parse import SplitResult, urlsplit

from iranwire_crawler.domain import site, urls
from iranwire_crawler.pages.next_page import NextPage, probe_address
from iranwire_crawler.pages.section import SectionPage

# ASSUMED: more segments than these are no mark of a light version, but another page.
_MOST_SEGMENTS = 2


@dataclass(frozen=True, slots=True)
class LightForm:
    """What a light address has more than a plain one: `run`, segments of the path, at the place `at` or at the end."""

    netloc: str
    at: int
    run: tuple[str, ...]

    @classmethod
    def of(cls, plain: str, light: str) -> Self | None:
        """What makes `light` of the listing's address `plain`; None where it is no version of it."""
        ours, theirs = _split(plain), _split(light)
        if ours is None or theirs is None or urls.article_address(light) is not None:
            return None
        short, long = _segments(ours), _segments(theirs)
        more = len(long) - len(short)
        if more == 0:
            differs = ours.netloc != theirs.netloc or ours.query != theirs.query
            return cls(theirs.netloc, 0, ()) if short == long and differs else None
        if not 0 < more <= _MOST_SEGMENTS:
            return None
        for at in range(len(short) + 1):
            if long[:at] == short[:at] and long[at + more :] == short[at:]:
                return cls(theirs.netloc, at, tuple(long[at : at + more]))
        return None

    def is_light(self, url: str) -> bool:
        parts = _split(url)
        return parts is not None and parts.netloc == self.netloc and self._place(_segments(parts)) is not None

    def plain(self, url: str) -> str:
        """The plain page's address; any other comes back as it is."""
        parts = _split(url)
        segments = _segments(parts) if parts is not None else []
        place = self._place(segments)
        if parts is None or parts.netloc != self.netloc or place is None:
            return url
        del segments[place : place + len(self.run)]
        return _joined(parts._replace(scheme="https", netloc=site.HOST), segments)

    def light(self, url: str) -> str:
        """The light page's address of a plain one."""
        parts = _split(url)
        if parts is None:
            return url
        segments = _segments(parts)
        segments[self.at : self.at] = self.run
        return _joined(parts._replace(netloc=self.netloc), segments)

    def _place(self, segments: list[str]) -> int | None:
        """Where the segments stand that make an address a light one."""
        run = list(self.run)
        for at in (self.at, len(segments) - len(run)):
            if at >= 0 and segments[at : at + len(run)] == run:
                return at
        return None


class LightSectionPage(SectionPage):
    """The light version of a listing, at `url`. Never raises, on any bytes.

    All that it says is in plain addresses, but for the next page's: that of its own pager.
    """

    def __init__(self, body: bytes, url: str, content_type: str | None, form: LightForm) -> None:
        super().__init__(body, form.plain(url), content_type)
        self.form = form
        self.light_url = url

    @cached_property
    def base(self) -> str:
        declared = self._document.base
        return urls.absolute(declared, self.light_url) if declared else self.light_url

    def _resolved(self, href: str) -> str:
        light = super()._resolved(href)
        return self.form.plain(light)

    def next_page(self, number: int) -> NextPage | None:
        found = super().next_page(number)
        return NextPage(self.form.light(found.url), found.way) if found is not None else None

    def probe(self, number: int) -> NextPage | None:
        guess = probe_address(self.url, number)
        return NextPage(self.form.light(guess.url), guess.way) if guess is not None else None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.partition("#")[0])
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") else None


def _segments(parts: SplitResult) -> list[str]:
    return [segment for segment in parts.path.split("/") if segment]


def _joined(parts: SplitResult, segments: list[str]) -> str:
    slash = "/" if parts.path.endswith("/") and segments else ""
    return parts._replace(path="/" + "/".join(segments) + slash).geturl()
