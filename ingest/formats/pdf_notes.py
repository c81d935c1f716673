"""What people put onto a finished PDF: words typed over it, forms filled in, comments beside it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.formats.layout import Segment
from ingest.formats.pdf_text import Box

_TYPED_SIZE = 10.5
"""Points; what typed words are taken to measure where their box does not say otherwise."""
_HIDDEN = 0x02 | 0x20
_TEXT_FIELD, _CHOICES = 6, (4, 5)


@dataclass(frozen=True)
class Notes:
    """``typed`` stands on the page like its own text; ``comments`` are what somebody says about it."""

    typed: tuple[Segment, ...]
    comments: tuple[str, ...]


def on(page: Any, form: Any, upright: Callable[[Box], Box]) -> Notes:
    """Everything of the kind on ``page``; ``form`` is the document's form environment, None when it has no form."""
    import pypdfium2.raw as pdfium

    beside = {
        pdfium.FPDF_ANNOT_TEXT, pdfium.FPDF_ANNOT_HIGHLIGHT, pdfium.FPDF_ANNOT_UNDERLINE, pdfium.FPDF_ANNOT_SQUIGGLY,
        pdfium.FPDF_ANNOT_STRIKEOUT, pdfium.FPDF_ANNOT_SQUARE, pdfium.FPDF_ANNOT_CIRCLE, pdfium.FPDF_ANNOT_LINE,
        pdfium.FPDF_ANNOT_CARET,
    }  # fmt: skip
    typed: list[Segment] = []
    comments: list[str] = []
    for note in _notes(page):
        kind = pdfium.FPDFAnnot_GetSubtype(note)
        if kind == pdfium.FPDF_ANNOT_FREETEXT:
            typed += _lines(_string(note, "Contents"), upright(_box(note)))
        elif kind == pdfium.FPDF_ANNOT_WIDGET and form is not None:
            typed += _lines(_filled_in(note, form), upright(_box(note)))
        elif kind in beside and (said := _string(note, "Contents").strip()):
            author = _string(note, "T").strip()
            comments.append(f"批注（{author}）：{said}" if author else f"批注：{said}")
    return Notes(tuple(typed), tuple(comments))


def _notes(page: Any) -> Iterator[Any]:
    import pypdfium2.raw as pdfium

    for number in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        note = pdfium.FPDFPage_GetAnnot(page.raw, number)
        try:
            if note and not pdfium.FPDFAnnot_GetFlags(note) & _HIDDEN:
                yield note
        finally:
            if note:
                pdfium.FPDFPage_CloseAnnot(note)


def _string(note: Any, name: str) -> str:
    import pypdfium2.raw as pdfium

    return _wide(lambda buffer, length: pdfium.FPDFAnnot_GetStringValue(note, name.encode(), buffer, length))


def _filled_in(note: Any, form: Any) -> str:
    import pypdfium2.raw as pdfium

    if pdfium.FPDFAnnot_GetFormFieldType(form, note) not in (_TEXT_FIELD, *_CHOICES):
        return ""
    return _wide(lambda buffer, length: pdfium.FPDFAnnot_GetFormFieldValue(form, note, buffer, length))


def _wide(fill: Callable[[Any, int], int]) -> str:
    """The UTF-16 text that ``fill`` writes into a buffer, asked first for its length in bytes."""
    length = fill(None, 0)
    buffer = ctypes.create_string_buffer(max(2, length))
    fill(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\x00")


def _box(note: Any) -> Box:
    import pypdfium2.raw as pdfium

    rect = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(note, rect)
    return rect.left, rect.bottom, rect.right, rect.top


def _lines(text: str, box: Box) -> list[Segment]:
    """The lines of a text in its box, from the top left of the upright page."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        return []
    left, top, _, bottom = box
    size = max(6.0, min(_TYPED_SIZE, (bottom - top) / len(lines)))
    first = (top + bottom - size * len(lines)) / 2
    return [
        Segment(line, left, first + n * size, left + size * len(line), first + (n + 1) * size, size)
        for n, line in enumerate(lines)
    ]
