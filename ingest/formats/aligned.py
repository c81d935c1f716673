"""Tables without vertical rules (three-line tables, columns set by tabs), known by cells under each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from ingest.formats.layout import Line, Segment, glue

_LEAST_ROWS = 3

Made = TypeVar("Made")


def rows_from(lines: list[Line], make: Callable[[list[list[str]], float], Made]) -> Iterator[Line | Made]:
    """The lines, runs of at least three rows of aligned cells replaced by ``make(rows, top)``."""
    at = 0
    while at < len(lines):
        run = _run(lines, at)
        if sum(len(line.cells) > 1 for line in run) >= _LEAST_ROWS:
            yield make(_rows(run), run[0].top)
            at += len(run)
        else:
            yield lines[at]
            at += 1


def _run(lines: list[Line], start: int) -> list[Line]:
    run: list[Line] = []
    for line in lines[start:]:
        cells = line.cells
        if run and line.top < run[-1].top:  # the next column of the page
            break
        fits = len(cells) > 1 and (not run or _aligned(cells, _columns(run)))
        if not fits and not _continues(line, run):
            break
        run.append(line)
    while run and len(run[-1].cells) == 1 and not _continues(run[-1], run[:-1]):
        run.pop()
    return run


def _columns(run: list[Line]) -> list[Segment]:
    return max((line.cells for line in run), key=len)


def _aligned(cells: list[Segment], columns: list[Segment]) -> bool:
    """True when most cells begin, end or centre where a column does."""
    hits = sum(any(_same_place(cell, column) for column in columns) for cell in cells)
    return hits >= max(2, len(cells) - 1) or hits == len(cells)


def _same_place(cell: Segment, column: Segment) -> bool:
    slack = 0.8 * column.size
    return (
        abs(cell.x0 - column.x0) < slack
        or abs(cell.x1 - column.x1) < slack
        or abs((cell.x0 + cell.x1) - (column.x0 + column.x1)) < 2 * slack
    )


def _continues(line: Line, run: list[Line]) -> bool:
    """True for the second line of a cell: it stands close below, under a column that is not the first."""
    if not run or line.top - run[-1].bottom > 0.9 * line.size:
        return False
    columns = _columns(run)
    return len(columns) > 1 and line.x0 > columns[0].x1 and any(abs(line.x0 - c.x0) < 0.8 * c.size for c in columns[1:])


def _rows(run: list[Line]) -> list[list[str]]:
    columns = _columns(run)
    rows: list[list[str]] = []
    for line in run:
        row = [""] * len(columns)
        for cell in line.cells:
            place = _column_of(cell, columns)
            row[place] = glue(row[place], cell.text)
        if len(line.cells) == 1 and rows and not row[0]:
            rows[-1] = [glue(above, below) for above, below in zip(rows[-1], row, strict=True)]
        else:
            rows.append(row)
    return rows


def _column_of(cell: Segment, columns: list[Segment]) -> int:
    def distance(n: int) -> float:
        column = columns[n]
        apart = max(column.x0 - cell.x1, cell.x0 - column.x1, 0.0)
        return apart * 1000 + abs(cell.x0 - column.x0)

    return min(range(len(columns)), key=distance)
