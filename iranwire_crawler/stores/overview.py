"""The overview of an archive, read from its catalogue, feeds and runs."""

from collections.abc import Iterator
from itertools import pairwise

from iranwire_crawler.domain.difference import record_difference
from iranwire_crawler.domain.errors import CrawlerError
from iranwire_crawler.domain.overview import Change, Overview, Revised
from iranwire_crawler.domain.selection import Selection
from iranwire_crawler.domain.tally import Tally
from iranwire_crawler.stores.catalogue import Catalogue
from iranwire_crawler.stores.run_folders import run_folders
from iranwire_crawler.stores.run_summary import read_run
from iranwire_crawler.stores.selected import Chosen, LeftOut, selected

_RUNS = 30
_MOST_REVISED = 10
_LAST_CHANGES = 5


def look_over(catalogue: Catalogue) -> Overview:
    """Reads the latest line of every article once."""
    tally, left_out = Tally(), 0
    with catalogue.snapshot():
        for found in selected(catalogue, Selection()):
            if isinstance(found, LeftOut):
                left_out += 1
            elif isinstance(found, Chosen):
                tally.add(found.readings[-1].article, gone=found.gone)
        ((revised_articles,),) = catalogue.each("SELECT count(*) FROM articles WHERE revision > 1")
        revised = tuple(_most_revised(catalogue))
    folders = run_folders(catalogue.data_dir)
    return Overview(
        tally=tally,
        left_out=left_out,
        runs=tuple(read_run(folder) for folder in reversed(folders[-_RUNS:])),
        all_runs=len(folders),
        revised=revised,
        revised_articles=revised_articles,
    )


def _most_revised(catalogue: Catalogue) -> Iterator[Revised]:
    keys = catalogue.each(
        "SELECT key FROM articles WHERE revision > 1 ORDER BY revision DESC, last_seen DESC, key LIMIT ?", _MOST_REVISED
    )
    for (key,) in list(keys):
        article = catalogue.article(key)
        assert article is not None
        shown = {
            name: getattr(article, name)
            for name in ("key", "language", "url", "headline", "date_published", "revision", "gone_since")
        }
        yield Revised(**shown, changes=tuple(_changes(catalogue, key)))


def _changes(catalogue: Catalogue, key: str) -> Iterator[Change]:
    pairs = list(pairwise(catalogue.revisions(key)))
    for old, new in reversed(pairs[-_LAST_CHANGES:]):
        try:
            fields = record_difference(catalogue.line(old), catalogue.line(new))
        except CrawlerError:
            continue  # a feed that was edited: scrapy verify names it
        yield Change(old=old.revision, new=new.revision, fetched_at=new.fetched_at, fields=fields)
