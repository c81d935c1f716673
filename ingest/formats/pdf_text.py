"""The characters of a PDF page with their places, gathered into runs, on a page turned so that they stand upright."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.formats.layout import Segment

_BOLD_WEIGHT = 600
_APART = 0.9
"""Blank within a line, in character heights, from which a new run begins."""


Box = tuple[float, float, float, float]


@dataclass
class _Character:
    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool


@dataclass(frozen=True)
class TextLayer:
    """The visible text of a page as runs on one line, in points from the top left corner of a page read upright.

    ``height`` is that page's; ``turned`` how it is turned clockwise from the way it is stored, in degrees: a table
    printed across a portrait page is turned by 90 whatever the page says of itself. ``unknown`` is the share (0 to 1)
    of its characters that stand for nothing, because their font does not tell what they mean. ``upright`` makes a
    place as stored, (left, bottom, right, top), one on the turned page, (left, top, right, bottom).
    """

    segments: list[Segment]
    height: float
    turned: int
    unknown: float
    upright: Callable[[Box], Box]


def text_layer(page: Any) -> TextLayer:
    """What a program can read on the page."""
    text_page = page.get_textpage()
    try:
        turned, unknown = _turned(text_page), _unknown(text_page)
        left, bottom, right, top = page.get_bbox()
        height = right - left if turned in (90, 270) else top - bottom
        upright = _upright((left, bottom, right, top), turned)
        segments = _segments(_characters(text_page, upright))
    finally:
        text_page.close()
    return TextLayer(segments, height, turned, unknown, upright)


def _turned(text_page: Any) -> int:
    """The quarter turn that puts most characters upright."""
    import pypdfium2.raw as pdfium

    count = text_page.count_chars()
    angles = Counter(
        round(math.degrees(pdfium.FPDFText_GetCharAngle(text_page.raw, n)) / 90) % 4
        for n in range(count)
        if pdfium.FPDFText_GetUnicode(text_page.raw, n) > ord(" ")
    )
    return (4 - angles.most_common(1)[0][0]) % 4 * 90 if angles else 0


def _unknown(text_page: Any) -> float:
    import pypdfium2.raw as pdfium

    count = text_page.count_chars()
    missing = sum(1 for n in range(count) if pdfium.FPDFText_HasUnicodeMapError(text_page.raw, n) == 1)
    return float(missing / max(1, count))


def _upright(page: Box, turned: int) -> Callable[[Box], Box]:
    left, bottom, right, top = page
    return {
        0: lambda box: (box[0] - left, top - box[3], box[2] - left, top - box[1]),
        90: lambda box: (box[1] - bottom, box[0] - left, box[3] - bottom, box[2] - left),
        180: lambda box: (right - box[2], box[1] - bottom, right - box[0], box[3] - bottom),
        270: lambda box: (top - box[3], right - box[2], top - box[1], right - box[0]),
    }[turned]  # fmt: skip


def _segments(characters: Iterator[_Character]) -> list[Segment]:
    runs: list[list[_Character]] = []
    for character in characters:
        if runs and _follows(runs[-1], character):
            runs[-1].append(character)
        elif character.text.strip():
            runs.append([character])
    return [segment for run in runs if (segment := _segment(run)).text]


def _characters(text_page: Any, upright: Callable[[Box], Box]) -> Iterator[_Character]:
    import pypdfium2.raw as pdfium

    raw = text_page.raw
    box = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = box
    pending = ""
    for index in range(text_page.count_chars()):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if 0xD800 <= code < 0xDC00:
            pending = chr(code)
            continue
        text, pending = _paired(pending, chr(code)), ""
        if text in "\r\n\x00\ufffe\u00ad" or not pdfium.FPDFText_GetCharBox(raw, index, *map(ctypes.byref, box)):
            continue
        size = pdfium.FPDFText_GetFontSize(raw, index)
        x0, y0, x1, y1 = upright((left.value, bottom.value, right.value, top.value))
        bold = pdfium.FPDFText_GetFontWeight(raw, index) >= _BOLD_WEIGHT
        yield _Character(text, x0, x1, y0, y1, _scaled(size, max(y1 - y0, 0.0)), bold)


def _paired(high: str, low: str) -> str:
    """The character that two halves of a surrogate pair stand for; ``low`` itself when there is no first half."""
    return (high + low).encode("utf-16", "surrogatepass").decode("utf-16", "replace") if high else low


def _scaled(size: float, glyph_height: float) -> float:
    # Some writers set every font at size 1 and scale the page: then the glyph tells.
    return size if size > 3 else max(glyph_height * 1.1, 6.0)


def _follows(run: list[_Character], character: _Character) -> bool:
    last = run[-1]
    level = abs((character.top + character.bottom) - (last.top + last.bottom)) / 2 < 0.7 * last.size
    gap = character.left - last.right
    same = character.bold == last.bold and abs(character.size - last.size) < 0.1 * last.size
    blank = not character.text.strip()
    return level and -0.6 * last.size < gap < _APART * last.size and (same or blank)


def _segment(run: list[_Character]) -> Segment:
    while run and not run[-1].text.strip():
        run.pop()
    size = run[0].size
    ink = [c for c in run if c.text.strip()]
    middle = sorted((c.top + c.bottom) / 2 for c in ink)[len(ink) // 2]
    return Segment(
        "".join(c.text for c in run).strip(), run[0].left, middle - size / 2, run[-1].right, middle + size / 2,
        size, run[0].bold,
    )
