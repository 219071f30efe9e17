"""Run folders with feeds in them, as runs leave them."""

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from iranwire_crawler.stores.runs import write_report

STAMP = "2026-11-{day:02d}T120000Z"


def record(number: int = 1, *, text: str = "one", revision: int = 1, day: int = 1, **more: Any) -> dict[str, Any]:
    """An article's line; `text` is its body, `day` the day on which it was fetched."""
    language = more.pop("language", "en")
    return {
        "key": f"{language}/{number}",
        "url": f"https://iranwire.com/{language}/features/{number}/",
        "fetched_url": f"https://iranwire.com/{language}/features/{number}-a-slug/?ref=x",
        "section": {"slug": "features", "name": "Features"},
        "article_type": "article",
        "headline": f"Story {number}",
        "description": None,
        "authors": [{"name": "Mona Zarrinkub", "url": None}],
        "date_published": f"2026-10-{day:02d}",
        "body": [{"type": "paragraph", "text": part} for part in text.split("\n")],
        "images": [],
        "content_hash": hashed(text),
        "revision": revision,
        "previous_hash": None,
        "fetched_at": f"2026-11-{day:02d}T12:00:00Z",
        **more,
    }


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make_run(
    data_dir: Path,
    records: list[Any],
    *,
    day: int = 1,
    spider: str = "news",
    feed: str = "articles.jsonl",
    tail: bytes = b"",
    finished: bool = True,
) -> Path:
    """A run folder with these lines in a feed; bytes are written as they are."""
    folder = data_dir / spider / STAMP.format(day=day)
    folder.mkdir(parents=True, exist_ok=True)
    append(folder / feed, records, tail)
    finish(folder, finished=finished)
    return folder


def append(file: Path, records: list[Any], tail: bytes = b"") -> None:
    with file.open("ab") as stream:
        for each in records:
            stream.write(each if isinstance(each, bytes) else json.dumps(each, ensure_ascii=False).encode())
            stream.write(b"\n")
        stream.write(tail)


def finish(folder: Path, *, finished: bool = True, status: str = "sound", ended: str | None = None) -> None:
    """Write the folder's `run.json`."""
    report: dict[str, Any] = {"spider": folder.parent.name, "started": "2026-11-01T12:00:00Z", "finished": None}
    if finished:
        code = {"sound": 0}.get(status, 3)
        reasons = [] if code == 0 else [{"code": "blocked", "message": "the site \x1b[31mrefused\u202e pages"}]
        report |= {
            "finished": ended or "2026-11-01T12:10:00Z",
            "finish_reason": "finished",
            "counts": {"articles": 1},
            "verdict": {"status": status, "exit_code": code, "reasons": reasons, "notes": []},
        }
    write_report(folder, report)


def rows(data_dir: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of a catalogue."""
    database = sqlite3.connect(data_dir / "catalogue.sqlite")
    try:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr) for name in names}
    finally:
        database.close()
