"""Reading the operation log: of one handover for those who take part in it, of everything for who oversees."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from kb import spreadsheet
from kb.access import Module, Permission
from kb.clock import ZONE
from kb.errors import NotAllowed
from kb.handover.participation import reads_log, visible_handover
from kb.ledger import ABOUT_KNOWLEDGE, LedgerEntry
from kb.log_subjects import subjects
from kb.log_words import ENTRY_NAMES
from kb.viewing import Viewer

PAGE = 100
"""Entries on a page."""
_ABOUT_CONTENT = ("document.", "risk.", "review.", "suggestion.", "deliverable.", *ABOUT_KNOWLEDGE)
_BARE = frozenset({"handover", "module", "before", "after", "level", "files", "digest", "version", "criterion"})
"""What an entry about content says to somebody to whom that content is closed: states and hashes, no words."""
_WORDED = frozenset({"document.retagged", "deliverable.excused"})
"""Entries whose states before and after are words themselves: tags, reasons."""
_IN_WORDS = ("title", "name", "question", "zh", "words", "text", "note", "reason", "file", "login")


@dataclass(frozen=True)
class Filters:
    """What to show. Empty and None do not restrict; ``before`` is the number below which a page begins."""

    actor_id: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Entry:
    """One entry for people: number, when, who, what, on what, from where, its detail, and its hash (hex).

    ``subject`` names the object where that is open to the viewer, else empty. ``names`` are those of the ids in the
    detail, of people and of what is open.
    """

    number: int
    at: datetime
    actor: str
    action: str
    object_id: str
    origin: str
    detail: dict[str, Any]
    hash: str
    subject: str
    names: Mapping[str, str]

    @property
    def summary(self) -> str:
        """What it is about in words; empty where nothing says so."""
        return next((str(self.detail[key]) for key in _IN_WORDS if self.detail.get(key)), self.subject)


def entries_of(session: Session, viewer: Viewer, handover_id: str, filters: Filters) -> list[Entry]:
    """The entries of one handover, the newest first, a page of them.

    Raises:
        NotFound: the viewer may not know of the handover.
        NotAllowed: they neither take part in it nor oversee it.
    """
    handover = visible_handover(session, viewer, handover_id)
    if not reads_log(viewer, handover):
        raise NotAllowed("log.closed", "操作日志只对交接各方、人事和审计开放。")
    wanted = _filtered(filters).where(or_(
        col(LedgerEntry.object_id) == handover_id, col(LedgerEntry.body).contains(f'"handover":"{handover_id}"'),
    ))  # fmt: skip
    return _entries(session, wanted, viewer, open_to=handover.leaver_id == viewer.person_id)


def all_entries(session: Session, viewer: Viewer, filters: Filters) -> list[Entry]:
    """Every entry, the newest first, a page of them.

    Raises:
        NotAllowed: the viewer does not oversee handovers.
    """
    viewer.require(Permission.view_every_checklist)
    return _entries(session, _filtered(filters), viewer)


def as_csv(entries: list[Entry]) -> str:
    """The entries for a spreadsheet."""
    head = ("序号", "时间(UTC)", "操作人", "动作", "对象", "来源", "内容", "哈希")
    return spreadsheet.as_csv(head, [
        (str(entry.number), entry.at.isoformat(), entry.actor, ENTRY_NAMES.get(entry.action, entry.action),
         entry.object_id, entry.origin, json.dumps(entry.detail, ensure_ascii=False), entry.hash)
        for entry in entries
    ])  # fmt: skip


def _filtered(filters: Filters) -> SelectOfScalar[LedgerEntry]:
    wanted = select(LedgerEntry).order_by(col(LedgerEntry.number).desc()).limit(PAGE)
    if filters.actor_id:
        wanted = wanted.where(LedgerEntry.actor_id == filters.actor_id)
    if filters.action:
        wanted = wanted.where(LedgerEntry.action == filters.action)
    if filters.since:
        wanted = wanted.where(col(LedgerEntry.at) >= _start(filters.since))
    if filters.until:
        wanted = wanted.where(col(LedgerEntry.at) <= datetime.combine(filters.until, time.max, ZONE))
    if filters.before is not None:
        wanted = wanted.where(col(LedgerEntry.number) < filters.before)
    return wanted


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, ZONE)


def _entries(
    session: Session, wanted: SelectOfScalar[LedgerEntry], viewer: Viewer, *, open_to: bool = False
) -> list[Entry]:
    rows = [(row, json.loads(row.body)) for row in session.exec(wanted)]
    ids = {i for row, body in rows for i in (row.actor_id, row.object_id, *map(str, body["detail"].values()))}
    return list(_told(rows, subjects(session, viewer, ids), viewer, open_to=open_to))


def _told(
    rows: list[tuple[LedgerEntry, dict[str, Any]]], names: Mapping[str, str], viewer: Viewer, *, open_to: bool
) -> Iterator[Entry]:
    """Each row with what its body says; ``names`` are those of all ids in them that are open to the viewer."""
    for row, body in rows:
        detail = body["detail"]
        if not open_to and row.action.startswith(_ABOUT_CONTENT) and not _sees(viewer, detail):
            bare = _BARE - {"before", "after"} if row.action in _WORDED else _BARE
            detail = {k: v for k, v in detail.items() if k in bare}
        yield Entry(row.number, row.at, names.get(row.actor_id, row.actor_id), row.action, row.object_id,
                    str(body.get("from", "")), detail, row.hash,
                    names.get(row.object_id, "") or names.get(str(detail.get("document", "")), ""), names)


def _sees(viewer: Viewer, detail: dict[str, Any]) -> bool:
    """Whether the part of the handover that an entry is about is open to the viewer."""
    handover, module = str(detail.get("handover", "")), str(detail.get("module", ""))
    if viewer.scope.everything:
        return True
    return module in list(Module) and viewer.scope.opens(handover, Module(module))
