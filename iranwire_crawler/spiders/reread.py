"""Kept pages read anew, on all cores: jobs in, readings out in the same order, a bounded number under way.

No Scrapy here: each worker process imports this module, and begins the sooner for it.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from iranwire_crawler.domain.cleaning import clean_article, clean_caption
from iranwire_crawler.domain.content import body_texts
from iranwire_crawler.domain.errors import MAY_COME, NotAnArticle
from iranwire_crawler.domain.items import Article, Caption, Rejected, Source, WarcLocation
from iranwire_crawler.domain.similarity import bands
from iranwire_crawler.domain.validation import rejected
from iranwire_crawler.pages.article import ArticlePage, Fetch
from iranwire_crawler.pages.embedded_article import EmbeddedArticlePage
from iranwire_crawler.pages.light import LightLink
from iranwire_crawler.stores.warc_record import DamagedRecordError, RawPage, read_answer

# Pages a task: enough that handing them over costs little, few enough that the last ones are shared out.
_AT_ONCE = 16
# And bytes: a task of large pages has few of them.
_BYTES_AT_ONCE = 4 * 1024 * 1024
# Tasks under way for each process: it always has the next one, and memory stays small.
_AHEAD = 3
# So many pages are worth the start of another process (about half a second of its time).
WORTH_A_PROCESS = 300


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
    rendered: bool = False
    """Whether a browser made the page of what the site had sent."""
    light_url: str | None = None
    """Where the page stands, if it is the light version of the one at `url`."""

    def size(self) -> int:
        """Bytes that are handed to another process."""
        return (
            len(self.page) if isinstance(self.page, bytes) else len(self.page.record) + len(self.page.referred or b"")
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a page gave: its records; or why it gave none; or `damaged`, where it could not be had.

    The records are clean and fit their schemas: an article (or what was rejected of it) and its captions. `bands` are
    those of the article's text (`domain.similarity`). `light`: where the light version of a page stands whose own
    text is missing.
    """

    records: tuple[Article | Caption | Rejected, ...] = ()
    bands: tuple[int, ...] = ()
    lacks_text: bool = False
    light: str = ""
    reason: str = ""
    detail: str = ""
    status: int = 200
    packed: bytes = b""
    """The page that is no article, packed: hundreds of them may be on their way."""
    damaged: str = ""

    def body(self) -> bytes:
        return zlib.decompress(self.packed) if self.packed else b""


Follow = Callable[[Job, Reading], Job | None]
"""Another page to read in the place of one, by what that gave; its reading counts where it has the text."""


def read(job: Job) -> Reading:
    """One page, by the same readers as in a crawl."""
    if job.fault:
        return Reading(damaged=job.fault)
    try:
        body, content_type, status = _answer(job.page)
    except DamagedRecordError as error:
        return Reading(damaged=str(error))
    if status != 200:
        return Reading(reason=f"http_{status}", detail=f"HTTP status {status}", status=status)
    fetch = Fetch(job.url, job.at, job.source, content_type, job.warc, job.reread)
    plain = _read_by(ArticlePage, job, body, fetch)
    if job.light_url or not (plain.lacks_text or plain.reason in MAY_COME):
        return plain
    # As in a crawl: the text may stand in the light version, else in the page's scripts.
    light = LightLink(body, job.url, content_type).address_of_light() or ""
    found = _read_by(EmbeddedArticlePage, job, body, fetch)
    return replace(found if has_text(found) else plain, light=light)


def has_text(reading: Reading) -> bool:
    return bool(reading.records) and not reading.lacks_text


def _read_by(reader: type[ArticlePage], job: Job, body: bytes, fetch: Fetch) -> Reading:
    page = reader(body, fetch)
    try:
        article = page.article()
    except NotAnArticle as refusal:
        return Reading(reason=refusal.reason, detail=refusal.detail, packed=zlib.compress(body, 1))
    if way := _way(reader, job):
        article = replace(
            article, fetched_url=job.light_url or article.fetched_url, warnings=(*article.warnings, f"read_from_{way}")
        )
    captions = page.captions(article)
    article = clean_article(article)
    records: list[Article | Caption] = [article, *map(clean_caption, captions)]
    return Reading(
        records=tuple(rejected(record) or record for record in records),
        bands=bands(article.in_language, body_texts(article.body)),
        lacks_text=article.article_type == "article" and not article.article_body,
    )


def _way(reader: type[ArticlePage], job: Job) -> str | None:
    """In which way the page came, where plain HTML was not enough."""
    if reader is EmbeddedArticlePage:
        return "embedded"
    return "light" if job.light_url else "browser" if job.rendered else None


async def read_all(jobs: Iterable[Job], processes: int, follow: Follow) -> AsyncIterator[tuple[Job, Reading]]:
    """Every page with what it gave, in the order of the jobs, on so many processes beside this one; 0: in this one."""
    if not processes:
        for job in jobs:
            reading = read(job)
            other = follow(job, reading)
            yield _better(job, reading, other, read(other) if other else None)
        return
    with _pool(processes) as pool:
        under_way: deque[asyncio.Task[list[tuple[Job, Reading]]]] = deque()
        waiting = _batches(jobs)
        while True:
            for batch in islice(waiting, processes * _AHEAD - len(under_way)):
                under_way.append(asyncio.create_task(_read_in(pool, batch, follow)))
            if not under_way:
                return
            for pair in await under_way.popleft():
                yield pair


async def _read_in(pool: Executor, batch: list[Job], follow: Follow) -> list[tuple[Job, Reading]]:
    loop = asyncio.get_running_loop()
    readings: list[Reading] = await loop.run_in_executor(pool, read_batch, batch)
    others = [follow(job, reading) for job, reading in zip(batch, readings, strict=True)]
    asked = [other for other in others if other is not None]
    answers = iter(await loop.run_in_executor(pool, read_batch, asked) if asked else ())
    return [
        _better(job, reading, other, next(answers) if other else None)
        for job, reading, other in zip(batch, readings, others, strict=True)
    ]


def _better(job: Job, reading: Reading, other: Job | None, found: Reading | None) -> tuple[Job, Reading]:
    return (other, found) if other is not None and found is not None and has_text(found) else (job, reading)


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
    batch: list[Job] = []
    size = 0
    for job in jobs:
        batch.append(job)
        size += job.size()
        if len(batch) == _AT_ONCE or size >= _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
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
