"""What a probe concludes from its lines."""

from typing import Any

from iranwire_crawler.domain.probe import judge, notes


def line(kind: str, **values: Any) -> dict[str, Any]:
    head = {"language": "en", "url": f"https://iranwire.com/en/{kind}", "status": 200, "error": None}
    return {**head, "kind": kind, "redirects": [], "facts": {}, **values}


def test_a_reader_that_fails_would_not_do() -> None:
    failed = judge([line("article", facts={"failed": "TypeError: x"})], "finished")
    assert {finding.code for finding in failed} >= {"reader_failed", "articles_unreadable"}


def test_a_probe_that_was_stopped_would_not_do() -> None:
    assert "stopped_early" in {finding.code for finding in judge([], "shutdown")}


def test_an_edition_that_is_closed_is_told_from_one_that_is_not_there() -> None:
    fields = {"headline": "shown", "date_published": "shown", "body": "shown"}
    living = [
        line("front", facts={"sections": ["news"]}),
        line("listing", facts={"articles": 3}),
        line("article", facts={"fields": fields, "article_type": "article"}),
    ]
    absent, closed = (line("front", language="ar", status=status) for status in (404, 403))
    assert judge([*living, absent], "finished") == ()
    assert [note.code for note in notes([*living, absent])] == ["edition_absent"]
    assert [finding.code for finding in judge([*living, closed], "finished")] == ["edition_closed"]
