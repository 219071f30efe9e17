"""The names of our own stats, in Scrapy's `area/noun_count/detail` form, written in one place."""

ARTICLES_READ = "iranwire/article_count"
UNREAD = "iranwire/unread_count"


def unread(reason: str) -> str:
    """Pages that could not be read as articles, by reason (`NotAnArticle.reason`, `http_404`)."""
    return f"{UNREAD}/{reason}"


def rejected(record: str) -> str:
    """Records that do not fit their schema, by record type."""
    return f"iranwire/rejected_count/{record}"


def missing(field: str) -> str:
    """Articles in which a field could not be read."""
    return f"iranwire/article/missing/{field}"


def warning(code: str) -> str:
    """Articles that carry a warning."""
    return f"iranwire/warning_count/{code}"
