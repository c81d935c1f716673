"""docx files as offices make them: Word or WPS headings, comments, tracked insertions, text boxes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from web.demo.making.markup import Block, Mark, Remark, bold_parts, review
from web.demo.making.sealing import seal_zip
from web.demo.plan import DemoFile

_FONT = "宋体"
_BOX = (
    '<w:p {ns} xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
    '<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:extent cx="5200000" cy="720000"/><wp:docPr id="1" name="文本框 1"/>'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
    '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="5200000" cy="720000"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:ln w="9525"><a:solidFill><a:srgbClr val="888888"/>'
    "</a:solidFill></a:ln></wps:spPr><wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic>"
    '</wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:rect style="width:409pt;height:57pt">'
    "<v:textbox>{content}</v:textbox></v:rect></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
)


def write(document: DemoFile, blocks: Sequence[Block], target: Path) -> None:
    """Write one docx. Traits: ``wps`` names the heading styles as WPS does."""
    made = new_document()
    _set_properties(made, document)
    headings = _wps_styles(made) if "wps" in document.traits else ["Title", "Heading 1", "Heading 2"]
    for block in blocks:
        _write_block(made, block, headings, document)
    made.save(str(target))
    seal_zip(target)


def _set_properties(made: Any, document: DemoFile) -> None:
    at = datetime.combine(document.date, time(9, 30), tzinfo=UTC)
    properties = made.core_properties
    properties.title, properties.author, properties.last_modified_by = document.title, document.author, document.author
    properties.created = properties.modified = at.replace(tzinfo=None)
    properties.comments = ""
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(11)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)


def _wps_styles(made: Any) -> list[str]:
    """Styles with WPS's Chinese names and no built-in identity."""
    names = ["标题", "标题 1", "标题 2"]
    for name, size in zip(names, (20, 15, 12), strict=True):
        style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.font.size, style.font.bold = Pt(size), True
    return names


def _write_block(made: Any, block: Block, headings: list[str], document: DemoFile) -> None:
    if block.mark is Mark.heading:
        made.add_paragraph(block.text, style=headings[min(block.level, 3) - 1])
    elif block.mark is Mark.table:
        _write_table(made, block.rows)
    elif block.mark is Mark.box:
        _write_box(made, block.text)
    else:
        paragraph = made.add_paragraph(style="List Bullet" if block.mark is Mark.item else None)
        _write_pieces(made, paragraph, block.text, document)


def _write_pieces(made: Any, paragraph: Any, text: str, document: DemoFile) -> None:
    for piece in review(text):
        if isinstance(piece, Remark):
            comment = made.add_comment(paragraph.runs[-1:], piece.text, author=piece.author, initials=piece.author[:1])
            comment._comment_elm.set(qn("w:date"), f"{document.date.isoformat()}T10:00:00Z")
        elif isinstance(piece, tuple):
            paragraph._p.append(_insertion(piece[0], document))
        else:
            for part, bold in bold_parts(piece):
                paragraph.add_run(part).bold = bold or None


def _insertion(text: str, document: DemoFile) -> Any:
    return parse_xml(
        f'<w:ins {nsdecls("w")} w:id="901" w:author="卞思齐" w:date="{document.date.isoformat()}T11:00:00Z">'
        f"<w:r><w:t>{text}</w:t></w:r></w:ins>"
    )


def _write_table(made: Any, rows: Sequence[Sequence[str]]) -> None:
    table = made.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
            for run in cell.paragraphs[0].runs:
                run.bold = number == 0 or None
    made.add_paragraph()


def _write_box(made: Any, text: str) -> None:
    content = f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    anchor = made.add_paragraph()
    anchor._p.addnext(parse_xml(_BOX.format(ns=nsdecls("w"), content=content)))
