"""The clock jumps in the middle of a crawl, by libfaketime, and is right again at the next."""

import json
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from faults.kills import Crawl, flaws_of, site_of
from faults.misbehaving import Answer, Line, serving

ARTICLES = 40
JUMPS = ("+5y", "-5y", "+1d", "-1h")
# The walk is in its middle by then.
AFTER = 20
_LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")


def chapter() -> list[str]:
    """For each jump: a crawl in whose middle it comes, and with the right clock one that finds more, and one more."""
    library = next((file for pattern in _LIBRARIES for file in Path("/").glob(pattern[1:])), None)
    if library is None:
        sys.stderr.write("clock: needs libfaketime (Debian: apt-get install faketime); left out\n")
        return []
    began, flaws = time.monotonic(), []
    for jump in JUMPS:
        with tempfile.TemporaryDirectory(prefix="soak-clock-") as base:
            flaws += [f"clock, {jump}: {flaw}" for flaw in _jumped(Path(base), jump, library)]
    print(f"clock: {len(JUMPS)} jumps; {len(flaws)} flaws; {time.monotonic() - began:.0f} s")
    return flaws


def _jumped(base: Path, jump: str, library: Path) -> list[str]:
    clock = base / "clock"
    clock.write_text("+0\n")
    # The monotonic clock does not jump with the other: neither does a machine's.
    faked = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with serving(site_of(ARTICLES // 2)) as site:

        def jumping(good: Answer) -> Answer:
            async def answer(line: Line) -> None:
                if len(site.hits) == AFTER:
                    clock.write_text(f"{jump}\n")
                await good(line)

            return answer

        site.answers = {path: jumping(good) for path, good in site.answers.items()}
        runs = [Crawl(site, base / "data", environment=faked)]
        codes = [runs[0].wait()]
        site.answers = site_of(ARTICLES)
        for _ in range(2):
            runs.append(Crawl(site, base / "data"))
            codes.append(runs[-1].wait())
    flaws = [] if codes == [0, 0, 0] else [f"exit codes {codes}: {''.join(runs[codes.index(max(codes))].log[-20:])}"]
    flaws += ["Traceback" for run in runs if "Traceback" in "".join(run.log)]
    reports = [json.loads(file.read_bytes()) for file in (base / "data").glob("news/*/run.json")]
    spans = [datetime.fromisoformat(each["finished"]) - datetime.fromisoformat(each["started"]) for each in reports]
    if sum(abs(span) > timedelta(minutes=30) for span in spans) != 1:
        flaws.append(f"the clock has not jumped in one run: {spans}")
    flaws += [f"a run of {took} s" for each in reports if not 0 <= (took := each["duration_seconds"]) < 100]
    return flaws + flaws_of(base / "data", ARTICLES)
