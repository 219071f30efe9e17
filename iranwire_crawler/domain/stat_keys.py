"""The names of our own stats, in Scrapy's `area/noun_count/detail` form, written in one place."""

ARTICLES_READ = "iranwire/article_count"
UNREAD = "iranwire/unread_count"
KNOWN = "iranwire/known_count"
CARDS = "iranwire/card_count"
EXIT_CODE = "iranwire/exit_code"
SECTIONS_TOTAL = "iranwire/sections_total"
SECTIONS_DONE = "iranwire/sections_done"
LISTED = "iranwire/listed_count"
OUT_OF_RANGE = "iranwire/out_of_range_count"
UNDATED = "iranwire/undated_count"
WINDOW = "iranwire/way/window"


# Of a spider that knows from the start what it has to read.
PAGES_TOTAL = "iranwire/pages_total"
PAGES_READ = "iranwire/pages_read"


def unread(reason: str) -> str:
    """Pages that could not be read as articles, by reason (`NotAnArticle.reason`, `http_404`)."""
    return f"{UNREAD}/{reason}"


def way(name: str) -> str:
    """Sections by the way in which their next page was found (`rel_next`, `probe`, …)."""
    return f"iranwire/way/{name}"


def source(name: str) -> str:
    """Articles that a front page, a section, a feed or a sitemap named first."""
    return f"iranwire/source_count/{name}"


def failed(kind: str) -> str:
    """Pages that name articles and did not come (no answer, refused, 5xx): front, section, feed, sitemap."""
    return f"iranwire/failed_count/{kind}"


def rejected(record: str) -> str:
    """Records that do not fit their schema, by record type."""
    return f"iranwire/rejected_count/{record}"


def missing(field: str) -> str:
    """Articles in which a field could not be read."""
    return f"iranwire/article/missing/{field}"


def warning(code: str) -> str:
    """Articles that carry a warning."""
    return f"iranwire/warning_count/{code}"


def tried(way: str) -> str:
    """Pages that fell short in plain HTML and were asked for in another way: light, embedded, browser."""
    return f"iranwire/tried_count/{way}"


def read_from(way: str) -> str:
    """Articles that another way than plain HTML brought."""
    return f"iranwire/read_from_count/{way}"


def listed_from(way: str) -> str:
    """Listing pages whose cards another way than plain HTML brought."""
    return f"iranwire/listed_from_count/{way}"


# Pages that only a browser could have brought, in a run that has none; and why the one there is cannot be used.
BROWSER_WANTED = "iranwire/browser_wanted_count"
BROWSER_UNUSABLE = "iranwire/browser_unusable"
BROWSER = "iranwire/browser"


def browser(what: str) -> str:
    """The browser's work: page, click, seconds, failed, restarted, blocked (requests it was not let to make)."""
    return f"{BROWSER}/{what}_count"
