"""A real pywb on loopback, in an environment of its own (`.venv-pywb`), that serves captures made for a test."""

import fcntl
import gzip
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import NamedTuple
from uuid import uuid4

import pytest
from crawling import ROOT

REQUIREMENTS = ROOT / "tests" / "pywb-requirements.txt"
VENV = ROOT / ".venv-pywb"


class Captured(NamedTuple):
    moment: str
    url: str
    body: bytes
    status: str = "200 OK"


@contextmanager
def pywb(folder: Path, captures: Iterable[Captured]) -> Iterator[str]:
    """The address of a collection that holds the captures: `<address>/cdx` is its CDX server."""
    _write(folder / "captures.warc.gz", captures)
    with serving(folder, ["captures.warc.gz"]) as address:
        yield address


@contextmanager
def serving(folder: Path, files: Sequence[str], index: bytes | None = None) -> Iterator[str]:
    """The same of WARC files in the folder; `index`: CDXJ in the place of pywb's own."""
    programs = _environment() / "bin"
    for arguments in (["init", "news"], ["add", "news", *files]):
        subprocess.run([programs / "wb-manager", *arguments], cwd=folder, capture_output=True, check=True, timeout=60)
    if index is not None:
        (folder / "collections" / "news" / "indexes" / "index.cdxj").write_bytes(index)
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "pywb.log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "wayback", "-b", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}/news"
    try:
        _wait_for(f"{address}/cdx?url=example.org/", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _environment() -> Path:
    made = VENV / "requirements.txt"
    with (ROOT / ".venv-pywb.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        if not made.exists() or made.read_bytes() != REQUIREMENTS.read_bytes():
            subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
            install = [VENV / "bin" / "pip", "install", "-q", "--disable-pip-version-check", "-r", REQUIREMENTS]
            done = subprocess.run(install, capture_output=True, text=True, check=False, timeout=500)
            if done.returncode and "No matching distribution" in done.stderr:
                pytest.skip("pywb cannot be installed: no package index can be reached")
            assert done.returncode == 0, done.stderr
            made.write_bytes(REQUIREMENTS.read_bytes())
    return VENV


def _write(file: Path, captures: Iterable[Captured]) -> None:
    with file.open("wb") as stream:
        for capture in captures:
            block = (
                f"HTTP/1.1 {capture.status}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n".encode() + capture.body
            )
            head = (
                f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n"
                f"WARC-Date: {capture.moment}\r\nWARC-Target-URI: {capture.url}\r\n"
                f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
            )
            stream.write(gzip.compress(head.encode() + block + b"\r\n\r\n"))


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert server.poll() is None, "pywb has ended; see pywb.log"
            time.sleep(0.1)
    raise AssertionError("pywb does not answer")
