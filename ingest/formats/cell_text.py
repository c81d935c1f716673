"""The value of an Excel cell written the way Excel shows it: dates, percents, thousands, currencies, padding."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from ingest.formats import number_format as codes

_WEEKDAY = re.compile(r"a{3,4}", re.I)
_ESCAPED = re.compile(r"_x(00[0-9A-F]{2})_")
"""How files write what XML does not allow or would lose: ``_x000D_`` at the end of a line."""
_PICTURE = re.compile(r"^=(?:_xlfn\.)?DISPIMG\(.*\)$")
"""What WPS stores in a cell that shows a picture; the picture is read by itself."""
_APART = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
OF_CHINESE_EXCEL = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"',
    **dict.fromkeys((34, 55), '上午/下午h"时"mm"分"'), **dict.fromkeys((35, 56), '上午/下午h"时"mm"分"ss"秒"'),
}  # fmt: skip
"""Formats a Chinese Excel stores by number alone, without writing their code into the file."""


def cell_text(value: Any, number_format: str) -> str:
    """The cell as people read it; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(value, number_format or "")
    if isinstance(value, int | float):
        return number_text(value, number_format or "General")
    return _PICTURE.sub("", _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), str(value)))


def number_text(value: float, number_format: str) -> str:
    """A stored number as people read it: a date where the format makes it one."""
    from openpyxl.styles.numbers import is_date_format
    from openpyxl.utils.datetime import from_excel

    is_weekday = bool(_WEEKDAY.search(_APART.sub("", number_format)))
    if is_weekday or is_date_format(number_format):
        try:
            moment = from_excel(value)
        except (ValueError, OverflowError):
            return codes.plain(value)
        if not is_weekday:
            return _moment(moment, number_format)
        if isinstance(moment, datetime):
            return f"星期{'一二三四五六日'[moment.weekday()]}"
    return codes.shown(value, number_format)


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
