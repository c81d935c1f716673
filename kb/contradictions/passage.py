"""A passage as sentences with their clauses, and table rows with their cells; offsets are those of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。!?;\n]+[。!?;]?")
_BOUNDARY = re.compile(r"[。!?;()\n、]|(?<!\d),|,(?!\d{3}(?!\d))")
_NAMED_CELL = re.compile(r"\s*(?P<name>[^:|]{1,24}?)\s*:\s*(?P<value>.*?)\s*$")
_RULE = re.compile(r"[\s|:-]+")
_TOTAL = re.compile(r"^\W*(?:\d+\W+)?(?:合计|总计|小计)")


@dataclass(frozen=True)
class Sentence:
    """A sentence at ``start``–``end``; ``before`` is the sentence in front of it, empty for the first."""

    start: int
    end: int
    before: str

    def clause(self, text: str, at: int) -> tuple[int, int]:
        """Where the clause around offset ``at`` begins and ends."""
        first = self.start
        for cut in _BOUNDARY.finditer(text, self.start, self.end):
            if cut.start() >= at:
                return first, cut.start()
            first = cut.end()
        return first, self.end


@dataclass(frozen=True)
class Cell:
    """A cell of a row: its column's name and its text, which begins at ``start``."""

    column: str
    text: str
    start: int


@dataclass(frozen=True)
class Row:
    """A table row at ``start``–``end``."""

    start: int
    end: int
    cells: tuple[Cell, ...]


def parts(text: str) -> Iterator[Sentence | Row]:
    """The sentences and rows of a levelled text; totals and the header itself are left out."""
    header: list[str] = []
    at, before = 0, ""
    for line in text.split("\n"):
        if line.count("|") and (row := _row(line, at, header)) is not None:
            header, before = row[0], ""
            if row[1]:
                yield row[1]
        elif line.strip():
            header, before = [], ""
            for found in _SENTENCE.finditer(line):
                yield Sentence(at + found.start(), at + found.end(), before)
                before = found[0]
        at += len(line) + 1


def _row(line: str, at: int, header: list[str]) -> tuple[list[str], Row | None] | None:
    """The header in force after the line, and its row if it is one; None where the line is no table row."""
    cells = _cells(line, at)
    if len(cells) < 2:
        return None
    named = [_NAMED_CELL.match(cell.text) for cell in cells]
    if sum(n is not None for n in named) >= max(2, len(cells) - 1):
        made = [Cell(n["name"], n["value"], c.start + n.start("value")) for n, c in zip(named, cells, strict=True) if n]
        return header, Row(at, at + len(line), tuple(made))
    if _RULE.fullmatch(line) or _TOTAL.match(line):
        return header, None
    if not header:
        return [cell.text for cell in cells], None
    paired = zip(header, cells, strict=False)
    return header, Row(at, at + len(line), tuple(Cell(name, c.text, c.start) for name, c in paired))


def _cells(line: str, at: int) -> list[Cell]:
    inner = line.strip()
    framed = inner.startswith("|") and inner.endswith("|") and len(inner) > 1
    offset = at + line.index(inner[0]) + framed if inner else at
    cells = []
    for piece in (inner[1:-1] if framed else inner).split("|"):
        stripped = piece.strip()
        cells.append(Cell("", stripped, offset + (piece.index(stripped) if stripped else 0)))
        offset += len(piece) + 1
    return cells
