"""The VERDICT_ settings, by which a run is judged."""

from scrapy.settings import BaseSettings

from iranwire_crawler.domain.verdict import Thresholds


def thresholds(settings: BaseSettings) -> Thresholds:
    """The VERDICT_ settings, as `CheckedSettingsAddon` has read them."""
    return Thresholds(
        asked_for=tuple(settings.getlist("VERDICT_ASKED_FOR")),
        min_articles=settings.getint("VERDICT_MIN_ARTICLES"),
        coverage_floors=settings.getdict("VERDICT_COVERAGE_FLOORS"),
        min_unread=settings.getint("VERDICT_MIN_UNREAD"),
        max_unread_share=settings.getfloat("VERDICT_MAX_UNREAD_SHARE"),
        max_rejected_share=settings.getfloat("VERDICT_MAX_REJECTED_SHARE"),
        max_listings_failed=settings.getint("VERDICT_MAX_LISTINGS_FAILED"),
        max_forbidden_share=settings.getfloat("VERDICT_MAX_FORBIDDEN_SHARE"),
        max_refused=settings.getint("VERDICT_MAX_REFUSED"),
        max_errors=settings.getint("VERDICT_MAX_ERRORS"),
    )
