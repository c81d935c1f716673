"""Lines of pages as paragraphs, headings and tables: what a reader sees in a PDF or a scan, without its furniture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.draft import Draft
from ingest.formats.aligned import rows_from
from ingest.formats.layout import Line, glue
from ingest.headings import MAX_HEADING, bold_level, is_item, is_page_number, is_sentence, numbered_level

_EDGE = 0.09
"""Share of the page's height at its top and bottom where running headers and footers stand."""
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[!-~]+")
_ENDED = re.compile(r"[。！？!?；;：:…][”’」』）)]*$")


@dataclass(frozen=True)
class Table:
    """A table found by its ruled lines, between the lines of a page; ``rows`` header first."""

    rows: list[list[str]]
    top: float


@dataclass(frozen=True)
class Page:
    """One page: its lines and tables in reading order, and its height in the lines' unit.

    ``recognised`` says that the lines were read off a picture: sizes of type are compared among such pages only.
    ``notes`` are what stands beside the text.
    """

    number: int
    items: list[Line | Table]
    height: float
    recognised: bool = False
    notes: tuple[str, ...] = ()


@dataclass
class _Paragraph:
    page: int
    lines: list[Line] = field(default_factory=list)
    text: str = ""

    def add(self, line: Line) -> None:
        self.text = glue(self.text, line.text)
        self.lines.append(line)

    @property
    def size(self) -> float:
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)


def append(pages: Sequence[Page], draft: Draft) -> None:
    """Append all pages: repeated headers and footers once at the end, page numbers not at all."""
    pages, furniture = _without_furniture(pages)
    of_type = {kind: _Sizes([page for page in pages if page.recognised is kind]) for kind in (True, False)}
    paragraph: _Paragraph | None = None
    header: list[str] = []
    sizes = of_type[False]
    beside: list[tuple[int, str]] = []  # notes wait for the end of a paragraph that goes on over the page's end
    for page in pages:
        for item in _with_aligned_tables(page):
            if isinstance(item, Table):
                _flush(paragraph, sizes, draft)
                _write_notes(beside, draft)
                paragraph = None
                header = _append_table(item, header, page.number, draft)
            elif paragraph is not None and _goes_on(paragraph, item, page.number):
                paragraph.add(item)
            else:
                _flush(paragraph, sizes, draft)
                _write_notes(beside, draft)
                sizes = of_type[page.recognised]
                paragraph, header = _Paragraph(page.number), []
                paragraph.add(item)
        beside += [(page.number, note) for note in page.notes]
    _flush(paragraph, sizes, draft)
    _write_notes(beside, draft)
    draft.page = None
    if furniture:
        draft.note("页眉页脚：" + "；".join(furniture))


def _write_notes(beside: list[tuple[int, str]], draft: Draft) -> None:
    for number, note in beside:
        draft.page = number
        draft.note(note)
    beside.clear()


def _append_table(table: Table, header: list[str], page: int, draft: Draft) -> list[str]:
    """Append a table; one that goes on from the page before keeps that one's header."""
    draft.page = page
    rows = table.rows
    goes_on = bool(header) and len(header) == len(rows[0]) and draft.blocks[-1].page != page
    if goes_on:
        rows = [header, *(row for n, row in enumerate(rows) if n or row != header)]
    draft.table(rows)
    return rows[0]


class _Sizes:
    """The sizes of type in use: the body's, and the larger ones that rank as headings."""

    def __init__(self, pages: Sequence[Page]) -> None:
        counted: Counter[float] = Counter()
        for page in pages:
            for line in page.items:
                if isinstance(line, Line):
                    counted[round(line.size, 1)] += len(line.text)
        self.body = counted.most_common(1)[0][0] if counted else 10.0
        larger = sorted((s for s in counted if s > 1.13 * self.body), reverse=True)
        self.ranks: list[float] = []
        for size in larger:
            if not self.ranks or size < 0.93 * self.ranks[-1]:
                self.ranks.append(size)

    def level(self, paragraph: _Paragraph) -> int:
        """The heading level of a paragraph, 0 for body text."""
        text = paragraph.text
        if len(text) > 1.5 * MAX_HEADING or len(paragraph.lines) > 2:
            return 0
        rank = next((n for n, s in enumerate(self.ranks, 1) if paragraph.size >= 0.95 * s), 0)
        if rank and not is_sentence(text):
            return rank
        below = len(self.ranks)
        by_hand = numbered_level(text) or (bold_level(text) if paragraph.bold else 0)
        return max(by_hand, below + 1) if by_hand else 0


def _flush(paragraph: _Paragraph | None, sizes: _Sizes, draft: Draft) -> None:
    if paragraph is None:
        return
    draft.page = paragraph.page
    level = sizes.level(paragraph)
    if level:
        draft.heading(paragraph.text, level)
    elif is_item(paragraph.text):
        draft.list_item(paragraph.text)
    else:
        draft.paragraph(paragraph.text)


def _goes_on(paragraph: _Paragraph, line: Line, page: int) -> bool:
    """True when ``line`` continues the paragraph: the line before is full, this one no new beginning."""
    last = paragraph.lines[-1]
    text = line.text
    if abs(line.size - last.size) > 0.13 * last.size or (line.bold and not last.bold):
        return False
    turned = page != paragraph.page or line.top < last.top  # the next page, or the next column
    if is_item(text) or numbered_level(text) or _is_indented(paragraph, line, turned):
        return False
    if turned:
        return _is_full(last, text) and not _ENDED.search(last.text)
    if line.top - last.bottom > 1.3 * line.size:
        return False
    return _is_full(last, text) or (line.bold and last.bold and last.x1 - last.x0 > 0.7 * (last.right - last.left))


def _is_indented(paragraph: _Paragraph, line: Line, turned: bool) -> bool:
    """True when the line begins further in than the paragraph's own lines do, as a new paragraph's first one."""
    if is_item(paragraph.text) and not turned:  # the lines of an item hang below its text
        return line.x0 < paragraph.lines[0].x0 - 0.5 * line.size or line.x0 > paragraph.lines[0].x0 + 3 * line.size
    start = line.left if turned or len(paragraph.lines) == 1 else paragraph.lines[-1].x0
    return line.x0 - start > 0.9 * line.size and line.x0 > paragraph.lines[0].x0 - 0.9 * line.size


def _is_full(line: Line, following: str) -> bool:
    """True when the line was broken for want of room: not even the next word fitted."""
    word = _WORD.match(following)
    needed = 0.6 * line.size * len(word.group()) if word else line.size
    slack = 1.2 if _ENDED.search(line.text) else 2.6
    return line.right - line.x1 < max(slack * line.size, needed + 0.5 * line.size)


def _with_aligned_tables(page: Page) -> Iterator[Line | Table]:
    """The page's items, lines that stand in columns without rules made into tables."""
    pending: list[Line] = []
    for item in [*page.items, None]:
        if isinstance(item, Line):
            pending.append(item)
            continue
        yield from rows_from(pending, lambda rows, top: Table(rows, top))
        pending = []
        if item is not None:
            yield item


def _without_furniture(pages: Sequence[Page]) -> tuple[list[Page], list[str]]:
    """(pages without running headers, footers and page numbers; what those said)."""
    seen = Counter(key for page in pages for key in {_key(line) for line in _edge_lines(page)})
    repeated = {key for key, count in seen.items() if count >= max(2, 0.4 * len(pages))}
    said: list[str] = []
    cleared = []
    for page in pages:
        dropped = [line for line in _edge_lines(page) if _key(line) in repeated or is_page_number(line.text)]
        said += [line.text for line in dropped if not is_page_number(line.text) and line.text not in said]
        cleared.append(replace(page, items=[item for item in page.items if item not in dropped]))
    return cleared, said[:4]


def _edge_lines(page: Page) -> list[Line]:
    return [
        item for item in page.items
        if isinstance(item, Line) and (item.bottom < _EDGE * page.height or item.top > (1 - _EDGE) * page.height)
    ]  # fmt: skip


def _key(line: Line) -> str:
    return _DIGITS.sub("#", line.text)
