"""What Scrapy itself costs: `python -m benchmarks.plain_scrapy fetch|feed ADDRESSES OUTPUT`.

`fetch` throws each page away. `feed` reads eight queries of each with parsel and writes JSON Lines, as a
spider written by the tutorial does.
"""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

SETTINGS = {
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "LOG_LEVEL": "ERROR",
}


class FetchSpider(Spider):
    name = "fetch"
    addresses: Path

    async def start(self) -> AsyncIterator[Request]:
        for url in self.addresses.read_text(encoding="utf-8").split():
            yield Request(url)

    def parse(self, response: Response, **_: Any) -> Iterator[dict[str, Any]]:
        return iter(())


class FeedSpider(FetchSpider):
    name = "feed"

    def parse(self, response: Response, **_: Any) -> Iterator[dict[str, Any]]:
        yield {
            "url": response.url,
            "headline": response.css("h1 ::text, .css-0k2 ::text").get(),
            "date": response.css('meta[property="article:published_time"]::attr(content)').get(),
            "section": response.css(".label::text, .cat::text, .chip ::text, .css-77z ::text").get(),
            "authors": response.css(".by a::text, .vcard a::text, .flex a span::text").getall(),
            "captions": response.css("figcaption ::text, .wp-caption-text::text, .css-cp ::text").getall(),
            "images": response.css("figure img::attr(src), .wp-caption img::attr(src)").getall(),
            "body": response.css(".story-text p, .entry-content p, .prose p, .css-p1x").xpath("string()").getall(),
            "links": response.css(".story-text a::attr(href), .entry-content a::attr(href)").getall(),
        }


def main(what: str, addresses: Path, output: Path) -> None:
    spider: type[Spider] = FetchSpider if what == "fetch" else FeedSpider
    feeds = {} if what == "fetch" else {output: {"format": "jsonlines", "encoding": "utf-8"}}
    process = AsyncCrawlerProcess({**SETTINGS, "FEEDS": feeds})
    process.crawl(spider, addresses=addresses)
    process.start()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
