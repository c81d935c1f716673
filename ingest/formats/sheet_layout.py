"""How people lay out a sheet: a title row, remarks, a header of one or two rows, data, remarks; several such blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest import tables
from ingest.draft import Draft
from ingest.headings import is_sentence, numbered_level

_VALUE = re.compile(r"^[-+¥￥$]?[\d,]+(?:\.\d+)?%?$|^\d{4}[-年/]\d{1,2}")
_PARENTHESIS = re.compile(r"[（(][^（）()]*[）)]")
_LABELLED = re.compile(r"^[^：:\d]{1,10}[：:]")
_HEADER_CELL = 30
_TITLE = 60

Rows = dict[int, list[str]]


def title_of(rows: Rows) -> str:
    """The text of the first row when it is a lone title above something; empty when the sheet begins otherwise."""
    first = next(iter(rows.values()), [])
    text = _lone(first) if len(rows) > 1 and first and _is_lone(first) else ""
    return text if _is_title(text) and not numbered_level(text) else ""  # 一、 heads a part, not the whole


def append(rows: Rows, draft: Draft, *, said: set[str]) -> None:
    """Append the rows of a sheet: lone cells as remarks, everything else as tables with their headers.

    ``said`` holds titles that stand above already (the document's, the sheet's name) and are not repeated.
    """
    header: list[list[str]] = []
    for block in _blocks(rows):
        for ordinal in range(len(block)):
            if _is_remark(block):
                draft.paragraph("　".join(dict.fromkeys(cell for cell in block.pop(0) if cell)))
                continue
            if not _is_lone(block[0]):
                break
            text = _lone(block.pop(0))
            if text in said:
                continue
            if ordinal == 0 and len(rows) > 1 and _is_title(text):
                draft.heading(text, 3)
            else:
                draft.paragraph(text)
        tail = _closing_remarks(block)
        body = block[: len(block) - len(tail)]
        if body:
            header = _table(body, header, draft)
        for row in tail:
            draft.paragraph(_lone(row))


def _table(body: list[list[str]], header: list[list[str]], draft: Draft) -> list[list[str]]:
    """Append one block of rows; its header for the blocks below it that have none."""
    goes_on = bool(header) and (len(body) == 1 or not _is_header(body[0]))
    rows = [*header, *body] if goes_on else body
    narrowed = _narrowed(rows)
    count = len(header) if goes_on else tables.header_rows(narrowed)
    draft.table(narrowed, count)
    return rows[:count] if goes_on or _is_header(body[0]) else []


def _narrowed(body: list[list[str]]) -> list[list[str]]:
    """The block without the columns that only other blocks of the sheet use."""
    used = [i for i in range(len(body[0])) if any(row[i] for row in body)]
    return [[row[i] for i in used] for row in body]


def _blocks(rows: Rows) -> Iterator[list[list[str]]]:
    """Rows that follow each other without a gap, or without a title over a header of its own."""
    block: list[list[str]] = []
    last = None
    for number, row in rows.items():
        if last is not None and block and (number > last + 1 or _begins_anew(block[-1], row, rows.get(number + 1, []))):
            yield block
            block = []
        block.append(row)
        last = number
    if block:
        yield block


def _begins_anew(above: list[str], row: list[str], below: list[str]) -> bool:
    """True for ``二、诉讼`` between two tables: the row below it has words where the row above has figures."""
    if not (_is_lone(row) and numbered_level(_lone(row)) and _is_header(below)):
        return False
    return any(_VALUE.match(figure) and word for figure, word in zip(above, below, strict=True))


def _is_lone(row: list[str]) -> bool:
    return len({cell for cell in row if cell}) == 1 and (
        sum(bool(cell) for cell in row) in (1, len(row)) or len(max(row, key=len)) > 12
    )


def _is_remark(block: list[list[str]]) -> bool:
    """True when the first row says something of the table below it: ``单位：万元`` left, ``编制：韩嘉`` right."""
    if len(block) < 3:
        return False
    said = {cell for cell in block[0] if cell}
    widest = max(len([cell for cell in row if cell]) for row in block)
    return len(said) > 1 and 2 * sum(map(bool, block[0])) <= widest and any(map(_LABELLED.match, said))


def _lone(row: list[str]) -> str:
    return next(cell for cell in row if cell)


def _is_title(text: str) -> bool:
    bare = _PARENTHESIS.sub("", text)
    return 0 < len(text) <= _TITLE and not is_sentence(text) and "：" not in bare and "。" not in bare


def _closing_remarks(block: list[list[str]]) -> list[list[str]]:
    first = len(block)
    while first > 1 and _is_lone(block[first - 1]) and len(_lone(block[first - 1])) > 12:
        first -= 1
    return block[first:]


def _is_header(row: list[str]) -> bool:
    cells = [cell for cell in row if cell]
    return len(cells) > 1 and all(len(cell) <= _HEADER_CELL and not _VALUE.match(cell) for cell in cells)
