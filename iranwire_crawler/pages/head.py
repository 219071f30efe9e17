"""`without_scripts`: scripts and styles in a page's head, often most of its bytes, never reach the parser."""

import re

# White space as the HTML standard has it: a vertical tab is text.
_SPACE = rb"[ \t\r\n\f]"
_VALUE = rb"""(?:"[^"]*"|'[^']*'|[^ \t\r\n\f"'>][^ \t\r\n\f>]*)"""
_ATTRIBUTES = rb"(?:%s+[a-z][a-z0-9:._-]*(?:%s*=%s*%s)?)*+%s*+/?>" % (_SPACE, _SPACE, _SPACE, _VALUE, _SPACE)
_OPENING = re.compile(
    rb"%s*+(?:<!doctype\b[^>]*+>%s*+)?<html%s%s*+<head%s" % (_SPACE, _SPACE, _ATTRIBUTES, _SPACE, _ATTRIBUTES),
    re.IGNORECASE,
)
# What a head is made of, in forms that the HTML standard's tokenizer reads in one way only: elements that stay, up to
# a comment, a script or a style.
_ITEM = re.compile(
    rb"(?:%s*+(?:<(?:meta|link|base)%s|<title>[^<]*+</title>))*+"
    rb"%s*+(?:<!--(?!-?>)(?P<comment>)|<(?P<raw>script|style)(?P<attributes>%s))"
    % (_SPACE, _ATTRIBUTES, _SPACE, _ATTRIBUTES),
    re.IGNORECASE,
)


def without_scripts(source: bytes) -> bytes:
    """A page (in any encoding that extends ASCII) without its head's scripts and styles; those that hold JSON stay.

    It stops at the first thing that is not plain, such as a script that holds `<!--` or could end in
    two places: what is dropped are whole elements that leave nothing else of the tree changed.
    """
    opening = _OPENING.match(source)
    if opening is None:
        return source
    kept: list[bytes] = []
    start, at = 0, opening.end()
    while (item := _ITEM.match(source, at)) is not None:
        at = item.end()
        raw, attributes = item.group("raw", "attributes")
        if raw is None:
            end = _end_of_comment(source, at)
        else:
            end = _end_of_raw(source, at, raw)
            if end is not None and b"json" not in attributes.lower():
                kept.append(source[start : item.start("raw") - 1])
                start = end
        if end is None:
            break
        at = end
    kept.append(source[start:])
    return b"".join(kept)


def _end_of_raw(source: bytes, at: int, name: bytes) -> int | None:
    """Where a script or a style ends whose text begins at `at`; None where that is not certain."""
    closing = b"</%s>" % name
    while (at := source.find(b"<", at)) >= 0:
        if source.startswith(closing, at):
            return at + len(closing)
        if source[at : at + len(closing) - 1].lower().startswith((b"<!--", closing[:-1].lower())):
            return None
        at += 1
    return None


def _end_of_comment(source: bytes, at: int) -> int | None:
    end = source.find(b"-->", at)
    return None if end < 0 or source.find(b"--!>", at, end) >= 0 else end + 3
