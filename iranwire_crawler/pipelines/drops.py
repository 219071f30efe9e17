"""Why an item is dropped: a class a reason, which Scrapy counts by name."""

from scrapy.exceptions import DropItem


class DuplicateArticle(DropItem):
    """The article was read in this run already, by this or another address."""


class DuplicateCaption(DropItem):
    """The caption was kept in this run already."""


class OrphanCaption(DropItem):
    """The caption's article was rejected, or another reading of it was kept."""
