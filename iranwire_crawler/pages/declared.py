"""`declare`: what a page says of itself in elements that no reader sees."""

from selectolax.lexbor import LexborNode

from iranwire_crawler.domain.text import clean
from iranwire_crawler.pages.blocks import Document

MAX_SCRIPT = 2 * 1024 * 1024
_MOST_DECLARED = 500


def declare(document: Document, node: LexborNode, tag: str) -> None:
    """Keep what a `title`, `base`, `meta` or `link` says, and a script that holds JSON."""
    attributes = node.attributes
    match tag:
        case "title":
            document.title = document.title or clean(node.text(deep=True))
        case "base":
            document.base = document.base or attributes.get("href")
        case "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            content = attributes.get("content")
            if name and content and len(document.meta) < _MOST_DECLARED:
                document.meta.append((name.lower(), content))
        case "link":
            if len(document.links) < _MOST_DECLARED:
                document.links.append({name: value or "" for name, value in attributes.items()})
        case "script":
            kind = (attributes.get("type") or "").lower()
            if "json" in kind:
                source = node.text(deep=True)
                if len(source) <= MAX_SCRIPT:
                    document.scripts.append((kind, source))
