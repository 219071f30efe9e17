"""A web archive with a CDX server: where its lists of captures and its raw captures lie, and which are wanted.

The parameters that the Internet Archive's server and pywb share are used and no others (`url`, `matchType=prefix`,
`output=json`, `from`, `to`, `limit`): each has a way of its own to page and to filter. Long lists are taken in
shorter stretches of time instead.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.window import Window

INTERNET_ARCHIVE = "https://web.archive.org/cdx/search/cdx"
# Before the first web archive.
_FIRST = date(1996, 1, 1)
_TIMESTAMP = re.compile(r"[0-9]{14}")


class Capture(NamedTuple):
    """One capture as a list names it. `timestamp`: 14 digits, UTC; `status` and `mime` are empty where not said."""

    timestamp: str
    url: str
    status: str
    mime: str

    @property
    def moment(self) -> datetime | None:
        """When it was taken; None where the timestamp is none."""
        try:
            return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return None


class Query(NamedTuple):
    """A list to ask for: captures of addresses that begin with `prefix`, taken from day to day."""

    prefix: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class WebArchive:
    """`cdx_url`: its CDX server. `capture_url`: a raw capture, with `{timestamp}` and `{url}` in it."""

    cdx_url: str
    capture_url: str

    @classmethod
    def of(cls, cdx_url: str, capture_url: str | None = None) -> "WebArchive":
        """`capture_url` is found from the forms of the Internet Archive's and pywb's addresses where it is not given.

        Raises ArgumentError for what is no http(s) address, or of neither form.
        """
        _origin("CDX_URL", cdx_url)
        if not capture_url:
            for ending, root in (("/cdx/search/cdx", "/web"), ("/cdx", "")):
                if cdx_url.endswith(ending):
                    capture_url = f"{cdx_url.removesuffix(ending)}{root}/{{timestamp}}id_/{{url}}"
                    break
            else:
                raise ArgumentError(f"CDX_URL={cdx_url}: set CAPTURE_URL too, as https://host/{{timestamp}}id_/{{url}}")
        if "{timestamp}" not in capture_url or "{url}" not in capture_url:
            raise ArgumentError(f"CAPTURE_URL={capture_url}: {{timestamp}} and {{url}} must stand in it")
        _origin("CAPTURE_URL", capture_url)
        return cls(cdx_url, capture_url)

    @property
    def hosts(self) -> list[str]:
        """The hosts that are asked, with their port where one is given."""
        return list(dict.fromkeys([_origin("CDX_URL", self.cdx_url), _origin("CAPTURE_URL", self.capture_url)]))

    def list_address(self, query: Query, limit: int) -> str:
        stretch = f"from={query.since:%Y%m%d}&to={query.until:%Y%m%d}"
        return f"{self.cdx_url}?url={quote(query.prefix)}&matchType=prefix&output=json&{stretch}&limit={limit}"

    def capture_address(self, capture: Capture) -> str:
        return self.capture_url.replace("{timestamp}", capture.timestamp).replace("{url}", capture.url)


@dataclass
class CaptureSearch:
    """Which lists to ask for, and the newest good capture of each article in them.

    Captures are looked for from the first day of the window to `lag` days after its last: an article can be captured
    long after it was published. The newest one is taken: its text is final.
    """

    window: Window
    languages: tuple[str, ...]
    sections: frozenset[str] | None
    lag: int
    limit: int
    today: date
    asked: int = 0
    seen: int = 0
    lost: list[str] = field(default_factory=list)
    """Lists that did not come, or are longer than `limit` for one day."""
    newest: dict[str, Capture] = field(default_factory=dict)
    """By article's key."""
    _open: int = 0

    def queries(self) -> list[Query]:
        """The lists to begin with. `www.` and http are no prefixes of their own: CDX servers leave them out of keys."""
        since = self.window.since or _FIRST
        until = min(self.window.widened(self.lag).until or self.today, self.today)
        if since > until:
            return []
        hosts = sorted(site.HOSTS - {f"www.{site.HOST}"})
        paths = [
            f"{host}/{language}/{slug}"
            for host in hosts
            for language in self.languages
            for slug in ([f"{slug}/" for slug in sorted(self.sections)] if self.sections else [""])
        ]
        return self._opened([Query(path, since, until) for path in paths])

    def tell(self, query: Query, captures: Iterable[Capture] | None) -> list[Query]:
        """What a list holds, None where it did not come; returns the lists to ask for in its place."""
        self._open -= 1
        if captures is None:
            self.lost.append(f"{query.prefix} {query.since}..{query.until}")
            return []
        count = 0
        for capture in captures:
            count += 1
            self._take(capture)
        self.seen += count
        if count < self.limit:
            return []
        days = (query.until - query.since).days
        if not days:
            self.lost.append(f"{query.prefix} {query.since}..{query.until}")
            return []
        middle = query.since + timedelta(days // 2)
        return self._opened([query._replace(until=middle), query._replace(since=middle + timedelta(1))])

    @property
    def is_done(self) -> bool:
        return self._open == 0

    def _opened(self, queries: list[Query]) -> list[Query]:
        self._open += len(queries)
        self.asked += len(queries)
        return queries

    def _take(self, capture: Capture) -> None:
        address = urls.article_address(capture.url)
        if address is None or address.language not in self.languages or not _TIMESTAMP.fullmatch(capture.timestamp):
            return
        if self.sections is not None and address.section not in self.sections:
            return
        if capture.status not in ("200", "") or "html" not in (capture.mime or "html"):
            return
        known = self.newest.get(address.key)
        if known is None or capture.timestamp > known.timestamp:
            self.newest[address.key] = capture


def _origin(setting: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ArgumentError(f"{setting}={url}: an http(s) address is needed")
    return f"{parts.hostname}:{port}" if port else parts.hostname
