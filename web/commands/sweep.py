"""``kb sweep``: reminders and notices, once; for a machine where no server runs all the time."""

from __future__ import annotations

from dataclasses import asdict

from web import sweeping
from web.console import Console


def sweep(console: Console) -> int:
    """One round of the clock; 0."""
    swept, posted = sweeping.once()
    console.emit(asdict(swept) | asdict(posted))
    console.say("提醒 {reminded} 条，逾期 {overdue} 条，升级 {escalated} 条。", **asdict(swept))
    console.say("发出 {sent} 条，稍后重试 {waiting} 条，失败 {failed} 条。", **asdict(posted))
    return 0
