"""RESULTS.md: a chapter a benchmark, each with the machine, the versions and the command that made it."""

import os
import platform
import re
import shlex
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

FILE = Path(__file__).parent / "RESULTS.md"
_HEAD = """# Results

Every figure was made by the command over its chapter (`python -m benchmarks`, see `__main__.py`), which also says on
which machine and when. Times are CPU times unless a column says otherwise; all sides of a table were measured in one
run, in turns, on the same pages.
"""


def headed(title: str, text: str, arguments: list[str], note: str) -> str:
    """A chapter with its command and circumstances."""
    command = shlex.join(["python", "-m", "benchmarks", *arguments])
    return f"## {title}\n\n`{command}`\n\n{circumstances(note)}\n\n{text}\n"


def circumstances(note: str) -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("scrapy", "lxml", "selectolax"))
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} cores (load at the end {load:.1f}), "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {versions}."
        + (f" {note}" if note else "")
    )


def write(title: str, chapter: str) -> None:
    """Put a chapter in the place of its former self, else at the end."""
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else _HEAD
    former = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    if not former.search(text):
        text += f"\n## {title}\n"
    text = former.sub(lambda _: chapter + "\n", text)
    FILE.write_text(text.rstrip() + "\n", encoding="utf-8")


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()
