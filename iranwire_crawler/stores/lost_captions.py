"""Captions that a killed run did not come to write, written from the lines of their articles."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from iranwire_crawler.domain.items import Article
from iranwire_crawler.domain.records import captions_of, read_record
from iranwire_crawler.domain.validation import validator_of
from iranwire_crawler.stores.run_folders import ARTICLES, CAPTIONS


def add_lost_captions(folder: Path) -> int:
    """Append to a run's `captions.jsonl` what its articles' lines hold and it does not; returns how many lines.

    An article's line is written before those of its captions, and holds all that they say. Both files must end
    in whole lines. Raises OSError where it cannot be written.
    """
    there = {line.get("key") for line in _lines(folder / CAPTIONS)}
    fits = validator_of("caption").is_valid
    found = (caption for article in _articles(folder / ARTICLES) for caption in captions_of(article))
    # A caption that does not fit its schema stands in rejected.jsonl, or would.
    lost = [caption for caption in found if caption.key not in there and fits(orjson.loads(orjson.dumps(caption)))]
    if lost:
        with (folder / CAPTIONS).open("ab") as feed:
            feed.writelines(orjson.dumps(caption, option=orjson.OPT_APPEND_NEWLINE) for caption in lost)
            feed.flush()
            os.fsync(feed.fileno())
    return len(lost)


def _articles(file: Path) -> Iterator[Article]:
    """The articles of a feed; a faulty line is none."""
    for line in _lines(file):
        with suppress(ValueError):
            yield read_record(Article, line)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The objects among a feed's lines; a feed that is not there has none."""
    with suppress(FileNotFoundError), file.open("rb") as feed:
        for line in feed:
            with suppress(orjson.JSONDecodeError):
                if isinstance(record := orjson.loads(line), dict):
                    yield record
