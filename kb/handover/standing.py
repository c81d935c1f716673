"""What a viewer would do next in a handover, and what has been signed: the top of its room, and the home page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from kb.access import Module
from kb.handover import agreements
from kb.handover.case import Decision, Handover
from kb.handover.contents import digest_of
from kb.handover.participation import receivers_of, visible_handovers
from kb.handover.review import reviewed
from kb.handover.signing import Purpose, holding, signatures_of
from kb.handover.turns import acting, all_files, of_module, owed_modules
from kb.handover.workflow import Action, Actor, Node
from kb.viewing import Viewer


class Task(StrEnum):
    """A kind of thing to do; the page words it."""

    sign_agreements = "sign_agreements"
    hand_in = "hand_in"
    mend = "mend"
    submit = "submit"
    review = "review"
    approve = "approve"
    confirm = "confirm"
    name_receivers = "name_receivers"
    receive = "receive"
    confirm_returns = "confirm_returns"
    archive = "archive"
    resume = "resume"


TASK_NAMES = {
    Task.sign_agreements: "签署协议", Task.hand_in: "提交缺少的 {count} 项", Task.mend: "补充被退回的 {count} 项",
    Task.submit: "签字提交审核", Task.review: "审核剩下的 {count} 项", Task.approve: "签字通过审核",
    Task.confirm: "签字确认", Task.name_receivers: "为 {count} 个模块指定接收方", Task.receive: "签收「{module}」",
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


def next_steps(session: Session, viewer: Viewer, handover: Handover) -> list[NextStep]:
    """What the viewer should do now, the first thing first; empty where it is somebody else's turn."""
    if handover.ended:
        return []
    base, parts = f"/handovers/{handover.id}", acting(session, viewer, handover)
    steps = []
    if parts and agreements.outstanding(session, handover, viewer.person_id):
        steps.append(NextStep(handover, Task.sign_agreements, f"{base}/agreements"))
    if handover.paused:
        return [NextStep(handover, Task.resume, f"{base}/arrange")] if Actor.hr in parts else []
    if handover.node is Node.delivering and Actor.leaver in parts:
        steps += _delivering(session, handover, base)
    elif handover.node is Node.head_review and Actor.head in parts:
        steps += _reviewing(session, handover, base)
    elif handover.node is Node.hr_confirmation and Actor.hr in parts:
        steps += _confirming(session, handover, base)
    elif handover.node is Node.receiving and parts & {Actor.hr, Actor.receiver}:
        steps += _receiving(session, viewer, handover, base, parts)
    return steps


def waiting_for(session: Session, viewer: Viewer) -> list[NextStep]:
    """What the viewer should do in all their handovers, the nearest deadline first."""
    running = [h for h in visible_handovers(session, viewer) if not h.ended]
    running.sort(key=lambda h: (h.node_due is None, h.node_due or h.opened_at.date()))
    return [step for handover in running for step in next_steps(session, viewer, handover)]


def _delivering(session: Session, handover: Handover, base: str) -> list[NextStep]:
    rows = reviewed(session, handover)
    returned = [r for r in rows if r.decision is Decision.returned]
    owed = [r for r in rows if not r.files and not r.excused]
    if returned:
        return [NextStep(handover, Task.mend, f"{base}#d-{returned[0].deliverable.id}", len(returned))]
    if owed:
        return [NextStep(handover, Task.hand_in, f"{base}#d-{owed[0].deliverable.id}", len(owed))]
    return [NextStep(handover, Task.submit, f"{base}/steps/{Action.submit.value}")]


def _reviewing(session: Session, handover: Handover, base: str) -> list[NextStep]:
    left = [r for r in reviewed(session, handover) if not r.done]
    if left:
        return [NextStep(handover, Task.review, f"{base}/review", len(left))]
    return [NextStep(handover, Task.approve, f"{base}/steps/{Action.approve.value}")]


def _confirming(session: Session, handover: Handover, base: str) -> list[NextStep]:
    named = receivers_of(session, handover.id).rows
    without = [m for m in owed_modules(reviewed(session, handover)) if m not in named]
    if without:
        return [NextStep(handover, Task.name_receivers, f"{base}/arrange", len(without))]
    return [NextStep(handover, Task.confirm, f"{base}/steps/{Action.confirm.value}")]


def _receiving(
    session: Session, viewer: Viewer, handover: Handover, base: str, parts: frozenset[Actor]
) -> list[NextStep]:
    waiting = [r.module for r in receipts_of(session, handover) if not r.signed_by]
    mine = receivers_of(session, handover.id).modules_of(viewer.person_id)
    steps = [
        NextStep(handover, Task.receive, f"{base}/steps/{Action.receive.value}?module={m.value}", module=m)
        for m in waiting if m in mine
    ]  # fmt: skip
    if Actor.hr in parts and handover.returned_at is None:
        steps.append(NextStep(handover, Task.confirm_returns, f"{base}/arrange#returns"))
    elif not waiting and Actor.hr in parts:
        steps.append(NextStep(handover, Task.archive, f"{base}/steps/{Action.archive.value}"))
    return steps


@dataclass(frozen=True)
class ModuleReceipt:
    """Who takes a module over, and who signed for it as it now is; ids, empty where nobody."""

    module: Module
    receiver_id: str
    deputy_id: str
    signed_by: str
    signature_id: str


def receipts_of(session: Session, handover: Handover) -> list[ModuleReceipt]:
    """Every module in which something is owed, in order, with its receiver and the signature that holds."""
    rows, signed = reviewed(session, handover), signatures_of(session, handover.id)
    receivers = receivers_of(session, handover.id).rows
    made = []
    for module in owed_modules(rows):
        digest, row = digest_of(all_files(of_module(rows, module))), receivers.get(module)
        held = holding(signed, handover, Purpose.receive, module.value, digest)
        made.append(ModuleReceipt(
            module, row.person_id if row else "", (row.deputy_id or "") if row else "",
            held.signer_id if held else "", held.id if held else "",
        ))  # fmt: skip
    return made
