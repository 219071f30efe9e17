"""Addresses of the site: what kind of page one is, an article's key, the canonical form."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

from iranwire_crawler.domain import site

AddressKind = Literal["article", "section", "front", "flat", "feed", "other"]

MAX_ADDRESS_LENGTH = 4096
_LANGUAGE = re.compile(r"[a-z]{2}")
# `/en/2026/02/` is a month's archive, not article 2 of a section.
_SECTION = re.compile(r"(?![0-9]+$)[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")
_ARTICLE = re.compile(r"([0-9]{1,9})(?:-(.*))?", re.DOTALL)
_PORTS = {None, 80, 443}
# What RFC 3986 lets stand unescaped in a path segment.
_PLAIN = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]*(?::[0-9]+)?(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[A-Za-z0-9._~=&%-]*)?"
)
_SEGMENT = "-._~!$&'()*+,;=:@"
_KEY = re.compile(r"([a-z]{2})/([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Address:
    """What an address of the site says by its form alone."""

    kind: AddressKind
    path: str
    language: str | None = None
    section: str | None = None
    id: int | None = None
    slug: str | None = None

    @property
    def key(self) -> str:
        """`en/124964`. Raises ValueError where the address is not an article's."""
        if self.kind != "article":
            raise ValueError(f"{self.path} is not the address of an article")
        return f"{self.language}/{self.id}"

    @property
    def url(self) -> str:
        """The canonical address: https, the public host, trailing slash, no query, no fragment."""
        return f"https://{site.HOST}{self.path}"


@lru_cache(maxsize=4096)
def read_address(url: str) -> Address | None:
    """What `url` addresses on the site; None where it is not an http(s) address of the site's hosts.

    The four hosts, http and https, their default ports, a missing slash, queries, fragments and
    raw or percent-encoded slugs make no difference.
    """
    if len(url) > MAX_ADDRESS_LENGTH:
        return None
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or host not in site.HOSTS or port not in _PORTS or "@" in parts.netloc:
        return None
    try:
        segments = [quote(unquote_to_bytes(segment), safe=_SEGMENT) for segment in parts.path.split("/") if segment]
    except UnicodeEncodeError:  # a lone surrogate, out of JSON
        return None
    return _by_form(segments)


def _by_form(segments: list[str]) -> Address:
    path = "/" + "".join(f"{segment}/" for segment in segments)
    if not segments or not _LANGUAGE.fullmatch(segments[0]) or ".." in segments or "." in segments:
        return Address("other", path)
    language, rest = segments[0], segments[1:]
    match rest:
        case []:
            return Address("front", path, language)
        case ["feed"]:
            return Address("feed", path, language)
        case [site.FLAT_PAGES, *_]:
            return Address("flat", path, language)
        case [section, *_] if section in site.NOT_SECTIONS:
            return Address("other", path, language)
        case [section] if _SECTION.fullmatch(section):
            return Address("section", path, language, section)
        case [section, last] if _SECTION.fullmatch(section) and (article := _ARTICLE.fullmatch(last)):
            number, slug = int(article[1]), article[2] or None
            tail = f"{number}-{slug}" if slug else f"{number}"
            return Address("article", f"/{language}/{section}/{tail}/", language, section, number, slug)
    return Address("other", path, language)


def section_address(language: str, slug: str) -> Address | None:
    """A section's first page; None where `slug` cannot stand in its address."""
    address = read_address(f"https://{site.HOST}/{language}/{slug}/")
    return address if address is not None and address.kind == "section" and address.section == slug else None


def article_address(url: str | None, base: str | None = None) -> Address | None:
    """`read_address` of a link as it stands on a page, where it is an article's; else None."""
    address = read_address(absolute(url, base)) if url else None
    return address if address and address.kind == "article" else None


def absolute(url: str, base: str | None) -> str:
    """`url` made absolute against `base`; an address that cannot be joined comes back as it is."""
    url = url.strip()
    if not base or url.startswith(("http://", "https://")):
        return url
    if url.startswith("/") and not url.startswith("//") and "/." not in url:
        return _origin(base) + url
    try:
        return urljoin(base, url)
    except ValueError:
        return url


@lru_cache(maxsize=64)
def _origin(base: str) -> str:
    """Scheme, host and port of an address: what a path from the root is joined to."""
    return urljoin(base, "/").removesuffix("/")


def web_address(url: str | None, base: str | None) -> str | None:
    """An absolute http(s) address without white space, or None: safe to store and to show as a link."""
    if not url or len(url) > MAX_ADDRESS_LENGTH:
        return None
    joined = absolute(url, base)
    if _PLAIN.fullmatch(joined):
        return joined
    try:
        parts = urlsplit(joined)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    # `HTTP://` is as good an address, and no schema of ours knows it; urlsplit also looks past control characters.
    scheme, rest = parts.scheme, joined[len(parts.scheme) :]
    if not joined.lower().startswith(f"{scheme}://"):
        return None
    return quote(scheme + rest, safe=_SEGMENT + "/?#[]%", errors="replace")


def split_key(key: str) -> tuple[str, int] | None:
    """("en", 124964) of `en/124964`, or None."""
    match = _KEY.fullmatch(key)
    return (match[1], int(match[2])) if match else None
