"""A sample file for a deliverable: a Word document laid out by its criteria, made when it is asked for."""

from __future__ import annotations

import io

from kb.access import MODULE_NAMES
from kb.handover.template import DeliverableSpec


def sample(spec: DeliverableSpec, locale: str) -> bytes:
    """A .docx in Chinese (``zh``) or English (``en``): who and when, guidance, one section a criterion to fill in."""
    from docx import Document

    chinese = locale == "zh"
    document = Document()
    document.add_heading(spec.title if chinese else spec.title_en, level=0)
    document.add_paragraph(MODULE_NAMES[spec.module] if chinese else spec.module.value.capitalize())
    facts = document.add_table(rows=3, cols=2, style="Table Grid")
    labels = ("编写人", "完成日期", "取代的旧版本") if chinese else ("Written by", "Completed on", "Replaces edition")
    for row, label in zip(facts.rows, labels, strict=True):
        row.cells[0].text = label
    document.add_heading("填写说明" if chinese else "How to fill this in", level=1)
    document.add_paragraph(spec.guidance if chinese else spec.guidance_en)
    document.add_heading("内容" if chinese else "Content", level=1)
    for number, criterion in enumerate(spec.criteria, 1):
        document.add_heading(f"{number}. {criterion.text if chinese else criterion.text_en}", level=2)
        table = document.add_table(rows=2, cols=2, style="Table Grid")
        zh, en = ("内容与数据", "依据（文件、日期、批准人）"), ("Content and figures", "Evidence and approver")
        heads = zh if chinese else en
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            cell.text = head
    unwritten = "没有写进任何文件、但接任者应当知道的" if chinese else "In no file, but your successor should know"
    document.add_heading(unwritten, level=1)
    document.add_paragraph("为什么这样决定、谁反对过、答应过谁什么、什么情况下要推翻它：" if chinese else
                           "Why it was decided so, who was against it, what was promised, what would overturn it:")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
