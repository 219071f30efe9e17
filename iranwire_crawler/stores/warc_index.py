"""Which records of a run's WARC files are whole: a line a response, written after it.

While the run writes, `pages.cdxj.open` grows in the order of the files. When it has closed, the same lines stand
sorted in `pages.cdxj`, as CDXJ tools (pywb, cdxj-indexer) look them up. Either can be made anew from the WARC files.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from iranwire_crawler.stores.durable import replace_whole

JOURNAL = "pages.cdxj.open"
INDEX = "pages.cdxj"

_OURS = re.compile(r"pages(-[0-9]{5,})?\.warc\.gz")


def warc_files(folder: Path) -> list[Path]:
    """The WARC files of a run, in the order in which they were written."""
    found = [file for file in folder.iterdir() if _OURS.fullmatch(file.name)]
    return sorted(found, key=lambda file: int((file.name.removesuffix(".warc.gz").partition("-")[2]) or 1))


def is_ours(file: Path, data_dir: Path) -> bool:
    """Whether a run of DATA_DIR wrote the file: `DATA_DIR/<spider>/<run>/pages.warc.gz`."""
    return _OURS.fullmatch(file.name) is not None and file.parent.parent.parent == data_dir.resolve()


def index_line(
    target_uri: str, at: datetime, *, mime: str, status: int, digest: str, length: int, offset: int, file: str
) -> bytes:
    """A line of CDXJ. `length` and `offset` are those of the record's gzip member, in bytes."""
    fields = {
        "url": target_uri,
        "mime": mime,
        "status": str(status),
        "digest": digest,
        "length": str(length),
        "offset": str(offset),
        "filename": file,
    }
    return f"{sort_key(target_uri)} {at.astimezone(UTC):%Y%m%d%H%M%S} {json.dumps(fields)}\n".encode()


def sort_key(url: str) -> str:
    """`com,iranwire)/en/news/1-x` of `https://www.iranwire.com/en/news/1-x/`: SURT, as far as CDXJ needs it."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = (parts.path.rstrip("/") or "/") + (f"?{'&'.join(sorted(parts.query.split('&')))}" if parts.query else "")
    return f"{','.join(reversed(host.split('.')))}){path.lower()}".replace(" ", "%20")


def mime(headers: Sequence[tuple[bytes, bytes]]) -> str:
    """The media type in HTTP headers, without its parameters; `unk` where none is given, as in CDXJ."""
    value = next((value for name, value in headers if name.lower() == b"content-type"), b"")
    return value.partition(b";")[0].strip().decode("latin-1").lower() or "unk"


def sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def digest_text(digest: bytes) -> str:
    """A SHA-1 digest as WARC files write it: `sha1:` and base 32."""
    return "sha1:" + base64.b32encode(digest).decode()


def journal_lines(folder: Path) -> list[bytes]:
    """The whole lines of the journal; none where there is no journal."""
    try:
        data = (folder / JOURNAL).read_bytes()
    except FileNotFoundError:
        return []
    return data[: data.rfind(b"\n") + 1].splitlines(keepends=True)


def close_index(folder: Path) -> None:
    """Sort the journal into `pages.cdxj` and remove it."""
    replace_whole(folder / INDEX, sorted(journal_lines(folder)))
    (folder / JOURNAL).unlink(missing_ok=True)
