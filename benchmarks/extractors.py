"""The sides that read a page, each behind the same call; only a side's own environment has its package.

A loader imports its package and returns `(body, url, content_type) -> fields`.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

Fields = dict[str, Any]
Extract = Callable[[bytes, str, str], Fields]


def lxml_parse() -> Extract:
    """The floor: the tree, and nothing read from it."""
    from lxml import html

    def extract(body: bytes, url: str, content_type: str) -> Fields:
        html.document_fromstring(body)
        return {}

    return extract


def iranwire_crawler() -> Extract:
    from datetime import UTC, datetime

    from iranwire_crawler.domain.errors import NotAnArticle
    from iranwire_crawler.pages.article import ArticlePage, Fetch

    now = datetime(2026, 11, 22, tzinfo=UTC)

    def extract(body: bytes, url: str, content_type: str) -> Fields:
        try:
            article = ArticlePage(body, Fetch(url, now, "saved", content_type)).article()
        except NotAnArticle:
            return {"refused": True}
        return {
            "headline": article.headline,
            "date": article.date_published,
            "authors": [author.name for author in article.authors],
            "section": article.section.name,
            "captions": [image.caption for image in article.images if image.caption],
            "body": article.article_body,
        }

    return extract


def trafilatura(*, fast: bool = False) -> Extract:
    from trafilatura import bare_extraction

    def extract(body: bytes, url: str, content_type: str) -> Fields:
        document = bare_extraction(body, url=url, fast=fast, with_metadata=True)
        if document is None:
            return {"refused": True}
        authors = [name.strip() for name in (document.author or "").split(";") if name.strip()]
        return {"headline": document.title, "date": document.date, "authors": authors, "body": document.text}

    return extract


def trafilatura_fast() -> Extract:
    return trafilatura(fast=True)


def newspaper4k() -> Extract:
    import newspaper

    def extract(body: bytes, url: str, content_type: str) -> Fields:
        config = newspaper.Config()
        config.fetch_images = False
        article = newspaper.Article(url, config=config)
        article.download(input_html=body)
        article.parse()
        day = article.publish_date.date().isoformat() if article.publish_date else None
        return {"headline": article.title, "date": day, "authors": list(article.authors), "body": article.text}

    return extract


def news_please() -> Extract:
    from newsplease import NewsPlease

    def extract(body: bytes, url: str, content_type: str) -> Fields:
        # Its own crawler hands over text as well; this door takes text alone.
        text = body.decode(_charset(content_type), errors="replace")
        article = NewsPlease.from_html(text, url=url, fetch_images=False)
        day = article.date_publish.date().isoformat() if article.date_publish else None
        return {"headline": article.title, "date": day, "authors": article.authors or [], "body": article.maintext}

    return extract


def fundus() -> Extract:
    from benchmarks.fundus_publisher import MadeUpSiteParser

    proxy = MadeUpSiteParser()

    def extract(body: bytes, url: str, content_type: str) -> Fields:
        # Its own crawler hands over text as well; a parser is made once a publisher, as there.
        read = proxy().parse(body.decode(_charset(content_type), errors="replace"), error_handling="suppress")
        text = str(read["body"]) if read.get("body") else ""
        day = read["publishing_date"].date().isoformat() if read.get("publishing_date") else None
        fields = {"headline": read.get("title"), "date": day, "authors": read.get("authors") or [], "body": text}
        captions = [image.caption for image in read.get("images") or () if image.caption]
        return {**fields, "captions": captions}

    return extract


def readability_lxml() -> Extract:
    from lxml import html
    from readability import Document

    def extract(body: bytes, url: str, content_type: str) -> Fields:
        document = Document(body, url=url)
        text = html.fromstring(document.summary(html_partial=True)).text_content()
        return {"headline": document.short_title(), "body": text}

    return extract


def resiliparse() -> Extract:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def extract(body: bytes, url: str, content_type: str) -> Fields:
        tree = HTMLTree.parse_from_bytes(body, _charset(content_type))
        return {"headline": tree.title, "body": extract_plain_text(tree, main_content=True)}

    return extract


def _charset(content_type: str) -> str:
    return content_type.partition("charset=")[2] or "utf-8"


class Side(NamedTuple):
    """A side's loader, the requirement file of its environment (None: the project's own), and what it offers."""

    load: Callable[[], Extract]
    requirements: str | None
    offers: tuple[str, ...]


_GENERAL = ("headline", "date", "authors", "body")
EXTRACTORS: dict[str, Side] = {
    "lxml": Side(lxml_parse, None, ()),
    "iranwire_crawler": Side(iranwire_crawler, None, (*_GENERAL, "section", "captions")),
    "trafilatura": Side(trafilatura, "trafilatura", _GENERAL),
    "trafilatura-fast": Side(trafilatura_fast, "trafilatura", _GENERAL),
    "newspaper4k": Side(newspaper4k, "newspaper4k", _GENERAL),
    "news-please": Side(news_please, "news-please", _GENERAL),
    "Fundus": Side(fundus, "fundus", (*_GENERAL, "captions")),
    "readability-lxml": Side(readability_lxml, "readability-lxml", ("headline", "body")),
    "resiliparse": Side(resiliparse, "resiliparse", ("headline", "body")),
}
