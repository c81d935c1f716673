"""A text as units to be quoted: sentences, and rows of tables with the columns they stand in. Quotes are substrings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.evidence.words import plain

_CELL = " | "
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_LETTERHEAD = re.compile(
    r"^\s*[(\[【]?(?:编[制写]|制表|撰写|时间|日期|发件|收件|更新|版本|填报|起草|维护|整理|记录|登记|项目(?:编号|代号)|密级|主题|抄送|"
    r"出席|列席|主持|参[会加]|谈话人|面谈人|地点|单位|审核|复核|签发|写[给:]|口述|作者|报告人|汇报人|截[至止]20|审定|编号|适用)"
    r"|^\s*20\d\d年\d{1,2}月(?:\d{1,2}日)?\s*$"
)
_SIGNED = re.compile(r"^[^,;:。]{2,30}20\d\d(?: ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?|-\d\d?-\d\d?)(?: .{0,12})?$")
_TOTAL = re.compile(r"^\s*(?:\d+\s*\|\s*)?(?:合计|总计|小计)")


@dataclass(frozen=True)
class Passage:
    """A passage of a document as it was cut: its text, headings, and the document it is of."""

    document_id: str
    version_id: str
    title: str
    heading_path: tuple[str, ...]
    text: str
    start: int


@dataclass(frozen=True)
class Unit:
    """One sentence or table row: where it stands in its passage, and for a row its header's and its own cells.

    ``near`` is what is compared for the unit's surroundings: passage, headings and title, folded.
    """

    passage: Passage
    start: int
    end: int
    near: str
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The unit as it stands in the source."""
        return self.passage.text[self.start : self.end]

    @property
    def is_row(self) -> bool:
        """Whether it is a table row under a header."""
        return bool(self.cells)

    @cached_property
    def searched(self) -> str:
        """What names are looked for in: the unit with its header and its headings, folded."""
        return plain([self.text, *self.header, *self.passage.heading_path])

    @cached_property
    def is_letterhead(self) -> bool:
        """Whether it says who wrote the paper and when: such a name or date is nobody's duty or deadline."""
        if self.is_row:
            return False
        signed = bool(_SIGNED.match(self.own)) and not self.own.endswith(("。", ";", "；"))
        return signed or bool(_LETTERHEAD.match(self.own))

    @cached_property
    def own(self) -> str:
        """The unit itself, folded."""
        return plain([self.text])

    @cached_property
    def head(self) -> str:
        """What stands over the unit: its table's header and its headings, folded."""
        return plain([*self.header, *self.passage.heading_path[-2:]])

    def cell(self, column: str) -> str:
        """The row's cell in a column of its header; empty where the row ends before it."""
        place = self.header.index(column)
        return self.cells[place] if place < len(self.cells) else ""


def units_of(passages: Sequence[Passage]) -> list[Unit]:
    """Every unit of the passages in order; total rows are left out, they belong to nobody."""
    return [unit for passage in passages for unit in _of_passage(passage)]


def _of_passage(passage: Passage) -> list[Unit]:
    near = plain([passage.title, *passage.heading_path, passage.text])
    made: list[Unit] = []
    header: tuple[str, ...] = ()
    at = 0
    for line in passage.text.split("\n"):
        if _CELL in line:
            cells = tuple(cell.strip() for cell in line.split("|"))
            if not header:
                header = cells
            elif not _TOTAL.match(line):
                made.append(Unit(passage, at, at + len(line), near, header, cells))
        else:
            header = () if line.strip() else header
            for found in _SENTENCE.finditer(line):
                if found.group().strip():
                    made.append(Unit(passage, at + found.start(), at + found.end(), near))
        at += len(line) + 1
    return made
