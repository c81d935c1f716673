"""Times are kept in UTC and read in the company's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime

from kb.clock import moment, today

LATE = datetime(2026, 11, 28, 17, 22, tzinfo=UTC)
"""In China it is the next morning."""


def test_a_late_evening_is_the_next_morning() -> None:
    assert moment(LATE) == "2026-11-29 01:22"
    assert today(LATE) == date(2026, 11, 29)


def test_nothing_stays_empty() -> None:
    assert moment(None) == ""
