"""Tables of a Word document: merged cells filled, a title row taken off, a frame around text seen through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ingest import tables
from ingest.draft import Draft, clean
from ingest.formats.ooxml import attribute, child, descend, local

Mark = Callable[[Any], str | None]
"""Paragraph → the number that stands before it, empty or None for none."""


def append(table: Any, draft: Draft, mark: Mark) -> None:
    """Append a ``w:tbl`` of more than one column."""
    rows = rows_of(table, mark)
    while rows and _is_title(rows[0]):
        draft.caption(rows.pop(0)[0])
    if rows:
        draft.table(rows, _header_rows(table, rows))


def framed(table: Any) -> list[Any]:
    """The cells of a table that only frames text, in a single column: what is in them is no table's. Else none."""
    rows = [_children(row, "tc") for row in _children(table, "tr") if child(child(row, "trPr"), "del") is None]
    return [cell for (cell,) in rows] if all(len(row) == 1 and _span(row[0]) == 1 for row in rows) else []


def rows_of(table: Any, mark: Mark) -> list[list[str]]:
    """The cells' texts, merged cells repeated over their span."""
    rows: list[list[str]] = []
    for row in _children(table, "tr"):
        before = descend(row, "trPr", "gridBefore")
        cells: list[str] = [""] * (int(attribute(before, "val")) if before is not None else 0)
        for cell in _children(row, "tc"):
            merge = descend(cell, "tcPr", "vMerge")
            continued = merge is not None and attribute(merge, "val") != "restart"
            above = rows[-1][len(cells)] if continued and rows and len(cells) < len(rows[-1]) else ""
            cells.extend([above if continued else cell_text(cell, mark)] * _span(cell))
        if child(child(row, "trPr"), "del") is None:
            rows.append(cells)
    return rows


def cell_text(cell: Any, mark: Mark) -> str:
    """The cell's paragraphs, boxes and inner tables as lines."""
    from ingest.formats.word import is_placeholder, line_of

    lines = []
    for element in cell:
        if local(element) == "p":
            line = line_of(element)
            number = mark(element)
            lines.append(f"{number} {line.text}" if number else line.text)
            lines.extend(cell_text(box, mark) for box in line.boxes)
        elif local(element) == "tbl":
            lines.extend(tables.row_text(row) for row in rows_of(element, mark))
        elif local(element) in ("sdt", "sdtContent", "ins", "customXml") and not is_placeholder(element):
            lines.append(cell_text(element, mark))
    return clean("\n".join(lines))


def _children(parent: Any, name: str) -> list[Any]:
    found: list[Any] = []
    for element in parent:
        if local(element) == name:
            found.append(element)
        elif local(element) in ("sdt", "sdtContent", "customXml", "ins"):
            found.extend(_children(element, name))
    return found


def _span(cell: Any) -> int:
    span = descend(cell, "tcPr", "gridSpan")
    value = attribute(span, "val") if span is not None else "1"
    return max(1, min(int(value), 200)) if value.isdigit() else 1


def _is_title(row: list[str]) -> bool:
    return len(row) > 1 and bool(row[0]) and len(set(row)) == 1


def _header_rows(table: Any, rows: list[list[str]]) -> int:
    marked = 0
    for row in _children(table, "tr"):
        if descend(row, "trPr", "tblHeader") is None:
            break
        marked += 1
    return marked if 0 < marked < len(rows) else tables.header_rows(rows)
