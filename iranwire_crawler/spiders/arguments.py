"""Spider arguments: `-a` strings checked at the door, before anything is requested."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from iranwire_crawler.domain import urls
from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal


def check_names(given: Mapping[str, object], known: Sequence[str]) -> None:
    """Raises ArgumentError for an argument that the spider does not have."""
    for name in given:
        if name not in known:
            raise ArgumentError(f"-a {for_terminal(str(name))}: no such argument; there are: {', '.join(known)}")


def article_addresses(value: str | None) -> list[urls.Address]:
    """`urls=URL[,URL…]` or `urls=@file` (an address a line, `#` comments) as articles, each once.

    Raises ArgumentError that names the address, or the file, that cannot be used.
    """
    if not value or not value.strip():
        raise ArgumentError("-a urls=URL[,URL…] or -a urls=@file is needed: the articles to read")
    if value.startswith("@"):
        given = [(address, f"{value[1:]}, line {number}") for number, address in _lines(Path(value[1:]))]
        if not given:
            raise ArgumentError(f"-a urls={value}: the file holds no addresses")
    else:
        given = [(address.strip(), "-a urls") for address in value.split(",") if address.strip()]
    found: dict[str, urls.Address] = {}
    for address, place in given:
        article = urls.article_address(address)
        if article is None:
            shown = for_terminal(address)
            raise ArgumentError(f"{place}: {shown!r} is not an article's address on iranwire.com")
        found.setdefault(article.key, article)
    return list(found.values())


def _lines(file: Path) -> list[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ArgumentError(f"-a urls=@{file}: cannot read it: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ArgumentError(f"-a urls=@{file}: not a text file in UTF-8") from error
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    return [(number, line) for number, line in lines if line and not line.startswith("#")]
