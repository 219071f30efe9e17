"""A file system of some megabytes that fills up in the middle of a crawl, and is emptied again."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from faults.kills import Crawl, flaws_of, site_of
from faults.misbehaving import serving

ARTICLES = 60
SIZES = ("160k", "224k", "320k", "512k")
FILLED = "filled"


def chapter() -> list[str]:
    """For each size: a crawl on a tmpfs of that size, the room it lacked given, and the same command again."""
    if os.geteuid() != 0:
        sys.stderr.write("disk: needs root to mount a tmpfs; left out\n")
        return []
    began, flaws, full = time.monotonic(), [], 0
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="soak-disk-") as base:
            subprocess.run(["/usr/bin/mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", base], check=True)
            try:
                found, was_full = _filled_up(Path(base), size)
            finally:
                subprocess.run(["/usr/bin/umount", base], check=True)
        flaws += found
        full += was_full
    print(f"disk: {len(SIZES)} sizes, full in {full} of them; {len(flaws)} flaws; {time.monotonic() - began:.0f} s")
    return flaws


def _filled_up(base: Path, size: str) -> tuple[list[str], bool]:
    data = base / "data"
    with serving(site_of(ARTICLES)) as site:
        first = Crawl(site, data)
        code = first.wait()
        log = "".join(first.log)
        subprocess.run(["/usr/bin/mount", "-o", "remount,size=64m", str(base)], check=True)
        last = Crawl(site, data)
        last_code = last.wait()
        flaws = []
        if code not in (0, 1, 3):
            flaws.append(f"{size}: exit code {code} on a full disk")
        if last_code != 0:
            flaws.append(f"{size}: the run after it exits {last_code}: {''.join(last.log[-15:])}")
        flaws += [f"{size}: {flaw}" for flaw in flaws_of(data, ARTICLES)]
    return flaws, "No space left" in log
