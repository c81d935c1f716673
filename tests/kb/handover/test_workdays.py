"""Chinese working days against a table made by hand from the State Council's notices for 2024, 2025 and 2026."""

from __future__ import annotations

from datetime import date

import pytest

from kb.handover.workdays import add_working_days, is_working_day, working_days_between

WORKING, OFF = True, False
DAYS = {
    # 2024: 元旦, 春节 with 02-04 and 02-18, 清明 with 04-07, 劳动节 with 04-28 and 05-11, 端午, 中秋 09-14,
    # 国庆 with 09-29 and 10-12
    "2024-01-01": OFF, "2024-01-02": WORKING, "2024-02-04": WORKING, "2024-02-09": WORKING, "2024-02-10": OFF,
    "2024-02-17": OFF, "2024-02-18": WORKING, "2024-02-19": WORKING, "2024-04-04": OFF, "2024-04-07": WORKING,
    "2024-04-28": WORKING, "2024-05-01": OFF, "2024-05-05": OFF, "2024-05-11": WORKING, "2024-06-10": OFF,
    "2024-09-14": WORKING, "2024-09-17": OFF, "2024-09-29": WORKING, "2024-10-01": OFF, "2024-10-07": OFF,
    "2024-10-08": WORKING, "2024-10-12": WORKING,
    # 2025: 春节 01-28 to 02-04 with 01-26 and 02-08, 劳动节 05-01 to 05-05 with 04-27, 国庆和中秋 10-01 to 10-08
    "2025-01-01": OFF, "2025-01-26": WORKING, "2025-01-27": WORKING, "2025-01-28": OFF, "2025-02-04": OFF,
    "2025-02-05": WORKING, "2025-02-08": WORKING, "2025-02-09": OFF, "2025-04-04": OFF, "2025-04-06": OFF,
    "2025-04-07": WORKING, "2025-04-27": WORKING, "2025-05-05": OFF, "2025-05-06": WORKING, "2025-05-31": OFF,
    "2025-06-02": OFF, "2025-06-03": WORKING, "2025-09-28": WORKING, "2025-10-01": OFF, "2025-10-08": OFF,
    "2025-10-09": WORKING, "2025-10-11": WORKING, "2025-10-12": OFF,
    # 2026: 元旦 01-01 to 01-03 with 01-04, 春节 02-15 to 02-23 with 02-14 and 02-28, 劳动节 with 05-09,
    # 中秋 09-25 to 09-27, 国庆 10-01 to 10-07 with 09-20 and 10-10
    "2026-01-01": OFF, "2026-01-02": OFF, "2026-01-04": WORKING, "2026-02-14": WORKING, "2026-02-15": OFF,
    "2026-02-23": OFF, "2026-02-24": WORKING, "2026-02-28": WORKING, "2026-04-06": OFF, "2026-05-05": OFF,
    "2026-05-06": WORKING, "2026-05-09": WORKING, "2026-06-19": OFF, "2026-09-20": WORKING, "2026-09-25": OFF,
    "2026-10-01": OFF, "2026-10-07": OFF, "2026-10-08": WORKING, "2026-10-10": WORKING, "2026-10-11": OFF,
}  # fmt: skip

DEADLINES = [
    # start, working days, the day, by hand
    ("2025-01-24", 3, "2025-02-05"),  # Friday: 26 (Sunday works), 27, then the festival, 02-05
    ("2025-09-26", 5, "2025-10-10"),  # 28 (Sunday works), 29, 30, festival, 10-09, 10-10
    ("2025-09-30", 3, "2025-10-11"),  # 10-09, 10-10, 10-11 (Saturday works)
    ("2026-02-13", 3, "2026-02-25"),  # 14 (Saturday works), festival, 24, 25
    ("2026-09-30", 3, "2026-10-10"),  # 10-08, 10-09, 10-10 (Saturday works)
    ("2026-11-23", 3, "2026-11-26"),
    ("2026-11-27", 1, "2026-11-30"),  # over a weekend
    ("2026-11-28", 0, "2026-11-30"),  # nothing to wait for, but nobody works on a Saturday
]


@pytest.mark.parametrize("day", DAYS)
def test_the_table_made_by_hand(day: str) -> None:
    assert is_working_day(date.fromisoformat(day)) == (DAYS[day], False)


@pytest.mark.parametrize(("start", "days", "due"), DEADLINES)
def test_deadlines_around_the_festivals(start: str, days: int, due: str) -> None:
    found = add_working_days(date.fromisoformat(start), days)
    assert (found.day.isoformat(), found.provisional) == (due, False)


def test_past_the_table_a_deadline_is_provisional() -> None:
    found = add_working_days(date(2027, 3, 1), 3)
    assert (found.day, found.provisional) == (date(2027, 3, 4), True)
    assert add_working_days(date(2026, 12, 30), 5).provisional


def test_counting_and_adding_agree() -> None:
    start = date(2026, 2, 10)
    for days in range(1, 30):
        assert working_days_between(start, add_working_days(start, days).day) == days
    assert working_days_between(start, start) == 0
