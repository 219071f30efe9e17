"""The templates of this room: HTML is escaped, an unknown name is an error, and no line is left of a tag alone."""

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from iranwire_crawler.domain.text import clean

if TYPE_CHECKING:
    from jinja2 import Environment

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~])")


def render(name: str, **known: Any) -> str:
    """A template of this folder, filled in."""
    return _environment().get_template(name).render(known)


def _number(number: int) -> str:
    return f"{number:,}"


def _percent(share: float) -> str:
    """To a tenth, never up: 100.0% is all of them."""
    return f"{math.floor(1000 * share) / 10:.1f}%"


def _by_number(counts: dict[str, int]) -> list[tuple[str, int]]:
    """The greatest first, of two that are equal the first by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _in_markdown(text: str) -> str:
    """One line that is text alone: no mark in it means anything."""
    return _MARKDOWN.sub(r"\\\1", clean(text))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape  # a run renders nothing

    environment = Environment(
        loader=PackageLoader("iranwire_crawler", "views"),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "number": _number,
        "by_number": _by_number,
        "md": _in_markdown,
        "line": clean,
        "percent": _percent,
    }
    return environment
