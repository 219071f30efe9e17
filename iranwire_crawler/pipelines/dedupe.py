"""One record a key in a run, whichever address it came by; captions share their article's fate."""

from typing import Any

from iranwire_crawler.domain.items import Article, Caption
from iranwire_crawler.pipelines.drops import DuplicateArticle, DuplicateCaption, OrphanCaption


class Dedupe:
    """Keeps the first reading of each article and that reading's captions, each once."""

    def __init__(self) -> None:
        # What is kept of an article: enough to tell its own captions from another reading's.
        self.kept: dict[str, frozenset[tuple[int, str | None, str | None]]] = {}
        self.captions: set[str] = set()

    def process_item(self, item: Any) -> Any:
        match item:
            case Article():
                if item.key in self.kept:
                    raise DuplicateArticle(item.key, log_level="DEBUG")
                self.kept[item.key] = frozenset((image.position, image.caption, image.url) for image in item.images)
            case Caption():
                if item.key in self.captions:
                    raise DuplicateCaption(item.key, log_level="DEBUG")
                mine = self.kept.get(item.article_key, frozenset())
                if (item.position, item.caption, item.image_url) not in mine:
                    raise OrphanCaption(item.key, log_level="DEBUG")
                self.captions.add(item.key)
        return item
