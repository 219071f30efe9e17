"""The catalogue's tables; docs/catalogue.md describes them. Another form or content of a row wants another version."""

SCHEMA_VERSION = 6

# A primary key's columns come first: SQLite 3.40, which Debian 12 has, else takes good rows for damaged ones
# (quick_check: "NULL value in walks.walked_at").
SCHEMA = """
CREATE TABLE runs (
    run TEXT PRIMARY KEY,
    spider TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT,
    state TEXT NOT NULL,
    finish_reason TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE feeds (
    run TEXT NOT NULL REFERENCES runs,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    PRIMARY KEY (run, file)
) STRICT, WITHOUT ROWID;
CREATE TABLE articles (
    key TEXT PRIMARY KEY,
    language TEXT NOT NULL,
    id INTEGER NOT NULL,
    url TEXT NOT NULL,
    section TEXT,
    article_type TEXT NOT NULL,
    headline TEXT NOT NULL,
    date_published TEXT,
    revision INTEGER NOT NULL,
    content_hash BLOB NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs,
    start INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX articles_by_date ON articles (date_published);
CREATE TABLE revisions (
    key TEXT NOT NULL REFERENCES articles DEFERRABLE INITIALLY DEFERRED,
    revision INTEGER NOT NULL,
    content_hash BLOB NOT NULL,
    previous_hash BLOB,
    reread INTEGER NOT NULL,
    fetched_at TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs,
    file TEXT NOT NULL,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    PRIMARY KEY (key, run, start)
) STRICT, WITHOUT ROWID;
CREATE TABLE addresses (
    key TEXT NOT NULL,
    address TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    PRIMARY KEY (key, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE checks (
    key TEXT PRIMARY KEY,
    checked_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    etag TEXT,
    last_modified TEXT,
    record_id TEXT,
    target_uri TEXT,
    date TEXT,
    run TEXT NOT NULL REFERENCES runs,
    start INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE gone (
    key TEXT NOT NULL,
    reason TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    PRIMARY KEY (key, run, start)
) STRICT, WITHOUT ROWID;
CREATE TABLE walks (
    section TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs,
    start INTEGER NOT NULL,
    walked_at TEXT NOT NULL,
    pages INTEGER NOT NULL,
    reached TEXT NOT NULL,
    since TEXT,
    PRIMARY KEY (section, run, start)
) STRICT, WITHOUT ROWID;
CREATE TABLE bands (
    band INTEGER NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (band, key)
) STRICT, WITHOUT ROWID;
"""
