"""pptx files: a title slide, then a slide for every second-level heading, with speaker notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.util import Cm, Pt

from web.demo.making.markup import Block, Mark
from web.demo.making.sealing import seal_zip
from web.demo.plan import DemoFile


def write(document: DemoFile, blocks: Sequence[Block], target: Path) -> None:
    """Write one pptx."""
    deck = Presentation()
    properties = deck.core_properties
    properties.title, properties.author, properties.last_modified_by = document.title, document.author, document.author
    properties.created = properties.modified = datetime.combine(document.date, time(9, 30))
    for slide_blocks in _slides(blocks):
        _write_slide(deck, slide_blocks)
    deck.save(str(target))
    seal_zip(target)


def _slides(blocks: Sequence[Block]) -> list[list[Block]]:
    slides: list[list[Block]] = []
    for block in blocks:
        if block.mark is Mark.heading:
            slides.append([])
        slides[-1].append(block)
    return slides


def _write_slide(deck: Any, blocks: Sequence[Block]) -> None:
    heading, rest = blocks[0], blocks[1:]
    tables = [b for b in rest if b.mark is Mark.table]
    lines = [b.text for b in rest if b.mark in (Mark.item, Mark.text)]
    layout = 0 if heading.level == 1 else 5 if tables else 1
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text = heading.text
    if len(slide.placeholders) > 1:
        slide.placeholders[1].text = "\n".join(lines)
    for table in tables:
        _write_table(slide, table.rows)
    notes = [b.text for b in rest if b.mark is Mark.note]
    if notes:
        slide.notes_slide.notes_text_frame.text = "\n".join(notes)


def _write_table(slide: Any, rows: Sequence[Sequence[str]]) -> None:
    frame = slide.shapes.add_table(len(rows), len(rows[0]), Cm(1.5), Cm(4.5), Cm(22), Cm(1.1 * len(rows)))
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            cell = frame.table.cell(y, x)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(14)
