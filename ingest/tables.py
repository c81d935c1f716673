"""Tables as text that can be searched: cells joined by `` | ``, long ones cut into groups under their header."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

GROUP_CHARACTERS = 360
"""A table longer than this is cut between rows; every group begins with the header rows."""
HEADER_CHARACTERS = 240
"""Header rows longer than this in all are not repeated: they are prose that happens to stand in row one."""

_SPACE = re.compile(r"\s+")

Row = Sequence[str]


@dataclass(frozen=True)
class RowGroup:
    """Some rows of a table under its header: the text to search and the HTML to read."""

    text: str
    html: str


def row_text(row: Row) -> str:
    """One row on one line; a cell that only repeats its left neighbour (a merged cell) is written once."""
    cells = [_SPACE.sub(" ", cell).strip() for cell in row]
    kept = [cell for i, cell in enumerate(cells) if i == 0 or cell != cells[i - 1] or not _is_wide(cell)]
    while kept and not kept[-1]:
        kept.pop()
    return " | ".join(kept)


def _is_wide(cell: str) -> bool:
    # Two equal numbers side by side are two values; a sentence twice is one merged cell.
    return len(cell) > 12


def groups(rows: Sequence[Row], header_rows: int = 1, size: int = GROUP_CHARACTERS) -> Iterator[RowGroup]:
    """Cut ``rows`` (header first) into groups of about ``size`` characters, never inside a row.

    Rows without any text are dropped. A table of header rows only is one group.
    """
    header = [row for row in rows[:header_rows] if any(cell.strip() for cell in row)]
    body = [row for row in rows[header_rows:] if any(cell.strip() for cell in row)]
    if len(header_text(header)) > HEADER_CHARACTERS:
        header, body = [], header + body
    if not body:
        if header:
            yield _group([], header)
        return
    pending: list[Row] = []
    length = 0
    for row in body:
        added = len(row_text(row)) + 1
        if pending and length + added > size:
            yield _group(header, pending)
            pending, length = [], 0
        pending.append(row)
        length += added
    yield _group(header, pending)


def _group(header: Sequence[Row], body: Sequence[Row]) -> RowGroup:
    lines = [line for line in (header_text(header), *(row_text(row) for row in body)) if line]
    head = "".join(_header_html(row, header[:n]) for n, row in enumerate(header))
    rest = "".join(_row_html(row, "td") for row in body)
    return RowGroup("\n".join(lines), f"<table>{f'<thead>{head}</thead>' if head else ''}<tbody>{rest}</tbody></table>")


def _header_html(row: Row, above: Sequence[Row]) -> str:
    cells: list[str] = []
    column = 0
    while column < len(row):
        width = 1
        while column + width < len(row) and row[column] and row[column + width] == row[column]:
            width += 1
        repeats = any(column < len(upper) and upper[column] == row[column] for upper in above)
        span = f' colspan="{width}"' if width > 1 else ""
        cells.append(f"<th{span}>{'' if repeats else html.escape(row[column].strip())}</th>")
        column += width
    return "<tr>" + "".join(cells) + "</tr>"


def _row_html(row: Row, tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell.strip())}</{tag}>" for cell in row) + "</tr>"


def header_rows(rows: Sequence[Row]) -> int:
    """How many rows head the table: 2 when the first has merged cells that the second one divides, else 1."""
    if len(rows) < 3 or len(rows[0]) != len(rows[1]):
        return 1
    first, second = rows[0], rows[1]
    spread = [i for i in range(1, len(first)) if first[i] and first[i] == first[i - 1]]
    divided = all(second[i] != second[i - 1] for i in spread)
    return 2 if spread and divided and all(not _is_number(cell) for cell in second) else 1


def header_text(header: Sequence[Row]) -> str:
    """The header rows on one line: ``计划`` over ``开始 | 完成`` reads ``计划 开始 | 完成``, each group named once."""
    if len(header) < 2:
        return row_text(header[0]) if header else ""
    merged: list[str] = []
    for column in range(max(len(row) for row in header)):
        parts = [row[column] if column < len(row) else "" for row in header]
        before = [row[column - 1] if 0 < column <= len(row) else "" for row in header]
        new = [part for i, part in enumerate(parts[:-1]) if part and part != before[i]]
        name = parts[-1] or next((part for part in reversed(parts) if part), "")
        merged.append(" ".join([*(part for part in dict.fromkeys(new) if part != name), name]).strip())
    return row_text(merged)


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[-+]?[\d,]+(?:\.\d+)?%?", cell.strip()))
