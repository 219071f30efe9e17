"""Whether a record fits its JSON Schema, and what is wrong with one that does not."""

from functools import cache
from typing import Literal

import jsonschema_rs
import orjson

from iranwire_crawler.domain.items import Article, Caption, Fault, Rejected
from iranwire_crawler.domain.schema import RECORDS, json_schema

_MAX_FAULTS = 20
_LONGEST_MESSAGE = 500


def rejected(item: Article | Caption) -> Rejected | None:
    """The record with its faults named, at most 20 of them; None where it has none."""
    record = orjson.loads(orjson.dumps(item))
    record_type: Literal["article", "caption"] = "article" if isinstance(item, Article) else "caption"
    validator = _validator(record_type)
    if validator.is_valid(record):
        return None
    faults = tuple(
        Fault(path="/" + "/".join(map(str, error.instance_path)), message=error.message[:_LONGEST_MESSAGE])
        for error, _ in zip(validator.iter_errors(record), range(_MAX_FAULTS), strict=False)
    )
    return Rejected(record_type=record_type, key=item.key, reason="schema", faults=faults, record=record)


@cache
def _validator(record_type: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json_schema(RECORDS[record_type]), validate_formats=True)
