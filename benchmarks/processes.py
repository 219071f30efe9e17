"""What a whole process cost."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from benchmarks.environments import ROOT, environment


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process, from its start to its end."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    code: int


@dataclass(frozen=True, slots=True)
class Sample:
    """How far a process is, and what it has cost until then."""

    done: int
    cpu_seconds: float
    mib: float


def run(command: Sequence[str | Path], log: Path) -> Cost:
    """Run a command to its end; what it says goes to `log`."""
    with log.open("wb") as said:
        began = time.perf_counter()
        process = _start(command, said)
        peaks = [0.0]
        watching = threading.Thread(target=_watch_peak, args=(process.pid, peaks))
        watching.start()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    watching.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(seconds, used.ru_utime + used.ru_stime, peaks[0], process.returncode)


def watch(command: Sequence[str | Path], log: Path, done: Callable[[], int], every: float) -> list[Sample]:
    """Run a command to its end and look how far it is every so many seconds; `done` counts what is done."""
    samples = []
    with log.open("wb") as said:
        process = _start(command, said)
        while process.poll() is None:
            time.sleep(every)
            if (sample := _look(process.pid, done())) is not None:
                samples.append(sample)
    return samples


def _start(command: Sequence[str | Path], said: BinaryIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT, env=environment(network=True), stdout=said, stderr=said)


def _watch_peak(pid: int, peaks: list[float]) -> None:
    """The most memory that a process has held, as it says while it runs (Linux).

    `ru_maxrss` also counts what its parent held when it was started.
    """
    with suppress(OSError, StopIteration):
        while True:
            lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
            peaks[0] = max(peaks[0], int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024)
            time.sleep(0.02)


def _look(pid: int, done: int) -> Sample | None:
    """From /proc (Linux); None where the process has just ended."""
    try:
        # The name, in brackets, may hold spaces; the times are the 14th and 15th field, the pages held the 24th.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    ticks, held = int(fields[11]) + int(fields[12]), int(fields[21])
    return Sample(done, ticks / os.sysconf("SC_CLK_TCK"), held * os.sysconf("SC_PAGE_SIZE") / 2**20) if held else None
