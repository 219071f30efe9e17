"""Why an item is dropped: a class a reason, which Scrapy counts by name."""

from scrapy.exceptions import DropItem


class DuplicateArticle(DropItem):
    """The article was read in this run already, by this or another address."""


class KnownArticle(DropItem):
    """A run before this one has the article's text as it stands."""


class KnownCaption(DropItem):
    """The caption of an article that is known as it stands."""


class OrphanCaption(DropItem):
    """The caption's article was rejected, or another reading of it was kept, or that caption itself."""
