"""Runs `scrapy …` in this process and notes what it reaches: `python watched.py NOTES MARK ARGUMENT… [, ARGUMENT…]`.

A Python audit hook sees every connection, name look-up, listening socket, started program, compiled source and file
opened for writing or taken away, whichever library asks for it. NOTES gets a JSON object of sorted lists; sources
alone that hold MARK are noted. A comma parts commands, which run one after the other; the exit code is the greatest.
"""

import json
import os
import sys
from collections import defaultdict
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any

from scrapy.cmdline import execute

_LISTENING = "0A"
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty")
_CHANGES = ("os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "shutil.rmtree")
_MOVES = ("os.rename", "os.link", "os.symlink")


def watch(mark: str) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = defaultdict(set)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            seen["connected"].add(f"{arguments[1][0]}:{arguments[1][1]}")
            seen["listening"] |= _listening()
        elif event == "socket.bind":
            seen["bound"].add(str(arguments[1]))
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            seen["looked up"].add(str(arguments[0]))
        elif event in _STARTS:
            seen["started"].add(str(arguments[:2]))
        elif event in ("compile", "exec") and mark in str(arguments[0]):
            seen["executed"].add(str(arguments[0])[:200])
        elif (event == "open" and _writes(arguments)) or event in _CHANGES:
            seen["written"] |= _paths(*arguments[:1])
        elif event in _MOVES:
            seen["written"] |= _paths(*arguments[:2])

    sys.addaudithook(hook)
    return seen


def _writes(arguments: tuple[Any, ...]) -> bool:
    mode, flags = arguments[1], arguments[2]
    return bool(set(mode or "") & set("wax+")) or bool(isinstance(flags, int) and flags & _WRITING)


def _paths(*given: Any) -> set[str]:
    """Whole paths; what is open already (a number) has been seen when it was opened."""
    return {os.path.abspath(os.fsdecode(each)) for each in given if not isinstance(each, int)}


def _listening() -> set[str]:
    """This process's own listening TCP sockets."""
    own = set()
    for fd in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # that of the listing itself
            own.add(os.readlink(f"/proc/self/fd/{fd}"))
    found = set()
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == _LISTENING and f"socket:[{parts[9]}]" in own:
                found.add(parts[1])
    return found


def main() -> None:
    notes, mark, *arguments = sys.argv[1:]
    seen = watch(mark)
    codes = [0]
    try:
        for comma, command in groupby(arguments, ",".__eq__):
            if not comma:
                codes.append(_run(*command))
    finally:
        told = {name: sorted(values) for name, values in list(seen.items())}
        Path(notes).write_text(json.dumps(told), encoding="utf-8")
    sys.exit(max(codes))


def _run(*command: str) -> int:
    try:
        execute(["scrapy", *command])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


if __name__ == "__main__":
    main()
