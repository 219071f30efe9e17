"""How a part of the downloader says that a page is not fetched, and why."""

from scrapy.exceptions import IgnoreRequest

from iranwire_crawler.domain.errors import NotFetched


class Refused(NotFetched, IgnoreRequest):
    """Scrapy's own way to drop a request without a traceback, with a reason that a spider can read."""
