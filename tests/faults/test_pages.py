"""Every fault that one page can have, on one crawl: each is told with its address, none costs another page."""

import gzip
import json
import random
import time
import tracemalloc
import zlib

import brotli
import jsonschema_rs
import pytest
from backports import zstd
from crawling import Run, scrapy
from faults import stories
from faults.misbehaving import (
    PACKED,
    Answer,
    bomb,
    chunks_cut_short,
    cut_short,
    drip,
    drip_head,
    endless,
    endless_head,
    hang_up,
    in_turn,
    raw,
    redirect,
    reply,
    reset_mid_body,
    serving,
    silence,
)
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from iranwire_crawler.domain.schema import RECORDS, json_schema
from iranwire_crawler.downloader.refusal import Refused
from iranwire_crawler.downloader.whole_bodies import WholeBodies

PACKERS = {"gzip": gzip.compress, "zstd": zstd.compress}
GOOD = stories.article(1)
LOGIN = b"<html><title>Sign in</title><h1>Sign in</h1><form><input type=password></form></html>"
HOTEL = b"<html><title>Hotel</title><body><h1>Welcome to the hotel</h1><p>Please accept our terms.</p></body></html>"
BLOCKED = b"<html><title>Just a moment...</title><body><h1>Checking your browser</h1></body></html>"
REFRESH = b'<html><head><meta http-equiv="refresh" content="0;url=http://127.0.0.1:1/"></head></html>'

# What a page does, and the reason under which it is listed as unread.
BROKEN: dict[str, tuple[Answer, str]] = {
    "reset": (reset_mid_body(GOOD), "no_answer"),
    "cut-short": (cut_short(GOOD), "no_answer"),
    "chunks-cut-short": (chunks_cut_short(GOOD), "no_answer"),
    "drip": (drip(GOOD), "no_answer"),
    "drip-head": (drip_head, "no_answer"),
    "silence": (silence, "no_answer"),
    "hang-up": (hang_up, "no_answer"),
    "endless": (endless, "too_large"),
    "endless-head": (endless_head, "no_answer"),
    "not-http": (raw(b"\x00\xff no\r\n\r\n"), "no_answer"),
    "http-0.9": (raw(GOOD), "no_answer"),
    "continue-alone": (raw(b"HTTP/1.1 100 Continue\r\n\r\n"), "no_answer"),
    "no-gzip": (reply(GOOD, Content_Encoding="gzip"), "damaged"),
    "no-deflate": (reply(GOOD, Content_Encoding="deflate"), "damaged"),
    "no-br": (reply(GOOD, Content_Encoding="br"), "damaged"),
    "no-zstd": (reply(GOOD, Content_Encoding="zstd"), "damaged"),
    "half-gzip": (reply(gzip.compress(GOOD)[:-9], Content_Encoding="gzip"), "damaged"),
    "half-br": (reply(brotli.compress(GOOD)[:-9], Content_Encoding="br"), "damaged"),
    "half-zstd": (reply(zstd.compress(GOOD)[:-9], Content_Encoding="zstd"), "damaged"),
    "gzip-bomb": (bomb("gzip"), "too_large"),
    "br-bomb": (bomb("br"), "too_large"),
    "zstd-bomb": (bomb("zstd"), "too_large"),
    "429": (reply(b"later", 429), "http_429"),
    "503": (reply(b"later", 503), "http_503"),
    "503-for-a-day": (reply(b"later", 503, Retry_After="86400"), "http_503"),
    "500": (reply(b"oh", 500), "http_500"),
    "403": (reply(b"no", 403), "http_403"),
    "204": (reply(b"", 204), "http_204"),
    "206": (reply(GOOD[:700], 206), "http_206"),
    "304": (reply(b"", 304), "http_304"),
    "999": (reply(b"no", 999), "http_999"),
    "empty": (reply(b""), "not_html"),
    "json": (reply(b'{"a": 1}', Content_Type="application/json"), "no_date"),
    "pdf": (reply(b"%PDF-1.7 of something", Content_Type="application/pdf"), "no_date"),
    "captive-portal": (reply(HOTEL), "no_date"),
    "block-page": (reply(BLOCKED), "no_date"),
    "login": (redirect("/login/"), "not_an_article_address"),
    "login-again": (redirect("/login/"), "not_an_article_address"),
    "to-itself": (redirect(""), "not_fetched"),
    "to-another-host": (redirect("http://example.org/"), "leads_elsewhere"),
    "to-a-look-alike": (redirect("https://iranwire.com.example.org/en/news/1/"), "leads_elsewhere"),
    "to-a-user-name": (redirect("https://iranwire.com@example.org/"), "leads_elsewhere"),
    "to-metadata": (redirect("http://169.254.169.254/latest/meta-data/"), "leads_elsewhere"),
    "to-localhost": (redirect("http://localhost:22/"), "leads_elsewhere"),
    "to-loopback": (redirect("http://[::1]/"), "leads_elsewhere"),
    "to-a-number": (redirect("http://2130706433/"), "leads_elsewhere"),
    "to-no-address": (redirect("http://[::1"), "leads_elsewhere"),
    "to-javascript": (redirect("javascript:alert(1)"), "leads_elsewhere"),
    "to-file": (redirect("file:///etc/passwd"), "http_302"),
    "to-data": (redirect("data:text/html,<h1>x</h1>"), "http_302"),
    "to-ftp": (redirect("ftp://iranwire.com/x"), "http_302"),
    "to-s3": (redirect("s3://bucket/key"), "http_302"),
    "refresh": (reply(REFRESH), "leads_elsewhere"),
}
# What a reader would not notice.
MENDED: dict[str, Answer] = {
    "good": reply(GOOD),
    "heals-after-500": in_turn(reply(b"oh", 500), reply(GOOD)),
    "heals-after-429": in_turn(reply(b"later", 429, Retry_After="1"), reply(GOOD)),
    "heals-after-reset": in_turn(reset_mid_body(GOOD), reply(GOOD)),
    "heals-after-half-gzip": in_turn(
        reply(gzip.compress(GOOD)[:-9], Content_Encoding="gzip"), reply(gzip.compress(GOOD), Content_Encoding="gzip")
    ),
    "gzip-in-two-members": reply(gzip.compress(GOOD[:99]) + gzip.compress(GOOD[99:]), Content_Encoding="gzip"),
    "zstd-in-two-frames": reply(zstd.compress(GOOD[:99]) + zstd.compress(GOOD[99:]), Content_Encoding="zstd"),
    "unknown-packing": reply(GOOD, Content_Encoding="rot13"),
    "wrong-charset": reply(GOOD, Content_Type="text/html; charset=windows-1256"),
    "no-such-charset": reply(GOOD, Content_Type="text/html; charset=nonsense"),
    "good-again": reply(GOOD),
}
NUMBERS = {name: number for number, name in enumerate([*MENDED, *BROKEN], start=1000)}
QUICK = {
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "CONCURRENT_REQUESTS": 8,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "DOWNLOAD_TIMEOUT": 1.5,
    "DOWNLOAD_MAXSIZE": 2_000_000,
    "RETRY_TIMES": 1,
    "RETRY_BACKOFF": 0.05,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    answers = {stories.path(NUMBERS[name]): answer for name, answer in MENDED.items()}
    answers |= {stories.path(NUMBERS[name]): answer for name, (answer, _) in BROKEN.items()}
    answers["/login/"] = reply(LOGIN)
    settings = [part for name, value in QUICK.items() for part in ("-s", f"{name}={value}")]
    urls = ",".join(stories.url(number) for number in NUMBERS.values())
    with serving(answers) as site:
        return scrapy(
            *("-a", f"urls={urls}", "-s", f"SITE_URL={site.origin}", "-s", "CONTACT=a@example.org", *settings),
            data_dir=tmp_path_factory.mktemp("data"),
        )


def test_every_page_is_a_record_or_told(run: Run) -> None:
    names = {number: name for name, number in NUMBERS.items()}
    assert {names[article["id"]] for article in run.lines("articles.jsonl")} == set(MENDED)
    told = {names[int(line["url"].split("/")[5].split("-")[0])]: line for line in run.lines("unread/index.jsonl")}
    assert {name: line["reason"] for name, line in told.items()} == {name: why for name, (_, why) in BROKEN.items()}
    schema = jsonschema_rs.Draft202012Validator(json_schema(RECORDS["unread"]), validate_formats=True)
    for line in told.values():
        schema.validate(line)
        assert line["detail"]
    assert "led to https://iranwire.com/login/" in told["login-again"]["detail"]


def test_what_was_mended_is_whole(run: Run) -> None:
    (good,) = {article["article_body"] for article in run.lines("articles.jsonl")}
    assert stories.TEXT in good


def test_each_fault_is_one_line_of_the_log(run: Run) -> None:
    assert "Traceback" not in run.log
    assert " ERROR: " not in run.log
    for number in (NUMBERS[name] for name in BROKEN):
        told = [line for line in run.log.splitlines() if f"{stories.url(number)}: not read (" in line]
        assert len(told) == 1


def test_the_verdict_says_that_someone_must_look(run: Run) -> None:
    assert run.code == 3
    assert run.folder is not None
    report = json.loads((run.folder / "run.json").read_text())
    assert {reason["code"] for reason in report["verdict"]["reasons"]} == {"blocked", "too_many_unread"}
    assert report["counts"]["unread"] == len(BROKEN)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
def test_no_more_is_unpacked_than_is_allowed(encoding: str) -> None:
    """64 MiB out of kilobytes, of which one may be unpacked."""
    packed = zlib.compress(b" " * (64 << 20)) if encoding == "deflate" else PACKED[encoding]
    crawler = get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 1 << 20})
    whole = WholeBodies.from_crawler(crawler)
    response = Response("https://iranwire.com/", body=packed, headers={"Content-Encoding": encoding})
    tracemalloc.start()
    with pytest.raises(Refused, match="unpack to more than"):
        whole.process_response(Request(response.url), response)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


def test_a_packing_inside_another_is_unpacked_as_a_whole_too() -> None:
    whole = WholeBodies.from_crawler(get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 1 << 20}))
    headers = {"Content-Encoding": "gzip, br", "Content-Type": "text/html"}
    packed = brotli.compress(gzip.compress(b"<p>all of it</p>"))
    response = Response("https://iranwire.com/", body=packed, headers=headers)
    unpacked = whole.process_response(Request(response.url), response)
    assert isinstance(unpacked, Response)
    assert unpacked.body == b"<p>all of it</p>"
    bomb = Response(response.url, body=brotli.compress(gzip.compress(b" " * (2 << 20))), headers=headers)
    with pytest.raises(Refused, match="unpack to more than"):
        whole.process_response(Request(bomb.url), bomb)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_body_of_empty_members_takes_time_by_its_length(encoding: str) -> None:
    """2 MiB of them took 2.5 s (gzip) and 13 s (zstd), and twice as many four times as long."""
    empty = PACKERS[encoding](b"")
    body = empty * ((2 << 20) // len(empty)) + PACKERS[encoding](b"the page")
    began = time.process_time()
    assert unpacked(body, encoding) == b"the page"
    assert time.process_time() - began < (1 if encoding == "gzip" else 6)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_members_of_any_lengths_are_unpacked_one_after_another(encoding: str) -> None:
    chance = random.Random(4)
    pages = [chance.randbytes(chance.randrange(3000)) + b" " * chance.randrange(3000) for _ in range(300)]
    assert unpacked(b"".join(map(PACKERS[encoding], pages)), encoding) == b"".join(pages)


def unpacked(body: bytes, encoding: str) -> bytes:
    response = Response("https://iranwire.com/", body=body, headers={"Content-Encoding": encoding})
    found = WholeBodies.from_crawler(get_crawler()).process_response(Request(response.url), response)
    assert isinstance(found, Response)
    return found.body
