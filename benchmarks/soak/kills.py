"""kill -9 at random moments of a crawl, its start, its close and its end, each followed by the same command."""

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from faults.kills import MOMENTS, Crawl, flaws_of, site_of
from faults.misbehaving import serving

ARTICLES = 60
IN_A_ROW = 8


def chapter(kills: int, seed: int) -> list[str]:
    """`kills` of them, in rows of eight over one folder; after each row one run to its end, and a look at everything.

    Returns the flaws that were found. A folder that has one is kept.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, no secrets
    began, done, alive, flaws = time.monotonic(), 0, Counter[str](), []
    while done < kills:
        base = Path(tempfile.mkdtemp(prefix="soak-kills-"))
        with serving(site_of(ARTICLES)) as site:
            data = base / "data"
            for _ in range(min(IN_A_ROW, kills - done)):
                moment = chance.choice(MOMENTS)
                alive[moment] += Crawl(site, data).kill(moment, chance)
                done += 1
            last = Crawl(site, data)
            code = last.wait()
            found = [] if code == 0 else [f"the last run exits {code}: {''.join(last.log[-15:])}"]
            found += flaws_of(data, ARTICLES)
        flaws += [f"{base}: {flaw}" for flaw in found]
        if not found:
            shutil.rmtree(base)
        sys.stderr.write(f"  {done} of {kills} kills, {len(flaws)} flaws\n")
    lived = ", ".join(f"{moment} {alive[moment]}" for moment in MOMENTS)
    seconds = time.monotonic() - began
    print(f"kills: {done}, {sum(alive.values())} of them while it lived ({lived}); {len(flaws)} flaws; {seconds:.0f} s")
    return flaws
