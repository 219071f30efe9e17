"""What `scrapy probe` tells of a page, by its kind."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from scrapy.http import Response

from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.probe import FIELDS
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.pages.feed import FeedPage
from iranwire_crawler.pages.inspect import InspectedPage
from iranwire_crawler.spiders.probe_tour import Ask, Seen
from iranwire_crawler.spiders.reading import content_type, public_url, read_listing

# Enough to show; a front page can link to thousands.
MAX_NAMED = 100


def see_refusal(response: Response) -> Seen:
    """What a page that is none says for itself: a block page, a maintenance notice."""
    opening = InspectedPage(response.body, public_url(response), content_type(response)).opening()
    return Seen({"opening": opening} if opening else {})


def see_feed(response: Response) -> Seen:
    page = FeedPage(response.body, public_url(response), content_type(response))
    dates = sorted(item.date_published for item in page.items if item.date_published)
    facts = {
        "articles": len(page.items),
        "oldest": dates[0] if dates else None,
        "newest": dates[-1] if dates else None,
        "warnings": list(page.warnings),
    }
    return Seen(facts, feed=page)


def see_listing(ask: Ask, response: Response) -> Seen:
    """A front page, a section page or its second page."""
    page = read_listing(response)
    inspected = InspectedPage(response.body, public_url(response), content_type(response))
    mine = [card for card in page.cards if card.key.startswith(f"{ask.language}/")]
    facts: dict[str, Any] = {
        "articles": len(mine),
        "with_headline": sum(card.headline is not None for card in mine),
        "with_date": sum(card.date_published is not None for card in mine),
        "opening": inspected.opening(),
        "declared": asdict(inspected.declared()),
        "by": response.meta.get("way"),
    }
    if ask.kind == "front":
        facts["sections"] = [section.slug for section in page.sections][:MAX_NAMED]
        facts["editions"] = list(page.editions)[:MAX_NAMED]
    elif ask.kind == "listing":
        following = page.next_page(1)
        facts["next"] = asdict(following) if following else None
    else:
        facts["way"] = ask.way
        facts["new"] = sum(card.key not in ask.known for card in mine)
    return Seen(facts, listing=page)


def see_article(response: Response) -> Seen:
    url = public_url(response)
    inspected = InspectedPage(response.body, url, content_type(response))
    facts: dict[str, Any] = {"opening": inspected.opening(), "declared": asdict(inspected.declared())}
    page = ArticlePage(response.body, Fetch(url, datetime.now(UTC), "live", content_type(response)))
    try:
        article = page.article()
    except NotAnArticle as refusal:
        return Seen({**facts, "reason": refusal.reason, "detail": refusal.detail})
    return Seen({**facts, **_article_facts(article, inspected), "captions": len(page.captions(article))})


def _article_facts(article: Article, inspected: InspectedPage) -> dict[str, Any]:
    ending = inspected.ending(article)
    return {
        "key": article.key,
        "article_type": article.article_type,
        "headline": article.headline,
        "date_published": article.date_published,
        "section": article.section.slug,
        "fields": {name: article.provenance.get(name) for name in FIELDS},
        "warnings": list(article.warnings),
        "blocks": len(article.body),
        "words": article.word_count,
        "images": len(article.images),
        "last_block": article.body[-1].text[-160:] if article.body else None,
        "tail": [asdict(line) for line in ending.lines],
        "tail_more": ending.more,
    }
