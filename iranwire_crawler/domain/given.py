"""What people give as options and arguments, read. `said` is how they said it, for the error."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from iranwire_crawler.domain.dates import read_day
from iranwire_crawler.domain.errors import ArgumentError

_Name = TypeVar("_Name", bound=str)


def given_day(said: str, value: str | None) -> date | None:
    """`2024-02-03`, or `1402-11-14` in the Solar Hijri calendar; None where none is given.

    Raises ArgumentError for anything else.
    """
    if value is None:
        return None
    found = read_day(value)
    if found is None:
        raise ArgumentError(f"{said}: a day is needed, as 2024-02-03 or 1402-11-14")
    return found


def given_names(said: str, value: str | None, known: Sequence[_Name]) -> tuple[_Name, ...]:
    """The known names that are given, parted by commas, in their own order; none where the value is None.

    Raises ArgumentError for a name that is not known, and where none is named.
    """
    if value is None:
        return ()
    given = {part.strip() for part in value.split(",") if part.strip()}
    if not given or not given <= set(known):
        raise ArgumentError(f"{said}: there are {', '.join(known)}, parted by commas")
    return tuple(name for name in known if name in given)
