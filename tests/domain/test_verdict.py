"""The verdict is a pure function: what was counted in, status and reasons out."""

from dataclasses import replace
from typing import Any

import pytest

from iranwire_crawler.domain.items import Section
from iranwire_crawler.domain.verdict import (
    LOOK,
    SOUND,
    Coverage,
    Facts,
    Feed,
    Thresholds,
    could_not_start,
    expected,
    filled,
    judge,
)

THRESHOLDS = Thresholds(
    asked_for=("finished", "closespider_itemcount", "sample", "max_pages"),
    min_articles=20,
    coverage_floors={"headline": 1.0, "date_published": 0.95},
    min_unread=3,
    max_unread_share=0.2,
    max_rejected_share=0.02,
    max_listings_failed=0,
    max_forbidden_share=0.2,
    max_refused=2,
    max_errors=0,
)
GOOD = Facts(finish_reason="finished", articles=100, read=100, captions=150, answers={200: 110})
NOTHING = Facts(finish_reason="finished", answers={200: 10})


def reasons(facts: Facts) -> list[str]:
    return [reason.code for reason in judge(facts, THRESHOLDS).reasons]


def notes(facts: Facts) -> list[str]:
    return [note.code for note in judge(facts, THRESHOLDS).notes]


def test_a_good_run_is_sound() -> None:
    verdict = judge(GOOD, THRESHOLDS)
    assert (verdict.status, verdict.exit_code, verdict.reasons, verdict.notes) == ("sound", SOUND, (), ())


def test_nothing_new_is_sound() -> None:
    facts = Facts(finish_reason="finished", known=57, answers={200: 3, 304: 6})
    assert reasons(facts) == []
    assert notes(facts) == ["nothing_new"]


@pytest.mark.parametrize(
    "facts",
    [{"out_of_range": 4, "cards": 30, "listed": 4}, {"cards": 30, "listed": 0}],
    ids=["read-and-left-out", "not-even-asked-for"],
)
def test_nothing_as_young_as_was_asked_for_is_sound(facts: dict[str, Any]) -> None:
    assert reasons(replace(NOTHING, **facts)) == []
    assert notes(replace(NOTHING, **facts)) == ["nothing_new"]


def test_section_pages_must_name_articles_even_where_feeds_do() -> None:
    assert reasons(replace(GOOD, section_pages=12, cards=0, listed=100)) == ["sections_empty"]
    assert reasons(replace(GOOD, section_pages=12, cards=None, listed=100)) == []


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("no_articles", {"articles": 0, "read": 0}),
        ("too_many_unread", {"unread": {"no_headline": 20, "http_404": 6}}),
        ("too_many_unread", {"given_up": 26}),
        ("listings_failed", {"listings_failed": {"section": 1}}),
        ("outage", {"finish_reason": "outage"}),
        ("too_many_rejected", {"rejected": 6}),
        ("errors", {"errors": 1, "first_error": "ValueError: x"}),
        ("blocked", {"answers": {200: 100, 403: 3}}),
        ("blocked", {"answers": {200: 100, 429: 3}}),
        ("blocked", {"told_to_stay_away": 1}),
        ("robots_forbids", {"forbidden": 30}),
        ("robots_unreachable", {"robots_unreachable": 1}),
        ("stopped_early", {"finish_reason": "shutdown"}),
        ("stopped_early", {"finish_reason": "closespider_timeout"}),
        ("stopped_early", {"finish_reason": "start_error"}),
        ("coverage_low", {"coverage": {"date_published": Coverage(94, 100)}}),
        ("feeds_incomplete", {"feeds": (Feed("articles.jsonl", 100, 99),)}),
        ("feeds_incomplete", {"feeds": (Feed("articles.jsonl", 100, 100, torn=True),)}),
        ("feeds_incomplete", {"feeds_not_stored": 1}),
        ("feeds_incomplete", {"finish_reason": "feeds_failed"}),
    ],
)
def test_one_thing_wrong_is_one_reason(code: str, facts: dict[str, Any]) -> None:
    verdict = judge(replace(GOOD, **facts), THRESHOLDS)
    assert [reason.code for reason in verdict.reasons] == [code]
    assert (verdict.status, verdict.exit_code) == ("look", LOOK)
    assert "\n" not in verdict.reasons[0].message


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("unread", {"unread": {"no_headline": 10}}),
        ("unread", {"articles": 1, "read": 1, "unread": {"http_404": 2}}),
        ("rejected", {"rejected": 1}),
        ("refused", {"answers": {200: 100, 403: 2}}),
        ("listings_failed", {"listings_failed": {"feed": 2, "sitemap": 1}}),
        ("robots_forbids", {"forbidden": 5}),
        ("not_saved", {"not_saved": 4}),
        ("limit_reached", {"finish_reason": "closespider_itemcount"}),
        ("limit_reached", {"finish_reason": "sample"}),
    ],
)
def test_what_is_odd_is_a_note(code: str, facts: dict[str, Any]) -> None:
    assert reasons(replace(GOOD, **facts)) == []
    assert notes(replace(GOOD, **facts)) == [code]


def test_errors_that_are_allowed_are_a_note() -> None:
    verdict = judge(replace(GOOD, errors=2), replace(THRESHOLDS, max_errors=2))
    assert verdict.status == "sound"
    assert [note.code for note in verdict.notes] == ["errors"]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"answers": {}, "failures": {"DownloadTimeoutError": 3}}, "DownloadTimeoutError ×3"),
        ({"answers": {502: 4}}, "HTTP 502 ×4"),
        # A dead host's robots.txt cannot be had either; its pages are then forbidden.
        ({"answers": {}, "failures": {"ConnectError": 3}, "robots_unreachable": 1, "forbidden": 9}, "ConnectError ×3"),
    ],
)
def test_an_unreachable_site_is_the_only_reason(facts: dict[str, Any], said: str) -> None:
    (reason,) = judge(replace(NOTHING, **facts), THRESHOLDS).reasons
    assert reason.code == "site_unreachable"
    assert said in reason.message


def test_a_page_that_did_not_answer_does_not_make_the_site_unreachable() -> None:
    assert reasons(replace(GOOD, failures={"DownloadTimeoutError": 3}, given_up=1)) == []


@pytest.mark.parametrize(
    ("facts", "expected_reasons"),
    [
        ({}, ["no_articles"]),
        ({"forbidden": 9, "answers": {}}, ["robots_forbids"]),
        ({"robots_unreachable": 1, "forbidden": 9, "answers": {}}, ["robots_unreachable"]),
        ({"not_saved": 3, "answers": {404: 3}, "unread": {"http_404": 3}}, ["no_articles", "not_saved"]),
        ({"unread": {"no_date": 3}}, ["no_articles", "too_many_unread"]),
    ],
)
def test_nothing_found_is_told_with_its_cause(facts: dict[str, Any], expected_reasons: list[str]) -> None:
    assert reasons(replace(NOTHING, **facts)) == expected_reasons


def test_a_window_without_edges_is_a_reason_and_a_listings_end_a_note() -> None:
    facts = replace(GOOD, window_open=tuple(f"en/section-{n}" for n in range(7)), window_ends=("fa/society",))
    (reason,), (note,) = judge(facts, THRESHOLDS).reasons, judge(facts, THRESHOLDS).notes
    assert reason.code == "window_incomplete"
    assert "in 7 listings: en/section-0, " in reason.message
    assert "and 2 more" in reason.message
    assert note == ("listing_ended", "1 listing ended before the window did: fa/society")


def test_pages_that_were_not_saved_are_not_unread() -> None:
    facts = replace(GOOD, not_saved=50, unread={"http_404": 50})
    assert reasons(facts) == []
    assert notes(facts) == ["not_saved"]


def test_dead_links_among_known_articles_are_no_reason_to_look() -> None:
    facts = replace(GOOD, articles=0, read=0, known=40, unread={"http_404": 4}, feeds=())
    assert reasons(facts) == []
    assert notes(facts) == ["unread", "nothing_new"]
    assert "too_many_unread" in reasons(replace(facts, known=4))


def test_coverage_names_field_share_and_floor() -> None:
    facts = replace(GOOD, coverage={"date_published": Coverage(17, 20)})
    (reason,) = judge(facts, THRESHOLDS).reasons
    assert reason.message == "date_published was read in 17 of 20 articles (85.0%); the floor is 95.0%"


def test_few_articles_have_no_coverage() -> None:
    assert reasons(replace(GOOD, articles=19, coverage={"date_published": Coverage(0, 19)})) == []
    assert Coverage(0, 0).share == 1.0


def test_a_field_is_expected_where_it_makes_sense() -> None:
    assert expected("article_body", "article")
    assert not expected("article_body", "gallery")
    assert expected("date_published", "gallery")


@pytest.mark.parametrize("value", [None, "", (), {}, Section(slug="news", name=None)])
def test_empty_is_not_filled(value: object) -> None:
    assert not filled(value)


@pytest.mark.parametrize("value", [0, False, "x", ("x",), {"x": 1}, Section(slug=None, name="News")])
def test_anything_else_is(value: object) -> None:
    assert filled(value)


def test_a_line_from_elsewhere_cannot_move_the_cursor() -> None:
    facts = replace(GOOD, errors=1, first_error="a\x1b[2Jb\nc", finish_reason="odd\x1b[H")
    assert all(reason.message.isprintable() for reason in judge(facts, THRESHOLDS).reasons)


def test_a_run_that_could_not_start_exits_1() -> None:
    assert could_not_start("locked").exit_code == 1
    assert could_not_start("locked").status == "look"
