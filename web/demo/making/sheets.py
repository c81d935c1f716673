"""xlsx files: a sheet per second-level heading, title and notes above the header, merged and hidden where marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

from web.demo.making.markup import Block, Mark
from web.demo.making.sealing import seal_zip
from web.demo.plan import DemoFile

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})*|\d+")


def write(document: DemoFile, blocks: Sequence[Block], target: Path) -> None:
    """Write one xlsx. The first heading is the title, which stands above every visible table."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = document.title, document.author
    book.properties.created = datetime.combine(document.date, time(9, 30))
    sheet: Any = None
    for block in blocks:
        if block.mark is Mark.heading and block.level == 1:
            continue
        if block.mark is Mark.heading:
            sheet = _new_sheet(book, block, document.title)
        elif block.mark is Mark.table:
            _write_table(sheet, block.rows)
        else:
            sheet.append([block.text])
    book.save(str(target))
    seal_zip(target)


def _new_sheet(book: Any, heading: Block, title: str) -> Any:
    sheet = book.create_sheet(heading.text)
    if heading.hidden:
        sheet.sheet_state = "hidden"
    else:
        sheet.append([title if book.active is sheet else heading.text])
        sheet["A1"].font = Font(bold=True, size=14)
    return sheet


def _write_table(sheet: Any, rows: Sequence[Sequence[str]]) -> None:
    first = sheet.max_row + 1 if sheet["A1"].value else 1
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            cell = sheet.cell(first + y, x + 1, None if text == "^" else _value(text))
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            if y == 0:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DCE6F1")
    _merge(sheet, rows, first)
    for x in range(len(rows[0])):
        longest = max(len(row[x]) for row in rows)
        sheet.column_dimensions[sheet.cell(first, x + 1).column_letter].width = min(36, 5 + 2 * longest)
    if first > 1:
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(rows[0]))


def _merge(sheet: Any, rows: Sequence[Sequence[str]], first: int) -> None:
    for x in range(len(rows[0])):
        start = 0
        for y in range(1, len(rows) + 1):
            if y < len(rows) and rows[y][x] == "^":
                continue
            if y - start > 1:
                sheet.merge_cells(start_row=first + start, end_row=first + y - 1, start_column=x + 1, end_column=x + 1)
            start = y


def _value(text: str) -> str | int:
    return int(text.replace(",", "")) if _NUMBER.fullmatch(text) else text
