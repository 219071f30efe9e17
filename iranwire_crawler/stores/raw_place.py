"""Whether an article's raw page stands where its record says."""

import re
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from iranwire_crawler.domain.items import Article

# In the run's own folder, or in that of another run of the same DATA_DIR.
_FILE = re.compile(r"(\.\./\.\./[A-Za-z0-9_][A-Za-z0-9_-]*/[0-9TZ-]+/)?[A-Za-z0-9_][A-Za-z0-9._-]*")


def raw_page_flaw(run_folder: Path, article: Article) -> str | None:
    """What is wrong with it; None where the record stands there, whole, or none was kept.

    A page that was read from a WARC file of somebody else's stands there, and cannot be looked for.
    """
    place = article.warc
    if place is None:
        return None
    said = f"warc: {place.file}, byte {place.offset}"
    inside = _FILE.fullmatch(place.file)
    file = run_folder / place.file
    if article.source != "live" and not (inside and (inside[1] or file.is_file())):
        return None
    if not inside:
        return f"{said}: not a file of a run folder"
    try:
        with file.open("rb") as stream:
            if place.offset >= file.stat().st_size:
                return f"{said}: the file ends before it"
            stream.seek(place.offset)
            for record in ArchiveIterator(stream, parse_http=False):
                if record.record_id != place.record_id:
                    return f"{said}: another record stands there"
                # fastwarc gives a cut record as a short one without a word: the digest is that of the whole.
                return None if record.verify_block_digest() else f"{said}: the record is damaged"
    except FileNotFoundError:
        return f"{said}: the file is not there"
    except OSError as error:
        # What fastwarc cannot read it tells as an OSError without a number, the system's have one.
        if error.errno is not None:
            raise
        return f"{said}: the record is damaged"
    return f"{said}: no record stands there"
