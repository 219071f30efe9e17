"""Ages and intervals as people write them: `36h`, `90m`, `2d`."""

import re
from datetime import UTC, datetime, timedelta

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_AGE = re.compile(r"([0-9]{1,6})([smhdw])")


def read_age(text: str) -> timedelta | None:
    """`36h`, `90m`, `2d`, `30s`, `1w`; None for anything else."""
    match = _AGE.fullmatch(text)
    return timedelta(seconds=int(match[1]) * UNITS[match[2]]) if match else None


def moment(text: str | None) -> datetime | None:
    """An ISO date-time, UTC where it names no zone; of a day alone, its last second. None for anything else."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if text is not None and len(text) == len("2026-11-22"):
        found += timedelta(days=1, seconds=-1)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
