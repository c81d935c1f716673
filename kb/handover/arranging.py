"""HR's arrangements around a running handover: pausing, urgency, the last day, limits, letting off, cancelling.

Nothing here deletes: each arrangement is an entry of the log with what was before and what is after.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from kb import ledger
from kb.access import Permission
from kb.clock import today
from kb.db import now
from kb.errors import Conflict, Invalid, NotFound
from kb.handover import agreements
from kb.handover.case import Deliverable, Handover
from kb.handover.contents import by_deliverable, files_of
from kb.handover.participation import receivers_of, visible_handover
from kb.handover.turns import begin, move, reason_given, set_node_deadline, tell
from kb.handover.workdays import add_working_days, working_days_between
from kb.handover.workflow import Action, Node
from kb.viewing import Viewer


def arrangeable(session: Session, viewer: Viewer, handover_id: str) -> Handover:
    """The handover, if the viewer may arrange it and it has not ended.

    Raises:
        NotFound: the viewer may not know of it.
        NotAllowed: arranging is for HR and administrators, and not for one's own handover.
        Conflict: it has ended.
    """
    handover = visible_handover(session, viewer, handover_id)
    viewer.require(Permission.open_handover)
    if viewer.person_id == handover.leaver_id:
        raise Conflict("handover.own", "不能安排自己的交接，请由另一位人事操作。")
    if handover.ended:
        raise Conflict("handover.ended", "这个交接已经结束，不能再修改。")
    return handover


def pause(session: Session, viewer: Viewer, handover_id: str, reason: str) -> Handover:
    """Stop the clock with a reason; nothing can be signed until it goes on.

    Raises:
        NotFound, NotAllowed, Conflict: as ``arrangeable``.
        Conflict: it is paused already.
        Invalid: there is no reason.
    """
    handover = arrangeable(session, viewer, handover_id)
    if handover.paused_at is not None:
        raise Conflict("handover.already_paused", "交接已经是暂停状态。")
    handover.paused_at, handover.pause_reason = now(), reason_given(reason)
    ledger.record(session, viewer.person_id, "handover.paused", handover.id, reason=handover.pause_reason)
    return handover


def resume(session: Session, viewer: Viewer, handover_id: str) -> Handover:
    """Let the clock run on: every open deadline moves by the working days that were paused.

    Raises:
        NotFound, NotAllowed, Conflict: as ``arrangeable``.
        Conflict: it is not paused.
    """
    handover = arrangeable(session, viewer, handover_id)
    if handover.paused_at is None:
        raise Conflict("handover.not_paused", "交接没有暂停。")
    lost = working_days_between(today(handover.paused_at), today())
    before = handover.node_due
    if handover.node_due is not None:
        moved = add_working_days(handover.node_due, lost)
        handover.node_due, handover.due_provisional = moved.day, moved.provisional
    for row in _deliverables(session, handover.id):
        if row.due_on is not None:
            moved = add_working_days(row.due_on, lost)
            row.due_on, row.due_provisional = moved.day, moved.provisional
    handover.paused_at, handover.pause_reason = None, ""
    ledger.record(session, viewer.person_id, "handover.resumed", handover.id, working_days=lost,
                  before=before.isoformat() if before else "",
                  after=handover.node_due.isoformat() if handover.node_due else "")
    return handover


def cancel(session: Session, viewer: Viewer, handover_id: str, reason: str) -> Handover:
    """End a handover that will not take place; everything stays readable to whoever could read it.

    Raises:
        NotFound, NotAllowed, Conflict: as ``turns.begin``.
        Invalid: there is no reason.
    """
    handover, step = begin(session, viewer, handover_id, Action.cancel)
    move(session, viewer, handover, step, reason=reason_given(reason))
    return handover


def set_urgency(session: Session, viewer: Viewer, handover_id: str, urgent: bool) -> Handover:
    """Switch urgent mode, in which every node takes half its days; the running node is counted anew.

    Raises:
        NotFound, NotAllowed, Conflict: as ``arrangeable``.
    """
    handover = arrangeable(session, viewer, handover_id)
    if handover.urgent is not urgent:
        handover.urgent = urgent
        set_node_deadline(session, handover)
        ledger.record(session, viewer.person_id, "handover.urgency", handover.id, before=not urgent, after=urgent,
                      due=handover.node_due.isoformat() if handover.node_due else "")
    return handover


def set_last_day(session: Session, viewer: Viewer, handover_id: str, last_day: date | None) -> Handover:
    """Move the day the leaver goes; what was due on it, and what would be due after it, is due on the new one.

    Raises:
        NotFound, NotAllowed, Conflict: as ``arrangeable``.
        Invalid: there is no day, or it has passed.
    """
    handover = arrangeable(session, viewer, handover_id)
    if last_day is None or last_day < today():
        raise Invalid("handover.last_day", "请填写今天或以后的离任日。")
    before, handover.last_day = handover.last_day, last_day
    if before == last_day:
        return handover
    for row in _deliverables(session, handover.id):
        if row.due_on is not None and (row.due_on == before or row.due_on > last_day):
            row.due_on = last_day
    if handover.node is Node.delivering:
        set_node_deadline(session, handover, since=handover.node_since)
    ledger.record(session, viewer.person_id, "handover.last_day", handover.id,
                  before=before.isoformat() if before else "", after=last_day.isoformat())
    tell(session, handover, {handover.leaver_id} | receivers_of(session, handover.id).people(),
         "「{title}」的离任日改为 {day}，期限已随之调整。", title=handover.title, day=last_day.isoformat())
    return handover


def set_limits(session: Session, viewer: Viewer, handover_id: str, limits: str) -> Handover:
    """Write what the receiver may approve (up to 500 characters), before anybody has signed it.

    Raises:
        NotFound, NotAllowed, Conflict: as ``arrangeable``.
        Conflict: somebody signed the limits already.
    """
    handover = arrangeable(session, viewer, handover_id)
    if agreements.limits_signed(session, handover):
        raise Conflict("limits.signed", "已有人签署审批边界，不能再改。如需变更，请另行签署补充声明。")
    before, handover.approval_limits = handover.approval_limits, limits.strip()[:500]
    ledger.record(session, viewer.person_id, "handover.limits", handover.id, before=before,
                  after=handover.approval_limits)
    return handover


def excuse(session: Session, viewer: Viewer, deliverable_id: str, reason: str) -> Deliverable:
    """Let a deliverable off that does not exist in this post, with a reason; an empty reason takes it back.

    Raises:
        NotFound: there is no such deliverable for the viewer.
        NotAllowed, Conflict: as ``arrangeable``.
        Conflict: something is handed in for it, or the delivery is not open.
    """
    row = deliverable_of(session, deliverable_id)
    handover = arrangeable(session, viewer, row.handover_id)
    if handover.node is not Node.delivering:
        raise Conflict("excuse.late", "交付阶段已结束，不能再调整免交。")
    if reason.strip() and by_deliverable(files_of(session, handover.id)).get(row.id):
        raise Conflict("excuse.submitted", "这项已有文件，不能免交。")
    before = row.excused_reason
    row.excused_by, row.excused_reason = (viewer.person_id, reason.strip()[:500]) if reason.strip() else ("", "")
    ledger.record(session, viewer.person_id, "deliverable.excused", row.id, handover=handover.id,
                  module=row.module.value, title=row.title,
                  before=before, after=row.excused_reason)
    return row


def deliverable_of(session: Session, deliverable_id: str) -> Deliverable:
    """The deliverable.

    Raises:
        NotFound: there is none.
    """
    row = session.get(Deliverable, deliverable_id)
    if row is None:
        raise NotFound("deliverable.unknown", "没有这项交付物，请检查链接。")
    return row


def _deliverables(session: Session, handover_id: str) -> list[Deliverable]:
    wanted = select(Deliverable).where(Deliverable.handover_id == handover_id).order_by(col(Deliverable.ordinal))
    return list(session.exec(wanted))
