"""A Fundus publisher for the made-up pages, as its tutorial has one written: a selector for each markup.

Runs in Fundus's environment alone.
"""

from datetime import datetime

from fundus.parser import ArticleBody, BaseParser, Image, ParserProxy, attribute
from fundus.parser.utility import (
    extract_article_body_with_selector,
    generic_author_parsing,
    generic_date_parsing,
    image_extraction,
)
from lxml.cssselect import CSSSelector
from lxml.etree import XPath

_PARAGRAPHS = ".story-text > p, .css-body > .css-p1x, .content .prose > p, .entry-content > p"
_SUBHEADS = ".story-text > h2, .css-body > .css-h2x, .content .prose > h2, .entry-content > h2"
_CAPTIONS = (
    "./ancestor::figure//figcaption | ./ancestor::div[@class='css-sl']//div[@class='css-cp'] | "
    "./ancestor::div[@class='wp-caption']//p"
)
_PICTURES = "//figure//img | //div[@class='css-sl']//img | //div[@class='wp-caption']//img"


class MadeUpSiteParser(ParserProxy):
    class V1(BaseParser):
        _paragraph_selector = CSSSelector(_PARAGRAPHS)
        _subheadline_selector = CSSSelector(_SUBHEADS)
        _byline_selector = XPath("(//div[@class='css-1q8a'])[1]/span[position() > 1 and position() < last()]")

        @attribute
        def title(self) -> str | None:
            meta, linked = self.precomputed.meta, self.precomputed.ld
            return meta.get("og:title") or linked.bf_search("headline")

        @attribute
        def body(self) -> ArticleBody | None:
            return extract_article_body_with_selector(
                self.precomputed.doc,
                paragraph_selector=self._paragraph_selector,
                subheadline_selector=self._subheadline_selector,
            )

        @attribute
        def authors(self) -> list[str]:
            shown = [node.text_content() for node in self._byline_selector(self.precomputed.doc)]
            return generic_author_parsing(shown or self.precomputed.ld.bf_search("author"))

        @attribute
        def publishing_date(self) -> datetime | None:
            meta, linked = self.precomputed.meta, self.precomputed.ld
            return generic_date_parsing(meta.get("article:published_time") or linked.bf_search("datePublished"))

        @attribute
        def images(self) -> list[Image]:
            return image_extraction(
                doc=self.precomputed.doc,
                paragraph_selector=self._paragraph_selector,
                image_selector=XPath(_PICTURES),
                upper_boundary_selector=XPath("//body"),
                caption_selector=XPath(_CAPTIONS),
            )
