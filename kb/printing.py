"""A printed document of ours: A4, Chinese type, headings, paragraphs, tables. Layout only; callers say what it says.

Every character that will be printed is collected first, because the font is cut down to them.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb import fonts

_INK, _QUIET, _LINE, _BRAND = (31, 36, 34), (105, 110, 106), (222, 218, 208), (29, 84, 80)


@dataclass(frozen=True)
class Table:
    """Rows under a head, and the share of the width of each column."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]


@dataclass(frozen=True)
class Part:
    """A section: a heading, then paragraphs, then a table where there is one."""

    heading: str
    paragraphs: Sequence[str] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Paper:
    """A whole document. ``facts`` are name and value on top; ``footer`` stands on every page."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    footer: str = ""
    language: str = field(default="zh-CN")

    def text(self) -> str:
        """Every character that is printed."""
        said = [self.title, self.subtitle, self.footer, *(t for pair in self.facts for t in pair)]
        for part in self.parts:
            said += [part.heading, *part.paragraphs]
            if part.table is not None:
                said += [*part.table.head, *(cell for row in part.table.rows for cell in row)]
        return "".join(said)


def to_pdf(paper: Paper) -> bytes:
    """The document as a PDF with its font embedded."""
    from fpdf import FPDF

    class _Page(FPDF):
        def footer(self) -> None:
            """The line at the foot of every page."""
            self.set_y(-14)
            self.set_font("noto", size=7)
            self.set_text_color(*_QUIET)
            self.cell(0, 5, f"{paper.footer}    {self.page_no()}", align="C")

    pdf = _Page(format="A4")
    text = paper.text() + "0123456789"
    with tempfile.TemporaryDirectory() as folder:
        for style, weight in (("", 400), ("B", 700)):
            font = Path(folder) / f"noto-{weight}.ttf"
            fonts.subset(text, weight, font)
            pdf.add_font("noto", style, font)
        return _written(pdf, paper)


def to_png(pdf: bytes, dots_per_inch: int = 144) -> bytes:
    """The pages of a document of ours as one picture, one below the other."""
    import pypdfium2
    from PIL import Image

    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.render(scale=dots_per_inch / 72).to_pil() for page in document]
    finally:
        document.close()
    whole = Image.new("RGB", (max(p.width for p in pages), sum(p.height for p in pages)), "white")
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height
    out = io.BytesIO()
    whole.save(out, "PNG", optimize=True)
    return out.getvalue()


def _written(pdf: Any, paper: Paper) -> bytes:
    pdf.set_title(paper.title)
    pdf.set_lang(paper.language)
    pdf.set_margins(18, 18, 18)
    pdf.set_auto_page_break(True, margin=20)
    pdf.add_page()
    _head(pdf, paper)
    for part in paper.parts:
        _part(pdf, part)
    return bytes(pdf.output())


def _head(pdf: Any, paper: Paper) -> None:
    pdf.set_text_color(*_BRAND)
    pdf.set_font("noto", "B", 20)
    pdf.multi_cell(0, 10, paper.title, new_x="LMARGIN", new_y="NEXT", wrapmode="CHAR")
    pdf.set_text_color(*_QUIET)
    pdf.set_font("noto", size=10)
    pdf.multi_cell(0, 6, paper.subtitle, new_x="LMARGIN", new_y="NEXT", wrapmode="CHAR")
    pdf.ln(3)
    for name, value in paper.facts:
        pdf.set_text_color(*_QUIET)
        pdf.set_font("noto", size=9)
        pdf.cell(32, 6, name)
        pdf.set_text_color(*_INK)
        pdf.multi_cell(0, 6, value, new_x="LMARGIN", new_y="NEXT", wrapmode="CHAR")


def _part(pdf: Any, part: Part) -> None:
    pdf.ln(5)
    pdf.set_text_color(*_INK)
    pdf.set_font("noto", "B", 12)
    pdf.multi_cell(0, 8, part.heading, new_x="LMARGIN", new_y="NEXT", wrapmode="CHAR")
    pdf.set_font("noto", size=9)
    for paragraph in part.paragraphs:
        pdf.multi_cell(0, 5.5, paragraph, new_x="LMARGIN", new_y="NEXT", wrapmode="CHAR")
        pdf.ln(1)
    if part.table is not None:
        _table(pdf, part.table)


def _table(pdf: Any, table: Table) -> None:
    from fpdf.fonts import FontFace

    pdf.set_font("noto", size=8)
    pdf.set_draw_color(*_LINE)
    with pdf.table(
        col_widths=tuple(table.widths), line_height=4.6, padding=1.2, wrapmode="CHAR", text_align="LEFT",
        borders_layout="HORIZONTAL_LINES", headings_style=FontFace(emphasis="BOLD", color=_QUIET),
    ) as drawn:
        drawn.row(list(table.head))
        for row in table.rows:
            drawn.row(list(row))
