"""An article whose text is not in its page's HTML but in the data that the page's scripts hold.

The data is found by shape (`stories.py`) and drawn as the plain page that its script would make of it; that page is
read as any other. So a record from data has the same blocks, captions and links as one from HTML.
"""

from dataclasses import replace
from html import escape

from iranwire_crawler.domain import urls
from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import Article
from iranwire_crawler.pages.article import ArticlePage
from iranwire_crawler.pages.blocks import Document
from iranwire_crawler.pages.document import read_document, read_scripts
from iranwire_crawler.pages.embedded import Metadata
from iranwire_crawler.pages.page_data import page_data
from iranwire_crawler.pages.stories import Story, find_story


class EmbeddedArticlePage(ArticlePage):
    """An `ArticlePage` that is read from the page's data. `provenance` says `embedded` for what came from there."""

    def article(self) -> Article:
        """The page's article. Raises `NotAnArticle` with the reason; nothing else, on any bytes.

        `no_data`: no script of the page holds the text of an article that can be this page's.
        """
        article = super().article()
        provenance = {name: "embedded" if source == "shown" else source for name, source in article.provenance.items()}
        return replace(article, provenance=provenance)

    def _read(self, address: urls.Address) -> tuple[Document, Metadata]:
        document, metadata = super()._read(address)
        scripts = read_scripts(self.body, self.fetch.content_type, address.language)
        story = find_story(page_data(scripts), address, metadata)
        if story is None:
            raise NotAnArticle(self.fetch.url, "no_data", "no script of the page holds the article's text")
        drawn = read_document(draw(story).encode("utf-8", errors="replace"), "text/html; charset=utf-8")
        document.blocks = drawn.blocks
        document.passed_over = []
        document.truncated |= drawn.truncated
        return document, _with_story(metadata, story)


def draw(story: Story) -> str:
    """The story as a page in the order in which the site shows an article."""
    parts = ["<!DOCTYPE html><article>"]
    if story.section:
        parts.append(f"<p>{escape(story.section)}</p>")
    parts.append(f"<h1>{escape(story.headline)}</h1>")
    if story.shown_date:
        parts.append(f"<p>{escape(story.shown_date)}</p>")
    parts += [f'<p class="byline author">{escape(name)}</p>' for name in story.authors]
    for picture in story.pictures:
        caption = escape(picture.caption or "")
        credit = f'<small class="credit">{escape(picture.credit)}</small>' if picture.credit else ""
        shown = f"<figcaption>{caption}</figcaption>" if caption else ""
        parts.append(f'<figure><img src="{escape(picture.url)}" alt="{caption}">{shown}{credit}</figure>')
    return "".join([*parts, "<div>", story.html, "</div></article>"])


def _with_story(metadata: Metadata, story: Story) -> Metadata:
    """What the page declares, and what its data says besides. A day that is shown is in the drawn page already."""
    metadata.titles.insert(0, story.headline)
    metadata.published[:0] = [(story.published, "embedded")] if story.published else []
    metadata.modified[:0] = [(story.modified, "embedded")] if story.modified else []
    if metadata.description is None and story.description:
        metadata.description = (story.description, "embedded")
    if not metadata.tags and story.tags:
        metadata.tags, metadata.tags_source = list(story.tags), "embedded"
    return metadata
