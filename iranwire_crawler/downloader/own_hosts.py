"""The one door to the network: nothing but the site's own hosts is ever requested."""

import logging
import re
from typing import NoReturn, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from iranwire_crawler.domain import site
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.downloader.refusal import Refused

logger = logging.getLogger(__name__)

_WEB_ADDRESS = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_NETLOC = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")
_SHOWN = 300


def own_hosts(settings: BaseSettings) -> frozenset[str]:
    """Hosts, without ports, that a rendered page may ask: SITE_URL's alone where it is set, else the site's own."""
    site_url = settings.get("SITE_URL")
    if site_url:
        return frozenset({urlsplit(site_url).hostname or ""})
    hosts = [*settings.getlist("OWN_HOSTS"), *settings.getdict("HOST_REWRITES")]
    return frozenset(host.partition(":")[0].lower() for host in hosts)


class OwnHosts:
    """Judges every request before it is sent: pages, redirect targets, robots.txt.

    - OWN_HOSTS: the only hosts requested, over http or https, on ports 80 and 443. An entry "host:port"
      admits just that port. The first is the site's public name. Compared as a whole with what stands
      between "//" and the path, so user names, other ports, trailing dots and addresses of the local
      network are refused along with foreign hosts.
    - HOST_REWRITES: {host: own host}; requests to the first go to the second.
    - ARCHIVE_HOSTS: hosts of a web archive, set by the spider in a run that reads one. Only requests with
      `meta["from_archive"]` go there, and only there, redirects included; and those for its robots.txt.
    - SITE_URL: an origin such as "http://127.0.0.1:8000" from which all pages of the own hosts are
      fetched instead; addresses there are admitted too.

    `request.meta["site_url"]` is always the public address of what is fetched, and follows redirects: it
    is `request.url` without its fragment, except under SITE_URL. An address of SITE_URL itself says
    nothing of a public host: it takes that of the page that redirected to it, else https and the first
    of OWN_HOSTS.

    `request.meta["asked_url"]` is the first `site_url` of a chain of redirects.

    Refused: `Refused` (`leads_elsewhere`), `own_hosts/refused`, one line at INFO. A request that is to go elsewhere is
    replaced by a new one, which the engine schedules; one already seen is dropped as a duplicate there. A
    redirect that a rewrite leads back to an address on its own path is refused as a loop.

    Stands in the place of Scrapy's `OffsiteMiddleware`, which would drop what goes to SITE_URL's host.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        own = settings.getlist("OWN_HOSTS") or [site.HOST, *sorted(site.HOSTS - {site.HOST})]
        self._public_host = _checked(own[0], "OWN_HOSTS")
        self._own = frozenset(door for host in own for door in _doors(_checked(host, "OWN_HOSTS")))
        self._rewrites = {
            door: _checked(target, "HOST_REWRITES")
            for host, target in settings.getdict("HOST_REWRITES").items()
            for door in _doors(_checked(host, "HOST_REWRITES"))
        }
        if strangers := set(self._rewrites.values()) - self._own:
            raise ArgumentError(f"HOST_REWRITES leads to hosts not in OWN_HOSTS: {sorted(strangers)}")
        self._archives = frozenset(
            door for host in settings.getlist("ARCHIVE_HOSTS") for door in _doors(_checked(host, "ARCHIVE_HOSTS"))
        )
        self._served_from = _origin(settings.get("SITE_URL"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request, spider: Spider | None = None) -> Request | None:
        found = _WEB_ADDRESS.fullmatch(request.url)
        if not found:
            self._refuse(request, "not http or https")
        asked = (found[1].lower(), found[2].lower())
        if request.meta.get("from_archive") or (asked[1] in self._archives and found[3] == "/robots.txt"):
            self._admit_archive(request, asked[1])
            return None
        public = self._public_origin(asked, request)
        if public is None:
            self._refuse(request, "not a host of the site")
        site_url = f"{public[0]}://{public[1]}{found[3].partition('#')[0]}"
        request.meta.setdefault("asked_url", site_url)
        target = self._served_from or public
        if target == asked:
            request.meta["site_url"] = site_url
            _forget_inherited_slot(request)
            return None
        url = f"{target[0]}://{target[1]}{found[3]}"
        if url in request.meta.get("redirect_urls", ()):
            self._refuse(request, "redirect loop through a rewritten address")
        return request.replace(url=url, meta={**request.meta, "site_url": site_url})

    def _admit_archive(self, request: Request, netloc: str) -> None:
        """What is asked of a web archive is asked as it stands."""
        if netloc not in self._archives:
            self._refuse(request, "leads out of the web archive")
        url = request.url.partition("#")[0]
        request.meta["from_archive"] = True  # also of where its robots.txt is redirected to
        request.meta.setdefault("asked_url", url)
        request.meta["site_url"] = url
        _forget_inherited_slot(request)

    def _public_origin(self, asked: tuple[str, str], request: Request) -> tuple[str, str] | None:
        """Scheme and host by which the public knows what was asked for; None if it is not the site's."""
        scheme, netloc = asked
        if asked == self._served_from:
            former = _WEB_ADDRESS.fullmatch(request.meta.get("site_url", ""))
            if former and former[2].lower() in self._own:
                return former[1].lower(), former[2].lower()
            return "https", self._public_host
        netloc = self._rewrites.get(netloc, netloc)
        return (scheme, netloc) if netloc in self._own else None

    def _refuse(self, request: Request, reason: str) -> NoReturn:
        self._crawler.stats.inc_value("own_hosts/refused")
        shown = ascii(request.url[:_SHOWN])
        logger.info("Refused %s: %s", shown, reason, extra={"spider": self._crawler.spider})
        raise Refused("leads_elsewhere", f"{reason}: {shown}")


def _checked(host: str, setting: str) -> str:
    if not _NETLOC.fullmatch(host.lower()):
        raise ArgumentError(f"{setting}: {host!a} is not a host name or host:port")
    return host.lower()


def _doors(host: str) -> frozenset[str]:
    return frozenset({host} if ":" in host else {host, f"{host}:80", f"{host}:443"})


def _origin(url: str | None) -> tuple[str, str] | None:
    if not url:
        return None
    found = _WEB_ADDRESS.fullmatch(url)
    if not found or found[3] not in {"", "/"} or not _NETLOC.fullmatch(found[2].lower()):
        raise ArgumentError(f"SITE_URL: {url!a} is not http(s)://host or http(s)://host:port")
    return found[1].lower(), found[2].lower()


def _forget_inherited_slot(request: Request) -> None:
    """Let a redirected request use its own host's slot; Scrapy keeps it in the slot it came from, past
    the delay and the pause of the host it goes to."""
    came_from = request.meta.get("redirect_urls")
    if came_from and request.meta.get("download_slot") == urlsplit(came_from[-1]).hostname:
        del request.meta["download_slot"]
