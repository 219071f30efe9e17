"""Our commands, run as a user does: in a process of its own, or in this one, which is quick enough for many cases."""

import argparse
import contextlib
import io
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from crawling import python
from scrapy.settings import Settings


@dataclass(frozen=True)
class Done:
    """An exit code, and what was said on standard output and standard error."""

    code: int
    out: str
    log: str


def scrapy(command: str, *arguments: str, data_dir: Path) -> Done:
    """`scrapy <command> …`."""
    done = python("-m", "scrapy", command, *arguments, "-s", f"DATA_DIR={data_dir}")
    return Done(done.returncode, done.stdout, done.stderr)


def command(name: str, *arguments: str, data_dir: Path) -> Done:
    """The same in this process."""
    made = import_module(f"iranwire_crawler.commands.{name}").Command()
    made.settings = Settings({"DATA_DIR": str(data_dir)})
    parser = argparse.ArgumentParser()
    made.add_options(parser)
    opts, args = parser.parse_known_args(arguments)
    out, log = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(log):
        made.run(args, opts)
    return Done(made.exitcode, out.getvalue(), log.getvalue())
