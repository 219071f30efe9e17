"""The VERDICT_ settings, by which a run is judged."""

from collections.abc import Callable
from typing import Any, TypeVar

from scrapy.settings import BaseSettings

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.schema import exported
from iranwire_crawler.domain.text import for_terminal
from iranwire_crawler.domain.verdict import Thresholds

_Value = TypeVar("_Value")


def thresholds(settings: BaseSettings) -> Thresholds:
    """The VERDICT_ settings. Raises ArgumentError for one that cannot be used."""
    floors = _setting(settings.getdict, "VERDICT_COVERAGE_FLOORS")
    for name in floors:
        if name not in exported(Article):
            raise ArgumentError(f"VERDICT_COVERAGE_FLOORS: an article has no field {for_terminal(str(name))!r}")
    return Thresholds(
        asked_for=tuple(_setting(settings.getlist, "VERDICT_ASKED_FOR")),
        min_articles=_setting(settings.getint, "VERDICT_MIN_ARTICLES"),
        coverage_floors={name: _setting(float, floor, "VERDICT_COVERAGE_FLOORS") for name, floor in floors.items()},
        min_unread=_setting(settings.getint, "VERDICT_MIN_UNREAD"),
        max_unread_share=_setting(settings.getfloat, "VERDICT_MAX_UNREAD_SHARE"),
        max_rejected_share=_setting(settings.getfloat, "VERDICT_MAX_REJECTED_SHARE"),
        max_listings_failed=_setting(settings.getint, "VERDICT_MAX_LISTINGS_FAILED"),
        max_forbidden_share=_setting(settings.getfloat, "VERDICT_MAX_FORBIDDEN_SHARE"),
        max_refused=_setting(settings.getint, "VERDICT_MAX_REFUSED"),
        max_errors=_setting(settings.getint, "VERDICT_MAX_ERRORS"),
    )


def _setting(read: Callable[[Any], _Value], value: Any, name: str | None = None) -> _Value:
    try:
        return read(value)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name or value} cannot be used: {for_terminal(str(error))}") from error
