"""A web server on 127.0.0.1 that misbehaves on demand: each fault is an answer, each answer has an address."""

import asyncio
import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import brotli
from backports import zstd

HTML = {"Content-Type": "text/html; charset=utf-8"}
BOMB_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Line:
    """The client's end of one request; an answer writes to it, or does not."""

    path: str
    headers: Mapping[str, str]
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """RST instead of a proper end."""
        handle = self.writer.get_extra_info("socket")
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Answer = Callable[[Line], Awaitable[None]]


def head(status: int = 200, headers: Mapping[str, str] = HTML, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} Told", *(f"{name}: {value}" for name, value in headers.items()), "Connection: close"]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def reply(body: bytes | str = b"", status: int = 200, **headers: str) -> Answer:
    """An answer as it should be. Header names with `_` for `-`."""
    data = body.encode() if isinstance(body, str) else body
    named = HTML | {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(line: Line) -> None:
        await line.send(head(status, named, len(data)) + data)

    return answer


def redirect(location: str, status: int = 302) -> Answer:
    return reply(b"moved", status, Location=location)


def in_turn(*answers: Answer) -> Answer:
    """One after another, the last one for ever."""
    waiting = list(answers)

    async def answer(line: Line) -> None:
        await (waiting.pop(0) if len(waiting) > 1 else waiting[0])(line)

    return answer


def times(number: int, first: Answer, then: Answer) -> Answer:
    return in_turn(*[first] * number, then)


async def silence(line: Line) -> None:
    """The request is taken, and nothing comes."""
    await asyncio.sleep(600)


async def hang_up(line: Line) -> None:
    """The connection ends without a byte."""


def reset_mid_body(body: bytes) -> Answer:
    async def answer(line: Line) -> None:
        await line.send(head(length=len(body)) + body[: len(body) // 2])
        await asyncio.sleep(0.05)
        line.reset()

    return answer


def cut_short(body: bytes) -> Answer:
    """Fewer bytes than Content-Length says, and a proper end."""

    async def answer(line: Line) -> None:
        await line.send(head(length=len(body) + 1000) + body)

    return answer


def chunks_cut_short(body: bytes) -> Answer:
    """A chunk without the last, empty one."""

    async def answer(line: Line) -> None:
        await line.send(head(headers=HTML | {"Transfer-Encoding": "chunked"}) + b"%x\r\n%b\r\n" % (len(body), body))

    return answer


def drip(body: bytes, seconds: float = 0.2) -> Answer:
    """A byte at a time: the line is never silent for long, the page never done."""

    async def answer(line: Line) -> None:
        await line.send(head(length=len(body)))
        for byte in body:
            await line.send(bytes([byte]))
            await asyncio.sleep(seconds)

    return answer


async def drip_head(line: Line) -> None:
    """Header lines without end."""
    await line.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        await line.send(b"X-%d: y\r\n" % number)
        await asyncio.sleep(0.2)


async def endless(line: Line) -> None:
    """Chunks for ever, as fast as the client takes them."""
    await line.send(head(headers=HTML | {"Transfer-Encoding": "chunked"}))
    chunk = b"10000\r\n" + b"<p>and on </p>  " * 4096 + b"\r\n"
    while True:
        await line.send(chunk)


async def endless_head(line: Line) -> None:
    """A header of any length."""
    await line.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        await line.send(b"x" * 65536)


def raw(data: bytes) -> Answer:
    async def answer(line: Line) -> None:
        await line.send(data)

    return answer


ZEROS = b" " * BOMB_BYTES
# Some kilobytes that unpack to 64 MiB.
PACKED = {"gzip": gzip.compress(ZEROS), "br": brotli.compress(ZEROS, quality=3), "zstd": zstd.compress(ZEROS)}


def bomb(encoding: str) -> Answer:
    return reply(PACKED[encoding], Content_Encoding=encoding)


class Site:
    """`answers[path]` or, where there is none, `otherwise(path)`; None: 404.

    `hits`: what was asked for, and when; `taken`: the bodies that were sent to it.
    """

    def __init__(
        self,
        answers: Mapping[str, Answer],
        otherwise: Callable[[str], Answer | None] = lambda path: None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answers = dict(answers)
        self.otherwise = otherwise
        self.tls = tls
        self.hits: list[tuple[float, str]] = []
        self.agents: set[str] = set()
        self.taken: list[bytes] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def origin(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [path for _, path in self.hits]

    # An outage: the port refuses, and takes connections again.

    def open(self) -> None:
        self._call(self._open())

    def close(self) -> None:
        self._call(self._close())

    def gone_after(self, answer: Answer, seconds: float | None) -> Answer:
        """The answer, and then nobody: every connection is refused for some seconds, or for ever (None)."""

        async def last(line: Line) -> None:
            await answer(line)
            if self._server is not None:
                self._server.close()
                self._server = None
                if seconds is not None:
                    asyncio.get_running_loop().call_later(seconds, self._reopen)

        return last

    def _reopen(self) -> None:
        self._under_way.add(asyncio.ensure_future(self._open()))

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _call(self, work: Awaitable[None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                asked = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                path = asked[0].split(" ")[1]
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in asked[1:])}
                sent = await reader.readexactly(int(headers.get("content-length", 0)))
                self.hits.append((time.monotonic(), path))
                self.taken += [sent] if sent else []
                self.agents.add(headers.get("user-agent", ""))
                answer = self.answers.get(path) or self.otherwise(path) or reply(b"<h1>Not found</h1>", 404)
                await answer(Line(path, headers, writer))
        finally:
            self._under_way.discard(task)
            writer.close()


@contextmanager
def serving(
    answers: Mapping[str, Answer],
    otherwise: Callable[[str], Answer | None] = lambda path: None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Site]:
    site = Site(answers, otherwise, tls)
    thread = threading.Thread(target=site._loop.run_forever)
    thread.start()
    try:
        site.open()
        yield site
    finally:
        site.close()
        site._loop.call_soon_threadsafe(site._loop.stop)
        thread.join()
        site._loop.close()
