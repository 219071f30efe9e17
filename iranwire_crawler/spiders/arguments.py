"""Spider arguments: `-a` strings checked at the door, before anything is requested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar, Literal, Self, get_args

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.given import given_day, given_names
from iranwire_crawler.domain.numbers import whole
from iranwire_crawler.domain.switches import is_on
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.window import Window

Recheck = Literal["due", "all", "none"]


def check_names(given: Mapping[str, object], known: Sequence[str]) -> None:
    """Raises ArgumentError for an argument that the spider does not have."""
    for name in given:
        if name not in known:
            raise ArgumentError(f"-a {for_terminal(str(name))}: no such argument; there are: {', '.join(known)}")


def article_addresses(value: str | None) -> list[urls.Address]:
    """`urls=URL[,URL…]` or `urls=@file` (an address a line, `#` comments) as articles, each once.

    Raises ArgumentError that names the address, or the file, that cannot be used.
    """
    if not value or not value.strip():
        raise ArgumentError("-a urls=URL[,URL…] or -a urls=@file is needed: the articles to read")
    if value.startswith("@"):
        given = [(address, f"{value[1:]}, line {number}") for number, address in lines_of("-a urls=@", value[1:])]
        if not given:
            raise ArgumentError(f"-a urls={value}: the file holds no addresses")
    else:
        given = [(address.strip(), "-a urls") for address in value.split(",") if address.strip()]
    found: dict[str, urls.Address] = {}
    for address, place in given:
        article = urls.article_address(address)
        if article is None:
            shown = for_terminal(address)
            raise ArgumentError(f"{place}: {shown!r} is not an article's address on iranwire.com")
        found.setdefault(article.key, article)
    return list(found.values())


def lines_of(option: str, file: str) -> list[tuple[int, str]]:
    """The numbered lines of a file that an option names, but for empty ones and `#` comments.

    Raises ArgumentError, which names the option and the file, where it cannot be read.
    """
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ArgumentError(f"{option}{file}: cannot read it: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ArgumentError(f"{option}{file}: not a text file in UTF-8") from error
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    return [(number, line) for number, line in lines if line and not line.startswith("#")]


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsArguments:
    """The arguments of `scrapy crawl news`, checked."""

    languages: tuple[str, ...]
    sections: frozenset[str] | None
    max_pages: int | None
    since: date | None
    sample: int | None
    recheck: Recheck
    at: date | None

    names: ClassVar[tuple[str, ...]] = ("lang", "sections", "max_pages", "since", "sample", "recheck", "at")

    @classmethod
    def read(cls, given: Mapping[str, str], *, saved_pages: bool = False) -> Self:
        """Raises ArgumentError that names the argument and what it takes."""
        check_names(given, cls.names)
        return cls(
            languages=languages(given.get("lang")),
            sections=section_slugs(given.get("sections")),
            max_pages=positive("max_pages", given.get("max_pages")),
            since=day("since", given.get("since")),
            sample=positive("sample", given.get("sample")),
            recheck=recheck(given.get("recheck"), saved_pages=saved_pages),
            at=day("at", given.get("at")),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveArguments:
    """The arguments of `scrapy crawl archive`, checked."""

    window: Window
    languages: tuple[str, ...]
    sections: frozenset[str] | None
    refresh: bool
    sources: frozenset[str]

    names: ClassVar[tuple[str, ...]] = ("since", "until", "lang", "sections", "refresh", "source")

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Raises ArgumentError that names the argument and what it takes."""
        check_names(given, cls.names)
        since, until = day("since", given.get("since")), day("until", given.get("until"))
        if since is None and until is None:
            raise ArgumentError("-a since=DAY, -a until=DAY or both are needed: the days to bring, both included")
        if since is not None and until is not None and since > until:
            raise ArgumentError(f"-a since={since} is later than -a until={until}")
        return cls(
            window=Window(since, until),
            languages=languages(given.get("lang")),
            sections=section_slugs(given.get("sections")),
            refresh=is_on("-a refresh", given.get("refresh", "no")),
            sources=sources(given.get("source")),
        )


def sources(value: str | None) -> frozenset[str]:
    """`site,wayback`; the site alone where the argument is not given."""
    return frozenset(given_names(_said("source", value), value, ("site", "wayback")) or ("site",))


def recheck(value: str | None, *, saved_pages: bool) -> Recheck:
    """Which known articles are looked at again: `due`, `all` or `none`. Saved pages are none to look at again."""
    if value is None:
        return "none" if saved_pages else "due"
    found: Recheck | None = next((each for each in get_args(Recheck) if each == value), None)
    if found is None:
        raise ArgumentError(f"-a recheck={for_terminal(value)}: due, all or none")
    if saved_pages and found != "none":
        raise ArgumentError(f"-a recheck={found}: SAVED_PAGES hold no news of what is known; use recheck=none")
    return found


def positive(name: str, value: str | None) -> int | None:
    """A whole number from 1 on; None where the argument is not given."""
    return None if value is None else whole(f"-a {name}", value, least=1, most=999_999)


def day(name: str, value: str | None) -> date | None:
    """`2024-02-03`, or `1402-11-14` in the Solar Hijri calendar; None where the argument is not given."""
    return given_day(_said(name, value), value)


def languages(value: str | None) -> tuple[str, ...]:
    """`en,fa`; every edition that is known where the argument is not given."""
    known = tuple(site.EDITIONS)
    return given_names(_said("lang", value), value, known) or known


def section_slugs(value: str | None) -> frozenset[str] | None:
    """`middle-east,features`, as in addresses; None (all) where the argument is not given."""
    if value is None:
        return None
    found = frozenset(part.strip() for part in value.split(",") if part.strip())
    bad = sorted(slug for slug in found if urls.section_address("en", slug) is None)
    if bad or not found:
        shown = for_terminal(bad[0] if bad else value)
        raise ArgumentError(f"-a sections: {shown!r} is not a section as it stands in an address (middle-east)")
    return found


def _said(name: str, value: str | None) -> str:
    return f"-a {name}={for_terminal(value or '')}"
