"""A folder of saved pages as `wget --mirror` leaves it: `<host>/<path>/index.html`.

File names may be raw or percent-encoded, end in `.html` or not, hold the query after `?` or `@`
(wget's --adjust-extension and --restrict-file-names=windows); the page in one may be packed.
A page is found by any form of its address: host, scheme and trailing slash make no difference,
nor does an article's slug.
"""

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

from iranwire_crawler.domain import site, urls
from iranwire_crawler.domain.errors import SavedPagesError
from iranwire_crawler.stores.gzipped import MAX_BYTES, unpacked

_INDEX = ("index.html", "index.htm", "index.xml", "index.php", "index")
_SUFFIXES = (".html", ".htm")
_NO_TEXT = re.compile("[\udc80-\udcff]+")


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One saved file and the public address that it answers."""

    url: str
    file: Path

    def body(self) -> bytes:
        """The page's bytes, bounded by `MAX_BYTES`. Raises OSError."""
        with self.file.open("rb") as stream:
            return unpacked(stream.read(MAX_BYTES))


class MirrorFolder:
    """The pages under a folder; `problems` says what of it cannot be read. Raises SavedPagesError where it has none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []
        self._by_address: dict[str, SavedPage] = {}
        self._by_key: dict[str, SavedPage] = {}
        if not path.exists():
            raise SavedPagesError(f"SAVED_PAGES={path}: no such folder")
        if not path.is_dir():
            raise SavedPagesError(f"SAVED_PAGES={path}: not a folder of saved pages")
        try:
            roots = [path / host for host in _hosts_in_order() if (path / host).is_dir()]
        except OSError as error:
            raise SavedPagesError(f"SAVED_PAGES={path}: cannot read: {error.strerror or error}") from error
        if not roots and path.name in site.HOSTS:
            roots = [path]
        for root in roots:
            self._index(root)
        if not self._by_address:
            why = self.problems[0] if self.problems else f"expected {path / site.HOST}/…/index.html"
            raise SavedPagesError(f"SAVED_PAGES={path}: holds no saved pages; {why}")

    def __len__(self) -> int:
        return len(self._by_address)

    def __iter__(self) -> Iterator[SavedPage]:
        return iter(self._by_address.values())

    def articles(self) -> Iterator[tuple[str, SavedPage]]:
        """Each article's key and its page, in the order of the keys."""
        yield from sorted(self._by_key.items())

    def find(self, url: str) -> SavedPage | None:
        """The saved page of an address, in whatever form either of them stands."""
        if urls.read_address(url) is None:
            return None
        page = self._by_address.get(identity(url))
        article = urls.article_address(url)
        if page is None and article is not None and not urlsplit(url).query:
            page = self._by_key.get(article.key)
        return page

    def _index(self, root: Path) -> None:
        for folder, subfolders, names in os.walk(root, onerror=self._note):
            subfolders.sort()
            for name in sorted(names):
                file = Path(folder, name)
                try:
                    _check(file)
                except OSError as error:
                    self._note(error)
                    continue
                for url in _addresses(file.relative_to(root).as_posix()):
                    page = SavedPage(url, file)
                    self._by_address.setdefault(identity(url), page)
                    article = urls.article_address(url)
                    if article is not None:
                        self._by_key.setdefault(article.key, page)

    def _note(self, error: OSError) -> None:
        self.problems.append(f"{os.path.relpath(error.filename, self.path)}: cannot be read: {error.strerror}")


def _check(file: Path) -> None:
    """Raises OSError where a file cannot be read. Opening would not do: it waits for who writes to a pipe."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(0, "not a regular file", str(file))
    if not os.access(file, os.R_OK):
        raise OSError(0, "no permission", str(file))


def _hosts_in_order() -> list[str]:
    """The public host first: where two hosts hold one page, that one's counts."""
    return [site.HOST, *sorted(site.HOSTS - {site.HOST})]


def _addresses(relative: str) -> Iterator[str]:
    """The addresses that a file of a mirror can stand for; the most literal one first."""
    # A file name that is not UTF-8: its bytes, percent-encoded, are the address.
    relative = _NO_TEXT.sub(lambda byte: quote(os.fsencode(byte[0])), relative)
    path, mark, query = relative.partition("?")
    if not mark:
        path, _, query = relative.partition("@")
    query = query.removesuffix(".gz")
    for suffix in _SUFFIXES:
        query = query.removesuffix(suffix)
    path = path.removesuffix(".gz")
    folder, _, name = path.rpartition("/")
    if name in _INDEX:
        path = f"{folder}/" if folder else ""
    else:
        for suffix in _SUFFIXES:
            path = path.removesuffix(suffix)
    yield f"https://{site.HOST}/{path}" + (f"?{query}" if query else "")


def identity(url: str) -> str:
    """What all forms of one address share: the path without a last slash, the query in order.

    What cannot be read as an address (`http://[x/`) is the same as no other.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = "/".join(segment for segment in parts.path.split("/") if segment)
    decoded = unquote_to_bytes(path).decode("utf-8", errors="backslashreplace")
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return unicodedata.normalize("NFC", decoded) + (f"?{query}" if query else "")
