"""Lists of captures in the forms that CDX servers give."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.domain.web_archive import Capture
from iranwire_crawler.pages.captures import read_captures

URL = "https://iranwire.com/en/society/11-a-report/"
CAPTURE = Capture("20240105100000", URL, "200", "text/html")
# The Internet Archive's output=json, with a resume key at its end.
TABLE = json.dumps(
    [
        ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"],
        ["com,iranwire)/en/society/11-a-report", "20240105100000", URL, "text/html", "200", "FASG2LU6", "352"],
        [],
        ["com%2Ciranwire%29%2F+20240105100001"],
    ]
)
LINE = json.dumps(
    {"urlkey": "com,iranwire)/", "timestamp": "20240105100000", "url": URL, "mime": "text/html", "status": "200"}
)
CDXJ = "com,iranwire)/en 20240105100000 " + json.dumps({"url": URL, "mime": "text/html", "status": "200"})


@pytest.mark.parametrize("text", [TABLE, LINE, LINE + "\n", CDXJ])
def test_every_form_is_read(text: str) -> None:
    assert read_captures(text.encode()) == [CAPTURE]


def test_an_empty_list_is_one() -> None:
    assert read_captures(b"") == []
    assert read_captures(b"[]\n") == []


@pytest.mark.parametrize("text", ["<html>Too many requests</html>", "[1, 2]", "[[", "{", '{"url": ', "[" * 100_000])
def test_anything_else_is_none(text: str) -> None:
    assert read_captures(text.encode()) is None


def test_a_revisit_says_no_status() -> None:
    row = {"timestamp": "20240105100000", "url": URL, "mime": "warc/revisit", "status": "-"}
    assert read_captures(json.dumps(row).encode()) == [Capture("20240105100000", URL, "", "warc/revisit")]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode) | st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_no_bytes_raise(body: bytes) -> None:
    read_captures(body)
