"""The value of an Excel cell written the way Excel shows it: dates, percents, thousands, currencies, padding."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

_SECTION = re.compile(r'("[^"]*"|\\.|\[[^\]]*\]|_.|\*.|[^"\\\[_*]+)')
_LOCALE_SYMBOL = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_DECIMALS = re.compile(r"[0#?]\.([0#?]+)")


def cell_text(value: Any, number_format: str) -> str:
    """The cell as people read it; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(value, number_format or "")
    if isinstance(value, int | float):
        return _number(value, (number_format or "General").split(";")[0])
    return str(value)


def _moment(value: datetime | date | time | timedelta, pattern: str) -> str:
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    shown = _day(value, pattern.lower())
    clock = value.strftime(" %H:%M:%S" if value.second else " %H:%M") if isinstance(value, datetime) else ""
    return shown + (clock if clock.strip(" 0:") else "")


def _day(value: date, pattern: str) -> str:
    if "年" in pattern:
        month = f"{value.year}年{value.month}月"
        return f"{month}{value.day}日" if "日" in pattern else month
    if "月" in pattern:
        return f"{value.month}月{value.day}日"
    bare = re.sub(r"\[[^\]]*\]|[^ymd]", "", pattern)
    return f"{value:%Y-%m}" if bare and "d" not in bare and "y" in bare else f"{value:%Y-%m-%d}"


def _number(value: float, pattern: str) -> str:
    if pattern in ("General", "@", "") or not re.search(r"[0#?]", pattern):
        return _plain(value)
    before, core, after = _parts(pattern)
    found = _DECIMALS.search(core)
    decimals = len(found.group(1)) if found else 0
    if "e" in core.lower():
        return _plain(value)
    if "%" in core:
        return f"{before}{value * 100:.{decimals}f}%{after}"
    padded = re.fullmatch(r"0{2,}", core)
    if padded and float(value).is_integer():
        return f"{before}{int(value):0{len(core)}d}{after}"
    grouped = "," if re.search(r"[0#],[0#]", core) else ""
    scaled = value / 1000 ** (len(core) - len(core.rstrip(",")))
    return f"{before}{scaled:{grouped}.{decimals}f}{after}"


def _parts(pattern: str) -> tuple[str, str, str]:
    """(literal before, digits, literal after) of one section of a number format."""
    pattern = _LOCALE_SYMBOL.sub(lambda m: f'"{m.group(1)}"', pattern)
    before = core = after = ""
    for token in _SECTION.findall(pattern):
        literal = _literal(token)
        if literal is None:
            core += token.strip(" ()+-¥￥$€£")
            before += "".join(c for c in token if c in "¥￥$€£") if not core else ""
        elif core:
            after += literal
        else:
            before += literal
    return before, core, after


def _literal(token: str) -> str | None:
    if token.startswith('"'):
        return token[1:-1].strip()
    if token.startswith("\\"):
        return token[1:].strip()
    return "" if token[0] in "[_*" else None


def _plain(value: float) -> str:
    if isinstance(value, int) or float(value).is_integer():
        return str(int(value)) if abs(value) < 1e15 else f"{value:.10g}"
    return f"{value:.10g}"
