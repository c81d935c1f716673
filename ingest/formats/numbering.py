"""Automatic numbers of Word paragraphs, written out as the reader sees them: ``1.``, ``（一）``, ``2.3``."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from ingest.formats.ooxml import attribute, child, local

_DIGITS = "〇一二三四五六七八九"
_PLACE = re.compile(r"%(\d)")


def chinese(number: int) -> str:
    """1–99 in Chinese (``二十三``), decimal above."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    values = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    written = ""
    for value, letters in values:
        times, number = divmod(number, value)
        written += letters * times
    return written


def _format(kind: str, number: int) -> str:
    if kind.startswith(("chinese", "ideographTraditional", "ideographDigital", "japanese", "taiwanese")):
        return chinese(number)
    if kind in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman if kind == "lowerRoman" else roman.upper()
    if kind == "decimalEnclosedCircle" and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    return str(number)


class Numbering:
    """Counts the numbered paragraphs of one document in reading order."""

    def __init__(self, root: Any) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._abstract: dict[str, str] = {}
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                self._levels[attribute(element, "abstractNumId")] = _levels_of(element)
            elif local(element) == "num":
                target = child(element, "abstractNumId")
                if target is not None:
                    self._abstract[attribute(element, "numId")] = attribute(target, "val")

    def mark(self, num_id: str, level: int) -> str | None:
        """Count one paragraph; its number, empty for a bullet, None when the paragraph is not in a list."""
        abstract = self._abstract.get(num_id)
        levels = self._levels.get(abstract or "")
        if not levels or level not in levels:
            return None
        counts = self._counts[num_id]
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        kind, pattern, _ = levels[level]
        if kind in ("bullet", "none"):
            return ""
        return _PLACE.sub(lambda found: self._number(levels, counts, int(found.group(1)) - 1), pattern)

    @staticmethod
    def _number(levels: dict[int, tuple[str, str, int]], counts: dict[int, int], level: int) -> str:
        kind, _, first = levels.get(level, ("decimal", "", 1))
        return _format(kind, counts.get(level, first))


def _levels_of(abstract: Any) -> dict[int, tuple[str, str, int]]:
    """Level → (number format, pattern such as ``%1.``, first number)."""
    found = {}
    for level in abstract:
        index = attribute(level, "ilvl")
        if local(level) == "lvl" and index.isdigit():
            values = {local(e): attribute(e, "val") for e in level}
            start = values.get("start", "1")
            found[int(index)] = (
                values.get("numFmt", "decimal"), values.get("lvlText", ""), int(start) if start.isdigit() else 1
            )
    return found
