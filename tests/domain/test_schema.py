"""The shipped JSON Schemas and docs/fields.md are what the item classes say."""

import json
import runpy
from pathlib import Path

import jsonschema_rs
import pytest
from saved_pages import SavedPage, saved_pages

from iranwire_crawler.domain.schema import RECORDS, json_schema
from iranwire_crawler.domain.version import VERSION

ROOT = Path(__file__).parents[2]
ARTICLES = [page for page in saved_pages() if "article" in page.facts]
ARTICLE_FIELDS = (
    "schema_version key id in_language url fetched_url section article_type headline description authors "
    "date_published date_published_raw date_published_jalali date_modified reading_time_minutes article_body body "
    "word_count images links tags related content_hash revision previous_hash reread duplicate_of fetched_at source "
    "warc crawler_version provenance warnings"
).split()
CAPTION_FIELDS = (
    "key article_key article_url position caption credit image_url headline section date_published in_language "
    "fetched_at"
).split()


def test_generated_files_are_in_step() -> None:
    generated = runpy.run_path(str(ROOT / "docs" / "generate_fields.py"))["generated"]()
    for path, text in generated.items():
        assert path.read_text(encoding="utf-8") == text, f"run: python docs/generate_fields.py ({path.name})"


@pytest.mark.parametrize("name", RECORDS)
def test_schemas_are_valid_schemas(name: str) -> None:
    schema = json.loads((ROOT / "iranwire_crawler" / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"].endswith("2020-12/schema")


def test_the_order_of_the_fields_is_the_promised_one() -> None:
    assert list(json_schema(RECORDS["article"])["properties"]) == ARTICLE_FIELDS
    assert list(json_schema(RECORDS["caption"])["properties"]) == CAPTION_FIELDS


@pytest.mark.parametrize("page", ARTICLES, ids=lambda page: page.name)
def test_saved_records_fit_their_schemas(page: SavedPage) -> None:
    read = page.read()
    record = {**read["article"], "crawler_version": VERSION}
    jsonschema_rs.Draft202012Validator(json_schema(RECORDS["article"]), validate_formats=True).validate(record)
    for caption in read["captions"]:
        jsonschema_rs.Draft202012Validator(json_schema(RECORDS["caption"]), validate_formats=True).validate(caption)
