"""What the fuzzing of `benchmarks/soak` begins with: inputs that the readers can read, else it never gets far."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest

from benchmarks.soak import fuzz_seeds
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.pages.captures import read_captures
from iranwire_crawler.pages.embedded_article import EmbeddedArticlePage
from iranwire_crawler.pages.feed import FeedPage
from iranwire_crawler.pages.section import SectionPage
from iranwire_crawler.stores.warc_scan import PackedAsOneError, Scan

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("name", "reader"), [("page", ArticlePage), ("embedded", EmbeddedArticlePage)])
def test_pages_are_articles(name: str, reader: type[ArticlePage]) -> None:
    for seed in fuzz_seeds.seeds(name):
        language = ("en", "fa", "ar")[seed[0] % 3]
        fetch = Fetch(
            f"https://iranwire.com/{language}/news/122073-a/", datetime(2026, 1, 1, tzinfo=UTC), "saved", None
        )
        assert reader(seed[1:], fetch).article().article_body


def test_listings_feeds_and_lists_name_something() -> None:
    assert all(SectionPage(seed, "https://iranwire.com/en/features/").cards for seed in fuzz_seeds.seeds("section"))
    feeds = [FeedPage(seed, "https://iranwire.com/en/feed/") for seed in fuzz_seeds.seeds("feed")]
    assert all(feed.items or feed.sitemaps or feed.warnings == ("entities_declared",) for feed in feeds)
    assert all(read_captures(seed) for seed in fuzz_seeds.seeds("captures"))


def test_warc_files_hold_captures() -> None:
    *plain, as_one = fuzz_seeds.seeds("warc")
    for seed in plain:
        scan = Scan(BytesIO(seed), len(seed))
        assert list(scan.captures())
        assert scan.problems == []
    with pytest.raises(PackedAsOneError):
        list(Scan(BytesIO(as_one), len(as_one)).captures())


def test_sizes_and_words_are_what_libfuzzer_takes() -> None:
    for reader in fuzz_seeds.READERS:
        longest = fuzz_seeds.LONGEST.get(reader, fuzz_seeds.LONGEST_MARKUP)
        assert all(len(seed) <= longest for seed in fuzz_seeds.seeds(reader)), reader
        assert re.fullmatch(r'("(\\x[0-9a-f]{2})+"\n)+', fuzz_seeds.dictionary(reader))
