"""PowerPoint: slide by slide, shapes in reading order, tables, charts and diagrams, speaker's notes, hidden slides."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from lxml import etree

from ingest.draft import Draft, clean
from ingest.formats import drawings, embedded, numerals
from ingest.formats.graphics import Graphics
from ingest.formats.ooxml import all_named, attribute, child, descend, local
from ingest.headings import MAX_HEADING, is_page_number, is_sentence
from ingest.parsed import BlockKind

if TYPE_CHECKING:
    from ingest.reading import Job

_FURNITURE = frozenset({"DATE", "FOOTER", "SLIDE_NUMBER", "HEADER"})
_COUNTED = (
    ("ea1Ch", "chineseCounting"), ("ea1Jpn", "japaneseCounting"), ("alphaLc", "lowerLetter"),
    ("alphaUc", "upperLetter"), ("romanLc", "lowerRoman"), ("romanUc", "upperRoman"),
    ("circleNum", "decimalEnclosedCircle"),
)  # fmt: skip
_LINE_EMU = 200_000
"""Shapes whose tops are closer than this (about half a centimetre) stand side by side."""


def read(job: Job, draft: Draft) -> None:
    """Append a pptx file, a heading for every slide."""
    from pptx import Presentation

    deck = Presentation(str(job.path))
    graphics = Graphics(job, draft)
    stored = deck.core_properties
    draft.properties.update(title=stored.title or "", author=stored.author or "")
    if stored.created:
        draft.properties["date"] = stored.created.isoformat()
    slides = list(deck.slides)
    hidden = []
    for number, slide in enumerate(slides, 1):
        draft.page = number
        if slide._element.get("show") == "0":
            hidden.append(str(number))
        _slide(slide, number, draft, graphics, str(number) in hidden)
    draft.pages_total, draft.page = len(slides), None
    if hidden:
        draft.notice("document.hidden_slides", "第 {slides} 张幻灯片是隐藏的，内容已收录。", slides="、".join(hidden))
    graphics.report()
    embedded.append(job, draft, embedded.in_office(job))


def _slide(slide: Any, number: int, draft: Draft, graphics: Graphics, is_hidden: bool) -> None:
    title = slide.shapes.title
    text = clean(title.text_frame.text.replace("\v", " ")) if title is not None and title.has_text_frame else ""
    heading = text.replace("\n", " ") or _stand_in(slide) or f"第 {number} 页"
    _head(f"{heading}（隐藏幻灯片）" if is_hidden else heading, number, draft)
    for shape in _in_order(slide.shapes):
        if title is None or shape._element is not title._element:
            _shape(shape, heading, draft)
            graphics.append(shape._element, partial(_part, slide))
    _later_kinds(slide, draft, graphics)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        _notes(slide.notes_slide.notes_text_frame, draft)
    _comments(slide, draft)


def _head(heading: str, number: int, draft: Draft) -> None:
    """The slide's heading; one that goes on under the heading before, or is the deck's own again, is not repeated."""
    headings = [draft.said(block) for block in draft.blocks if block.kind is BlockKind.heading and block.level < 3]
    if not headings:
        draft.heading(heading, 1)
    elif heading != headings[-1]:
        draft.heading(heading, 1 if heading == headings[0] else 2)


def _stand_in(slide: Any) -> str:
    """The first line on a slide without a title, when it is short enough to be one."""
    for shape in _in_order(slide.shapes):
        if shape.has_text_frame and not _is_furniture(shape):
            line = clean(shape.text_frame.text.replace("\v", "\n")).split("\n")[0]
            if line and not is_page_number(line):
                return line if len(line) <= MAX_HEADING else ""
    return ""


def _in_order(shapes: Any) -> list[Any]:
    """Shapes top to bottom, those on one line left to right; groups opened, each read as a whole where it stands."""
    placed = sorted(shapes, key=lambda shape: ((shape.top or 0) // _LINE_EMU, shape.left or 0))
    return [inner for shape in placed for inner in (_in_order(shape.shapes) if _is_group(shape) else [shape])]


def _is_group(shape: Any) -> bool:
    return local(shape._element) == "grpSp"


def _is_furniture(shape: Any) -> bool:
    return bool(shape.is_placeholder and shape.placeholder_format.type.name in _FURNITURE)


def _shape(shape: Any, heading: str, draft: Draft) -> None:
    if _is_furniture(shape):
        return
    if getattr(shape, "has_table", False) and shape.has_table:
        draft.table(_rows(shape.table))
    elif shape.has_text_frame:
        _text(shape, heading, draft)


def _later_kinds(slide: Any, draft: Draft, graphics: Graphics) -> None:
    """What the library does not show as a shape: drawn in a newer way, with a stand-in for older programs."""
    for choice in _choices(slide.shapes._spTree):
        for line in drawings.paragraphs(choice):
            draft.paragraph(line)
        graphics.append(choice, partial(_part, slide))


def _choices(tree: Any) -> Iterator[Any]:
    """The newer drawings among the shapes of a slide or a group."""
    for element in tree:
        choice = child(element, "Choice") if local(element) == "AlternateContent" else None
        if choice is not None:
            yield choice
        elif local(element) == "grpSp":
            yield from _choices(element)


def _part(slide: Any, link: str) -> tuple[str, bytes | None] | None:
    """The part that a relationship of the slide leads to, None for none inside the file."""
    found = slide.part.rels.get(link)
    if found is None or found.is_external:
        return None
    return str(found.target_part.partname), found.target_part.blob


def _text(shape: Any, heading: str, draft: Draft) -> None:
    is_list = shape.is_placeholder or sum(bool(p.text.strip()) for p in shape.text_frame.paragraphs) > 2
    lines = list(_numbered(shape.text_frame.paragraphs))
    lines = [(text, level) for text, level in lines if text and text != heading]
    for (text, level), following in zip(lines, [*lines[1:], ("", 0)], strict=False):
        if level < following[1] and len(text) <= MAX_HEADING and not is_sentence(text):
            draft.heading(text, 3 + level)  # a point with points below it heads them
        elif is_list:
            draft.list_item(text, level)
        else:
            draft.paragraph(text)


def _numbered(paragraphs: Any) -> Iterator[tuple[str, int]]:
    """(text, level) of paragraphs, the numbers written out that PowerPoint counts by itself."""
    counts: dict[int, int] = {}
    for paragraph in paragraphs:
        text, level = clean(paragraph.text.replace("\v", "\n")), paragraph.level
        if not text:  # an empty line has no number, and stops no list
            continue
        counts = {place: count for place, count in counts.items() if place <= level}
        kind = descend(paragraph._p, "pPr", "buAutoNum")
        if kind is None:
            counts.pop(level, None)
            yield text, level
            continue
        counts[level] = counts.get(level, int(kind.get("startAt") or 1) - 1) + 1
        yield f"{_bullet(kind.get('type') or '', counts[level])} {text}", level


def _bullet(kind: str, number: int) -> str:
    """``arabicPeriod`` 3 is ``3.``, ``ea1ChsPeriod`` 3 is ``三.``, ``alphaLcParenR`` 3 is ``c)``."""
    written = numerals.written(next((name for mark, name in _COUNTED if kind.startswith(mark)), "decimal"), number)
    before = "(" if kind.endswith("ParenBoth") else ""
    after = "." if kind.endswith("Period") else ")" if "Paren" in kind else ""
    return f"{before}{written}{after}"


def _rows(table: Any) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in table.rows:
        rows.append([])
        for cell in row.cells:
            text = clean(cell.text.replace("\v", " "))
            if cell.is_spanned:
                text = _origin(cell, rows)
            rows[-1].append(text)
    return rows


def _origin(cell: Any, rows: list[list[str]]) -> str:
    column = len(rows[-1])
    if attribute(cell._tc, "hMerge") and column:
        return rows[-1][column - 1]
    return rows[-2][column] if len(rows) > 1 and column < len(rows[-2]) else ""


def _notes(frame: Any, draft: Draft) -> None:
    first = True
    for paragraph in frame.paragraphs:
        text = clean(paragraph.text.replace("\v", "\n"))
        if text:
            draft.note(f"演讲者备注：{text}" if first else text)
            first = False


def _comments(slide: Any, draft: Draft) -> None:
    for link in slide.part.rels.values():
        if not link.is_external and link.reltype.endswith("/comments"):
            root = etree.fromstring(link.target_part.blob)
            for text in (e.text for e in all_named(root, "text")):
                draft.note(f"批注：{text or ''}" if (text or "").strip() else "")
            for line in drawings.paragraphs(root):
                draft.note(f"批注：{line}")
