"""Everything this project raises on purpose. Each message is one line that names what was wrong."""


class CrawlerError(Exception):
    """The family: catch this to catch all of them."""


class ArgumentError(CrawlerError):
    """A spider argument or a setting cannot be used. Raised before anything is requested."""


class SavedPagesError(CrawlerError):
    """Saved pages cannot be read at all: missing, empty, or not a form we know."""


class NotFetched(CrawlerError):  # noqa: N818 - what became of the request, not an error in it
    """A page that was not taken from the site, on purpose. Raised by the downloader's parts.

    `reason` is a stable code:

    - `forbidden`: robots.txt closes it;
    - `leads_elsewhere`: it is, or was redirected to, no http(s) address of the site's own hosts;
    - `damaged`: what came cannot be unpacked, or its end is missing;
    - `too_large`: it unpacks to more than DOWNLOAD_MAXSIZE;
    - `stopped`: the run ended before its turn came.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class NotAnArticle(CrawlerError):  # noqa: N818 - what the page is, not an error in it
    """A page that cannot be read as an article. Raised by `ArticlePage`.

    `reason` is a stable code:

    - `not_an_article_address`: the address has no `/<lang>/<section>/<id>` form;
    - `not_html`: the body holds no text at all;
    - `not_found`: an error page served as if it were one;
    - `index_page`: headlines of other articles and none of its own;
    - `no_headline`, `no_date`: that part of the header is missing;
    - `no_text`: a header without a body or pictures;
    - `no_data`: no script of the page holds the article's text (`EmbeddedArticlePage` alone).
    """

    def __init__(self, url: str, reason: str, detail: str) -> None:
        super().__init__(f"{url}: not an article ({reason}): {detail}")
        self.url = url
        self.reason = reason
        self.detail = detail


MAY_COME = frozenset({"not_html", "no_headline", "no_date", "no_text", "index_page", "no_data"})
"""Of the reasons of `NotAnArticle`, those of a page too whose text stands elsewhere, or is brought by a script."""
