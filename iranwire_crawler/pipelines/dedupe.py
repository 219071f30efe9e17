"""One record a key in a run, whichever address it came by; captions share their article's fate."""

from typing import Any

from iranwire_crawler.domain.items import Article, Caption
from iranwire_crawler.pipelines.drops import DuplicateArticle, DuplicateCaption, OrphanCaption


class Dedupe:
    """Keeps the first reading of each article and that reading's captions, each once."""

    def __init__(self) -> None:
        # Of an article that is kept, its captions by their hashes: enough to tell them from another reading's.
        self.kept: dict[str, tuple[int, ...]] = {}
        self.captions: set[str] = set()

    def process_item(self, item: Any) -> Any:
        match item:
            case Article():
                if item.key in self.kept:
                    raise DuplicateArticle(item.key, log_level="DEBUG")
                self.kept[item.key] = tuple(
                    hash((image.position, image.caption, image.url)) for image in item.images if image.caption
                )
            case Caption():
                if item.key in self.captions:
                    raise DuplicateCaption(item.key, log_level="DEBUG")
                mine = self.kept.get(item.article_key, ())
                if hash((item.position, item.caption, item.image_url)) not in mine:
                    raise OrphanCaption(item.key, log_level="DEBUG")
                self.captions.add(item.key)
        return item
