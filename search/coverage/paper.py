"""Coverage on paper: the tables of both views, for printing as a PDF and for slides as a PNG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kb.access import MODULE_NAMES
from kb.clock import ZONE_NAME, moment
from kb.db import now
from kb.handover.case import Handover
from kb.printing import Paper, Part, Table, to_pdf, to_png
from kb.vocabulary import vocabulary
from search.coverage.matrix import HEAT_NAMES, Cell, Line
from search.coverage.topics import Topic, TopicRow

_MATRIX = ("交接", "模块", "应交", "已交", "资料", "其中卡片", "检索", "检索未果", "待补缺口", "无法补",
           "最新资料(UTC)", "状态")
_TOPICS = ("模块", "主题", "交接", "资料", "其中卡片", "专门讲", "未经确认", "交付物依据", "检索", "检索未果",
           "最新资料(UTC)", "只有一人", "状态")
Rows = tuple[Sequence[str], list[Sequence[str]]]
"""A head and the rows below it, as text."""


def matrix(lines: Sequence[Line]) -> Rows:
    """The view by handover or post."""
    return _MATRIX, [
        (line.title, MODULE_NAMES[module], *map(str, _counts(cell)), _day(cell), HEAT_NAMES[cell.heat])
        for line in lines for module, cell in line.cells.items()
    ]  # fmt: skip


def _counts(c: Cell) -> tuple[int, ...]:
    return (c.owed, c.handed, c.documents, c.cards, c.searches, c.unanswered, c.open_gaps, c.unknown_gaps)


def by_topic(handovers: Sequence[Handover], rows: Sequence[TopicRow]) -> Rows:
    """The view by topic."""
    titles = {h.id: h.title for h in handovers}
    return _TOPICS, [
        (MODULE_NAMES[row.module] if row.module else "", _label(row.tag), titles[handover],
         *map(str, (t.documents, t.cards, t.main, t.suggested, t.evidence, t.searches, t.unanswered)), _day(t),
         row.alone, HEAT_NAMES[t.heat])
        for row in rows for handover, t in row.by_handover.items()
    ]  # fmt: skip


def _label(tag: str) -> str:
    known = vocabulary().tags.get(tag)
    return known.label("zh") if known else tag


def _day(counted: Cell | Topic) -> str:
    newest = counted.newest.date() if isinstance(counted.newest, datetime) else counted.newest
    return newest.isoformat() if newest else ""


def as_pdf(table: Rows, subtitle: str) -> bytes:
    """A4, as many pages as it takes."""
    return to_pdf(_paper(table, subtitle))


def as_png(table: Rows, subtitle: str) -> bytes:
    """The pages of the PDF, one below the other."""
    return to_png(as_pdf(table, subtitle))


def _paper(table: Rows, subtitle: str) -> Paper:
    head, rows = table
    widths = [22 if name in ("交接", "主题") else 12 if name == "模块" else 8 for name in head]
    stamp = f"{moment(now())}（{ZONE_NAME}）"
    return Paper("知识覆盖", subtitle, [("生成时间", stamp)],
                 [Part("", ("只有计数和主题名称，没有内容。",), Table(head, rows, widths))], footer="交接知识库")
