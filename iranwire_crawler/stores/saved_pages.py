"""What SAVED_PAGES names: WARC files, folders of them, WACZ, or a mirror folder."""

import os
from pathlib import Path

from iranwire_crawler.domain.errors import SavedPagesError
from iranwire_crawler.stores.mirror import MirrorFolder
from iranwire_crawler.stores.warc_archive import WarcArchive
from iranwire_crawler.stores.warc_sources import WarcSource, warc_sources

SavedPagesStore = MirrorFolder | WarcArchive


def open_saved_pages(given: str, data_dir: Path) -> SavedPagesStore:
    """The saved pages of a setting: one path, or several parted by commas or the system's path separator.

    Raises SavedPagesError where one of them is missing or of no known form, or they hold none of the site's pages.
    """
    paths = saved_paths(given)
    sources: list[WarcSource] = []
    without: list[Path] = []
    for path in paths:
        found = warc_sources(path, data_dir)
        sources += found
        if not found:
            without.append(path)
    if not without:
        return WarcArchive(sources, data_dir)
    if len(paths) > 1:
        raise SavedPagesError(f"SAVED_PAGES={given}: {without[0]} holds no WARC files; a mirror folder stands alone")
    return MirrorFolder(paths[0])


def saved_paths(given: str) -> list[Path]:
    """The paths that a setting names. Raises SavedPagesError for one that is not there."""
    if Path(given).exists():
        return [Path(given)]
    parts = [part.strip() for each in given.split(",") for part in each.split(os.pathsep)]
    paths = [Path(part) for part in parts if part]
    for path in paths:
        if not path.exists():
            raise SavedPagesError(f"SAVED_PAGES={path}: no such file or folder")
    if not paths:
        raise SavedPagesError(f"SAVED_PAGES={given}: names no file or folder")
    return paths
