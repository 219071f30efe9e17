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

QUICK = (
    *("-s", "RETRY_TIMES=1", "-s", "RETRY_BACKOFF=0.1", "-s", "DOWNLOAD_TIMEOUT=1"),
    *("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False"),
)
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


def certificate(file: Path, address: str, last_day: int) -> ssl.SSLContext:
    """What a server shows that signed its certificate itself, for an address, until so many days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=9))
        .not_valid_after(now + dt.timedelta(days=last_day))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + signed.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize(
    ("address", "last_day", "trusted", "told"),
    [
        ("127.0.0.1", 9, True, None),
        ("127.0.0.1", 9, False, "certificate verify failed"),
        ("127.0.0.1", -1, True, "certificate verify failed"),
        ("127.0.0.2", 9, True, "VerificationError"),
    ],
    ids=["good", "nobody-vouches", "expired", "of-another-host"],
)
def test_a_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, last_day: int, trusted: bool, told: str | None
) -> None:
    pem = tmp_path / "both.pem"
    tls = certificate(pem, address, last_day)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with serving({stories.path(1): reply(stories.article(1))}, tls=tls) as site:
        run = scrapy(
            "-a", f"urls={stories.url(1)}", "-s", f"SITE_URL={site.origin}", *QUICK, data_dir=tmp_path / "data"
        )
        if told is None:
            assert run.code == 0, run.log
            return
        assert site.hits == []
    assert reasons(run) == ["site_unreachable"]
    assert told in run.log


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
