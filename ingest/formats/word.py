"""Word and WPS documents: body in order, lists numbered, tables filled, boxes, comments and notes where they belong."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.draft import Draft, clean
from ingest.formats import embedded, foreign, symbols, word_styles, word_table
from ingest.formats.graphics import Graphics, is_reference
from ingest.formats.numbering import Numbering
from ingest.formats.ooxml import Package, all_named, attribute, child, descend, local, relation
from ingest.headings import MAX_HEADING, bold_level, is_item, is_page_number, numbered_level

if TYPE_CHECKING:
    from ingest.reading import Job

_SKIPPED = frozenset({
    "del", "moveFrom", "delText", "instrText", "delInstrText", "rPr", "pPr", "rt", "Fallback", "sdtPr", "sdtEndPr",
    "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "customXmlPr", "fldData", "binData",
})  # fmt: skip
_CONTENTS_TITLE = re.compile(r"^(?:目\s*录|contents)$", re.I)
_BLANK = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}


@dataclass
class Line:
    """One paragraph as read: its text, and what hangs on it."""

    text: str = ""
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # (kind, id)
    graphics: list[Any] = field(default_factory=list)
    pages: int = 0  # page breaks inside it
    before: int = 0  # of these, the ones before its first character


def read(job: Job, draft: Draft) -> None:
    """Append a docx file; the file has passed ``gate`` before."""
    with zipfile.ZipFile(job.path) as archive:
        package = Package(archive)
        draft.properties.update(package.properties)
        graphics = Graphics(job, draft)
        _Reader(package, draft, graphics).read()
        graphics.report()
    embedded.append(job, draft, embedded.in_office(job))


class _Reader:
    """Walks the body once, with the styles, numbers and notes of its document at hand."""

    def __init__(self, package: Package, draft: Draft, graphics: Graphics) -> None:
        self._draft = draft
        self._graphics = graphics
        self._main = package.main or "word/document.xml"
        self._package = package
        self._resolve = package.resolver(self._main)
        self._body = child(package.part(self._main), "body")
        self._styles = word_styles.Styles(self._first("/styles"))
        self._numbering = Numbering(self._first("/numbering"))
        self._notes = {kind: _notes(self._first(f"/{kind}s")) for kind in ("comment", "footnote", "endnote")}
        self._paged = any(local(e) == "lastRenderedPageBreak" for e in self._body.iter())
        self._contents_depth = 0
        self._styled = False
        self._shift = 0
        self._commented = 0

    def _first(self, ending: str) -> Any:
        names = self._package.related_of_type(self._main, ending)
        return self._package.part(names[0]) if names else None

    def read(self) -> None:
        if self._paged:
            self._draft.page = 1
        self._styled = any(self._heading_style(p) for p in all_named(self._body, "p"))
        self._blocks(self._body)
        self._draft.pages_total = self._draft.page or 0
        self._draft.page = None
        self._headers_and_footers()
        if self._commented:
            self._draft.notice("document.comments", "文中有 {count} 条批注，已一并收录。", count=self._commented)
        if next(all_named(self._body, "del"), None) is not None:
            self._draft.notice("document.revisions", "文中有未接受的修订：新增的文字已收录，删除的文字未收录。")
        if any(_is_hidden(run) for run in all_named(self._body, "r")):
            self._draft.notice("document.hidden_text", "文中有隐藏的文字，内容已收录，请确认可以交接。")

    def _heading_style(self, paragraph: Any) -> int:
        return self._styles.level(paragraph)

    def _blocks(self, parent: Any) -> None:
        for element in parent:
            name = local(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name == "sdt" and not _is_contents(element) and not is_placeholder(element):
                content = child(element, "sdtContent")
                if content is not None:
                    self._blocks(content)
            elif name in ("ins", "moveTo", "customXml", "smartTag"):
                self._blocks(element)
            elif name == "altChunk":
                self._foreign(element)

    def _foreign(self, reference: Any) -> None:
        """A stretch of the document that is stored in another format."""
        name, content = self._resolve(relation(reference)) or ("", None)
        if content is None or not foreign.append(name, content, self._draft):
            self._draft.notice(
                "document.foreign", "文中有一段是以其他格式存入的，没有读到。请用 Word 打开，另存为 docx 后重新上传。"
            )

    def _paragraph(self, paragraph: Any) -> None:
        in_contents = self._contents_depth > 0
        self._contents_depth = max(0, self._contents_depth + _contents_fields(paragraph, self._contents_depth > 0))
        line = line_of(paragraph)
        self._turn(line.before)
        if not in_contents and not self._contents_depth:
            self._write(paragraph, clean(line.text))
        self._turn(line.pages - line.before)
        self._beside(line)
        for box in line.boxes:
            self._blocks(box)

    def _turn(self, pages: int) -> None:
        if self._paged and self._draft.page is not None:
            self._draft.page += pages

    def _write(self, paragraph: Any, text: str) -> None:
        style = self._styles.name(paragraph)
        if word_styles.is_contents(style) or _CONTENTS_TITLE.match(text):
            return
        mark = self._mark(paragraph)  # an empty line of a list is counted like any other
        if not text:
            return
        if word_styles.is_caption(style):
            self._draft.caption(text)
            return
        level = self._level(paragraph, f"{mark} {text}" if mark else text)
        if level:
            self._draft.heading(f"{mark} {text}" if mark else text, level)
        elif mark is not None:
            self._draft.list_item(f"{mark} {text}" if mark else text, self._styles.list_place(paragraph)[1])
        elif is_item(text):
            self._draft.list_item(text)
        else:
            self._draft.paragraph(text)

    def _mark(self, paragraph: Any) -> str | None:
        if descend(paragraph, "pPr", "rPr", "del") is not None:
            return None  # struck out together with its number
        number, level = self._styles.list_place(paragraph)
        return self._numbering.mark(number, level) if number else None

    def _level(self, paragraph: Any, text: str) -> int:
        styled = self._heading_style(paragraph)
        if styled and len(text) <= 2 * MAX_HEADING:
            self._shift = self._shift or int(self._styles.is_title(paragraph))
            return 1 if self._styles.is_title(paragraph) else styled + self._shift
        bold = bold_level(text) if self._styles.is_bold(paragraph) else 0
        if self._styled:  # who uses styles marks headings with them: a bold line is a minor one
            return bold + 2 if bold else 0
        if bold and not self._draft.blocks:
            return 1
        return bold or numbered_level(text)

    def _beside(self, line: Line) -> None:
        for reference in line.graphics:
            self._graphics.append(reference, self._resolve)
        for kind, number in line.notes:
            self._note(kind, number)

    def _note(self, kind: str, number: str) -> None:
        author, text = self._notes[kind].get(number, ("", ""))
        if not text:
            return
        if kind == "comment":
            self._commented += 1
            self._draft.note(f"批注（{author}）：{text}" if author else f"批注：{text}")
        else:
            self._draft.note(f"脚注：{text}" if kind == "footnote" else f"尾注：{text}")

    def _table(self, table: Any) -> None:
        framed = word_table.framed(table)
        for cell in framed:
            self._blocks(cell)
        if framed:
            return
        inside = [line_of(p) for p in all_named(table, "p")]
        word_table.append(table, self._draft, self._mark)
        for line in inside:
            self._beside(line)
        self._turn(sum(line.pages for line in inside))

    def _headers_and_footers(self) -> None:
        seen: list[str] = []
        for ending in ("/header", "/footer"):
            for name in self._package.related_of_type(self._main, ending):
                part = self._package.part(name)
                resolve = self._package.resolver(name)
                for paragraph in all_named(part, "p") if part is not None else ():
                    self._graphics.append(paragraph, resolve)
                    text = clean(line_of(paragraph).text)
                    if text and not is_page_number(text) and text not in seen:
                        seen.append(text)
        if seen:
            self._draft.note("页眉页脚：" + "；".join(seen))


def line_of(paragraph: Any) -> Line:
    """Read one ``w:p``: insertions kept, deletions and field codes dropped, boxes and notes collected."""
    line = Line()
    parts: list[str] = []
    for element in _visible(paragraph, line):
        name = local(element)
        if name == "t":
            parts.append(element.text or "")
        elif name in _BLANK:
            parts.append(_BLANK[name])
        elif name == "br":
            parts.append("\n")
        elif name == "sym":
            parts.append(symbols.shown(attribute(element, "font"), attribute(element, "char")))
        elif name == "lastRenderedPageBreak":
            line.pages += 1
            line.before += not "".join(parts).strip()
        elif name in ("commentReference", "footnoteReference", "endnoteReference"):
            line.notes.append((name.removesuffix("Reference"), attribute(element, "id")))
        elif is_reference(element):
            line.graphics.append(element)
    line.text = "".join(parts)
    return line


def _visible(element: Any, line: Line) -> Iterator[Any]:
    for inner in element:
        name = local(inner)
        if name == "txbxContent":
            line.boxes.append(inner)
        elif name and name not in _SKIPPED and not is_placeholder(inner):
            yield inner
            yield from _visible(inner, line)


def is_placeholder(element: Any) -> bool:
    """True for a field nobody filled in, which shows what to write there (``单击此处输入文字``)."""
    mark = descend(element, "sdtPr", "showingPlcHdr") if local(element) == "sdt" else None
    return mark is not None and word_styles.is_on(mark)


def _is_hidden(run: Any) -> bool:
    mark = descend(run, "rPr", "vanish")
    return mark is not None and word_styles.is_on(mark) and any((t.text or "").strip() for t in all_named(run, "t"))


def _notes(root: Any) -> dict[str, tuple[str, str]]:
    """Note id → (author, text)."""
    found = {}
    for note in root if root is not None else ():
        text = clean("\n".join(line_of(p).text for p in all_named(note, "p")))
        if attribute(note, "type") not in ("separator", "continuationSeparator"):
            found[attribute(note, "id")] = (attribute(note, "author"), text)
    return found


def _is_contents(control: Any) -> bool:
    gallery = descend(control, "sdtPr", "docPartObj", "docPartGallery")
    return gallery is not None and "contents" in attribute(gallery, "val").lower()


def _contents_fields(paragraph: Any, inside: bool) -> int:
    """Change of the depth inside a table-of-contents field over this paragraph."""
    change = 0
    pending = False
    for element in paragraph.iter():
        name = local(element)
        if name == "fldChar":
            kind = attribute(element, "fldCharType")
            if kind == "begin":
                pending = True
                change += inside or change > 0
            elif kind == "end" and (inside or change > 0):
                change -= 1
        elif name == "instrText" and pending and (element.text or "").strip().upper().startswith("TOC"):
            change += 0 if inside else 1
            pending = False
    return change
