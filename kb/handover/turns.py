"""Whose turn it is in a handover, and moving it from node to node with deadline, log entry and notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from kb import ledger, notices
from kb.access import Module
from kb.clock import today
from kb.db import now
from kb.errors import Conflict, Invalid, NotAllowed
from kb.handover.case import Deliverable, Handover, Receiver
from kb.handover.contents import FileOf, digest_of
from kb.handover.participation import Receivers, receivers_of, receivers_of_all, visible_handover
from kb.handover.review import Reviewed, reviewed
from kb.handover.signing import Purpose, Signature, holding, signatures_of_all
from kb.handover.workdays import add_working_days
from kb.handover.workflow import NODE_NAMES, Action, Actor, Node, Transition, days_for, transition
from kb.people import Person, Role
from kb.viewing import Viewer


def acting(session: Session, viewer: Viewer, handover: Handover) -> frozenset[Actor]:
    """The parts the viewer plays in a handover today."""
    return parts_of(viewer, handover, receivers_of(session, handover.id))


def parts_of(viewer: Viewer, handover: Handover, receivers: Receivers) -> frozenset[Actor]:
    """The parts the viewer plays, the receivers being known; the leaver never plays another one in it."""
    if viewer.person_id == handover.leaver_id:
        return frozenset({Actor.leaver})
    parts = set()
    if viewer.person_id == handover.head_id:
        parts.add(Actor.head)
    if viewer.role is Role.hr:
        parts.add(Actor.hr)
    if receivers.modules_of(viewer.person_id):
        parts.add(Actor.receiver)
    return frozenset(parts)


def begin(session: Session, viewer: Viewer, handover_id: str, action: Action) -> tuple[Handover, Transition]:
    """The handover, locked for this transaction, and the row of the table the action takes.

    Raises:
        NotFound: the viewer may not know of the handover.
        NotAllowed: the action is somebody else's.
        Conflict: the handover is paused, or the action is not possible where it stands.
    """
    visible_handover(session, viewer, handover_id)
    handover = session.exec(
        select(Handover).where(Handover.id == handover_id).with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    step = step_of(session, viewer, handover, action)
    if handover.paused and action is not Action.cancel:
        raise Conflict("handover.paused", "交接已暂停，恢复后才能继续。")
    return handover, step


def step_of(session: Session, viewer: Viewer, handover: Handover, action: Action) -> Transition:
    """The row of the table for an action that is the viewer's to take.

    Raises:
        NotAllowed: the action is somebody else's.
        Conflict: it is not possible where the handover stands.
    """
    step = transition(handover.node, action)
    if step.actor not in acting(session, viewer, handover):
        raise NotAllowed("handover.not_your_turn", "这一步不由您操作。如果安排有误，请联系人事。")
    return step


def require_receiver(session: Session, viewer: Viewer, handover: Handover, module: Module) -> Receiver:
    """Who takes the module over, if the viewer may act for them today.

    Raises:
        NotAllowed: the module is not theirs.
    """
    receivers = receivers_of(session, handover.id)
    if viewer.person_id not in receivers.acting_for(module):
        raise NotAllowed("receive.not_yours", "这个模块不由您接收。")
    return receivers.rows[module]


def reason_given(text: str) -> str:
    """A reason as it is kept, up to 1000 characters.

    Raises:
        Invalid: there is none.
    """
    if not text.strip():
        raise Invalid("handover.no_reason", "请写明原因，对方要知道该补什么。")
    return text.strip()[:1000]


def move(session: Session, viewer: Viewer, handover: Handover, step: Transition, **detail: str) -> None:
    """Take the row of the table: node, deadline, round, log entry, and a notice to whoever is next."""
    before = handover.node
    handover.node, handover.node_since = step.target, now()
    if step.restarts:
        handover.round += 1
    if handover.ended:
        handover.ended_at, handover.node_due = now(), None
    else:
        set_node_deadline(session, handover)
    ledger.record(session, viewer.person_id, f"handover.{step.action.value}", handover.id, before=before.value,
                  after=step.target.value, round=handover.round,
                  due=handover.node_due.isoformat() if handover.node_due else "", **detail)
    said = "「{title}」被退回，请看原因并补充。" if step.restarts else "「{title}」进入「{node}」，请处理。"
    tell(session, handover, turn_of(session, handover), said, title=handover.title, node=NODE_NAMES[handover.node])
    session.flush()


def set_node_deadline(session: Session, handover: Handover, *, since: datetime | None = None) -> None:
    """Count the node's working days from today (or ``since``); delivering lasts until its last deliverable."""
    limit = add_working_days(today(since), days_for(handover.node, urgent=handover.urgent))
    handover.node_due, handover.due_provisional = limit.day, limit.provisional
    if handover.node is Node.delivering:
        owed = session.exec(select(Deliverable).where(Deliverable.handover_id == handover.id)).all()
        days = [d.due_on for d in owed if d.due_on is not None]
        handover.node_due = max([limit.day, *days]) if handover.round == 1 else limit.day


def turn_of(session: Session, handover: Handover) -> frozenset[str]:
    """Ids of the people who must act now; none at an end."""
    if handover.node is Node.delivering:
        return frozenset({handover.leaver_id})
    if handover.node is Node.head_review:
        return frozenset({handover.head_id} if handover.head_id else hr_ids(session))
    if handover.node is Node.hr_confirmation:
        return hr_ids(session)
    if handover.node is Node.receiving:
        receivers, waiting = receivers_of(session, handover.id), unreceived(session, handover)
        return frozenset(p for m in waiting for p in receivers.acting_for(m)) or hr_ids(session)
    return frozenset({handover.leaver_id, *receivers_of(session, handover.id).people()})


def hr_ids(session: Session) -> frozenset[str]:
    """Ids of every active person of HR."""
    return frozenset(session.exec(select(Person.id).where(Person.role == Role.hr, Person.active)))


def tell(session: Session, handover: Handover, people: Iterable[str], message: str, **params: str) -> None:
    """Put a notice about a handover before people, with a link to its room."""
    notices.notify(session, sorted(people), notices.NoticeKind.turn, message, link=f"/handovers/{handover.id}",
                   handover_id=handover.id, **params)


@dataclass(frozen=True)
class ModuleReceipt:
    """Who takes a module over, and who signed for it as it now is; ids, empty where nobody."""

    module: Module
    receiver_id: str
    deputy_id: str
    signed_by: str


def receipts_of(session: Session, handover: Handover, rows: Sequence[Reviewed] | None = None) -> list[ModuleReceipt]:
    """Every module in which something is owed, in order, with its receiver and the signature that holds.

    ``rows`` is what ``reviewed`` gave, None where it was not asked yet.
    """
    rows = reviewed(session, handover) if rows is None else rows
    return receipts_of_all(session, [handover], {handover.id: rows})[handover.id]


def receipts_of_all(
    session: Session, handovers: Sequence[Handover], rows: Mapping[str, Sequence[Reviewed]]
) -> dict[str, list[ModuleReceipt]]:
    """By handover id what ``receipts_of`` gives of each, in as many queries as for one; ``rows`` by handover id too."""
    if not handovers:
        return {}
    ids = [handover.id for handover in handovers]
    signed, receivers = signatures_of_all(session, ids), receivers_of_all(session, ids)
    return {h.id: _receipts(h, rows[h.id], signed[h.id], receivers[h.id]) for h in handovers}


def _receipts(
    handover: Handover, rows: Sequence[Reviewed], signed: Sequence[Signature], receivers: Receivers
) -> list[ModuleReceipt]:
    made = []
    for module in owed_modules(rows):
        digest, row = digest_of(all_files(of_module(rows, module))), receivers.rows.get(module)
        held = holding(signed, handover, Purpose.receive, module.value, digest)
        made.append(ModuleReceipt(
            module, row.person_id if row else "", (row.deputy_id or "") if row else "", held.signer_id if held else ""
        ))  # fmt: skip
    return made


def unreceived(session: Session, handover: Handover) -> list[Module]:
    """The modules that owe something and carry no receiver's signature over what is handed in now."""
    return [receipt.module for receipt in receipts_of(session, handover) if not receipt.signed_by]


def all_files(rows: Iterable[Reviewed]) -> list[FileOf]:
    """The files of several deliverables, in order."""
    return [f for r in rows for f in r.files]


def of_module(rows: Iterable[Reviewed], module: Module) -> list[Reviewed]:
    """Those of one module."""
    return [r for r in rows if r.deliverable.module is module]


def owed_modules(rows: Sequence[Reviewed]) -> list[Module]:
    """The modules in which something is owed that HR did not let off."""
    return [m for m in Module if any(not r.excused for r in of_module(rows, m))]
