"""Pages write days as the company counts them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from web.templating import day


def test_a_late_evening_is_the_next_day() -> None:
    assert day(datetime(2026, 11, 28, 17, 22, tzinfo=UTC)) == "2026-11-29"


def test_days_stay_and_nothing_stays_empty() -> None:
    assert day(date(2026, 11, 28)) == "2026-11-28"
    assert day(None) == ""
