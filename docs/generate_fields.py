"""Writes the shipped JSON Schemas and docs/fields.md from the item classes: `python docs/generate_fields.py`."""

import json
import sys
from pathlib import Path

from iranwire_crawler.domain.field_tables import field_tables
from iranwire_crawler.domain.schema import RECORDS, json_schema

ROOT = Path(__file__).parent.parent
FILES = {
    "article": "articles.jsonl",
    "caption": "captions.jsonl",
    "gone": "gone.jsonl",
    "checked": "checked.jsonl",
    "walked": "walked.jsonl",
    "rejected": "rejected.jsonl",
    "unread": "unread/index.jsonl",
}


def generated() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    files = {
        ROOT / "iranwire_crawler" / "schemas" / f"{name}.schema.json": json.dumps(
            json_schema(record), indent=2, ensure_ascii=False
        )
        + "\n"
        for name, record in RECORDS.items()
    }
    files[ROOT / "docs" / "fields.md"] = fields_page()
    return files


def fields_page() -> str:
    lines = [
        "# Fields",
        "",
        "One JSON object a line, UTF-8, no escapes for Persian and Arabic; every field is always there, null or",
        "empty when unknown, in this order. This page and `iranwire_crawler/schemas/*.schema.json` (JSON Schema",
        "draft 2020-12) are made from `iranwire_crawler/domain/items.py` by `python docs/generate_fields.py`;",
        "a test keeps them in step.",
    ]
    for name, record in RECORDS.items():
        lines += ["", f"## {record.__name__}: `{FILES[name]}`", "", record.__doc__ or ""]
        lines += ["", *field_tables(record, heading="###")]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
