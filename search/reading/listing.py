"""A list in a passage (第一……第二……, 一是……二是……, 1. 2. 3.): asked why, what leads to it is half an answer."""

from __future__ import annotations

import re

from kb.encoder.running import Span

_CHINESE = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_POINTS = tuple(re.compile(rf"(?:^|(?<=[。；;！!？?\n]))[ \t]*(?P<point>{point})") for point in (
    f"第([{_CHINESE}])[，、：:]?(?![{_CHINESE}]|[个次年季期届轮批条阶版])", f"([{_CHINESE}])是", f"([{_CHINESE}])、",
    f"其([{_CHINESE}])[，、：:]?", r"[（(]?(\d)[）).、．](?!\d)", f"([{_CIRCLED}])",
))  # fmt: skip
"""How the points of a list begin, at the beginning of a sentence or line; one list keeps to one of them."""


def listed(text: str) -> Span | None:
    """Where the first list of at least two points stands, its last point to the end of its line; None without one."""
    for points in _POINTS:
        first = last = found = 0
        for begun in points.finditer(text):
            if _number(begun[2]) == found + 1:
                start = begun.start("point")
                first, last, found = first if found else start, _line_end(text, start), found + 1
        if found > 1:
            return first, last
    return None


def with_its_list(text: str, chosen: Span) -> Span:
    """The chosen sentences with the list they lead to; without one, as they are.

    A point alone stays alone: lists of unlike things (risks, decisions of a meeting) are more frequent.
    """
    points = listed(text)
    leads = points is not None and chosen[1] <= points[0] and not text[chosen[1] : points[0]].strip()
    return (chosen[0], points[1]) if points and leads else chosen


def _number(mark: str) -> int:
    return int(mark) if mark.isdigit() and mark.isascii() else 1 + max(_CHINESE.find(mark), _CIRCLED.find(mark))


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text.rstrip()) if end < 0 else start + len(text[start:end].rstrip())
