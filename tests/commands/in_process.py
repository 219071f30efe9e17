"""A command of ours, run as `scrapy` runs it but in this process: quick enough for many cases."""

import argparse
import contextlib
import io
from importlib import import_module
from pathlib import Path

from commands.test_rebuild import Done
from scrapy.settings import Settings


def command(name: str, *arguments: str, data_dir: Path) -> Done:
    """Exit code and what was printed."""
    made = import_module(f"iranwire_crawler.commands.{name}").Command()
    made.settings = Settings({"DATA_DIR": str(data_dir)})
    parser = argparse.ArgumentParser()
    made.add_options(parser)
    opts, args = parser.parse_known_args(arguments)
    out, log = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(log):
        made.run(args, opts)
    return Done(made.exitcode, out.getvalue(), log.getvalue())
