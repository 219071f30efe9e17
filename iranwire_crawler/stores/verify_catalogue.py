"""Whether the catalogue says of the feeds what stands in them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from iranwire_crawler.domain.errors import CrawlerError
from iranwire_crawler.stores.catalogue import FILE, Catalogue
from iranwire_crawler.stores.feed_file import FeedLine
from iranwire_crawler.stores.feed_lines import ArticleLine, CheckLine, GoneLine, read_walk
from iranwire_crawler.stores.flaws import Flaw
from iranwire_crawler.stores.run_folders import ARTICLES, CHECKED, GONE, WALKED

_REBUILD = "scrapy rebuild makes it anew"


class CatalogueCheck:
    """Told of every line of every feed once; what is left over in the end has no line."""

    def __init__(self, data_dir: Path) -> None:
        self._problem: str | None = None
        self._catalogue: Catalogue | None = None
        self._found: Counter[tuple[str, str]] = Counter()
        self._learned: dict[tuple[str, str], tuple[int, int]] = {}
        try:
            self._catalogue = Catalogue(data_dir)
        except CrawlerError as error:
            self._problem = str(error)

    def opened(self) -> Iterator[Flaw]:
        """What is wrong with the file itself, and with what it knows of each feed's length."""
        try:
            yield from self._of_feeds()
        except CrawlerError as error:
            self._give_up(error)

    def closed(self) -> Iterator[Flaw]:
        """Rows without a line, articles that are not told as their newest line has them; why it could not be read."""
        try:
            yield from self._left_over()
        except CrawlerError as error:
            self._give_up(error)
        if self._problem is not None:
            yield Flaw(FILE, None, self._problem)

    def _give_up(self, error: CrawlerError) -> None:
        """A catalogue that is damaged further on: the feeds are looked at all the same."""
        assert self._catalogue is not None
        self._catalogue.close()
        self._catalogue, self._problem = None, str(error)

    def _of_feeds(self) -> Iterator[Flaw]:
        if self._catalogue is None:
            return
        for (said,) in self._catalogue.each("PRAGMA quick_check"):
            # SQLite 3.40 says so of tables WITHOUT ROWID in which no row has one.
            if said != "ok" and not said.startswith("NULL value in "):
                yield Flaw(FILE, None, f"damaged: {said}; {_REBUILD}")
        for run, file, learned, lines in self._catalogue.each(
            "SELECT run, file, bytes, lines FROM feeds ORDER BY run, file"
        ):
            self._learned[run, file] = learned, lines
            feed = self._catalogue.data_dir / run / file
            size = feed.stat().st_size if feed.exists() else 0
            if size < learned:
                yield Flaw(FILE, None, f"knows {learned} bytes of {run}/{file}, which has {size}; {_REBUILD}")

    def line(self, run: str, file: str, line: FeedLine) -> Iterator[str]:
        """What the catalogue says otherwise of a line."""
        if self._catalogue is None:
            return
        if line.start >= self._learned.get((run, file), (0, 0))[0]:
            yield "not in the catalogue yet; scrapy rebuild learns it"
            return
        known = {ARTICLES: self._article, GONE: self._gone, CHECKED: self._check, WALKED: self._walk}[file]
        try:
            wrong = known(line.record, run, line)
        except ValueError as error:
            wrong = f"the catalogue cannot hold it: {error}"
        except CrawlerError as error:
            self._give_up(error)
            return
        else:
            self._found[run, file] += 1
        if wrong:
            yield wrong

    def _left_over(self) -> Iterator[Flaw]:
        if self._catalogue is None:
            return
        for table, file in (("revisions", ARTICLES), ("gone", GONE), ("walks", WALKED)):
            for run, count in self._catalogue.each(f"SELECT run, count(*) FROM {table} GROUP BY run ORDER BY run"):  # noqa: S608 - our own names
                if count > self._found[run, file]:
                    spare = count - self._found[run, file]
                    yield Flaw(FILE, None, f"{spare} rows of {table} have no line in {run}/{file}; {_REBUILD}")
        for key, what in self._catalogue.each(_DISAGREEING):
            yield Flaw(FILE, None, f"{key}: {what}; {_REBUILD}")
        self._catalogue.close()

    def _article(self, record: Mapping[str, Any], run: str, line: FeedLine) -> str | None:
        read = ArticleLine.read(record)
        rows = self._rows(
            "SELECT r.length, r.revision, r.content_hash, r.previous_hash, r.reread, r.fetched_at,"
            " a.run = r.run AND a.start = r.start,"
            " a.url, a.section, a.article_type, a.headline, a.date_published"
            " FROM revisions AS r JOIN articles AS a USING (key) WHERE r.key = ? AND r.run = ? AND r.start = ?",
            *(read.key, run, line.start),
        )
        if not rows:
            return "not in the catalogue, which knows what comes after it"
        length, *revision = rows[0][:6]
        if (length, *revision) != (line.length, *read.revision_row()[1:]):
            return "told otherwise in the catalogue (revisions)"
        if rows[0][6] and rows[0][7:] != read.shown():
            return "told otherwise in the catalogue (articles)"
        return None

    def _gone(self, record: Mapping[str, Any], run: str, line: FeedLine) -> str | None:
        read = GoneLine.read(record)
        rows = self._rows(
            "SELECT reason, fetched_at FROM gone WHERE key = ? AND run = ? AND start = ?", read.key, run, line.start
        )
        return None if rows == [(read.reason, read.fetched_at)] else "told otherwise in the catalogue (gone)"

    def _check(self, record: Mapping[str, Any], run: str, line: FeedLine) -> str | None:
        read = CheckLine.read(record)
        rows = self._rows(
            "SELECT checked_at, status, etag, last_modified, record_id, target_uri, date, run, start FROM checks"
            " WHERE key = ?",
            read.key,
        )
        if not rows or rows[0][0] < read.checked_at:
            return "newer than what the catalogue knows (checks)"
        mine = rows[0][-2:] == (run, line.start)
        return "told otherwise in the catalogue (checks)" if mine and rows[0][:-2] != read.row()[1:] else None

    def _walk(self, record: Mapping[str, Any], run: str, line: FeedLine) -> str | None:
        read = read_walk(record)
        rows = self._rows(
            "SELECT walked_at, pages, reached, since FROM walks WHERE section = ? AND run = ? AND start = ?",
            *(read.section, run, line.start),
        )
        mine = (read.walked_at, read.pages, read.reached, read.since)
        return None if rows == [mine] else "told otherwise in the catalogue (walks)"

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        assert self._catalogue is not None
        return list(self._catalogue.each(query, *values))


# Articles whose row is not the one that their lines make.
_DISAGREEING = """
SELECT key, what FROM (
    SELECT a.key, CASE
        WHEN count(r.key) = 0 THEN 'no line of it is known'
        WHEN a.first_seen <> min(r.fetched_at) OR a.last_seen <> max(r.fetched_at) THEN 'first or last seen is another'
        WHEN sum(a.run = r.run AND a.start = r.start AND a.content_hash = r.content_hash) <> 1
        THEN 'its newest line is another'
        END AS what
    FROM articles AS a LEFT JOIN revisions AS r USING (key) GROUP BY a.key
) WHERE what IS NOT NULL ORDER BY key LIMIT 20
"""
