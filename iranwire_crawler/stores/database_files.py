"""Files of an SQLite database, put in another's place: closed, synced, removed with what stands beside them."""

import os
import sqlite3
import time
from pathlib import Path

from iranwire_crawler.domain.errors import ArgumentError

LONGEST_WAIT = 10.0
"""Seconds that somebody who reads, or writes, is waited for."""
_BESIDE = ("-wal", "-shm", "-journal")


def retire(old: Path) -> None:
    """Close the old catalogue's books: a write-ahead log that is left lying would be read into the new one."""
    if not old.exists():
        remove(old)
        return
    deadline = time.monotonic() + LONGEST_WAIT
    while True:
        database = sqlite3.connect(old, isolation_level=None)
        try:
            # SQLite does so for the last connection alone: nobody is reading then.
            database.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise ArgumentError(f"{old}: cannot be replaced: {error}") from error
            time.sleep(0.1)
            continue
        except sqlite3.DatabaseError:
            pass  # No database at all: whatever it is, it goes.
        finally:
            database.close()
        break
    for suffix in _BESIDE:
        Path(f"{old}{suffix}").unlink(missing_ok=True)


def stands_still(database: Path) -> bool:
    """Whether nobody can write it from here (a read-only file system, a folder of someone else's) or has just done so.

    To read a database that has a write-ahead log, SQLite makes files beside it unless it is told that nothing changes.
    """
    return not os.access(database.parent, os.W_OK) and not Path(f"{database}-wal").exists()


def remove(database: Path) -> None:
    for suffix in ("", *_BESIDE):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
