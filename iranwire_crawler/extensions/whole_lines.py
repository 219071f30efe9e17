"""JSON Lines of which each is on its way to the disk when the next thing happens, and none is ever half there."""

import os
from contextlib import suppress
from io import BytesIO
from typing import Any

from scrapy.exporters import JsonLinesItemExporter


class WholeLines(JsonLinesItemExporter):
    """Scrapy's exporter, but for its buffer: a run that is killed loses nothing that it has written.

    Scrapy's feeds are buffered one by one, so that a killed run would leave an article whose captions are not
    there. A crawl writes about a line a second: one call of the system for each costs nothing.

    Where only a part of a line could be written (a full disk), it is cut off again, and the OSError raised.
    """

    def export_item(self, item: Any) -> None:
        written, self.file = self.file, BytesIO()
        try:
            super().export_item(item)
            line = self.file.getvalue()
        finally:
            self.file = written
        _append(self.file.fileno(), line)


def _append(file: int, line: bytes) -> None:
    start = os.fstat(file).st_size
    try:
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(file, rest) :]
    except OSError:
        with suppress(OSError):
            os.ftruncate(file, start)
        raise
