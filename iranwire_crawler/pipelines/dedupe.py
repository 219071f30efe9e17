"""One record a key in a run, whichever address it came by; captions share their article's fate."""

from dataclasses import replace
from typing import Any

from iranwire_crawler.domain.items import Article, Caption, Checked
from iranwire_crawler.pipelines.drops import DuplicateArticle, OrphanCaption


class Dedupe:
    """Keeps the first reading of each article and that reading's captions, each once.

    Which of two readings a `Checked` line's validators are of cannot be told; they are left out then: the site would
    answer 304 for a text that nobody has.
    """

    def __init__(self) -> None:
        # Of each article that is kept, which of its captions are still to come, by their hashes: enough to tell them
        # from another reading's.
        self.awaited: dict[str, tuple[int, ...]] = {}
        self.read_twice: set[str] = set()

    def process_item(self, item: Any) -> Any:
        match item:
            case Article():
                if item.key in self.awaited:
                    self.read_twice.add(item.key)
                    raise DuplicateArticle(item.key, log_level="DEBUG")
                self.awaited[item.key] = tuple(
                    hash((image.position, image.caption, image.url)) for image in item.images if image.caption
                )
            case Caption():
                awaited = self.awaited.get(item.article_key, ())
                own = hash((item.position, item.caption, item.image_url))
                if own not in awaited:
                    raise OrphanCaption(item.key, log_level="DEBUG")
                self.awaited[item.article_key] = tuple(other for other in awaited if other != own)
            case Checked() if item.key in self.read_twice:
                return replace(item, etag=None, last_modified=None, page=None)
        return item
