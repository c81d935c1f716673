"""PDF: text and its places by pypdfium2, ruled tables by pdfplumber, pages without text by recognition."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ingest.formats import embedded, limits, page_text, pdf_notes, pdf_scan, scan
from ingest.formats.layout import Line, Segment, lines_in_order
from ingest.formats.office_gate import damaged, encrypted
from ingest.formats.page_text import Page, Table
from ingest.formats.pdf_notes import Notes
from ingest.formats.pdf_text import TextLayer, text_layer
from kb.errors import Invalid

if TYPE_CHECKING:
    from ingest.draft import Draft
    from ingest.reading import Job

_FEWEST_RULES = 4


def read(job: Job, draft: Draft) -> None:
    """Append a PDF page by page; a page that cannot be read is named in ``failed_pages`` and the rest is kept.

    Raises:
        Invalid: ``document.encrypted``, ``document.damaged``, ``document.too_large``, ``document.too_slow``.
        Unavailable: ``parser.recognition``.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(job.path)
    except pypdfium2.PdfiumError as error:
        raise (encrypted() if "password" in str(error).lower() else damaged()) from error
    with document:
        document.init_forms()
        _properties(document, draft)
        if len(document) > limits.PDF_PAGES:
            raise Invalid(
                "document.too_large", "PDF 超过 {limit} 页，不能作为一份资料收录。请拆成几份后再上传。",
                limit=limits.PDF_PAGES,
            )
        draft.pages_total = len(document)
        tables = _RuledTables(str(job.path))
        pages = list(_pages(document, tables, job, draft))
        tables.close()
        embedded.append(job, draft, _attached(document))
    if not pages:
        raise scan.nothing_read(out_of_time=job.out_of_time)
    page_text.append(pages, draft)
    commented = sum(len(page.notes) for page in pages)
    if commented:
        draft.notice("document.comments", "文中有 {count} 条批注，已一并收录。", count=commented)
    scan.report(draft)


def _attached(document: Any) -> Iterator[tuple[str, bytes]]:
    for number in range(document.count_attachments()):
        attachment = document.get_attachment(number)
        name = attachment.get_name()
        if name.startswith("þÿ"):  # two encodings, one upon the other
            name = name.encode("latin-1", "replace").decode("utf-16", "replace")
        yield name, bytes(attachment.get_data())


def _pages(document: Any, tables: _RuledTables, job: Job, draft: Draft) -> Iterator[Page]:
    for number in range(1, len(document) + 1):
        try:
            page = _page(document, number, tables, job, draft)
        except (Invalid, MemoryError):
            raise
        except Exception:
            logging.getLogger(__name__).warning("page %d cannot be read", number, exc_info=True)
            page = None
        if page is None:
            draft.failed_pages.append(number)
        else:
            yield page
        job.progress(number, len(document))


def _page(document: Any, number: int, tables: _RuledTables, job: Job, draft: Draft) -> Page | None:
    """One page; None when it is a scan and there is no time left to recognise it."""
    loaded = document[number - 1]
    try:
        layer = text_layer(loaded)
        notes = pdf_notes.on(loaded, document.formenv, layer.upright)
        if pdf_scan.is_picture(loaded, layer):
            if job.out_of_time:
                return None
            draft.properties["recognised"] = "yes"
            return replace(pdf_scan.page(loaded, number), notes=notes.comments)
        if pdf_scan.has_picture_behind(loaded, layer):
            if job.out_of_time:
                draft.failed_pages.append(number)
            else:
                layer = pdf_scan.completed(loaded, layer)
                draft.properties["recognised"] = "yes"
        return _laid_out(loaded, number, layer, notes, tables)
    finally:
        loaded.close()


def _laid_out(loaded: Any, number: int, layer: TextLayer, notes: Notes, tables: _RuledTables) -> Page:
    ruled = layer.turned == loaded.get_rotation() and _rules(loaded) >= _FEWEST_RULES
    found = tables.on(number) if ruled else []
    outside = [s for s in layer.segments if not any(_inside(s, box) for _, box in found)]
    items: list[Line | Table] = list(lines_in_order([*outside, *notes.typed]))
    for table, _ in found:
        _insert(table, items)
    return Page(number, items, layer.height, notes=notes.comments)


def _insert(table: Table, items: list[Line | Table]) -> None:
    """Put the table before the first item below it, after everything that is above it."""
    at = next((n for n, item in enumerate(items) if item.top > table.top), len(items))
    items.insert(at, table)


def _inside(segment: Segment, box: tuple[float, float, float, float]) -> bool:
    middle = (segment.x0 + segment.x1) / 2
    return box[0] - 2 < middle < box[2] + 2 and box[1] - 2 < segment.middle < box[3] + 2


def _rules(page: Any) -> int:
    return sum(1 for item in page.get_objects(max_depth=3) if item.type == 2)


def _properties(document: Any, draft: Draft) -> None:
    stored = document.get_metadata_dict(skip_empty=True)
    for key, name in (("Title", "title"), ("Author", "author")):
        if stored.get(key):
            draft.properties[name] = stored[key].strip("\x00 ")
    created = stored.get("CreationDate", "")
    if len(created) >= 10 and created[2:10].isdigit():
        draft.properties["date"] = f"{created[2:6]}-{created[6:8]}-{created[8:10]}"


class _RuledTables:
    """Tables drawn with lines, page by page; the file is opened a second time only when a page has rules."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._opened: Any = None

    def on(self, number: int) -> list[tuple[Table, tuple[float, float, float, float]]]:
        """(table, its box) for each on page ``number``; frames around text are no tables."""
        import pdfplumber

        if self._opened is None:
            self._opened = pdfplumber.open(self._path)
        page = self._opened.pages[number - 1]
        found = []
        for table in page.find_tables():
            rows = _filled(table, page)
            if len(rows) > 1 and max(len(row) for row in rows) > 1:
                found.append((Table(rows, table.bbox[1]), table.bbox))
        page.close()
        return found

    def close(self) -> None:
        """Close the second opening, if there was one."""
        if self._opened is not None:
            self._opened.close()


def _filled(table: Any, page: Any) -> list[list[str]]:
    """The table's rows; a merged cell, which pdfplumber reports once, is repeated over the places it covers."""
    texts = table.extract(x_tolerance=2, y_tolerance=3)
    boxes = [row.cells for row in table.rows]
    rows: list[list[str]] = []
    for r, (row, places) in enumerate(zip(texts, boxes, strict=True)):
        filled: list[str] = []
        for c, (text, box) in enumerate(zip(row, places, strict=True)):
            if box is None:
                text = _covering(texts, boxes, r, c, rows, filled)
            filled.append(_joined(text or ""))
        if any(filled):
            rows.append(filled)
    return rows


def _covering(texts: Any, boxes: Any, r: int, c: int, rows: list[list[str]], filled: list[str]) -> str:
    left = boxes[r][c - 1] if c else None
    above = next((boxes[i][c] for i in range(r - 1, -1, -1) if boxes[i][c] is not None), None)
    here = next((box for box in boxes[r] if box is not None), None)
    if above is not None and here is not None and above[3] > here[1] + 2:
        return rows[-1][c] if rows and c < len(rows[-1]) else ""
    return filled[-1] if left is not None or (c and filled) else ""


def _joined(text: str) -> str:
    from ingest.formats.layout import glue

    joined = ""
    for line in text.split("\n"):
        joined = glue(joined, line.strip())
    return joined
