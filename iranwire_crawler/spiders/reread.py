"""Kept pages read anew, on all cores: jobs in, readings out in the same order, a bounded number under way.

No Scrapy here: each worker process imports this module, and begins the sooner for it.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from iranwire_crawler.domain.errors import NotAnArticle
from iranwire_crawler.domain.items import Article, Caption, Source, WarcLocation
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.pages.embedded_article import EmbeddedArticlePage
from iranwire_crawler.stores.warc_record import DamagedRecordError, RawPage, read_answer

# Pages a task: enough that handing them over costs little, few enough that the last ones are shared out.
_AT_ONCE = 16
# Tasks under way for each process: it always has the next one, and memory stays small.
_AHEAD = 3
# So many pages are worth the start of another process (about half a second of its time).
WORTH_A_PROCESS = 300
# Reasons that a page has too whose text stands in its scripts (as `spiders.other_ways` tries it in a crawl).
_MAY_COME = frozenset({"not_html", "no_headline", "no_date", "no_text", "index_page"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A kept page: a WARC record as it stands, or the bytes of a saved file."""

    key: str
    url: str
    at: datetime
    source: Source
    page: RawPage | bytes
    fault: str = ""
    """Why the page cannot be had, where that is known already."""
    warc: WarcLocation | None = None
    reread: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a page gave: an article and its captions; or why it is none; or `damaged`, where it could not be had."""

    article: Article | None = None
    captions: tuple[Caption, ...] = ()
    reason: str = ""
    detail: str = ""
    status: int = 200
    body: bytes = b""
    damaged: str = ""


def read(job: Job) -> Reading:
    """One page, by the same reader as in a crawl."""
    if job.fault:
        return Reading(damaged=job.fault)
    try:
        body, content_type, status = _answer(job.page)
    except DamagedRecordError as error:
        return Reading(damaged=str(error))
    if status != 200:
        return Reading(reason=f"http_{status}", detail=f"HTTP status {status}", status=status)
    fetch = Fetch(job.url, job.at, job.source, content_type, job.warc, job.reread)
    plain = _read_by(ArticlePage, body, fetch)
    if plain.reason in _MAY_COME or (plain.article is not None and _lacks_text(plain.article)):
        # As in a crawl: the text may stand in the page's scripts.
        found = _read_by(EmbeddedArticlePage, body, fetch)
        if found.article is not None and not _lacks_text(found.article):
            warnings = (*found.article.warnings, "read_from_embedded")
            return replace(found, article=replace(found.article, warnings=warnings))
    return plain


def _read_by(reader: type[ArticlePage], body: bytes, fetch: Fetch) -> Reading:
    page = reader(body, fetch)
    try:
        article = page.article()
    except NotAnArticle as refusal:
        return Reading(reason=refusal.reason, detail=refusal.detail, body=body)
    return Reading(article=article, captions=page.captions(article))


def _lacks_text(article: Article) -> bool:
    return article.article_type == "article" and not article.article_body


async def read_all(jobs: Iterable[Job], processes: int) -> AsyncIterator[tuple[Job, Reading]]:
    """Every page with what it gave, in the order of the jobs, on so many processes beside this one; 0: in this one."""
    if not processes:
        for job in jobs:
            yield job, read(job)
        return
    with _pool(processes) as pool:
        loop = asyncio.get_running_loop()
        under_way: deque[tuple[list[Job], asyncio.Future[list[Reading]]]] = deque()
        waiting = _batches(jobs)
        while True:
            for batch in islice(waiting, processes * _AHEAD - len(under_way)):
                under_way.append((batch, loop.run_in_executor(pool, read_batch, batch)))
            if not under_way:
                return
            batch, future = under_way.popleft()
            for pair in zip(batch, await future, strict=True):
                yield pair


def read_batch(jobs: Sequence[Job]) -> list[Reading]:
    return [read(job) for job in jobs]


def processes_for(pages: int, asked: int | None) -> int:
    """How many processes read so many pages: as many as were asked for, else as the machine has cores, if worth it.

    One is this process itself, and none is started beside it: the answer is 0.
    """
    most = asked or len(os.sched_getaffinity(0))
    wanted = most if asked else min(most, pages // WORTH_A_PROCESS + 1)
    return 0 if wanted == 1 else wanted


def _batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    left = iter(jobs)
    while batch := list(islice(left, _AT_ONCE)):
        yield batch


def _answer(page: RawPage | bytes) -> tuple[bytes, str | None, int]:
    if isinstance(page, bytes):
        return page, "text/html", 200
    answer = read_answer(page)
    declared = next((value for name, value in answer.headers if name.lower() == b"content-type"), None)
    return answer.body, declared.decode("latin-1") if declared else None, answer.status


@contextmanager
def _pool(processes: int) -> Iterator[Executor]:
    # Fresh processes: a fork would take the event loop and the DATA_DIR's lock along.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Ctrl-C is for the process that was started; without it a worker ends, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
