"""Rich text as data has it (HTML, prose, lists and trees of blocks) -> HTML, by shape.

Editors write a text as a tree: blocks that say what kind they are, and in them runs of text, marked as links or bold.
The names of kinds differ, the words in them hardly do: `heading`, `h2`, `paragraph`, `image`, `quote`.
"""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

MAX_TEXT = 2 * 1024 * 1024
MAX_DEPTH = 24
MAX_PARTS = 20_000
MARKUP = re.compile(
    r"</?(?:p|br|div|span|a|h[1-6]|ul|ol|li|strong|em|b|i|img|figure|blockquote|section)\b[^<>]*+>", re.I
)
_ESCAPED_MARKUP = re.compile(r"&lt;(?:p|br|div|span|h[1-6])\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*+>")
_LINE_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_BLOCK = re.compile(r"<(?:p|div|h[1-6]|ul|ol|li|blockquote|figure|hr|iframe|table)\b", re.IGNORECASE)
_KINDS = ("type", "_type", "kind", "style", "blockType", "component", "tag", "nodeType", "__typename")
_INNER = ("value", "data", "content", "children", "nodes", "blocks", "items", "html", "rendered", "text", "body", "raw")
_ENVELOPES = ("data", "attrs", "value", "props", "attributes")
_INLINE = re.compile(r"^(?:text|span|link|a|anchor|hyperlink|bold|strong|italic|em|mark|inline.*)$", re.IGNORECASE)
_RULE = re.compile(r"^hr$|divider|delimiter|separator|horizontal", re.IGNORECASE)
_PICTURE = re.compile(r"image|picture|photo|figure", re.IGNORECASE)
_PLAYER = re.compile(r"embed|video|audio|iframe|youtube|vimeo|oembed|player", re.IGNORECASE)
_HEADING = re.compile(r"head|^h[1-6]$|subtitle", re.IGNORECASE)
_LIST = re.compile(r"list$|^[uo]l$|bulleted|numbered", re.IGNORECASE)
_ITEM = re.compile(r"list.?item|^li$", re.IGNORECASE)
_QUOTE = re.compile(r"quot", re.IGNORECASE)
_ADDRESS = ("href", "src", "url", "embed", "source", "file", "link")
_CAPTION = ("caption", "alt", "title", "description")


def as_html(value: Any) -> str:
    """The HTML of a value that is rich text; "" where it holds no text. Bounded in depth and length."""
    return _Writer().write(value, 0)


def text_of(markup: str) -> str:
    """The words of markup on one line, roughly: enough to judge it by."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


class _Writer:
    def __init__(self) -> None:
        self.left = MAX_TEXT
        self.parts = MAX_PARTS

    def write(self, value: Any, depth: int) -> str:
        self.parts -= 1
        if depth > MAX_DEPTH or self.parts < 0 or self.left < 0:
            return ""
        if isinstance(value, str):
            self.left -= len(value)
            tree = _json(value)
            return _string(value) if tree is None else self.write(tree, depth + 1)
        if isinstance(value, list):
            return "".join([_own_block(each, self.write(each, depth + 1)) for each in value])
        return self._object(value, depth) if isinstance(value, dict) else ""

    def _object(self, value: Mapping[str, Any], depth: int) -> str:
        kinds = [kind for name in _KINDS if isinstance(kind := value.get(name), str)]
        fields = {**value, **_nested(value)}
        if any(map(_RULE.search, kinds)):
            return "<hr>"
        if any(map(_PICTURE.search, kinds)) and (address := _address(fields)):
            return _figure(address, fields)
        if any(map(_PLAYER.search, kinds)) and (address := _address(fields)):
            return f'<iframe src="{html.escape(address)}"></iframe>'
        if any(map(_LIST.search, kinds)) and (items := next((each for each in map(fields.get, _INNER) if each), None)):
            return f"<ul>{self._items(items, depth)}</ul>"
        inner = next((written for name in _INNER if (written := self.write(value.get(name), depth + 1))), "")
        return _wrapped(inner, kinds, fields) if inner else ""

    def _items(self, value: Any, depth: int) -> str:
        written = [self.write(each, depth + 1) for each in (value if isinstance(value, list) else [value])]
        return "".join([item if item.startswith("<li") else f"<li>{item}</li>" for item in written if item])


def _json(text: str) -> Any:
    """The tree that a string is the JSON of, else None."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _nested(value: Mapping[str, Any]) -> dict[str, Any]:
    """What an object's own envelope holds: `{"type": …, "data": {…}}`."""
    found: dict[str, Any] = {}
    for _ in range(MAX_DEPTH):
        name = next((name for name in _ENVELOPES if isinstance(value.get(name), dict)), None)
        if name is None:
            break
        value = value[name]
        found |= value
        if name == "attrs":
            break
    return found


def _string(value: str) -> str:
    if _ESCAPED_MARKUP.search(value) and not MARKUP.search(value):
        value = html.unescape(value)
    if _BLOCK.search(value) or _LINE_BREAK.search(value):
        return value
    marked = MARKUP.search(value) is not None
    lines = value.strip("\n").split("\n")
    if len(lines) > 1:
        lines = [line for text in lines if (line := text.strip())]
    paragraphs = lines if marked else [html.escape(html.unescape(line), quote=False) for line in lines]
    return paragraphs[0] if len(paragraphs) == 1 else "".join([f"<p>{paragraph}</p>" for paragraph in paragraphs])


def _own_block(value: Any, written: str) -> str:
    """A string in a list is a paragraph; an object says itself what it is."""
    return f"<p>{written}</p>" if isinstance(value, str) and written and not _BLOCK.search(written) else written


def _wrapped(inner: str, kinds: list[str], fields: Mapping[str, Any]) -> str:
    marks = fields.get("marks")
    marked = [mark for mark in marks if isinstance(mark, dict)] if isinstance(marks, list) else []
    links = [_address({**mark, **_nested(mark)}) for mark in marked]
    address = next((link for link in links if link), None)
    if kinds and all(map(_INLINE.search, kinds)):
        address = address or _address(fields)
        return f'<a href="{html.escape(address)}">{inner}</a>' if address else inner
    if not kinds and address is None and not _BLOCK.search(inner) and "text" in fields:
        return inner
    listed = fields.get("listItem")
    if any(map(_ITEM.search, kinds)) or isinstance(listed, str):
        return f"<ul><li>{inner}</li></ul>" if isinstance(listed, str) else f"<li>{inner}</li>"
    if any(map(_QUOTE.search, kinds)):
        return f"<blockquote>{inner}</blockquote>"
    if any(map(_HEADING.search, kinds)):
        return f"<h3>{inner}</h3>"
    return inner if _BLOCK.search(inner) else f"<p>{inner}</p>"


def _address(fields: Mapping[str, Any]) -> str | None:
    for name in _ADDRESS:
        value = fields.get(name)
        value = (value.get("url") or value.get("src")) if isinstance(value, dict) else value
        if isinstance(value, str) and value and " " not in value and len(value) < 4096:
            return value
    return None


def _figure(address: str, fields: Mapping[str, Any]) -> str:
    caption = next((text_of(value) for name in _CAPTION if isinstance(value := fields.get(name), str) and value), "")
    shown = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return f'<figure><img src="{html.escape(address)}" alt="{html.escape(caption)}">{shown}</figure>'
