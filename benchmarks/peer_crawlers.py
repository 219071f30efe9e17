"""The peers' own crawlers on the made-up site: `python -m benchmarks.peer_crawlers NAME ADDRESSES OUTPUT`.

Runs in the peer's environment. Prints how many articles came out.
"""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit


def fundus(addresses: list[str], output: Path) -> int:
    """A publisher with a sitemap; no delay, one thread, as is fastest there."""
    from fundus import Crawler, Sitemap
    from fundus.publishers.base_objects import Publisher, PublisherGroup

    from benchmarks.fundus_publisher import MadeUpSiteParser

    origin = f"http://{urlsplit(addresses[0]).netloc}"

    class MadeUp(metaclass=PublisherGroup):
        default_language = "en"
        Site = Publisher("Made up", f"{origin}/", MadeUpSiteParser, [Sitemap(f"{origin}/sitemap.xml")])

    crawler = Crawler(MadeUp, delay=0.0, threading=False)
    found = 0
    with output.open("w", encoding="utf-8") as feed:
        for article in crawler.crawl(max_articles=len(addresses), only_complete=False, only_unique=False):
            feed.write(json.dumps(article.to_json(), default=str, ensure_ascii=False) + "\n")
            found += 1
    return found


def news_please(addresses: list[str], output: Path) -> int:
    """Its call for a list of addresses: threads fetch, a process for each core reads."""
    from newsplease import NewsPlease

    articles = NewsPlease.from_urls(addresses, request_args={"timeout": 30}, fetch_images=False)
    with output.open("w", encoding="utf-8") as feed:
        for article in articles.values():
            fields = article.get_serializable_dict() if article else {}
            feed.write(json.dumps(fields, default=str, ensure_ascii=False) + "\n")
    return sum(1 for article in articles.values() if article and article.maintext)


if __name__ == "__main__":
    crawl = {"fundus": fundus, "news-please": news_please}[sys.argv[1]]
    print(crawl(Path(sys.argv[2]).read_text(encoding="utf-8").split(), Path(sys.argv[3])))
