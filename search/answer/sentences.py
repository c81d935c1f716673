"""Prose cut into sentences with the numbers each cites; Chinese and English, 3.5 and ``e.g.`` stay whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPEN, _CLOSE = r"[\[［【]", r"[\]］】]"
CITED = re.compile(rf"{_OPEN}\s*(\d+(?:\s*[,，、]\s*\d+)*)\s*{_CLOSE}")
_MARKS = rf"(?:\s*{_OPEN}\s*\d+(?:\s*[,，、]\s*\d+)*\s*{_CLOSE})*"
_END = re.compile(rf"(?:[。！？!?]+|\.(?=\s|$|{_OPEN}))[”’」』）)\"']*{_MARKS}")
_SHORT = re.compile(
    r"(?:^|[\s(（])(?:[a-z]|e\.g|i\.e|etc|mr|mrs|ms|dr|prof|co|corp|ltd|inc|vs|fig|approx|u\.s|st|jr|cf|dept)$", re.I
)
_NUMBERED = re.compile(r"(?:^|[\s(（])(?:no|p|pp|vol|sec)$", re.I)
_BULLET = re.compile(r"^\s*(?:[-*•·>#]+\s+|\d{1,2}[.)、]\s*(?!\d)|[（(]?[一二三四五六七八九十]+[)）、]\s*)")


@dataclass(frozen=True)
class Sentence:
    """A sentence without its citation marks, and the numbers it cites in order, each once; empty for none."""

    text: str
    cites: tuple[int, ...]


def sentences(prose: str) -> list[Sentence]:
    """The sentences in order; list marks and lines without words are left out."""
    return [_read(piece) for line in prose.splitlines() for piece in _cut(_BULLET.sub("", line)) if piece.strip()]


def _cut(line: str) -> Iterator[str]:
    begin = 0
    for found in _END.finditer(line):
        if found[0].startswith(".") and _goes_on(line[begin : found.start()], line[found.end() :]):
            continue
        yield line[begin : found.end()]
        begin = found.end()
    yield line[begin:]


def _goes_on(before: str, after: str) -> bool:
    """Whether a full stop belongs to an abbreviation."""
    return bool(_SHORT.search(before)) or bool(_NUMBERED.search(before) and re.match(r"\s*\d", after))


def _read(piece: str) -> Sentence:
    numbers = [int(n) for found in CITED.finditer(piece) for n in re.split(r"\s*[,，、]\s*", found[1])]
    text = re.sub(r"\s+([。！？!?.，,；;])", r"\1", CITED.sub("", piece)).replace("**", "")
    return Sentence(re.sub(r"\s+", " ", text).strip(), tuple(dict.fromkeys(numbers)))
