"""WARC files and WACZ as others make them, by warcio."""

import gzip
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
from backports import zstd
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HTML = [("Content-Type", "text/html; charset=utf-8")]
DATE = "2026-11-20T10:00:00Z"


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def chunked(body: bytes) -> bytes:
    pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


# What may stand in a response record for one body: the bytes, and the headers that say so.
ENCODED: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "plain": (bytes, []),
    "gzip": (gzip.compress, [("Content-Encoding", "gzip")]),
    "x-gzip": (gzip.compress, [("Content-Encoding", "x-gzip")]),
    "br": (brotli.compress, [("Content-Encoding", "br")]),
    "zstd": (zstd.compress, [("Content-Encoding", "zstd")]),
    "deflate": (zlib.compress, [("Content-Encoding", "deflate")]),
    "raw deflate": (raw_deflate, [("Content-Encoding", "deflate")]),
    "chunked": (chunked, [("Transfer-Encoding", "chunked")]),
    "chunked gzip": (
        lambda body: chunked(gzip.compress(body)),
        [("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")],
    ),
    "said to be gzip, and unpacked": (bytes, [("Content-Encoding", "gzip")]),
    "said to be br, and unpacked": (bytes, [("Content-Encoding", "br")]),
    "said to be chunked, and whole": (bytes, [("Transfer-Encoding", "chunked")]),
    "of an encoding nobody knows": (bytes, [("Content-Encoding", "none, really")]),
}


class Writer(WARCWriter):
    """warcio's; its temporary files it leaves open."""

    def _create_temp_file(self) -> BytesIO:
        return BytesIO()


class WarcFile:
    """A WARC file in the making."""

    def __init__(self, *, packed: bool = True) -> None:
        self.stream = BytesIO()
        self.writer = Writer(self.stream, gzip=packed)
        self.ids: list[str] = []

    def response(
        self, url: str, body: bytes, *, date: str = DATE, status: str = "200 OK",
        headers: Sequence[tuple[str, str]] = HTML, warc_headers: dict[str, str] | None = None, kind: str = "response",
    ) -> str:  # fmt: skip
        http = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")
        return self._write(kind, url, body, {"WARC-Date": date, **(warc_headers or {})}, http)

    def resource(self, url: str, body: bytes, *, date: str = DATE, content_type: str = "text/html") -> str:
        return self._write("resource", url, body, {"WARC-Date": date}, None, content_type)

    def conversion(self, url: str, body: bytes, refers_to: str, *, date: str = DATE) -> str:
        return self._write("conversion", url, body, {"WARC-Date": date, "WARC-Refers-To": refers_to}, None, "text/html")

    def revisit(
        self, url: str, *, date: str, status: str = "200 OK", headers: Sequence[tuple[str, str]] = HTML, **refers: str
    ) -> str:
        profile = "server-not-modified" if status.startswith("304") else "identical-payload-digest"
        named = {"WARC-" + name.replace("_", "-"): value for name, value in refers.items()}
        named["WARC-Profile"] = f"http://netpreserve.org/warc/1.1/revisit/{profile}"
        return self.response(url, b"", date=date, status=status, headers=headers, warc_headers=named, kind="revisit")

    def _write(
        self, kind: str, url: str, body: bytes, headers: dict[str, str], http: Any, content_type: str = ""
    ) -> str:
        record = self.writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(body),
            warc_headers_dict=headers,
            http_headers=http,
            warc_content_type=content_type,
        )
        self.writer.write_record(record)
        self.ids.append(record.rec_headers.get_header("WARC-Record-ID"))
        return self.ids[-1]

    @property
    def data(self) -> bytes:
        return self.stream.getvalue()

    def save(self, file: Path) -> Path:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.data)
        return file


def save_wacz(file: Path, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(file, "w", method) as wacz:
        for name, data in members.items():
            wacz.writestr(name, data)
        wacz.writestr("datapackage.json", "{}")
    return file
