"""The crawler's version: `pyproject.toml` reads it from here, every record carries it."""

VERSION = "0.1.0"
SCHEMA_VERSION = 1
