"""Each reader under atheris, in an environment of its own; small seeds of our own, no corpus is kept."""

import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks.soak import fuzz_seeds

ROOT = Path(__file__).parents[2]
HOME = ROOT / "benchmarks" / ".peers" / "atheris"
# An input may take this many seconds, and the process this many MiB.
_SECONDS = 10
_MEBIBYTES = 1024


def chapter(readers: Sequence[str] | None, inputs: int) -> list[str]:
    """One reader after the other; the findings. What ended one stands in its folder, as a file `crash-…`."""
    python = _environment()
    findings = []
    for reader in readers or fuzz_seeds.READERS:
        began = time.monotonic()
        code, said = _run(python, reader, inputs)
        units, peak = _told(said, "number_of_executed_units"), _told(said, "peak_rss_mb")
        slowest = max((float(seconds) for seconds in re.findall(r"^slowest: ([0-9.]+)", said, re.MULTILINE)), default=0)
        print(
            f"fuzz: {reader}: {units:,} inputs, {time.monotonic() - began:.0f} s, exit code {code}, "
            f"slowest {slowest * 1000:.0f} ms, {peak} MiB at most",
            flush=True,
        )
        if code:
            findings.append(f"fuzz: {reader}: see {HOME / reader}\n{said[-2000:]}")
    return findings


def _run(python: Path, reader: str, inputs: int) -> tuple[int, str]:
    folder = HOME / reader
    shutil.rmtree(folder / "corpus", ignore_errors=True)
    (folder / "corpus").mkdir(parents=True)
    for number, seed in enumerate(fuzz_seeds.seeds(reader)):
        (folder / "corpus" / f"seed-{number}").write_bytes(seed)
    (folder / "words").write_text(fuzz_seeds.dictionary(reader), encoding="ascii")
    longest = fuzz_seeds.LONGEST.get(reader, fuzz_seeds.LONGEST_MARKUP)
    done = subprocess.run(
        [
            *(python, "-m", "benchmarks.soak.fuzz_target", reader, "corpus", "-dict=words", f"-max_len={longest}"),
            *(f"-runs={inputs}", f"-timeout={_SECONDS}", f"-rss_limit_mb={_MEBIBYTES}", "-print_final_stats=1"),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    return done.returncode, done.stderr.decode("utf-8", "replace")


def _told(said: str, name: str) -> int:
    found = re.search(rf"stat::{name}: +(\d+)", said)
    return int(found[1]) if found else 0


def _environment() -> Path:
    """atheris pins nothing and needs a compiler's runtime of its own: it stays out of the project's environment."""
    python = HOME / ".venv" / "bin" / "python"
    if not python.exists():
        sys.stderr.write("fuzz: making its environment\n")
        venv.create(HOME / ".venv", with_pip=True)
        needed = ("-r", str(ROOT / "requirements.txt"), "atheris")
        subprocess.run([python, "-m", "pip", "install", "-q", *needed], check=True)
    return python
