"""kill -9 at the start, at the close and after it; spiders/test_killed.py has the crawl, benchmarks/soak 200."""

import random
from pathlib import Path

from faults.kills import MOMENTS, Crawl, flaws_of, site_of
from faults.misbehaving import serving

ARTICLES = 40


def test_killed_at_each_stage_it_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random(7)
    data = tmp_path / "data"
    with serving(site_of(ARTICLES)) as site:
        for moment in MOMENTS:
            Crawl(site, data).kill(moment, chance)
        last = Crawl(site, data)
        assert last.wait() == 0, "".join(last.log)
        assert flaws_of(data, ARTICLES) == []
        assert site.paths().count("/robots.txt") >= len(MOMENTS)
