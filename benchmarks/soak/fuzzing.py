"""Each reader under atheris, in an environment of its own; seeds from the saved pages, no corpus is kept."""

import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOME = ROOT / "benchmarks" / ".peers" / "atheris"
READERS = ("date", "address", "text", "feed", "section", "page", "warc")
_LONGEST = {"date": 300, "address": 300, "text": 300, "feed": 2048, "section": 2048, "page": 2048, "warc": 2048}
_LINES = {
    "date": ["February 3, 2024", "۱۱ بهمن ۱۴۰۲", "3 أغسطس 2022", "Sat, 12 Sep 2026 08:00:00 +0330", "1402-11-14"],
    "address": ["https://iranwire.com/en/news/122073-a-slug/", "http://stg.iranwire.com:80/fa/x/1?a#b", "//x/../%2e"],
    "warc": [
        (
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-11-20T10:00:00Z\r\n"
            "WARC-Target-URI: https://iranwire.com/en/news/12-a-slug/\r\nContent-Length: 50\r\n"
            "Content-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\na page\r\n\r\n"
        ),
    ],
    "text": ["«می‌شود»", "a\u00a0b", "\u202eabc"],
}


def chapter(readers: Sequence[str] | None, inputs: int) -> list[str]:
    python = _environment()
    findings = []
    for reader in readers or READERS:
        folder = HOME / reader
        (folder / "corpus").mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(_seeds(reader)):
            (folder / "corpus" / f"seed-{number}").write_bytes(seed)
        options = (f"-runs={inputs}", f"-max_len={_LONGEST[reader]}", "-timeout=10", "-rss_limit_mb=2048")
        done = subprocess.run(
            [python, "-m", "benchmarks.soak.fuzz_target", reader, *options, "-print_final_stats=1", "corpus"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        said = done.stderr.decode("utf-8", "replace")
        units = re.search(r"number_of_executed_units: (\d+)", said)
        print(f"fuzz: {reader}: {units[1] if units else 0} inputs, exit code {done.returncode}", flush=True)
        if done.returncode:
            findings.append(f"fuzz: {reader}: see {folder}\n{said[-2000:]}")
    return findings


def _environment() -> Path:
    """atheris pins nothing and needs a compiler's runtime of its own: it stays out of the project's environment."""
    python = HOME / ".venv" / "bin" / "python"
    if not python.exists():
        sys.stderr.write("fuzz: making its environment\n")
        venv.create(HOME / ".venv", with_pip=True)
        needed = ("-r", str(ROOT / "requirements.txt"), "atheris")
        subprocess.run([python, "-m", "pip", "install", "-q", *needed], check=True)
    return python


def _seeds(reader: str) -> Iterator[bytes]:
    if reader in _LINES:
        yield from (line.encode() for line in _LINES[reader])
        return
    site = ROOT / "tests" / "saved_site" / "iranwire.com"
    files = {
        "page": sorted((ROOT / "tests" / "pages" / "saved").glob("*/page.html")),
        "section": sorted(site.glob("*/*/index.html")),
        "feed": [*sorted(site.glob("*/feed/index.html")), site / "sitemap.xml"],
    }[reader]
    for number, file in enumerate(files):
        # The first byte chooses the edition.
        yield (b"\x00\x01\x02"[number % 3 :][:1] if reader == "page" else b"") + file.read_bytes()[:20_000]
