"""Checks each record against its JSON Schema; what does not fit becomes a `Rejected` line."""

import logging
from typing import Any, Literal, Self

import jsonschema_rs
import orjson
from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from iranwire_crawler.domain import stat_keys
from iranwire_crawler.domain.items import Article, Caption, Fault, Rejected
from iranwire_crawler.domain.schema import json_schema

logger = logging.getLogger(__name__)

_MAX_FAULTS = 20
_LONGEST_MESSAGE = 500


class Validate:
    """Lets good records through and turns the others into `Rejected` ones, with every fault named."""

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats
        self.validators = {
            record: jsonschema_rs.Draft202012Validator(json_schema(record), validate_formats=True)
            for record in (Article, Caption)
        }

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert crawler.stats is not None
        return cls(crawler.stats)

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, (Article, Caption)):
            return item
        record = orjson.loads(orjson.dumps(item))
        validator = self.validators[type(item)]
        if validator.is_valid(record):
            return item
        faults = tuple(
            Fault(path="/" + "/".join(map(str, error.instance_path)), message=error.message[:_LONGEST_MESSAGE])
            for error, _ in zip(validator.iter_errors(record), range(_MAX_FAULTS), strict=False)
        )
        record_type: Literal["article", "caption"] = "article" if isinstance(item, Article) else "caption"
        self.stats.inc_value(stat_keys.rejected(record_type))
        logger.warning("%s %s rejected: %s", record_type, item.key, "; ".join(fault.path for fault in faults))
        return Rejected(record_type=record_type, key=item.key, reason="schema", faults=faults, record=record)
