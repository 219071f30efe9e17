"""JSON Lines of which each is on its way to the disk when the next thing happens, and none is ever half there."""

import errno
import os
from typing import Any, ClassVar

import orjson
from scrapy.exporters import JsonLinesItemExporter

from iranwire_crawler.domain.schema import exported
from iranwire_crawler.stores.durable import append_whole


class WholeLines(JsonLinesItemExporter):
    """JSON Lines of our records. A run that is killed loses nothing that it has written.

    Scrapy's feeds are buffered one by one, so that a killed run would leave an article whose captions are not
    there. A crawl writes about a line a second: one call of the system for each costs nothing. The line is
    made by orjson, which knows dataclasses: Scrapy's encoder, through an adapter for each part of a record,
    takes ten times as long.

    Where only a part of a line could be written (a full disk), it is cut off again, and the OSError raised; no feed
    of that folder takes a line after that: an article's captions are shorter than its text, and may fit where it
    did not.
    """

    failed: ClassVar[set[str]] = set()
    """Folders in which a line could not be written."""

    def export_item(self, item: Any) -> None:
        names = exported(type(item)) if self.fields_to_export is None else self.fields_to_export
        line = orjson.dumps({name: getattr(item, name) for name in names}, option=orjson.OPT_APPEND_NEWLINE)
        folder = os.path.dirname(self.file.name)
        if folder in self.failed:
            raise OSError(errno.EIO, "a line before this one could not be written", self.file.name)
        try:
            append_whole(self.file.fileno(), line)
        except OSError:
            self.failed.add(folder)
            raise
