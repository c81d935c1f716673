"""The sweep: reminders before and after a deadline, escalation to HR, provisional deadlines counted anew.

Deadlines are rows; nothing sleeps until one. The sweep may run as often as one likes and in several processes: each
reminder is written once per handover, step, deadline, kind and number of working days: a moved deadline counts anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from kb import ledger, notices
from kb.db import new_id
from kb.handover.case import Deliverable, Handover
from kb.handover.contents import by_deliverable, files_of
from kb.handover.turns import hr_ids, set_node_deadline, turn_of
from kb.handover.workdays import is_working_day, working_days_between
from kb.handover.workflow import ENDS, NODE_NAMES, Node
from kb.notices import NoticeKind

_AHEAD = 2
"""Working days before a deadline on which the first reminder goes out; and between two reminders after it."""


class Reminder(SQLModel, table=True):
    """That a reminder went out; ``mark`` names handover, round, step, kind, deadline and working days."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("mark"),)
    id: str = Field(default_factory=lambda: new_id("rem"), primary_key=True)
    mark: str


@dataclass(frozen=True)
class Swept:
    """How many reminders, overdue notices and escalations were written, and deadlines counted anew."""

    reminded: int = 0
    overdue: int = 0
    escalated: int = 0
    recounted: int = 0


def sweep(session: Session, on: date) -> Swept:
    """Do everything that is due on a day in the company's time zone."""
    running = session.exec(select(Handover).where(
        col(Handover.node).not_in(sorted(ENDS)), col(Handover.paused_at).is_(None)
    )).all()
    reminded = overdue = escalated = recounted = 0
    for handover in running:
        recounted += _recount(session, handover)
        if handover.node_due is None:
            continue
        left = working_days_between(on, handover.node_due)
        if on <= handover.node_due:
            reminded += left <= _AHEAD and _remind(session, handover, handover.node_due, left)
            continue
        late = max(1, working_days_between(handover.node_due, on))
        overdue += late % _AHEAD == 1 and _overdue(session, handover, late)
        escalated += _escalate(session, handover, late)
    return Swept(reminded, overdue, escalated, recounted)


def _remind(session: Session, handover: Handover, due: date, left: int) -> bool:
    if not _once(session, handover, "due", str(left)):
        return False
    owed = _owed(session, handover)
    message = "「{title}」的「{node}」{day} 到期，请尽快处理。"
    if owed:
        message = "「{title}」{day} 到期，还缺 {count} 项。"
    notices.notify(session, turn_of(session, handover), NoticeKind.due, message, link=f"/handovers/{handover.id}",
                   handover_id=handover.id, title=handover.title, node=NODE_NAMES[handover.node],
                   day=due.isoformat(), count=owed)
    return True


def _overdue(session: Session, handover: Handover, late: int) -> bool:
    # Marked by working days, not by date: a weekend or a week of holidays adds no day, and so no notice.
    if not _once(session, handover, "overdue", str(late)):
        return False
    ledger.record(session, "system", "handover.overdue", handover.id, node=handover.node.value, working_days=late,
                  due=handover.node_due.isoformat() if handover.node_due else "")
    notices.notify(session, turn_of(session, handover), NoticeKind.overdue,
                   "「{title}」的「{node}」已逾期 {days} 个工作日，请立即处理。", link=f"/handovers/{handover.id}",
                   handover_id=handover.id, title=handover.title, node=NODE_NAMES[handover.node], days=late)
    return True


def _escalate(session: Session, handover: Handover, late: int) -> bool:
    if not _once(session, handover, "escalated", ""):
        return False
    ledger.record(session, "system", "handover.escalated", handover.id, node=handover.node.value, working_days=late)
    notices.notify(session, hr_ids(session), NoticeKind.escalation,
                   "预警：「{title}」停在「{node}」，已逾期 {days} 个工作日。", link=f"/handovers/{handover.id}",
                   handover_id=handover.id, title=handover.title, node=NODE_NAMES[handover.node], days=late)
    return True


def _owed(session: Session, handover: Handover) -> int:
    if handover.node is not Node.delivering:
        return 0
    handed = by_deliverable(files_of(session, handover.id))
    rows = session.exec(select(Deliverable).where(Deliverable.handover_id == handover.id)).all()
    return sum(1 for d in rows if d.id not in handed and not d.excused_by)


def _recount(session: Session, handover: Handover) -> int:
    """1 where a provisional deadline is now covered by the table of holidays, and was counted anew."""
    due = handover.node_due
    if not handover.due_provisional or due is None or is_working_day(due)[1]:
        return 0
    before = due
    set_node_deadline(session, handover, since=handover.node_since)
    after = handover.node_due.isoformat() if handover.node_due else ""
    ledger.record(session, "system", "handover.deadline", handover.id, before=before.isoformat(), after=after)
    return 1


def _once(session: Session, handover: Handover, kind: str, days: str) -> bool:
    mark = f"{handover.id}:{handover.round}:{handover.node.value}:{kind}:{handover.node_due}:{days}"
    if session.exec(select(Reminder).where(Reminder.mark == mark)).first() is not None:
        return False
    try:
        with session.begin_nested():
            session.add(Reminder(mark=mark))
    except IntegrityError:  # another process was faster
        return False
    return True
