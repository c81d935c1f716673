"""What a viewer would do next in a handover, and what has been signed: the top of its room, and the home page."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from kb.access import Module
from kb.handover import agreements
from kb.handover.case import Handover
from kb.handover.participation import Receivers, reads_log, receivers_of_all, visible_handovers
from kb.handover.review import Reviewed, reviewed_all
from kb.handover.turns import ModuleReceipt, owed_modules, parts_of, receipts_of_all
from kb.handover.workflow import Action, Actor, Node, actions_at
from kb.ledger import LedgerEntry
from kb.viewing import Viewer


class Task(StrEnum):
    """A kind of thing to do; the page words it."""

    sign_agreements = "sign_agreements"
    hand_in = "hand_in"
    mend = "mend"
    submit = "submit"
    review = "review"
    send_back = "send_back"
    approve = "approve"
    confirm = "confirm"
    name_receivers = "name_receivers"
    receive = "receive"
    confirm_returns = "confirm_returns"
    archive = "archive"
    resume = "resume"


TASK_NAMES = {
    Task.sign_agreements: "签署协议", Task.hand_in: "提交缺少的 {count} 项", Task.mend: "补充被退回的 {count} 项",
    Task.submit: "签字提交审核", Task.review: "审核剩下的 {count} 项",
    Task.send_back: "把退回的 {count} 项交离任者补充", Task.approve: "签字通过审核", Task.confirm: "签字确认",
    Task.name_receivers: "为 {count} 个模块指定接收方", Task.receive: "签收「{module}」",
    Task.confirm_returns: "确认资产与账号已归还", Task.archive: "签字归档", Task.resume: "恢复暂停的交接",
}  # fmt: skip


@dataclass(frozen=True)
class NextStep:
    """One thing to do in one handover: where it is done, how many things it is about, and for which module."""

    handover: Handover
    task: Task
    link: str
    count: int = 0
    module: Module | None = None


@dataclass(frozen=True)
class Reasoned:
    """Why a handover is with its leaver again, or was cancelled: when, by whom; the module if one was refused."""

    at: datetime
    by: str
    reason: str
    module: Module | None


_REASONED = {Node.delivering: (Action.send_back, Action.reject), Node.cancelled: (Action.cancel,)}
"""The steps with a reason that lead to a node."""


def reason_said(session: Session, viewer: Viewer, handover: Handover) -> Reasoned | None:
    """What was said as it came to where it is; None where nothing was, or for whom the handover's log is closed."""
    if handover.node not in _REASONED or (handover.node is Node.delivering and handover.round == 1):
        return None
    if not reads_log(viewer, handover):
        return None
    ways = [f"handover.{action.value}" for action in _REASONED[handover.node]]
    entry = session.exec(
        select(LedgerEntry).where(LedgerEntry.object_id == handover.id, col(LedgerEntry.action).in_(ways))
        .order_by(col(LedgerEntry.number).desc()).limit(1)
    ).first()
    if entry is None:
        return None
    said = json.loads(entry.body)["detail"]
    module = Module(said["module"]) if said.get("module") else None
    return Reasoned(entry.at, entry.actor_id, str(said.get("reason", "")), module)


def next_steps(
    session: Session, viewer: Viewer, handover: Handover, rows: Sequence[Reviewed] | None = None
) -> list[NextStep]:
    """What the viewer should do now, the first thing first; empty where it is somebody else's turn.

    ``rows`` is what ``reviewed`` gave, None where it was not asked yet.
    """
    if handover.ended:
        return []
    return _steps(session, viewer, [handover], {} if rows is None else {handover.id: rows})


def waiting_for(session: Session, viewer: Viewer) -> list[NextStep]:
    """What the viewer should do in all their handovers, the nearest deadline first; as many queries as for one."""
    running = [h for h in visible_handovers(session, viewer) if not h.ended]
    running.sort(key=lambda h: (h.node_due is None, h.node_due or h.opened_at.date()))
    return _steps(session, viewer, running, {})


def _steps(
    session: Session, viewer: Viewer, handovers: Sequence[Handover], known: Mapping[str, Sequence[Reviewed]]
) -> list[NextStep]:
    """Everything that is asked of the database is asked for all the handovers at once."""
    receivers = receivers_of_all(session, [h.id for h in handovers])
    parts = {h.id: parts_of(viewer, h, receivers[h.id]) for h in handovers}
    taking_part = [h for h in handovers if parts[h.id]]
    unsigned = agreements.outstanding_in(session, taking_part, viewer.person_id, receivers)
    acting = {h.id: h for h in taking_part if not h.paused and _may_act(h, parts[h.id])}
    rows = known or reviewed_all(session, list(acting.values()))
    receipts = receipts_of_all(session, [h for h in acting.values() if h.node is Node.receiving], rows)
    steps = []
    for h in taking_part:
        base, hr = f"/handovers/{h.id}", Actor.hr in parts[h.id]
        if h.paused:
            steps += [NextStep(h, Task.resume, f"{base}/arrange")] if hr else []
            continue
        if unsigned[h.id]:
            steps.append(NextStep(h, Task.sign_agreements, f"{base}/agreements"))
        if h.id in acting:
            mine = receivers[h.id].modules_of(viewer.person_id)
            steps += (_receiving(h, receipts[h.id], mine, base, hr=hr) if h.node is Node.receiving
                      else _before_receiving(h, rows[h.id], receivers[h.id], base))  # fmt: skip
    return steps


def _may_act(handover: Handover, parts: Collection[Actor]) -> bool:
    return any(row.actor in parts for row in actions_at(handover.node) if row.action is not Action.cancel)


def _before_receiving(
    handover: Handover, rows: Sequence[Reviewed], receivers: Receivers, base: str
) -> list[NextStep]:
    if handover.node is Node.delivering:
        return _delivering(handover, rows, base)
    if handover.node is Node.head_review:
        return _reviewing(handover, rows, base)
    return _confirming(handover, rows, receivers, base)


def _delivering(handover: Handover, rows: Sequence[Reviewed], base: str) -> list[NextStep]:
    returned, owed = [r for r in rows if r.returned], [r for r in rows if r.missing]
    if returned:
        return [NextStep(handover, Task.mend, f"{base}#d-{returned[0].deliverable.id}", len(returned))]
    if owed:
        return [NextStep(handover, Task.hand_in, f"{base}#d-{owed[0].deliverable.id}", len(owed))]
    return [NextStep(handover, Task.submit, f"{base}/steps/{Action.submit.value}")]


def _reviewing(handover: Handover, rows: Sequence[Reviewed], base: str) -> list[NextStep]:
    left, returned = [r for r in rows if not r.done and not r.returned], [r for r in rows if r.returned]
    if left:
        return [NextStep(handover, Task.review, f"{base}/review", len(left))]
    if returned:
        return [NextStep(handover, Task.send_back, f"{base}/steps/{Action.send_back.value}", len(returned))]
    return [NextStep(handover, Task.approve, f"{base}/steps/{Action.approve.value}")]


def _confirming(handover: Handover, rows: Sequence[Reviewed], receivers: Receivers, base: str) -> list[NextStep]:
    without = [m for m in owed_modules(rows) if m not in receivers.rows]
    if without:
        return [NextStep(handover, Task.name_receivers, f"{base}/arrange", len(without))]
    return [NextStep(handover, Task.confirm, f"{base}/steps/{Action.confirm.value}")]


def _receiving(
    handover: Handover, receipts: Sequence[ModuleReceipt], mine: Collection[Module], base: str, *, hr: bool
) -> list[NextStep]:
    waiting = [receipt.module for receipt in receipts if not receipt.signed_by]
    steps = [
        NextStep(handover, Task.receive, f"{base}/steps/{Action.receive.value}?module={m.value}", module=m)
        for m in waiting if m in mine
    ]  # fmt: skip
    if hr and handover.returned_at is None:
        steps.append(NextStep(handover, Task.confirm_returns, f"{base}/arrange#returns"))
    elif hr and not waiting:
        steps.append(NextStep(handover, Task.archive, f"{base}/steps/{Action.archive.value}"))
    return steps
