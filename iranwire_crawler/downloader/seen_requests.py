"""A redirect is never taken for a request made twice."""

from scrapy import Request
from scrapy.dupefilters import RFPDupeFilter


class SeenRequests(RFPDupeFilter):
    """Scrapy's filter, but for redirects: REDIRECT_MAX_TIMES bounds those.

    Scrapy's own drops a page that redirects to itself, or to another one that was asked for, without a
    line, a stat or a call of the errback: the article is lost and nobody is told.
    """

    def request_seen(self, request: Request) -> bool:
        return super().request_seen(request) and not request.meta.get("redirect_times")
