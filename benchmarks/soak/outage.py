"""The site goes away in the middle of a walk: in each way for a full minute, and for good."""

import json
import math
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults.kills import Crawl, flaws_of, site_of
from faults.misbehaving import Answer, Line, Site, hang_up, reply, serving, silence

ARTICLES = 40
SECONDS = 60
# The walk is in its middle by then.
AFTER = 20
MORE = ("-s", "DOWNLOAD_TIMEOUT=10", "-s", f"OUTAGE_PATIENCE={2 * SECONDS}")


def chapter() -> list[str]:
    """All of them side by side: they wait more than they work."""
    ways = {"refused": None, "silent": silence, "hung up": hang_up, "503": reply(b"", 503), "502": reply(b"", 502)}
    with ThreadPoolExecutor(len(ways) + 1) as pool, tempfile.TemporaryDirectory(prefix="soak-outage-") as base:
        healing = [
            pool.submit(_heals, Path(base) / str(place), name, fault)
            for place, (name, fault) in enumerate(ways.items())
        ]
        lasting = pool.submit(_lasts, Path(base) / "lasting")
        return [flaw for each in (*healing, lasting) for flaw in each.result()]


def _heals(data: Path, name: str, fault: Answer | None) -> list[str]:
    """After a minute everything is as before: so must be what the run leaves."""
    began = time.monotonic()
    with serving(site_of(ARTICLES)) as site:
        _break(site, fault, SECONDS)
        run = Crawl(site, data, more=MORE)
        code = run.wait(400)
        asked = len(site.hits)
    flaws = [] if code == 0 else [f"outage, {name}: exit code {code}: {''.join(run.log[-20:])}"]
    # What answers late or with an error may also be mended by the tries that a page has.
    told = [line for line in run.log if "is down: waiting for it" in line or "answers again after" in line]
    if len(told) not in ((2,) if fault is None else (0, 2)):
        flaws.append(f"outage, {name}: told {told}")
    flaws += [f"outage, {name}: {flaw}" for flaw in flaws_of(data, ARTICLES)]
    print(
        f"outage: {name} for {SECONDS} s: exit code {code}, {time.monotonic() - began:.0f} s, {asked} requests, "
        f"{'waited for' if told else 'tried again'}, {len(flaws)} flaws",
        flush=True,
    )
    return flaws


def _lasts(data: Path) -> list[str]:
    """It never heals: the run ends and says so; the next one, with the site there again, reads the rest."""
    began = time.monotonic()
    with serving(site_of(ARTICLES)) as site:
        _break(site, None, math.inf)
        run = Crawl(site, data, more=(*MORE, "-s", f"OUTAGE_PATIENCE={SECONDS}"))
        code = run.wait(400)
        took = time.monotonic() - began
        (report,) = data.glob("news/*/run.json")
        reasons = [reason["code"] for reason in json.loads(report.read_bytes())["verdict"]["reasons"]]
        site.answers = site_of(ARTICLES)
        site.open()
        last = Crawl(site, data)
        last_code = last.wait()
    flaws = [] if (code, reasons) == (3, ["outage"]) else [f"outage for good: {code}, {reasons}: {run.log[-20:]}"]
    flaws += [] if last_code == 0 else [f"outage for good: the next run exits {last_code}: {last.log[-20:]}"]
    flaws += [f"outage for good: {flaw}" for flaw in flaws_of(data, ARTICLES)]
    print(f"outage: for good: exit code {code} after {took:.0f} s, {len(flaws)} flaws", flush=True)
    return flaws


def _break(site: Site, fault: Answer | None, seconds: float) -> None:
    """From a request on, every answer is the fault, for that long; none: connections are refused."""
    began: list[float] = []

    def breaking(good: Answer) -> Answer:
        gone = site.gone_after(good, None if seconds == math.inf else seconds)

        async def answer(line: Line) -> None:
            if not began and len(site.hits) >= AFTER:
                began.append(time.monotonic())
                await (fault or gone)(line)
            elif fault and began and time.monotonic() < began[0] + seconds:
                await fault(line)
            else:
                await good(line)

        return answer

    site.answers = {path: breaking(good) for path, good in site.answers.items()}
