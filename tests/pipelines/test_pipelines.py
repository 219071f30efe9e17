"""Clean, validate, dedupe: what they let through, change, reject and drop."""

from dataclasses import replace

import pytest
from saved_pages import saved_pages
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector
from scrapy.utils.test import get_crawler

from iranwire_crawler.domain.items import Article, Caption, Checked, Rejected
from iranwire_crawler.pages.article import ArticlePage
from iranwire_crawler.pipelines.clean import Clean
from iranwire_crawler.pipelines.dedupe import Dedupe
from iranwire_crawler.pipelines.drops import DuplicateArticle, OrphanCaption
from iranwire_crawler.pipelines.validate import Validate

ARTICLES = [page.page().article() for page in saved_pages() if "article" in page.facts]
PICTURED = next(article for article in ARTICLES if len(ArticlePage.captions(article)) > 1)


@pytest.fixture
def validate() -> Validate:
    return Validate(StatsCollector(get_crawler()))


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.key)
def test_a_read_article_is_clean_and_valid(article: Article, validate: Validate) -> None:
    for item in (article, *ArticlePage.captions(article)):
        assert Clean().process_item(item) == item
        assert validate.process_item(item) is item


def test_cleaning_follows_through_to_derived_fields() -> None:
    block = PICTURED.body[0]
    dirty = replace(PICTURED, body=(replace(block, text=f" \u200b{block.text}\n"), *PICTURED.body[1:]))
    assert Clean().process_item(dirty) == PICTURED


def test_what_does_not_fit_is_rejected_with_its_faults(validate: Validate) -> None:
    bad = replace(PICTURED, headline="", revision=0)
    rejected = validate.process_item(bad)
    assert isinstance(rejected, Rejected)
    assert {fault.path for fault in rejected.faults} == {"/headline", "/revision"}
    assert rejected.record["key"] == PICTURED.key
    assert validate.stats.get_value("iranwire/rejected_count/article") == 1


def test_a_second_reading_and_its_captions_are_dropped() -> None:
    dedupe = Dedupe()
    captions = ArticlePage.captions(PICTURED)
    for item in (PICTURED, *captions):
        assert dedupe.process_item(item) is item
    with pytest.raises(DuplicateArticle):
        dedupe.process_item(PICTURED)
    with pytest.raises(OrphanCaption):
        dedupe.process_item(captions[0])


def test_validators_of_one_of_two_readings_are_left_out() -> None:
    dedupe = Dedupe()
    checked = Checked(
        key=PICTURED.key, checked_at=PICTURED.fetched_at, status=200, etag='"x"', last_modified=None, page=None
    )
    dedupe.process_item(PICTURED)
    assert dedupe.process_item(checked) is checked
    with pytest.raises(DuplicateArticle):
        dedupe.process_item(replace(PICTURED, headline="Changed meanwhile"))
    assert dedupe.process_item(checked) == replace(checked, etag=None)


def test_captions_share_their_articles_fate() -> None:
    dedupe = Dedupe()
    caption = ArticlePage.captions(PICTURED)[0]
    with pytest.raises(OrphanCaption):
        dedupe.process_item(caption)
    dedupe.process_item(PICTURED)
    other_reading: Caption = replace(caption, caption="Another reading of the same picture")
    with pytest.raises(DropItem):
        dedupe.process_item(other_reading)
