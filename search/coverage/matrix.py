"""Coverage: by handover and module, what is there, what was asked, what is known to be missing. Counts, no content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

import sqlalchemy
from sqlmodel import Session, col, func, select

from kb.access import Module, Permission
from kb.db import now
from kb.documents import Document, Version
from kb.handover.case import Deliverable, Gap, GapState, Handover, Submission
from kb.viewing import Viewer
from search.history import SearchRecord

OLD_DAYS = 365


class Heat(StrEnum):
    """How a module stands: nothing is asked of it, nothing is there, something is missing, or covered."""

    idle = "idle"
    bare = "bare"
    thin = "thin"
    covered = "covered"


HEAT_NAMES = {Heat.idle: "无要求", Heat.bare: "没有资料", Heat.thin: "有缺口", Heat.covered: "已覆盖"}


def is_old(newest: datetime | None) -> bool:
    """Whether the newest document is over a year old; False where there is none."""
    return newest is not None and (now() - newest).days > OLD_DAYS


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
    def missing(self) -> int:
        """Deliverables that are owed and not handed in."""
        return max(0, self.owed - self.handed)

    @property
    def lacking(self) -> int:
        """Everything that waits: deliverables not handed in, open gaps, searches in vain."""
        return self.missing + self.open_gaps + self.unanswered

    @property
    def old(self) -> bool:
        """Whether its newest document is over a year old."""
        return is_old(self.newest)

    def add(self, other: Cell) -> None:
        """Count another cell in."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.newest = max(filter(None, (self.newest, other.newest)), default=None)


_COUNTS = tuple(f.name for f in fields(Cell) if f.name != "newest")


@dataclass(frozen=True)
class Row:
    """A handover with its five modules."""

    handover: Handover
    cells: Mapping[Module, Cell]


@dataclass(frozen=True)
class Line:
    """A line of the table: a handover, or a post with all of its handovers. ``handover_id`` is empty for a post."""

    title: str
    handover_id: str
    leaver_id: str
    handovers: int
    cells: Mapping[Module, Cell]


def lines(rows: Sequence[Row]) -> list[Line]:
    """One line a handover, in their order."""
    return [Line(r.handover.title, r.handover.id, r.handover.leaver_id, 1, r.cells) for r in rows]


def by_post(rows: Sequence[Row], titles: Mapping[str, str]) -> list[Line]:
    """One line a post: its handovers added up, the post with most handovers first; ``titles`` by template."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.handover.template, []).append(row)
    found = []
    for template, mine in sorted(grouped.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        cells = {m: Cell() for m in Module}
        for row in mine:
            for module, cell in row.cells.items():
                cells[module].add(cell)
        found.append(Line(titles.get(template, template), "", "", len(mine), cells))
    return found


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
