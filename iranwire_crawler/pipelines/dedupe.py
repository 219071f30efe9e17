"""One record a key in a run, whichever address it came by; captions share their article's fate."""

from typing import Any

from iranwire_crawler.domain.items import Article, Caption
from iranwire_crawler.pipelines.drops import DuplicateArticle, OrphanCaption


class Dedupe:
    """Keeps the first reading of each article and that reading's captions, each once."""

    def __init__(self) -> None:
        # Of each article that is kept, which of its captions are still to come, by their hashes: enough to tell them
        # from another reading's.
        self.awaited: dict[str, tuple[int, ...]] = {}

    def process_item(self, item: Any) -> Any:
        match item:
            case Article():
                if item.key in self.awaited:
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
        return item
