"""Times as the company reads them: kept in UTC, shown in its own time zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from kb.db import now

ZONE = ZoneInfo("Asia/Shanghai")
"""The company's time zone; its working days are China's too (``kb.handover.workdays``)."""
ZONE_NAME = "北京时间"


def today(at: datetime | None = None) -> date:
    """The company's day, of ``at`` or of now."""
    return (at or now()).astimezone(ZONE).date()


def moment(at: datetime | None) -> str:
    """The company's time to the minute, 2026-03-12 09:30; empty for None."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if at else ""
