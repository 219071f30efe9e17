"""A line of a feed back as the item it was written from."""

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from iranwire_crawler.domain.items import Article, Caption
from iranwire_crawler.domain.schema import without_none

_Record = TypeVar("_Record")
_Reader = Callable[[Any], Any]


def read_record(kind: type[_Record], line: Mapping[str, Any]) -> _Record:
    """The item of a line that fits the schema of its kind (`domain.schema`).

    Nothing is checked but what it takes to build the item: raises ValueError where a part is missing or of
    another form.
    """
    try:
        return _reader(kind)(line)  # type: ignore[arg-type, no-any-return]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no {kind.__name__.lower()}: {type(error).__name__}: {error}") from error


def captions_of(article: Article) -> tuple[Caption, ...]:
    """One `Caption` for each picture of the article that has a caption of its own."""
    return tuple(
        Caption(
            key=f"{article.key}/{image.position}",
            article_key=article.key,
            article_url=article.url,
            position=image.position,
            caption=image.caption,
            credit=image.credit,
            image_url=image.url,
            headline=article.headline,
            section=article.section,
            date_published=article.date_published,
            in_language=article.in_language,
            fetched_at=article.fetched_at,
        )
        for image in article.images
        if image.caption
    )


@cache
def _reader(hint: Any) -> _Reader:
    """How a value of that type is read. Simple values stand as they are."""
    inner, optional = without_none(hint)
    if optional:
        read = _reader(inner)
        return read if read is _as_it_is else lambda value: None if value is None else read(value)
    if get_origin(hint) is tuple:
        each = _reader(get_args(hint)[0])
        return tuple if each is _as_it_is else lambda values: tuple([each(value) for value in values])
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        readers = [
            (field.name, _reader(hints[field.name]))
            for field in dataclasses.fields(hint)
            if hints[field.name] is not bytes
        ]
        build: Callable[..., Any] = hint  # type: ignore[assignment]
        return lambda value: build(**{name: read(value[name]) for name, read in readers})
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
