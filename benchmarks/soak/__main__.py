"""`python -m benchmarks.soak [CHAPTER …]`: the quick part of the faults' suite, and then what takes long.

    quick   tests/faults, as ./check runs them
    kills   kill -9 at random moments (--kills 200), each followed by the same command
    disk    a small file system that fills up (needs root; is left out without)
    outage  the site away for a minute in five ways, and for good
    clock   the clock jumps by years in the middle of a crawl (needs libfaketime; is left out without)
    load    10,000 listing pages, a page of 50 MB, a feed of a million lines
    fuzz    the readers under atheris, in an environment of its own (--inputs 1000000 each)

Exit code 1 where anything was found; every finding is printed.
"""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHAPTERS = ("quick", "kills", "disk", "outage", "clock", "load", "fuzz")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description="Faults, load and fuzzing.")
    parser.add_argument("chapters", nargs="*", metavar="chapter", help=f"{', '.join(CHAPTERS)}; all if none is named")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="for each reader")
    parser.add_argument("--readers", default="", help="of fuzz, parted by commas; all if none is named")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if unknown := set(asked.chapters) - set(CHAPTERS):
        parser.error(f"{', '.join(sorted(unknown))}: the chapters are {', '.join(CHAPTERS)}")
    sys.path.insert(0, str(ROOT / "tests"))
    found: list[str] = []
    for chapter in asked.chapters or CHAPTERS:
        found += _run(chapter, asked)
    for finding in found:
        print(f"FOUND {finding}")
    return 1 if found else 0


def _run(chapter: str, asked: argparse.Namespace) -> list[str]:
    """The findings of one chapter, imported when its turn comes: they need the tests' folder."""
    match chapter:
        case "quick":
            done = subprocess.run([sys.executable, "-m", "pytest", "-q", "tests/faults"], cwd=ROOT, check=False)
            return [f"tests/faults: exit code {done.returncode}"] if done.returncode else []
        case "kills":
            from benchmarks.soak import kills

            return kills.chapter(asked.kills, asked.seed)
        case "disk":
            from benchmarks.soak import disk

            return disk.chapter()
        case "outage":
            from benchmarks.soak import outage

            return outage.chapter()
        case "clock":
            from benchmarks.soak import clock

            return clock.chapter()
        case "load":
            from benchmarks.soak import load

            return load.chapter()
        case _:
            from benchmarks.soak import fuzzing

            return fuzzing.chapter(asked.readers.split(",") if asked.readers else None, asked.inputs)


if __name__ == "__main__":
    sys.exit(main())
