"""No page of the site can be had at all: one reason, no traceback, nothing read as what it is not."""

import datetime as dt
import ipaddress
import json
import ssl
from pathlib import Path

import pytest
from crawling import Run, scrapy
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from faults import stories
from faults.misbehaving import Answer, raw, redirect, reply, serving, silence
from faults.test_pages import HOTEL

QUICK = ("-s", "RETRY_TIMES=1", "-s", "RETRY_BACKOFF=0.1", "-s", "DOWNLOAD_TIMEOUT=1", "-s", "DOWNLOAD_DELAY=0")
ONE = ("-a", f"urls={stories.url(1)},{stories.url(2)}")
WALK = ("-a", "lang=en", "-a", "sections=news,features")


def reasons(run: Run) -> list[str]:
    assert "Traceback" not in run.log, run.log
    assert " ERROR: " not in run.log
    assert run.code == 3
    assert run.folder is not None
    report = json.loads((run.folder / "run.json").read_text(encoding="utf-8"))
    assert report["counts"]["articles"] == 0
    return [reason["code"] for reason in report["verdict"]["reasons"]]


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    with serving({}, lambda path: reply(stories.article(1)), tls=self_signed(tmp_path)) as site:
        run = scrapy(*ONE, "-s", f"SITE_URL={site.origin}", *QUICK, data_dir=tmp_path / "data")
        assert site.hits == []
    assert reasons(run) == ["site_unreachable"]
    assert "certificate verify failed" in run.log


def test_tls_that_is_none(tmp_path: Path) -> None:
    with serving({}, lambda path: raw(b"")) as site:
        origin = site.origin.replace("http:", "https:")
        run = scrapy(*ONE, "-s", f"SITE_URL={origin}", *QUICK, data_dir=tmp_path / "data")
    assert reasons(run) == ["site_unreachable"]


def test_a_name_that_does_not_resolve(tmp_path: Path) -> None:
    run = scrapy(*ONE, "-s", "SITE_URL=http://nowhere.invalid", *QUICK, data_dir=tmp_path / "data")
    assert reasons(run) == ["site_unreachable"]
    assert "CannotResolveHostError" in run.log


@pytest.mark.parametrize(
    ("everywhere", "told"),
    [
        (reply(HOTEL), {"no_articles", "sections_empty"}),
        (redirect("http://portal.example/"), {"robots_unreachable"}),
        (reply(b"", 503), {"robots_unreachable"}),
        (silence, {"site_unreachable"}),
        (reply(b"<h1>Blocked</h1>", 403), {"no_articles", "blocked", "listings_failed"}),
    ],
    ids=["captive-portal", "captive-redirect", "maintenance", "silence", "blocked"],
)
def test_something_else_on_every_address(tmp_path: Path, everywhere: Answer, told: set[str]) -> None:
    with serving({}, lambda path: everywhere) as site:
        run = scrapy(*WALK, "-s", f"SITE_URL={site.origin}", *QUICK, spider="news", data_dir=tmp_path / "data")
    assert set(reasons(run)) == told
