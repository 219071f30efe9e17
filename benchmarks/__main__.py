"""`python -m benchmarks [CHAPTER …] [--quick] [--sides …] [--write]`: measures, and prints Markdown tables.

Peers run in environments of their own, which are made on first use (`benchmarks/.peers/`, needs a package
index). `--quick`: few pages and rounds, to see that it works. `--write`: also into RESULTS.md.
"""

import argparse
import ast
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

from benchmarks import crawling, growth, profiling, reading, replay, results, right
from benchmarks.environments import ROOT, environment
from benchmarks.extractors import EXTRACTORS


class Chapter(NamedTuple):
    title: str
    make: Callable[[argparse.Namespace], str]


def _reading(asked: argparse.Namespace) -> str:
    return reading.chapter(asked.sides, quick=asked.quick, rounds=asked.rounds)


def _crawling(asked: argparse.Namespace) -> str:
    peers = len(asked.sides) > 2
    return crawling.chapter(quick=asked.quick, peers=peers, rounds=asked.rounds, articles=asked.articles)


def _replay(asked: argparse.Namespace) -> str:
    count, rounds = (300, 1) if asked.quick else (3000, asked.rounds or 5)
    return f"{replay.__doc__.partition(chr(10))[2].strip()}\n\n{replay.chapter(count, rounds)}"


def _seek(asked: argparse.Namespace) -> str:
    from benchmarks import seek  # it crawls the tests' made-up listings, and imports them

    return f"{seek.__doc__}\n{seek.chapter(quick=asked.quick)}"


def _script(name: str) -> Chapter:
    """A script of its own, which prints its table; its first paragraph says what it measures."""
    file = results.FILE.with_name(f"{name}.py")
    about = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n\n")[0]

    def make(_: argparse.Namespace) -> str:
        said = subprocess.run(
            [sys.executable, file], cwd=ROOT, env=environment(network=True), stdout=subprocess.PIPE, check=True
        )
        return f"{about}\n\n{said.stdout.decode()}"

    return Chapter(name.capitalize(), make)


CHAPTERS = {
    "reading": Chapter("Reading one page", _reading),
    "right": Chapter("Getting it right", lambda asked: right.chapter(asked.sides, quick=asked.quick)),
    "crawling": Chapter("Crawling", _crawling),
    "profile": Chapter(
        "Where the time goes", lambda asked: profiling.chapter(quick=asked.quick, articles=asked.articles)
    ),
    "growth": Chapter(
        "Growth",
        lambda asked: growth.chapter(
            quick=asked.quick, run_of=asked.articles, sizes=asked.archive, plotted=asked.write
        ),
    ),
    "seek": Chapter("Dated seek", _seek),
    "replay": Chapter("Replay", _replay),
    **{name: _script(name) for name in ("start", "export", "rendering")},
}


def main(arguments: list[str]) -> None:
    asked = arguments_of(arguments)
    for name in asked.chapters:
        chapter = CHAPTERS[name]
        said = [name, *(each for each in arguments if each not in {*CHAPTERS, "--write", "--note", asked.note})]
        text = results.headed(chapter.title, chapter.make(asked), said, asked.note)
        print(text, flush=True)
        if asked.write:
            results.write(chapter.title, text)


def arguments_of(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure beside the peers.")
    parser.add_argument("chapters", nargs="*", metavar="chapter", help=f"{', '.join(CHAPTERS)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="few pages and rounds, to see that it works")
    parser.add_argument("--sides", type=_sides, default=list(EXTRACTORS), help="of reading and right, parted by commas")
    parser.add_argument("--rounds", type=int, help="of reading, crawling and replay (9, 5, 5)")
    parser.add_argument("--articles", type=int, help="of crawling and growth: how long a run is (3,000, 100,000)")
    parser.add_argument("--archive", type=int, nargs="+", help="of growth: lines in the catalogue")
    parser.add_argument("--write", action="store_true", help="write the chapters into RESULTS.md")
    parser.add_argument("--note", default="", help="what else to say of the machine")
    asked = parser.parse_args(arguments)
    asked.chapters = asked.chapters or list(CHAPTERS)
    return asked


def _sides(value: str) -> list[str]:
    """The floor and our own side are always there: every ratio is to them."""
    given = [reading.FLOOR, reading.OURS, *value.split(",")]
    if unknown := set(given) - set(EXTRACTORS):
        raise argparse.ArgumentTypeError(f"{sorted(unknown)}: the sides are {', '.join(EXTRACTORS)}")
    return [side for side in EXTRACTORS if side in given]


if __name__ == "__main__":
    main(sys.argv[1:])
