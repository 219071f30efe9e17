"""Builds `tests/foreign`: small archives of the saved site as other tools make them.

`python tests/build_foreign_archives.py`, with GNU wget on the PATH and, in the environment that `WACZ_BIN` names,
`wacz` and `warcit`. The files are committed, so that the tests need none of these; a second building changes
their dates and record IDs. wget asks a proxy on loopback, so that it archives the site under its own address.
"""

import gzip
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from build_saved_site import SITE, stories

FOREIGN = Path(__file__).parent / "foreign"
KEYS = ("en/63871", "en/64055", "fa/139118", "ar/114301")
LISTINGS = ("/robots.txt", "/en/blogs/", "/en/special-features/?page=2")


def paths() -> list[str]:
    return [*(stories()[key].path for key in KEYS), *LISTINGS]


class _Proxy(BaseHTTPRequestHandler):
    """Answers for iranwire.com: Persian pages in chunks, Arabic ones packed, the others plain."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        file = self._file(unquote(parts.path), parts.query)
        if parts.hostname != "iranwire.com" or file is None:
            self.send_error(404)
            return
        body = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain" if file.suffix == ".txt" else "text/html; charset=utf-8")
        if "/ar/" in parts.path:
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        if "/fa/" in parts.path:
            self.send_header("Transfer-Encoding", "chunked")
            body = b"".join(_chunks(body))
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _file(self, path: str, query: str) -> Path | None:
        place = SITE / "iranwire.com" / path.strip("/")
        for file in (place, place / (f"index.html?{query}" if query else "index.html")):
            if file.is_file():
                return file
        return None

    def log_message(self, *_: object) -> None:
        pass


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 1000):
        chunk = body[start : start + 1000]
        yield f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"
    yield b"0\r\n\r\n"


@contextmanager
def proxy() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def wget(address: str, folder: Path, *arguments: str) -> None:
    """wget of these paths; it ends with 8 where a page does not exist."""
    environment = {**os.environ, "http_proxy": address, "no_proxy": ""}
    command = ["wget", "--no-config", "-nv", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 8), done.stderr


def main() -> None:
    programs = Path(os.environ["WACZ_BIN"])
    shutil.rmtree(FOREIGN, ignore_errors=True)
    FOREIGN.mkdir()
    asked = [f"http://iranwire.com{path}" for path in paths()]
    with proxy() as address, TemporaryDirectory() as name:
        place = Path(name)
        quiet = ("-O", "/dev/null", "--no-warc-keep-log")
        wget(address, place, *quiet, "--warc-file=wget", "--warc-cdx", *asked)
        wget(address, place, *quiet, "--warc-file=wget-plain", "--no-warc-compression", *asked)
        wget(address, place, *quiet, "--warc-file=wget-again", "--warc-dedup=wget.cdx", *asked)
        wget(address, FOREIGN, "-x", "-P", "mirror", *asked)
        wget(address, FOREIGN, "-x", "-P", "mirror-adjusted", "-E", "--restrict-file-names=windows", *asked)
        run = [programs / "wacz", "create", "-o", "wget.wacz", "--detect-pages", "wget.warc.gz"]
        subprocess.run(run, cwd=place, check=True, capture_output=True)
        shutil.copytree(FOREIGN / "mirror" / "iranwire.com", place / "site")
        run = [programs / "warcit", "-n", "warcit", "-o", "http://iranwire.com/", "site"]
        subprocess.run(run, cwd=place, check=True, capture_output=True)
        for file in place.iterdir():
            if file.name.endswith((".warc", ".warc.gz", ".wacz")):
                shutil.copy(file, FOREIGN)
    sys.stdout.write("".join(f"{file.stat().st_size:>7} {file.name}\n" for file in sorted(FOREIGN.iterdir())))


if __name__ == "__main__":
    main()
