"""Ages as people write them, and moments as records hold them."""

import pytest

from iranwire_crawler.domain.ages import moment, read_age


@pytest.mark.parametrize(("given", "seconds"), [("36h", 129600), ("90m", 5400), ("2d", 172800), ("5s", 5), ("0w", 0)])
def test_an_age_is_read(given: str, seconds: int) -> None:
    age = read_age(given)
    assert age is not None
    assert age.total_seconds() == seconds


@pytest.mark.parametrize("given", ["", "36", "h", "-1h", "1.5h", "36 h", "36H", "9999999h", "soon", "١h"])
def test_what_is_no_age(given: str) -> None:
    assert read_age(given) is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T10:00:00+03:30", "2026-11-22T10:00:00+03:30"),
        ("2026-11-22T10:00:00", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22", "2026-11-22T23:59:59+00:00"),
        ("soon", None),
        (None, None),
    ],
)
def test_a_moment(text: str | None, iso: str | None) -> None:
    found = moment(text)
    assert (found.isoformat() if found else None) == iso
