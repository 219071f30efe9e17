"""Settings that say yes or no."""

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off", "none"})


def is_on(name: str, value: object) -> bool:
    """Whether a setting, or a spider argument, says yes. Raises ArgumentError for what says neither yes nor no."""
    said = str(value).strip().lower()
    if said not in _YES | _NO:
        raise ArgumentError(f"{name}={for_terminal(said)}: say yes or no")
    return said in _YES
