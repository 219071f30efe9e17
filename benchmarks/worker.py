"""Reads pages with one side, in that side's own environment: `python -m benchmarks.worker NAME FOLDER`.

Imports nothing but the standard library and the side itself. Answers commands on standard input, a JSON
line each: `pass` (CPU milliseconds of each page), `extract` (what was read on each page), `memory` (peak
MiB). The first line says what importing the side cost.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

from benchmarks.extractors import EXTRACTORS, Extract, Fields


def main(name: str, folder: Path) -> None:
    # What a side prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(value: object) -> None:
        answers.write(json.dumps(value, ensure_ascii=False) + "\n")
        answers.flush()

    began = time.process_time()
    extract = EXTRACTORS[name].load()
    answer((time.process_time() - began) * 1000)
    listing = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
    pages = [((folder / page["file"]).read_bytes(), page["url"], page["content_type"]) for page in listing]
    for command in sys.stdin:
        match command.strip():
            case "pass":
                answer([milliseconds(extract, *page) for page in pages])
            case "extract":
                answer([read(extract, *page) for page in pages])
            case "memory":
                answer(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def milliseconds(extract: Extract, body: bytes, url: str, content_type: str) -> float:
    began = time.process_time()
    extract(body, url, content_type)
    return (time.process_time() - began) * 1000


def read(extract: Extract, body: bytes, url: str, content_type: str) -> Fields:
    try:
        return extract(body, url, content_type)
    except Exception as error:  # a side that fails on a page has not read it
        return {"failed": f"{type(error).__name__}: {error}"[:200]}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
