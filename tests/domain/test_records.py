"""A line back as the item it was written from."""

import orjson
import pytest
from saved_pages import SavedPage, saved_pages

from iranwire_crawler.domain.items import Article, Caption
from iranwire_crawler.domain.records import captions_of, read_record
from iranwire_crawler.domain.version import VERSION

ARTICLES = [page for page in saved_pages() if "article" in page.facts]


@pytest.mark.parametrize("page", ARTICLES, ids=lambda page: page.name)
def test_a_record_read_back_is_the_same(page: SavedPage) -> None:
    read = page.read()
    line = {**read["article"], "crawler_version": VERSION}
    article = read_record(Article, line)
    assert orjson.loads(orjson.dumps(article)) == line
    assert [orjson.loads(orjson.dumps(each)) for each in captions_of(article)] == read["captions"]
    assert [read_record(Caption, each) for each in read["captions"]] == list(captions_of(article))


@pytest.mark.parametrize("change", [{"section": None}, {"images": [1]}, {"body": None}, {"authors": [{"name": "x"}]}])
def test_another_form_is_a_value_error(change: dict[str, object]) -> None:
    line = {**ARTICLES[0].read()["article"], "crawler_version": VERSION, **change}
    with pytest.raises(ValueError, match="no article: "):
        read_record(Article, line)
