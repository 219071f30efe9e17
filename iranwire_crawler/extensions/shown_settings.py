"""With what a run was made, as `run.json` shows it: settings and versions."""

import platform
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from scrapy.settings import BaseSettings

from iranwire_crawler.domain.version import VERSION

# Settings shown in run.json: what a run does and how it is judged. Nothing that names or notifies a person.
SHOWN_SETTINGS = (
    "AUTOTHROTTLE_ENABLED",
    "BROWSER",
    "CAPTURE_URL",
    "CDX_LAG",
    "CDX_LIMIT",
    "CDX_URL",
    "CLOSESPIDER_ERRORCOUNT",
    "CLOSESPIDER_ITEMCOUNT",
    "CLOSESPIDER_PAGECOUNT",
    "CLOSESPIDER_TIMEOUT",
    "CONCURRENT_REQUESTS",
    "CONCURRENT_REQUESTS_PER_DOMAIN",
    "DATA_DIR",
    "DOWNLOAD_DELAY",
    "DOWNLOAD_MAXSIZE",
    "DOWNLOAD_TIMEOUT",
    "DUPLICATE_SIMILARITY",
    "GAP_MAX_PAGES",
    "HOST_REWRITES",
    "LOG_LEVEL",
    "OWN_HOSTS",
    "RECHECK_MAX",
    "RECHECK_SCHEDULE",
    "RENDER",
    "RENDER_CLICKS",
    "RENDER_TIMEOUT",
    "RETRY_TIMES",
    "ROBOTSTXT_OBEY",
    "SAVED_PAGES",
    "SAVE_RAW",
    "SITE_URL",
    "UNREAD_MAX",
    "VERDICT_ASKED_FOR",
    "VERDICT_COVERAGE_FLOORS",
    "VERDICT_MAX_ERRORS",
    "VERDICT_MAX_FORBIDDEN_SHARE",
    "VERDICT_MAX_LISTINGS_FAILED",
    "VERDICT_MAX_REFUSED",
    "VERDICT_MAX_REJECTED_SHARE",
    "VERDICT_MAX_UNREAD_SHARE",
    "VERDICT_MIN_ARTICLES",
    "VERDICT_MIN_UNREAD",
    "WARC_MAX_BYTES",
)
SHOWN_PACKAGES = ("scrapy", "selectolax", "itemadapter", "w3lib", "jsonschema-rs", "twisted")


def shown_settings(settings: BaseSettings) -> dict[str, Any]:
    """The settings that say what a run does, as JSON can hold them."""
    return {name: _plain(settings[name]) for name in SHOWN_SETTINGS if name in settings}


def versions() -> dict[str, str]:
    found = {"crawler": VERSION, "python": platform.python_version()}
    for package in SHOWN_PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def _plain(value: Any) -> Any:
    """A setting's value as JSON can hold it."""
    if isinstance(value, BaseSettings):
        return value.copy_to_dict()
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    return value if isinstance(value, (bool, int, float, str, type(None))) else str(value)
