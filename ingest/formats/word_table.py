"""Tables of a Word document: merged cells filled, a title row taken off, a frame around text seen through."""

from __future__ import annotations

from typing import Any

from ingest import tables
from ingest.draft import Draft, clean
from ingest.formats.ooxml import attribute, child, descend, local


def append(table: Any, draft: Draft) -> None:
    """Append a ``w:tbl``; one that only frames text (a single column) becomes paragraphs."""
    rows = rows_of(table)
    while rows and _is_title(rows[0]):
        draft.caption(rows.pop(0)[0])
    if not rows:
        return
    if max(len(row) for row in rows) == 1:
        for row in rows:
            draft.paragraph(row[0])
        return
    draft.table(rows, _header_rows(table, rows))


def rows_of(table: Any) -> list[list[str]]:
    """The cells' texts, merged cells repeated over their span."""
    rows: list[list[str]] = []
    for row in _children(table, "tr"):
        before = descend(row, "trPr", "gridBefore")
        cells: list[str] = [""] * (int(attribute(before, "val")) if before is not None else 0)
        for cell in _children(row, "tc"):
            merge = descend(cell, "tcPr", "vMerge")
            continued = merge is not None and attribute(merge, "val") != "restart"
            above = rows[-1][len(cells)] if continued and rows and len(cells) < len(rows[-1]) else ""
            cells.extend([above if continued else cell_text(cell)] * _span(cell))
        if child(child(row, "trPr"), "del") is None:
            rows.append(cells)
    return rows


def cell_text(cell: Any) -> str:
    """The cell's paragraphs, boxes and inner tables as lines."""
    from ingest.formats.word import line_of

    lines = []
    for element in cell:
        if local(element) == "p":
            line = line_of(element)
            lines.append(line.text)
            lines.extend(cell_text(box) for box in line.boxes)
        elif local(element) == "tbl":
            lines.extend(tables.row_text(row) for row in rows_of(element))
        elif local(element) in ("sdt", "sdtContent", "ins", "customXml"):
            lines.append(cell_text(element))
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
