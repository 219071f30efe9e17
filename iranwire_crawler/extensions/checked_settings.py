"""The numbers and switches of the settings, read and bounded once, before anything is made."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from scrapy.settings import BaseSettings, default_settings

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.numbers import number, whole
from iranwire_crawler.domain.recheck import Schedule
from iranwire_crawler.domain.schema import exported
from iranwire_crawler.domain.switches import is_on
from iranwire_crawler.domain.text import for_terminal


class CheckedSettingsAddon:
    """Puts what was read in a setting's place, so that Scrapy's `getbool`, `getint` and `getfloat` cannot fail.

    Scrapy calls it twice: before it makes a log or a spider of the settings, and when a spider's own are known.
    """

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Raises ArgumentError, which names the setting and what it takes."""
        for name, read in CHECKED.items():
            if settings.get(name) is not None:
                settings.set(name, read(name, settings[name]), priority=settings.getpriority(name) or 0)

    def update_settings(self, settings: BaseSettings) -> None:
        self.update_pre_crawler_settings(settings)


def _log_level(name: str, given: object) -> int | str:
    said = str(given).strip().upper()
    if said.isdecimal():
        return int(said)
    if said not in logging.getLevelNamesMapping():
        raise ArgumentError(
            f"{name}={for_terminal(str(given))}: one of DEBUG, INFO, WARNING, ERROR, CRITICAL is needed"
        )
    return said


def _schedule(_: str, given: object) -> str:
    Schedule.read(str(given))
    return str(given)


def _floors(name: str, given: Any) -> dict[str, float]:
    try:
        floors = BaseSettings({name: given}).getdict(name)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f'{name}={for_terminal(str(given))}: needed is {{"field": share, …}}') from error
    for field in floors:
        if field not in exported(Article):
            raise ArgumentError(f"{name}: an article has no field {for_terminal(str(field))!r}")
    return {field: _share(f"{name}, {field}", share) for field, share in floors.items()}


def _data_dir(name: str, given: object) -> str:
    said = str(given)
    if not said.strip():
        raise ArgumentError(f"{name} is empty: name a folder")
    if "%(" in said:
        # Scrapy fills in a feed's address: the feeds would land in a folder of another name.
        raise ArgumentError(f"{name}={for_terminal(said)}: %( begins one of Scrapy's parameters; name another folder")
    return said


def _no_jobdir(name: str, given: object) -> None:
    """Scrapy keeps what was asked for there: front pages and listings would never be asked for again."""
    raise ArgumentError(
        f"{name}={for_terminal(str(given))}: not needed; the same command goes on where the last one ended"
    )


_Reader = Callable[[str, Any], Any]

_count = partial(whole, least=0, most=1_000_000_000)
_one_or_more = partial(whole, least=1, most=1_000_000_000)
_bytes = partial(whole, least=0, most=1_000_000_000_000, of="bytes")
_seconds = partial(number, least=0, most=366 * 86_400, of="seconds")
_some_seconds = partial(number, least=0.1, most=86_400, of="seconds")
_share = partial(number, least=0, most=1)

CHECKED: Mapping[str, _Reader] = {
    # Scrapy's own.
    **{name: is_on for name, value in vars(default_settings).items() if isinstance(value, bool)},
    "TELNETCONSOLE_ENABLED": is_on,
    "AUTOTHROTTLE_MAX_DELAY": _seconds,
    "AUTOTHROTTLE_START_DELAY": _seconds,
    "AUTOTHROTTLE_TARGET_CONCURRENCY": partial(number, least=0.01, most=1000),
    "CLOSESPIDER_ERRORCOUNT": _count,
    "CLOSESPIDER_ITEMCOUNT": _count,
    "CLOSESPIDER_PAGECOUNT": _count,
    "CLOSESPIDER_PAGECOUNT_NO_ITEM": _count,
    "CLOSESPIDER_TIMEOUT": _seconds,
    "CLOSESPIDER_TIMEOUT_NO_ITEM": _seconds,
    "CONCURRENT_ITEMS": _one_or_more,
    "CONCURRENT_REQUESTS": _one_or_more,
    "CONCURRENT_REQUESTS_PER_DOMAIN": _one_or_more,
    "DOWNLOAD_DELAY": _seconds,
    "DOWNLOAD_MAXSIZE": _bytes,
    "DOWNLOAD_TIMEOUT": _some_seconds,
    "DOWNLOAD_WARNSIZE": _bytes,
    "JOBDIR": _no_jobdir,
    "LOG_LEVEL": _log_level,
    "LOGSTATS_INTERVAL": _seconds,
    "REDIRECT_MAX_TIMES": _count,
    "RETRY_TIMES": _count,
    # Ours.
    "CDX_LAG": partial(whole, least=0, most=36_500, of="days"),
    "CDX_LIMIT": _one_or_more,
    "CRAWL_DELAY_MAX": _seconds,
    "DATA_DIR": _data_dir,
    "DUPLICATE_SIMILARITY": partial(number, least=0.01, most=1),
    "GAP_MAX_PAGES": _one_or_more,
    "NOTIFY_ALWAYS": is_on,
    "OUTAGE_PATIENCE": _seconds,
    "PROGRESS": is_on,
    "PROGRESS_HEARTBEAT": _seconds,
    "RECHECK_MAX": _count,
    "RECHECK_SCHEDULE": _schedule,
    "RENDER_CLICKS": _count,
    "RENDER_MEMORY": partial(whole, least=64, most=1_000_000, of="MiB"),
    "RENDER_PAGES": _one_or_more,
    "RENDER_QUIET": _some_seconds,
    "RENDER_RESTART": _one_or_more,
    "RENDER_TIMEOUT": _some_seconds,
    "RETRY_AFTER_MAX": _seconds,
    "RETRY_BACKOFF": _seconds,
    "RETRY_BACKOFF_MAX": _seconds,
    "SAVE_RAW": is_on,
    "UNREAD_MAX": _count,
    "VERDICT_COVERAGE_FLOORS": _floors,
    "VERDICT_MAX_ERRORS": _count,
    "VERDICT_MAX_FORBIDDEN_SHARE": _share,
    "VERDICT_MAX_LISTINGS_FAILED": _count,
    "VERDICT_MAX_REFUSED": _count,
    "VERDICT_MAX_REJECTED_SHARE": _share,
    "VERDICT_MAX_UNREAD_SHARE": _share,
    "VERDICT_MIN_ARTICLES": _count,
    "VERDICT_MIN_UNREAD": _count,
    "WARC_MAX_BYTES": partial(whole, least=1, most=1_000_000_000_000, of="bytes"),
}
"""Who reads a setting: the parts that use it may take it as it stands."""
