"""What a whole process cost."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import ROOT, environment


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process, from its start to its end."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    code: int


def run(command: Sequence[str | Path], log: Path) -> Cost:
    """Run a command to its end; what it says goes to `log`."""
    with log.open("wb") as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment(network=True), stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode)
