"""What the catalogue takes from the lines of a run's feeds, and whether they can be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self, get_args

from iranwire_crawler.domain import site
from iranwire_crawler.domain.items import (
    CODE,
    SHA256,
    UTC_DATE_TIME,
    WALKED_SECTION,
    WEB_URL,
    KeptPage,
    Walked,
    WalkEnd,
)
from iranwire_crawler.domain.urls import MAX_ADDRESS_LENGTH, article_address, split_key

_SHA256 = re.compile(SHA256)
_UTC = re.compile(UTC_DATE_TIME)
_CODE = re.compile(CODE)
_WEB_URL = re.compile(WEB_URL)
_RECORD_ID = re.compile(r"[^\s\x00-\x1f]{1,1000}")
_WALKED_SECTION = re.compile(WALKED_SECTION)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Characters of an ETag or a Last-Modified.
LONGEST_VALIDATOR = 1000
# An address that is canonical as it stands, which nearly all are: to read it as any other takes half of the time
# that learning a line takes.
_CANONICAL = re.compile(
    rf"https://{re.escape(site.HOST)}/([a-z]{{2}})/(?!{site.FLAT_PAGES}/)[A-Za-z0-9_][A-Za-z0-9_-]{{0,99}}"
    r"/(0|[1-9][0-9]{0,8})(?:-(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[89A-F][0-9A-F])+)?/"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleLine:
    """What the catalogue takes from an article's line."""

    key: str
    language: str
    id: int
    url: str
    section: str | None
    article_type: str
    headline: str
    date_published: str | None
    revision: int
    content_hash: bytes
    previous_hash: bytes | None
    reread: bool
    fetched_at: str
    addresses: tuple[str, ...]

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Self:
        """Raises ValueError where a needed field is missing or of another form."""
        key = _key(record)
        language, number = key.split("/")
        section = record.get("section")
        if not isinstance(section, dict):
            raise _wrong("section")
        url = _address(record, "url", key)
        if url is None:
            raise _wrong("url")
        fetched_url = _address(record, "fetched_url", key)
        previous = record.get("previous_hash")
        return cls(
            key=key,
            language=language,
            id=int(number),
            url=url,
            section=_text(section, "slug", optional=True),
            article_type=_match(record, "article_type", _CODE),
            headline=_text(record, "headline") or "",
            date_published=_text(record, "date_published", optional=True),
            revision=_number_in(record, "revision", 1, 1_000_000_000),
            content_hash=bytes.fromhex(_match(record, "content_hash", _SHA256)),
            previous_hash=bytes.fromhex(_match(record, "previous_hash", _SHA256)) if previous is not None else None,
            reread=record.get("reread") is True,
            fetched_at=_match(record, "fetched_at", _UTC),
            addresses=(url,) if fetched_url in (url, None) else (url, fetched_url),
        )

    def shown(self) -> tuple[str, str | None, str, str, str | None]:
        """What the newest line alone decides, in the order of the table."""
        return self.url, self.section, self.article_type, self.headline, self.date_published

    def revision_row(self) -> tuple[str, int, bytes, bytes | None, bool, str]:
        return self.key, self.revision, self.content_hash, self.previous_hash, self.reread, self.fetched_at


class GoneLine(NamedTuple):
    """A line of `gone.jsonl`."""

    key: str
    reason: str
    fetched_at: str

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Self:
        """Raises ValueError as `ArticleLine.read` does."""
        return cls(_key(record), _match(record, "reason", _CODE), _match(record, "fetched_at", _UTC))


class CheckLine(NamedTuple):
    """A line of `checked.jsonl`."""

    key: str
    checked_at: str
    status: int
    etag: str | None
    last_modified: str | None
    page: KeptPage | None

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Self:
        """Raises ValueError as `ArticleLine.read` does."""
        return cls(
            _key(record),
            _match(record, "checked_at", _UTC),
            _number_in(record, "status", 100, 599),
            _validator(record, "etag"),
            _validator(record, "last_modified"),
            _page(record),
        )

    def row(self) -> tuple[str | int | None, ...]:
        """In the order of the table."""
        place = (self.page.record_id, self.page.target_uri, self.page.date) if self.page else (None, None, None)
        return (*self[:5], *place)


def read_walk(record: Mapping[str, Any]) -> Walked:
    """A line of `walked.jsonl`. Raises ValueError as `ArticleLine.read` does."""
    reached: WalkEnd | None = next((end for end in get_args(WalkEnd) if end == record.get("reached")), None)
    if reached is None:
        raise _wrong("reached")
    since = record.get("since")
    return Walked(
        section=_match(record, "section", _WALKED_SECTION),
        walked_at=_match(record, "walked_at", _UTC),
        pages=_number_in(record, "pages", 1, 1_000_000_000),
        reached=reached,
        since=_match(record, "since", _DAY) if since is not None else None,
    )


def _wrong(name: str) -> ValueError:
    return ValueError(f"{name}: missing or of another form")


def _text(record: Mapping[str, Any], name: str, *, optional: bool = False) -> str | None:
    value = record.get(name)
    if value is None and optional:
        return None
    if not isinstance(value, str) or not value:
        raise _wrong(name)
    return value


def _match(record: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise _wrong(name)
    return value


def _number_in(record: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = record.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _wrong(name)
    return value


def _key(record: Mapping[str, Any]) -> str:
    value = record.get("key")
    parts = split_key(value) if isinstance(value, str) else None
    if parts is None or value != f"{parts[0]}/{parts[1]}":
        raise _wrong("key")
    return f"{parts[0]}/{parts[1]}"


def _address(record: Mapping[str, Any], name: str, key: str) -> str | None:
    """The canonical form of an address of that article; None for anything else."""
    value = record.get(name)
    if isinstance(value, str) and (plain := _CANONICAL.fullmatch(value)) and len(value) <= MAX_ADDRESS_LENGTH:
        return value if f"{plain[1]}/{plain[2]}" == key else None
    address = article_address(value) if isinstance(value, str) else None
    return address.url if address is not None and address.key == key else None


def _page(record: Mapping[str, Any]) -> KeptPage | None:
    """Lines of versions before have none."""
    page = record.get("page")
    if page is None:
        return None
    if not isinstance(page, dict):
        raise _wrong("page")
    return KeptPage(
        record_id=_match(page, "record_id", _RECORD_ID),
        target_uri=_match(page, "target_uri", _WEB_URL),
        date=_match(page, "date", _UTC),
    )


def _validator(record: Mapping[str, Any], name: str) -> str | None:
    value = _text(record, name, optional=True)
    if value is not None and len(value) > LONGEST_VALIDATOR:
        raise _wrong(name)
    return value
