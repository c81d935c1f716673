"""HTML tables as rows of text: spans filled in, header rows counted, tables used for layout told apart."""

from __future__ import annotations

import re
from typing import Any

MAX_SPAN = 200
_BLOCKS = ("h1", "h2", "h3", "h4", "ul", "ol", "hr", "form")
_LONG_CELL = 600
_SPACE = re.compile(r"\s+")


def is_layout(table: Any) -> bool:
    """True when the table only places things on a page (mail templates do), so that its cells are no data."""
    if table.get("role") == "presentation" or table.find(".//table") is not None:
        return True
    cells = list(table.iter("td", "th"))
    if len(cells) <= 1 or any(cell.find(f".//{tag}") is not None for cell in cells for tag in _BLOCKS[:4]):
        return True
    return max(len("".join(cell.itertext())) for cell in cells) > _LONG_CELL and len(cells) < 4


def unwrap(table: Any) -> None:
    """Turn a layout table into boxes, in place."""
    for element in list(table.iter("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption")):
        if element is table or element.tag != "table":
            element.tag = "div"


def rows_of(table: Any) -> tuple[list[list[str]], int]:
    """(rows with every spanned cell repeated, number of header rows, at least 1)."""
    rows: list[list[str]] = []
    headers = 0
    carried: dict[int, tuple[int, str]] = {}  # column → (rows still covered, text)
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        rows.append(_fill(cells, carried))
        in_head = row.getparent().tag == "thead" or (bool(cells) and all(cell.tag == "th" for cell in cells))
        if in_head and headers == len(rows) - 1:
            headers += 1
    return rows, max(1, headers)


def _fill(cells: list[Any], carried: dict[int, tuple[int, str]]) -> list[str]:
    filled: list[str] = []
    pending = list(cells)
    while pending or any(column >= len(filled) for column in carried):
        column = len(filled)
        if column in carried:
            left, text = carried.pop(column)
            filled.append(text)
            if left > 1:
                carried[column] = (left - 1, text)
                if column >= len(filled):
                    break
            continue
        if not pending:
            filled.append("")
            continue
        cell = pending.pop(0)
        text = cell_text(cell)
        for offset in range(_span(cell, "colspan")):
            filled.append(text)
            below = _span(cell, "rowspan") - 1
            if below > 0:
                carried[column + offset] = (below, text)
    return filled


def cell_text(cell: Any) -> str:
    """The cell's text on one line, breaks as blanks."""
    for br in cell.iter("br", "p", "div", "li"):
        br.tail = " " + (br.tail or "")
    return _SPACE.sub(" ", "".join(cell.itertext())).strip()


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or "1"
    return max(1, min(int(value), MAX_SPAN)) if value.isdigit() else 1
