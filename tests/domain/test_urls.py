"""Every form of an article's address is one key and one canonical address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.domain import site
from iranwire_crawler.domain.urls import MAX_ADDRESS_LENGTH, article_address, read_address, split_key, web_address

forms = st.builds(
    "{}://{}{}/{}/{}/{}{}{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(sorted(site.HOSTS)),
    st.sampled_from(["", ":443", ":80"]),
    st.just("fa"),
    st.sampled_from(["features", "news-1", "society"]),
    st.sampled_from(["108572", "108572-", "108572-some-slug", "108572-سلام", "108572-%D8%B3%d9%84", "108572-100%"]),
    st.sampled_from(["", "/"]),
    st.sampled_from(["", "?ref=specials", "?a=1&b=/en/news/5/"]),
    st.sampled_from(["", "#comments"]),
)


@given(forms)
def test_every_form_is_one_key(url: str) -> None:
    address = article_address(url)
    assert address is not None
    assert address.key == "fa/108572"
    again = article_address(address.url)
    assert again == address


def test_a_lone_surrogate_out_of_json_is_no_address() -> None:
    assert read_address("https://iranwire.com/en/\ud800/") is None
    assert web_address("/en/\ud800", "https://iranwire.com/") == "https://iranwire.com/en/?"


@given(st.text())
def test_any_text_is_an_address_or_none(text: str) -> None:
    read_address(text)
    read_address("https://iranwire.com/" + text)
    joined = web_address(text, "https://iranwire.com/en/")
    assert joined is None or joined.startswith(("http://", "https://"))


def test_raw_and_encoded_slugs_are_one_address() -> None:
    raw = article_address("https://iranwire.com/fa/features/1-سلام")
    encoded = article_address("https://iranwire.com/fa/features/1-%d8%b3%d9%84%d8%a7%d9%85/")
    assert raw == encoded
    assert raw is not None
    assert raw.url == "https://iranwire.com/fa/features/1-%D8%B3%D9%84%D8%A7%D9%85/"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://iranwire.com/en/", "front"),
        ("https://iranwire.com/en", "front"),
        ("https://iranwire.com/en/feed/", "feed"),
        ("https://iranwire.com/en/middle-east/?page=2", "section"),
        ("https://iranwire.com/en/pages/fact-checking-policy", "flat"),
        ("https://iranwire.com/", "other"),
        ("https://iranwire.com/en/a/1/2/3", "other"),
        ("https://iranwire.com/en/author/123-name/", "other"),
        ("https://iranwire.com/en/writers/11/", "other"),
        ("https://iranwire.com/en/tag/12-x/", "other"),
        ("https://iranwire.com/en/page/2/", "other"),
        ("https://iranwire.com/en/../news/12/", "other"),
        ("https://iranwire.com/en/news/1234567890123/", "other"),
    ],
)
def test_kinds(url: str, kind: str) -> None:
    address = read_address(url)
    assert address is not None
    assert address.kind == kind


@pytest.mark.parametrize(
    "url",
    [
        "https://iranwire.com.evil.example/en/news/1/",
        "https://evil.example/en/news/1/",
        "https://user@iranwire.com/en/news/1/",
        "https://iranwire.com:8080/en/news/1/",
        "ftp://iranwire.com/en/news/1/",
        "//iranwire.com/en/news/1/",
        "http://[::1/en/news/1/",
        "https://iranwire.com/" + "x" * MAX_ADDRESS_LENGTH,
        "",
    ],
)
def test_other_addresses_are_not_the_sites(url: str) -> None:
    assert read_address(url) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("HTTP://example.org/a", "http://example.org/a"),
        ("hTTps://example.org/a b", "https://example.org/a%20b"),
        ("\x01http://example.org/a", None),
        ("htt\np://example.org/a", None),
    ],
)
def test_an_address_that_is_kept_begins_as_schemas_ask(given: str, kept: str | None) -> None:
    assert web_address(given, None) == kept


def test_a_key_has_its_parts() -> None:
    assert split_key("en/124964") == ("en", 124964)
    assert split_key("en/x") is None


def test_only_an_article_has_a_key() -> None:
    front = read_address("https://iranwire.com/en/")
    assert front is not None
    with pytest.raises(ValueError, match="not the address of an article"):
        _ = front.key
