"""The peers' own environments, made from pinned requirement files, and workers started in them."""

import json
import os
import shutil
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path
from typing import Any, Self

from benchmarks.extractors import EXTRACTORS

ROOT = Path(__file__).parents[1]
REQUIREMENTS = Path(__file__).parent / "peers"
PLACE = Path(__file__).parent / ".peers"

# A peer that wants the network (tldextract's list of suffixes) finds a proxy that refuses.
_REFUSED = "http://127.0.0.1:9"


def python_of(requirements: str | None) -> Path:
    """The interpreter of an environment, made first where it is missing or its requirement file changed."""
    if requirements is None:
        return Path(sys.executable)
    wanted, folder = REQUIREMENTS / f"{requirements}.txt", PLACE / requirements
    made = folder / "requirements.txt"
    if not made.exists() or made.read_bytes() != wanted.read_bytes():
        sys.stderr.write(f"making the environment of {requirements} ...\n")
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", wanted], check=True)
        shutil.copy(wanted, made)
    return folder / "bin" / "python"


def version_of(side: str) -> str:
    """The pinned version of a side's package."""
    requirements = EXTRACTORS[side].requirements
    if requirements is None:
        return metadata.version(side.partition(" ")[0].replace("_", "-"))
    pins = (REQUIREMENTS / f"{requirements}.txt").read_text(encoding="utf-8").splitlines()
    return next(pin.partition("==")[2] for pin in pins if pin.lower().startswith(f"{requirements}=="))


def environment(*, network: bool = False) -> dict[str, str]:
    """What a side's process sees: this package, the same hashes every time, no network unless it is to crawl."""
    own = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONHASHSEED": "0"}
    proxies = () if network else ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**inherited, **dict.fromkeys(proxies, _REFUSED), **own}


class Worker:
    """One side in a process of its own."""

    def __init__(self, side: str, folder: Path) -> None:
        self.side = side
        command = [python_of(EXTRACTORS[side].requirements), "-W", "ignore", "-m", "benchmarks.worker", side, folder]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self.import_ms: float = self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def ask(self, command: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.side}: its process ended; run: python -m benchmarks.worker {self.side!r} FOLDER")
        return json.loads(line)
