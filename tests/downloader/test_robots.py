"""RobotsTxt in real crawls, beside Scrapy's own middleware where that shows the fault."""

from itertools import pairwise

from downloader.crawl_probe import OWN, ROBOTS, Crawl, Reply, crawl, serving, to

from iranwire_crawler.downloader.robots import PARSED_BYTES, whole_lines

OBEY = {"ROBOTSTXT_OBEY": True, "DOWNLOADER_MIDDLEWARES": ROBOTS, "RETRY_ENABLED": False}
SCRAPYS = {"ROBOTSTXT_OBEY": True, "RETRY_ENABLED": False}


def txt(body: str | bytes, status: int = 200) -> list[Reply]:
    raw = body if isinstance(body, bytes) else body.encode()
    return [Reply(status=status, headers={"Content-Type": "text/plain"}, body=raw)]


def test_waiting_requests_obey():
    """Beside Scrapy's own: if the asserts on that fail, it was repaired, and RobotsTxt may be needless."""
    forbidding = {"/robots.txt": txt("User-agent: *\nDisallow: /\n")}
    with (
        serving(forbidding) as site,
        serving(forbidding) as leaking,
        serving({"/robots.txt": txt("", 503)}) as broken,
    ):
        ours = Crawl([site.url(f"/{n}") for n in range(20)], OBEY)
        # Its own slot, and first, so that its robots.txt does not queue behind twenty requests.
        opened = {"url": broken.url("/a"), "meta": {"download_slot": "broken"}}
        scrapys = Crawl([opened, *(leaking.url(f"/{n}") for n in range(20))], SCRAPYS).account()
        assert broken.url("/a") in scrapys.urls()
        assert len(scrapys.fetched) > 1

        told = ours.account()
        assert site.paths() == ["/robots.txt"]
        assert told.fetched == []
        assert len(told.failed) == 20
        assert told.stats["robotstxt/forbidden"] == 20
        assert told.stats["robotstxt/request_count"] == 1
        assert told.stats["robotstxt/response_count"] == 1
        assert told.stats["robotstxt/response_status_count/200"] == 1
        assert "robotstxt/unreachable" not in told.stats


def test_statuses():
    """One crawl of seven hosts: which robots.txt forbids, which allows."""
    disallow = "User-agent: *\nDisallow: /\n"
    with (
        serving({"/robots.txt": txt("User-agent: *\nDisallow: /no\nSitemap: https://x/s.xml\n")}) as partial,
        serving({"/robots.txt": txt(disallow, 404)}) as absent,
        serving({"/robots.txt": txt("", 401)}) as locked,
        serving({"/robots.txt": txt("User-agent: *\nAllow: /\n", 500)}) as broken,
        serving({"/robots.txt": txt("", 429)}) as busy,
        serving() as stopped,
    ):
        stopped.stop()
        sites = [partial, absent, locked, broken, busy, stopped]
        asked = [site.url(path) for path in ("/a", "/b", "/no") for site in sites]
        free = {"url": broken.url("/free"), "meta": {"dont_obey_robotstxt": True}}
        told = crawl([*asked, free, "data:text/plain,x"], OBEY)
        assert told.urls() == sorted(
            [partial.url("/a"), partial.url("/b"), broken.url("/free"), "data:text/plain,x"]
            + [site.url(path) for path in ("/a", "/b", "/no") for site in (absent, locked)]
        )
        assert told.stats["robotstxt/unreachable"] == 3
        assert told.stats["robotstxt/request_count"] == 6
        assert told.stats["robotstxt/forbidden"] == 1 + 3 * 3
        assert told.stats["robotstxt/response_status_count/429"] == 1
        [failure] = [key for key in told.stats if key.startswith("robotstxt/exception_count/")]
        assert "Refused" in failure
        assert told.log.count("nothing of that host is fetched in this run") == 3
        assert sorted(rules["url"] for rules in told.robots) == sorted(
            site.url("/a") for site in (partial, absent, locked)
        )
        assert [rules["sitemaps"] for rules in told.robots if rules["url"] == partial.url("/a")] == [
            ["https://x/s.xml"]
        ]


def test_request_allowed_off_the_site_gets_its_robots_txt():
    with serving() as site:
        elsewhere = site.url("").replace("127.0.0.1", "localhost")
        asked = [
            {"url": f"{elsewhere}/a", "meta": {"allow_offsite": True}},
            {"url": site.url("/b"), "dont_filter": True},
            f"{elsewhere}/c",
        ]
        told = crawl(asked, OBEY | {"PROBE_ALLOWED_DOMAINS": ["example.com"]})
        assert sorted(site.paths()) == ["/a", "/b", "/robots.txt", "/robots.txt"]
        assert "robotstxt/unreachable" not in told.stats


def test_redirects():
    def hops(count: int) -> dict[str, list[Reply]]:
        steps = ["/robots.txt", *(f"/hop{n}" for n in range(1, count + 1))]
        last = {steps[-1]: txt("User-agent: *\nDisallow: /no\n")}
        return {here: to(there) for here, there in pairwise(steps)} | last

    with (
        serving(hops(5)) as five,
        serving(hops(6)) as six,
        serving({"/robots.txt": txt("User-agent: *\nAllow: /\n")}) as stranger,
        serving({"/robots.txt": to(stranger.url("/robots.txt"))}) as away,
        serving({"/robots.txt": to("ftp://127.0.0.1/robots.txt")}) as ftp,
    ):
        own = [five, six, away, ftp]
        told = crawl(
            [site.url(path) for site in own for path in ("/a", "/no")],
            OBEY | {"DOWNLOADER_MIDDLEWARES": ROBOTS | OWN, "OWN_HOSTS": [site.netloc for site in own]},
        )
        assert told.urls() == [five.url("/a")]
        assert told.stats["robotstxt/unreachable"] == 3
        assert told.stats["own_hosts/refused"] == 1
        assert stranger.hits == []


def test_crawl_delay():
    """Kept between pages by whatever slot, jitter or not; capped; unmoved by AutoThrottle; a longer delay
    of our own stays."""

    def asking(seconds: str) -> dict[str, list[Reply]]:
        return {"/robots.txt": txt(f"User-agent: *\nCrawl-delay: {seconds}\n")}

    throttle = {"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 0.1, "AUTOTHROTTLE_MAX_DELAY": 0.5}
    with (
        serving(asking("1")) as throttled,
        serving(asking("0.8")) as plain,
        serving(asking("86400")) as capped,
        serving(asking("0.1")) as quick,
    ):
        asked = [
            {"url": site.url(f"/{n}"), "meta": {"download_slot": name}}
            for name, site in {"plain": plain, "capped": capped, "quick": quick}.items()
            for n in range(3)
        ]
        slowed = Crawl([throttled.url(f"/{n}") for n in range(3)], OBEY | throttle)
        told = crawl(asked, OBEY | {"DOWNLOAD_DELAY": 0.4, "CRAWL_DELAY_MAX": 1.1})
        told_slowed = slowed.account()

        # Taken at the server, which may see one request late and the next one in time.
        assert len(told_slowed.fetched) == 3
        assert min(throttled.gaps()) > 0.8
        assert told_slowed.slots["127.0.0.1"]["delay"] == 1
        assert told_slowed.slots["127.0.0.1"]["jitter"] == 0

        # The three robots.txt came through the slot of 127.0.0.1, before any delay was known.
        assert len(told.fetched) == 9
        assert min(plain.gaps()[1:]) > 0.6
        assert min(capped.gaps()[1:]) > 0.9
        assert max(capped.gaps()) < 5
        assert {key: (slot["delay"], slot["jitter"]) for key, slot in told.slots.items()} == {
            "127.0.0.1": (0.4, 0.5),
            "plain": (0.8, 0),
            "capped": (1.1, 0),
            "quick": (0.4, 0),
        }
        assert sorted(rules["crawl_delay"] for rules in told.robots) == [0.1, 0.8, 86400]
        assert told.stats["robotstxt/crawl_delay"] == 1.1
        assert "asks for a Crawl-delay of 86400 s" in told.log


def test_signal_and_size():
    """A handler of the signal may download from the host; only the first 512 KiB of a file count."""
    filler = b"x" * 60 + b"\n"
    lines = b"User-agent: *\nDisallow: /early\n" + filler * (PARSED_BYTES // len(filler) + 1)
    body = lines[: PARSED_BYTES - len(b"\nDisallow: /")] + b"\nDisallow: /late\n"
    with (
        serving({"/robots.txt": txt("User-agent: *\nDisallow: /no\n")}) as told_of,
        serving({"/robots.txt": txt(body)}) as huge,
    ):
        first = {"url": told_of.url("/a"), "meta": {"from_signal": told_of.url("/sitemap.xml")}}
        more = [huge.url("/early"), huge.url("/late"), huge.url("/other")]
        told = crawl([first, told_of.url("/no"), *more], OBEY)
        assert told_of.paths() == ["/robots.txt", "/sitemap.xml", "/a"]
        assert told.urls() == sorted([told_of.url("/a"), huge.url("/late"), huge.url("/other")])
        assert told.reason == "finished"


def test_whole_lines():
    assert whole_lines(b"Disallow: /a") == b"Disallow: /a"
    assert whole_lines(b"a\r" * PARSED_BYTES) == b"a\r" * (PARSED_BYTES // 2)
    assert whole_lines(b"a" * (PARSED_BYTES + 1)) == b""
