"""Coverage: by handover and module, what is there, what was asked, what is known to be missing. Counts, no content."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy
from sqlmodel import Session, col, func, select

from kb.access import MODULE_NAMES, Module, Permission
from kb.db import now
from kb.documents import Document, Version
from kb.handover.case import Deliverable, Gap, GapState, Handover, Submission
from kb.spreadsheet import harmless
from kb.viewing import Viewer
from search.history import SearchRecord

_OLD_DAYS = 365


class Heat(StrEnum):
    """How a module stands: nothing is asked of it, nothing is there, something is missing, or covered."""

    idle = "idle"
    bare = "bare"
    thin = "thin"
    covered = "covered"


@dataclass
class Cell:
    """One module of one handover. ``owed``/``handed`` count deliverables; ``newest`` None means no document."""

    owed: int = 0
    handed: int = 0
    documents: int = 0
    cards: int = 0
    searches: int = 0
    unanswered: int = 0
    open_gaps: int = 0
    unknown_gaps: int = 0
    newest: datetime | None = None

    @property
    def heat(self) -> Heat:
        """Bare without a document; thin while something is owed, asked in vain or a gap is open; else covered."""
        if not self.documents:
            return Heat.bare if self.owed or self.open_gaps else Heat.idle
        return Heat.thin if self.handed < self.owed or self.unanswered or self.open_gaps else Heat.covered

    @property
    def old(self) -> bool:
        """Whether its newest document is over a year old."""
        return self.newest is not None and (now() - self.newest).days > _OLD_DAYS


@dataclass(frozen=True)
class Row:
    """A handover with its five modules."""

    handover: Handover
    cells: Mapping[Module, Cell]


def coverage(session: Session, viewer: Viewer) -> list[Row]:
    """Every handover that is not cancelled, the newest first. A fixed number of queries.

    Searches that were not narrowed to a module are counted for none.

    Raises:
        NotAllowed: only HR and auditors may read coverage.
    """
    viewer.require(Permission.view_search_counts)
    found = session.exec(select(Handover).order_by(col(Handover.opened_at).desc(), Handover.id))
    rows = {h.id: Row(h, {m: Cell() for m in Module}) for h in found if h.node.value != "cancelled"}
    _count_owed(session, rows)
    _count_documents(session, rows)
    _count_asked(session, rows)
    return list(rows.values())


def _count_owed(session: Session, rows: Mapping[str, Row]) -> None:
    live = select(Submission.deliverable_id).join(Document, col(Document.id) == col(Submission.document_id)).where(
        col(Document.deleted_at).is_(None), col(Document.current_version_id).is_not(None))
    done = col(Deliverable.id).in_(live)
    for handover, module, owed, handed in session.exec(
        select(Deliverable.handover_id, Deliverable.module, func.count(), func.count().filter(done))
        .where(Deliverable.excused_by == "").group_by(Deliverable.handover_id, Deliverable.module)
    ):
        if handover in rows:
            cell = rows[handover].cells[Module(module)]
            cell.owed, cell.handed = int(owed), int(handed)


def _count_documents(session: Session, rows: Mapping[str, Row]) -> None:
    for handover, module, total, cards, newest in session.execute(
        sqlalchemy.select(
            col(Document.handover_id), col(Document.module), func.count(),
            func.count().filter(col(Version.form) != ""), func.max(col(Version.created_at)),
        ).join(Version, col(Version.id) == col(Document.current_version_id))
        .where(col(Document.deleted_at).is_(None)).group_by(col(Document.handover_id), col(Document.module))
    ):
        if handover in rows:
            cell = rows[handover].cells[module]
            cell.documents, cell.cards, cell.newest = total, cards, newest


def _count_asked(session: Session, rows: Mapping[str, Row]) -> None:
    for gap_of, module, state, count in session.exec(
        select(Gap.handover_id, Gap.module, Gap.state, func.count()).group_by(Gap.handover_id, Gap.module, Gap.state)
    ):
        if gap_of in rows:
            cell = rows[gap_of].cells[Module(module)]
            cell.open_gaps += int(count) if state == GapState.open else 0
            cell.unknown_gaps += int(count) if state == GapState.unknown else 0
    for handover, filters, reliable in session.exec(
        select(SearchRecord.handover_id, SearchRecord.filters, SearchRecord.found)
        .where(SearchRecord.handover_id != "")
    ):
        for key in (filters or {}).get("modules", ()) if handover in rows else ():
            cell = rows[handover].cells[Module(key)]
            cell.searches += 1
            cell.unanswered += not reliable


def as_csv(rows: list[Row]) -> str:
    """The table for a spreadsheet: with a byte order mark, and no cell that a spreadsheet would run."""
    out = io.StringIO()
    out.write("\ufeff")
    table = csv.writer(out)
    table.writerow([
        "交接", "模块", "应交", "已交", "资料", "其中卡片", "检索", "检索未果", "待补缺口", "无法补", "最新资料(UTC)",
    ])
    for row in rows:
        for module, c in row.cells.items():
            table.writerow([harmless(str(v)) for v in (
                row.handover.title, MODULE_NAMES[module], c.owed, c.handed, c.documents, c.cards, c.searches,
                c.unanswered, c.open_gaps, c.unknown_gaps, c.newest.date().isoformat() if c.newest else "",
            )])
    return out.getvalue()
