"""`python -m benchmarks.pywb_replay`: the raw pages of two runs in pywb, each capture held against what the site sent.

The second run asks again for every article and is told that none has changed: its captures are revisits. pywb runs on
loopback in an environment of its own (`.venv-pywb`, made on first use, needs a package index).
"""

import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from benchmarks.tables import table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from crawling import Run, scrapy  # noqa: E402
from pywb_server import serving  # noqa: E402
from spiders.changing_site import ChangingSite, Story, served  # noqa: E402


def main() -> None:
    with tempfile.TemporaryDirectory() as name, served(ChangingSite([Story(n) for n in range(8, 0, -1)])) as site:
        place = Path(name)
        runs = [_crawl(site, place / "data") for _ in range(2)]
        files = [f"run-{number}.warc.gz" for number, _ in enumerate(runs, 1)]
        for run, file in zip(runs, files, strict=True):
            assert run.folder is not None, run.log
            shutil.copy(run.folder / "pages.warc.gz", place / file)
        with serving(place, files) as address:
            rows = [row for file in files for row in _looked_at(place / file, site, address)]
            rows += _newest(site, address, "both, pywb's index")
        other = place / "other"
        other.mkdir()
        for file in files:
            shutil.copy(place / file, other)
        with serving(other, files, _own_index(runs, files)) as address:
            rows += _newest(site, address, "both, our indexes without revisits")
    counted: dict[tuple[str, ...], int] = {}
    for row in rows:
        counted[row] = counted.get(row, 0) + 1
    heads = ["WARC file", "record", "status kept", "status from pywb", "body from pywb", "captures"]
    print(table(heads, [[*row, str(count)] for row, count in counted.items()]))


def _crawl(site: ChangingSite, data_dir: Path) -> Run:
    return scrapy(
        *("-a", "lang=en", "-a", "recheck=all", "-s", f"SITE_URL=http://127.0.0.1:{site.port}"),
        *("-s", "DOWNLOAD_DELAY=0.2", "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "RETRY_TIMES=0"),
        spider="news", data_dir=data_dir,
    )  # fmt: skip


def _looked_at(file: Path, site: ChangingSite, address: str) -> list[tuple[str, ...]]:
    """Each capture of a file: what it is, and what pywb gives back of it (`id_`: as it was sent)."""
    found = []
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, WarcRecordType.response | WarcRecordType.revisit):
            url = record.headers["WARC-Target-URI"]
            kind = "revisit" if record.record_type == WarcRecordType.revisit else "response"
            sent = site.answer(url.removeprefix("https://iranwire.com"))[1].encode()
            status, body = _from_pywb(f"{address}/{_stamp(record.record_date)}id_/{url}")
            found.append((file.name, kind, str(record.http_headers.status_code), str(status), _said(body, sent)))
    return found


def _newest(site: ChangingSite, address: str, name: str) -> list[tuple[str, ...]]:
    """What pywb gives of each article, as a reader asks who names no moment."""
    found = []
    for story in site.stories:
        status, body = _from_pywb(f"{address}/id_/https://iranwire.com{story.path}")
        found.append((name, "the newest", "-", str(status), _said(body, story.page().encode())))
    return found


def _own_index(runs: list[Run], files: list[str]) -> bytes:
    """The runs' `pages.cdxj` as one, but for the lines of revisits."""
    lines = []
    for run, file in zip(runs, files, strict=True):
        assert run.folder is not None
        mine = (run.folder / "pages.cdxj").read_bytes().replace(b'"pages.warc.gz"', f'"{file}"'.encode())
        lines += [line for line in mine.splitlines(keepends=True) if b'"mime": "warc/revisit"' not in line]
    return b"".join(sorted(lines))


def _said(body: bytes, sent: bytes) -> str:
    return "the page, byte for byte" if body == sent else "none" if not body else f"another, {len(body)} bytes"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M%S")


def _from_pywb(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - our own server's
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


if __name__ == "__main__":
    main()
