"""Chinese working days: weekends, public holidays and the working weekends that pay for them (调休).

The table is ``chinesecalendar``'s. Past its last year a day counts by the weekday alone and is flagged provisional; the
sweep counts anew once the table covers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from kb.errors import Invalid


@dataclass(frozen=True)
class Deadline:
    """A day by which something is due; ``provisional`` where a day on the way lies past the table of holidays."""

    day: date
    provisional: bool = False


def day_from(text: str) -> date | None:
    """A day as people type it, ``2026-03-31``; None for an empty text.

    Raises:
        Invalid: it is not a day, or none of this or a neighbouring century.
    """
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and not 1900 <= day.year < 2200:
        raise Invalid("date.bad", "日期格式不对，请按 2026-03-31 填写。")
    return day


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> tuple[bool, bool]:
    """Whether people work on a day, and whether that is only provisional."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < 5, True


def add_working_days(start: date, days: int) -> Deadline:
    """The day on which ``days`` working days after ``start`` have passed; ``start`` itself is not counted.

    With 0 days the first working day on or after ``start``.
    """
    day, provisional, left = start + timedelta(days=1 if days else 0), False, max(days, 1)
    while True:
        works, unsure = is_working_day(day)
        provisional = provisional or unsure
        left -= works
        if left == 0:
            return Deadline(day, provisional)
        day += timedelta(days=1)


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after ``start`` up to and including ``end``; 0 where ``end`` is not later."""
    return sum(is_working_day(start + timedelta(days=n))[0] for n in range(1, (end - start).days + 1))
