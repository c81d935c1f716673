"""Excel: every sheet, hidden ones marked, only stored cells touched, merged cells filled, headers repeated."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.draft import Draft, clean
from ingest.formats import bare_workbook, drawings, embedded, limits, sheet_layout
from ingest.formats.cell_text import OF_CHINESE_EXCEL, cell_text
from ingest.formats.graphics import Graphics
from ingest.formats.ooxml import Package
from kb.errors import Invalid

if TYPE_CHECKING:
    from ingest.reading import Job

_GENERIC = re.compile(r"^(?:sheet|工作表|表)\s*\d*$", re.I)
_UNCOUNTED = re.compile(rb"</f>(?:<v\s*/>|<v></v>)?</c>|<f[^>]*/>(?:<v\s*/>|<v></v>)?</c>")
_THREAD = re.compile(r"^\[[^\]]+\].*?linkid=\d+\s*(?:批注|注释|Comment)\s*[:：]\s*", re.S)
_CELL_IMAGES = "xl/cellimages.xml"


@dataclass(frozen=True)
class _Merge:
    first_row: int
    last_row: int
    first_column: int
    last_column: int


def read(job: Job, draft: Draft) -> None:
    """Append an xlsx file; the document's title is the title row of its first visible sheet.

    Raises:
        Invalid: ``document.too_large``, more stored cells than can be read.
    """
    book = _opened(job.path)
    stored = book.properties
    draft.properties.update(title=stored.title or "", author=stored.creator or "")
    if stored.created:
        draft.properties["date"] = stored.created.isoformat()
    graphics = Graphics(job, draft)
    with zipfile.ZipFile(job.path) as archive:
        _name_uncounted(archive, draft)
        _sheets(book, Package(archive), graphics, draft)
    _name_hidden(book, draft)
    graphics.report()
    embedded.append(job, draft, embedded.in_office(job))


def _opened(path: Path) -> Any:
    import openpyxl
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    BUILTIN_FORMATS.update(OF_CHINESE_EXCEL)
    try:
        with bare_workbook.of(path) if bare_workbook.is_strict(path) else path.open("rb") as stream:
            # by path it would go by the ending, and originals have none
            book = openpyxl.load_workbook(stream, data_only=True, keep_links=False)
    except MemoryError:
        raise
    except Exception:  # anything in it that is not text may be what the library stumbles over
        book = openpyxl.load_workbook(bare_workbook.of(path), data_only=True, keep_links=False)
    if sum(len(sheet._cells) for sheet in book.worksheets) > limits.SHEET_CELLS:
        raise Invalid(
            "document.too_large", "表格超过 {limit} 万个单元格，不能作为一份资料收录。请只保留需要交接的部分后再上传。",
            limit=limits.SHEET_CELLS // 10_000,
        )
    return book


def _sheets(book: Any, package: Package, graphics: Graphics, draft: Draft) -> None:
    """Every sheet with what is drawn on it, sheets that are one chart last, then the pictures WPS keeps in cells."""
    parts = _parts(package)
    for number, sheet in enumerate([*book.worksheets, *book.chartsheets], 1):
        draft.page = number
        if sheet in book.worksheets:
            _sheet(sheet, number, len(book.worksheets), draft)
        else:
            draft.heading(sheet.title, 2)
        for drawing in package.related_of_type(parts.get(sheet.title, ""), "/drawing"):
            _drawn(package, drawing, graphics, draft)
    draft.pages_total, draft.page = len(book.worksheets) + len(book.chartsheets), None
    _drawn(package, _CELL_IMAGES, graphics, draft)


def _drawn(package: Package, part: str, graphics: Graphics, draft: Draft) -> None:
    """What is drawn on a sheet: text boxes, charts, diagrams, pictures, one anchor after the other."""
    root, resolve = package.part(part), package.resolver(part)
    for anchor in root if root is not None else ():
        for line in drawings.paragraphs(anchor):
            draft.paragraph(line)
        graphics.append(anchor, resolve)


def _parts(package: Package) -> dict[str, str]:
    """Sheet name → name of its part."""
    book, links = package.part(package.main), package.related(package.main)
    return {
        sheet.get("name"): next((links[v] for k, v in sheet.attrib.items() if k.endswith("}id") and v in links), "")
        for sheet in (book.iter("{*}sheet") if book is not None else ())
    }


def _sheet(sheet: Any, number: int, count: int, draft: Draft) -> None:
    rows = rows_of(sheet)
    hidden = sheet.sheet_state != "visible"
    title = sheet_layout.title_of(rows) if number == 1 and not hidden else ""
    if title:
        draft.heading(title, 1)
    name = f"{sheet.title}（隐藏工作表）" if hidden else sheet.title
    if rows and name != title and (hidden or count > 1 or not _GENERIC.match(sheet.title)):
        draft.heading(name, 2)
    said = {draft.said(draft.blocks[0])} if draft.blocks and draft.blocks[0].level == 1 else set()
    sheet_layout.append(rows, draft, said=said | {name})
    for cell in sheet._cells.values():
        if cell.comment is not None and cell.comment.text.strip():
            by, words = _commented(cell.comment)
            draft.note(f"批注{by}：{words}（{sheet.title} {cell.coordinate}）")


def _commented(comment: Any) -> tuple[str, str]:
    """(author in brackets or nothing, text); a thread comes with a notice to older programs in place of its author."""
    author, text = str(comment.author or ""), clean(comment.text)
    if author.startswith("tc="):
        return "", _THREAD.sub("", text)
    return (f"（{author}）" if author and author != "None" else ""), text


def rows_of(sheet: Any) -> dict[int, list[str]]:
    """Row number → texts of its cells, over the columns in use only; rows without text are left out.

    Columns nobody uses are closed up, so two cells a million columns apart are two cells.
    """
    texts: dict[tuple[int, int], str] = {}
    for (row, column), cell in sheet._cells.items():
        text = clean(cell_text(cell.value, cell.number_format))
        if text:
            texts[row, column] = text
    columns = sorted({column for _, column in texts})
    numbers = sorted({row for row, _ in texts})
    for merge in _merges(sheet):
        _fill(merge, texts, numbers, columns)
    return {row: [texts.get((row, column), "") for column in columns] for row in numbers}


def _merges(sheet: Any) -> Iterator[_Merge]:
    for cells in sheet.merged_cells.ranges:
        yield _Merge(cells.min_row, cells.max_row, cells.min_col, cells.max_col)


def _fill(merge: _Merge, texts: dict[tuple[int, int], str], rows: list[int], columns: list[int]) -> None:
    text = texts.get((merge.first_row, merge.first_column))
    if not text:
        return
    covered = [column for column in columns if merge.first_column <= column <= merge.last_column]
    for row in rows:
        if merge.first_row <= row <= merge.last_row:
            texts.update({(row, column): text for column in covered})


def _name_hidden(book: Any, draft: Draft) -> None:
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        draft.notice(
            "document.hidden_sheets", "含隐藏的工作表：{names}。内容已收录，请确认可以交接。", names="、".join(hidden)
        )
    folded = [sheet.title for sheet in book.worksheets if _is_folded(sheet)]
    if folded:
        draft.notice("document.hidden_rows", "工作表 {names} 有隐藏的行或列，内容已收录。", names="、".join(folded))


def _is_folded(sheet: Any) -> bool:
    lines = (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())
    return any(line.hidden for line in lines)


def _name_uncounted(archive: zipfile.ZipFile, draft: Draft) -> None:
    """Say so when formulas carry no stored result."""
    sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/") and n.endswith(".xml")]
    uncounted = sum(len(_UNCOUNTED.findall(archive.read(name))) for name in sheets)
    if uncounted:
        draft.notice(
            "document.uncounted", "有 {count} 个公式没有保存计算结果，读不到数值。请用 Excel 打开并保存后重新上传。",
            count=uncounted,
        )
