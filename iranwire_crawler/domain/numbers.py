"""Numbers that people give in settings and arguments, read and bounded."""

from collections.abc import Callable
from typing import TypeVar

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal

_Number = TypeVar("_Number", int, float)


def whole(name: str, given: object, *, least: int, most: int, of: str = "") -> int:
    """Raises ArgumentError for what is no whole number from `least` to `most`. `of`: what is counted."""
    return _bounded(int, name, given, least, most, f"a whole number{_of(of)}")


def number(name: str, given: object, *, least: float, most: float, of: str = "") -> float:
    """Raises ArgumentError for what is no number from `least` to `most`. `of`: what is measured."""
    return _bounded(float, name, given, least, most, f"a number{_of(of)}")


def _of(what: str) -> str:
    return f" of {what}" if what else ""


def _bounded(
    read: Callable[[str], _Number], name: str, given: object, least: _Number, most: _Number, needed: str
) -> _Number:
    try:
        found = read(str(given))
        good = least <= found <= most
    except ValueError:
        good = False
    if not good:
        shown = for_terminal(str(given))
        raise ArgumentError(f"{name}={shown}: {needed} from {least:,} to {most:,} is needed")
    return found
