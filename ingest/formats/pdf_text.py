"""The characters of a PDF page with their places, gathered into runs."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.formats.layout import Segment

_BOLD_WEIGHT = 600
_APART = 0.9
"""Blank within a line, in character heights, from which a new run begins."""


@dataclass
class _Character:
    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool


def segments_of(page: Any) -> list[Segment]:
    """The visible text of a page as runs on one line, in points from its top left corner."""
    text_page = page.get_textpage()
    try:
        characters = list(_characters(text_page, page.get_height()))
    finally:
        text_page.close()
    runs: list[list[_Character]] = []
    for character in characters:
        if runs and _follows(runs[-1], character):
            runs[-1].append(character)
        elif character.text.strip():
            runs.append([character])
    return [segment for run in runs if (segment := _segment(run)).text]


def _characters(text_page: Any, height: float) -> Iterator[_Character]:
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
        line_height = max(top.value - bottom.value, 0.0)
        yield _Character(
            text, left.value, right.value, height - top.value, height - bottom.value,
            _scaled(size, line_height), pdfium.FPDFText_GetFontWeight(raw, index) >= _BOLD_WEIGHT,
        )


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
