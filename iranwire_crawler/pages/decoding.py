"""`decode` and `as_utf8`: a response's bytes as text, whatever charset it says it has."""

import codecs

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

# A page is untrusted: what lies beyond this bound is not read.
MAX_BYTES = 16 * 1024 * 1024


def decode(body: bytes, content_type: str | None = None, language: str | None = None) -> tuple[str, bool]:
    """The page's text, and whether some of it could not be decoded.

    Bytes that are valid UTF-8 are UTF-8, whatever a header or a meta tag says: Persian or Arabic
    in another charset is never valid UTF-8 by chance. Otherwise a byte order mark, the header and
    the meta tag are believed in that order, and a page with just a few bad bytes stays UTF-8.
    Where nothing is declared, `language` decides as a browser's locale does (WHATWG Encoding).
    """
    body = body[:MAX_BYTES]
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = body.decode("utf-16", errors="replace")
        return text, "\ufffd" in text
    try:
        return body.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        pass
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body[:4096])
    encoding = resolve_encoding(declared) if declared else None
    lenient = body.decode("utf-8", errors="replace")
    if lenient.count("\ufffd") * 10 <= sum(character > "\x7f" for character in lenient):
        return lenient, True
    if encoding in (None, "utf-8"):
        encoding = "cp1256" if language in ("fa", "ar") else "cp1252"
    text = body.decode(encoding or "cp1252", errors="replace")
    return text, "\ufffd" in text


def as_utf8(body: bytes, content_type: str | None = None, language: str | None = None) -> tuple[bytes, bool]:
    """`decode`, as UTF-8 without a byte order mark: what is UTF-8 already stays the same bytes."""
    body = body[:MAX_BYTES]
    try:
        body.decode()
    except UnicodeDecodeError:
        text, damaged = decode(body, content_type, language)
        return text.encode("utf-8", errors="replace"), damaged
    return body.removeprefix(codecs.BOM_UTF8), False
