"""Whether a record fits its JSON Schema, and what is wrong with one that does not."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, Literal

import orjson
from jsonschema_rs import Draft202012Validator

from iranwire_crawler.domain.items import Article, Caption, Fault, Rejected
from iranwire_crawler.domain.schema import RECORDS, json_schema

_MAX_FAULTS = 20
_LONGEST_MESSAGE = 500


def rejected(item: Article | Caption) -> Rejected | None:
    """The record with its faults named, at most 20 of them; None where it has none."""
    record = orjson.loads(orjson.dumps(item))
    record_type: Literal["article", "caption"] = "article" if isinstance(item, Article) else "caption"
    faults = tuple(faults_of(record, validator_of(record_type), most=_MAX_FAULTS))
    if not faults:
        return None
    return Rejected(record_type=record_type, key=item.key, reason="schema", faults=faults, record=record)


def faults_of(record: Any, validator: Draft202012Validator, *, most: int) -> Iterator[Fault]:
    """What does not fit, at most so many things of it."""
    for error in islice(validator.iter_errors(record), most):
        yield Fault(path="/" + "/".join(map(str, error.instance_path)), message=error.message[:_LONGEST_MESSAGE])


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Raises ValueError for what is no JSON Schema."""
    return Draft202012Validator(dict(schema), validate_formats=True)


@cache
def validator_of(record_type: str) -> Draft202012Validator:
    """Of one of `schema.RECORDS`."""
    return validator(json_schema(RECORDS[record_type]))
