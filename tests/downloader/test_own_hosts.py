"""OwnHosts in real crawls: who is asked, under which name, and who is never asked."""

import pytest
from downloader.crawl_probe import OWN, RETRY, ROBOTS, Reply, crawl, serving, to
from scrapy import Request
from scrapy.utils.test import get_crawler

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.downloader.own_hosts import OwnHosts

HOSTS = ["iranwire.com", "www.iranwire.com"]


def test_only_own_hosts_are_asked():
    with serving() as stranger:
        refresh = f'<meta http-equiv="refresh" content="0;url={stranger.url("/refreshed")}">'
        replies = {
            "/to-stranger": to(stranger.url("/secret")),
            "/to-user": to("//user:pass@127.0.0.1/x"),
            "/to-file": to("file:///etc/hostname"),
            "/to-ftp": to("ftp://127.0.0.1/x"),
            "/to-data": to("data:text/html,x"),
            "/refresh": [Reply(body=refresh.encode())],
            "/to-own": to("/own"),
        }
        with serving(replies) as site:
            # The one kind of address that Scrapy does not escape itself.
            raw = {"url": "https://evil.example/\x1b[31m\u202e", "meta": {"verbatim_url": True}}
            refused = [
                stranger.url("/"),
                f"http://user:pass@{site.netloc}/",
                f"http://{site.netloc}@{stranger.netloc}/",
                f"ftp://{site.netloc}/",
                "file:///etc/hostname",
                "data:text/html,x",
                "http://127.0.0.1/",
                "http://localhost/",
                "http://169.254.169.254/latest/meta-data",
                "http://[::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://2130706433/",
                "https://iranwire.com.evil.example/",
                "https://iranwire.com./",
                "https://iranwire.com%00.evil.example/",
                "javascript://iranwire.com/%0aalert(1)",
                "about:blank",
                raw["url"],
            ]
            left_alone = [site.url(path) for path in ("/to-file", "/to-ftp", "/to-data")]
            judged = [site.url(path) for path in ("/to-stranger", "/to-user", "/refresh")]
            fine = [site.url("/to-own"), site.url("/plain?a="), site.url("/%D8%A7?a=1&&b#part")]
            told = crawl(
                [*refused[:-1], raw, *left_alone, *judged, *fine],
                {"DOWNLOADER_MIDDLEWARES": OWN, "OWN_HOSTS": ["iranwire.com", site.netloc]},
            )
            assert set(told.failed) == set(refused + judged)
            assert all("Refused: not " in why for why in told.failed.values())
            # Scrapy itself never follows a redirect out of http; the 302 is what the spider gets.
            assert sorted(page["asked"] for page in told.fetched) == sorted(left_alone + fine)
            assert told.stats["own_hosts/refused"] == len(refused + judged)
            assert stranger.hits == []
            lines = [line for line in told.log.splitlines() if "INFO: Refused " in line]
            assert len(lines) == len(refused + judged)
            assert all(line.isascii() and line.isprintable() for line in lines)
            own = next(page for page in told.fetched if page["asked"] == site.url("/to-own"))
            assert own["site_url"] == own["url"] == site.url("/own")
            assert "/plain?a=" in site.paths()


def test_rewrites():
    """HOST_REWRITES are applied before anything is sent; duplicates are known by the new address."""
    with serving() as site:
        rewrites = {"stg.iranwire.com": site.netloc, "www.iranwire.com": site.netloc}
        told = crawl(
            [
                "http://stg.iranwire.com/fa/news/1?a=%20#x",
                "http://STG.iranwire.com:443/fa/news/2",
                "http://stg.iranwire.com:8080/fa/news/3",
                site.url("/fa/news/1?a=%20"),
                {"url": "http://www.iranwire.com/fa/news/4", "dont_filter": True},
                {"url": site.url("/fa/news/4"), "dont_filter": True},
            ],
            {
                "DOWNLOADER_MIDDLEWARES": OWN | ROBOTS,
                "ROBOTSTXT_OBEY": True,
                "OWN_HOSTS": [site.netloc],
                "HOST_REWRITES": rewrites,
            },
        )
        assert sorted(site.paths()) == [
            "/fa/news/1?a=%20",
            "/fa/news/2",
            "/fa/news/4",
            "/fa/news/4",
            "/robots.txt",
        ]
        assert list(told.failed) == ["http://stg.iranwire.com:8080/fa/news/3"]
        assert told.stats["dupefilter/filtered"] == 1
        assert all(page["site_url"] == page["url"].partition("#")[0] for page in told.fetched)


def test_site_url():
    """Everything comes from SITE_URL, and every request knows its public address."""
    with serving() as stranger:
        replies = {
            "/robots.txt": [Reply(body=b"User-agent: *\nDisallow: /no\n")],
            "/relative": to("/landed?x=1"),
            "/absolute": to("https://www.iranwire.com/landed"),
            "/loop": to("https://iranwire.com/loop"),
            "/local": to("{origin}/landed/local"),
            "/stranger": to(stranger.url("/landed")),
            "/stg": to("http://stg.iranwire.com/landed/stg"),
            "/busy": [Reply(status=503, headers={"Retry-After": "0"}), Reply()],
        }
        with serving(replies) as site:
            told = crawl(
                [
                    "https://iranwire.com/fa/1/?a=",
                    "http://www.iranwire.com:80/fa/2",
                    "https://stg.iranwire.com/fa/3",
                    "https://www.iranwire.com/relative",
                    "https://iranwire.com/absolute",
                    {"url": "https://iranwire.com/loop", "dont_filter": True},
                    "https://www.iranwire.com/local",
                    "https://iranwire.com/stranger",
                    "https://iranwire.com/stg",
                    "https://iranwire.com/busy",
                    "https://iranwire.com/no",
                    site.url("/direct"),
                    {"url": site.url("/claimed"), "meta": {"site_url": "https://evil.example/"}},
                    stranger.url("/"),
                ],
                {
                    "DOWNLOADER_MIDDLEWARES": OWN | ROBOTS | RETRY,
                    "ROBOTSTXT_OBEY": True,
                    "OWN_HOSTS": HOSTS,
                    "HOST_REWRITES": {"stg.iranwire.com": "iranwire.com"},
                    "SITE_URL": site.origin,
                },
            )
            assert {page["asked"]: page["site_url"] for page in told.fetched} == {
                "https://iranwire.com/fa/1/?a=": "https://iranwire.com/fa/1/?a=",
                "http://www.iranwire.com:80/fa/2": "http://www.iranwire.com:80/fa/2",
                "https://stg.iranwire.com/fa/3": "https://iranwire.com/fa/3",
                "https://www.iranwire.com/relative": "https://www.iranwire.com/landed?x=1",
                "https://iranwire.com/absolute": "https://www.iranwire.com/landed",
                "https://www.iranwire.com/local": "https://www.iranwire.com/landed/local",
                "https://iranwire.com/stg": "http://iranwire.com/landed/stg",
                "https://iranwire.com/busy": "https://iranwire.com/busy",
                site.url("/direct"): "https://iranwire.com/direct",
                site.url("/claimed"): "https://iranwire.com/claimed",
            }
            assert all(page["url"].startswith(site.origin) for page in told.fetched)
            assert {page["slot"] for page in told.fetched} == {"127.0.0.1"}
            assert set(told.failed) == {
                stranger.url("/"),
                "https://iranwire.com/loop",
                "https://iranwire.com/no",
                "https://iranwire.com/stranger",
            }
            assert "redirect loop" in told.failed["https://iranwire.com/loop"]
            assert "robots.txt" in told.failed["https://iranwire.com/no"]
            assert site.paths().count("/robots.txt") == 1
            assert site.paths().count("/loop") == 1
            assert stranger.hits == []


@pytest.mark.parametrize(
    "settings",
    [
        {"SITE_URL": "ftp://127.0.0.1"},
        {"SITE_URL": "127.0.0.1:8000"},
        {"SITE_URL": "http://127.0.0.1:8000/mirror"},
        {"SITE_URL": "http://u:p@127.0.0.1:8000"},
        {"OWN_HOSTS": ["https://iranwire.com"]},
        {"OWN_HOSTS": ["iranwire.com/fa"]},
        {"HOST_REWRITES": {"stg.iranwire.com": "evil.example"}},
        {"HOST_REWRITES": {"stg.iranwire.com/": "iranwire.com"}},
    ],
)
def test_wrong_settings_stop_the_crawl(settings):
    with pytest.raises(ArgumentError):
        OwnHosts(get_crawler(settings_dict=settings))


def test_hosts_of_the_site_by_default():
    door = OwnHosts(get_crawler())
    for host in ("iranwire.com", "www.iranwire.com", "stg.iranwire.com", "prod.iranwire.com:443"):
        request = Request(f"https://{host}/fa/news/1")
        assert door.process_request(request) is None
        assert request.meta["site_url"] == request.url


def test_a_web_archive_is_asked_only_by_who_may_and_never_leads_back():
    with serving() as site:
        replies = {
            "/20240105id_/page": to("/20240106id_/page"),
            "/20240107id_/page": to(site.url("/live")),
        }
        with serving(replies) as archive:
            settings = {
                "DOWNLOADER_MIDDLEWARES": OWN,
                "OWN_HOSTS": ["iranwire.com", site.netloc],
                "SITE_URL": site.url("").rstrip("/"),
                "ARCHIVE_HOSTS": [archive.netloc],
            }
            flagged = {"meta": {"from_archive": True}}
            asked = [
                {"url": archive.url("/20240105id_/page"), **flagged},
                {"url": archive.url("/20240107id_/page"), **flagged},
                {"url": archive.url("/unflagged")},
                {"url": "https://iranwire.com/en/", **flagged},
            ]
            told = crawl(asked, settings)
            assert [page["asked"] for page in told.fetched] == [archive.url("/20240105id_/page")]
            assert len(told.failed) == 3
            assert told.stats["own_hosts/refused"] == 3
            assert site.paths() == []
