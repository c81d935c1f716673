"""Opening a handover: its deliverables are copied from the role template, and the leaver may see all of their own."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from kb import ledger
from kb.access import Classification, Module, Permission
from kb.clock import today
from kb.errors import Conflict, Invalid
from kb.grants import write_grant
from kb.handover import editions, template, turns
from kb.handover.case import Deliverable, Handover, Receiver
from kb.handover.workdays import add_working_days
from kb.handover.workflow import offset_for
from kb.people import Person
from kb.viewing import Viewer


def open_handover(
    session: Session, viewer: Viewer, role: str, leaver: Person, successor: Person | None = None, *,
    head: Person | None = None, title: str = "", last_day: date | None = None, urgent: bool = False,
    agreements: bool = False,
) -> Handover:
    """Open the handover of ``leaver``'s post after the template ``role`` (``coo``). ``title`` empty means a made one.

    The leaver is granted all five modules up to restricted; the successor becomes the receiver of every module, and
    is granted nothing, nor is the head. ``urgent`` halves every deadline. With ``agreements`` whoever is granted
    something reads only what is internal until they have signed confidentiality and approval limits.

    Raises:
        NotAllowed: the viewer may not open handovers.
        NotFound: there is no such template.
        Invalid: leaver and successor are the same person, or the title is over 120 characters.
        Conflict: somebody named on it is deactivated.
    """
    viewer.require(Permission.open_handover)
    plan, version = editions.current(session, role), editions.current_version(session, role)
    _check(title, leaver, successor, head)
    handover = Handover(
        template=plan.key, template_version=version, leaver_id=leaver.id,
        title=title.strip() or f"{leaver.name}（{plan.title}）离任交接",
        successor_id=successor.id if successor else None, head_id=head.id if head else None,
        last_day=last_day, opened_by=viewer.person_id, urgent=urgent, agreements_required=agreements,
    )
    session.add(handover)
    session.flush()
    _copy_deliverables(session, handover, plan)
    if successor is not None:
        session.add_all([Receiver(handover_id=handover.id, module=m, person_id=successor.id) for m in Module])
        session.flush()
    turns.set_node_deadline(session, handover)
    ledger.record(session, viewer.person_id, "handover.opened", handover.id, template=plan.key, version=version,
                  leaver=leaver.id, successor=successor.id if successor else "", head=head.id if head else "",
                  due=handover.node_due.isoformat() if handover.node_due else "", urgent=urgent)
    turns.tell(session, handover, turns.turn_of(session, handover), "「{title}」已发起，请按清单交付。",
               title=handover.title)
    for module in Module:
        write_grant(session, viewer, leaver.id, handover.id, module, Classification.restricted)
    return handover


def _check(title: str, leaver: Person, successor: Person | None, head: Person | None) -> None:
    if head is not None and head.id in (leaver.id, successor.id if successor else ""):
        raise Invalid("head.conflict", "审核人不能是离任者或接收方，请另选一位。")
    if successor is not None and successor.id == leaver.id:
        raise Invalid("handover.same_person", "离任者与接任者不能是同一个人，请重新选择。")
    if len(title.strip()) > 120:
        raise Invalid("handover.long_title", "交接名称最多 120 个字，请缩短。")
    for person in (leaver, successor, head):
        if person is not None and not person.active:
            raise Conflict("handover.inactive", "{name} 的账号已停用，不能列入交接。", name=person.name)


def _copy_deliverables(session: Session, handover: Handover, plan: template.Template) -> None:
    """The due days count from today in working days, and are never later than the last day."""
    for ordinal, spec in enumerate(plan.deliverables):
        due = add_working_days(today(), offset_for(spec.due_in_working_days, urgent=handover.urgent))
        last = handover.last_day
        session.add(Deliverable(
            handover_id=handover.id, module=spec.module, key=spec.key, title=spec.title, title_en=spec.title_en,
            ordinal=ordinal, weight=spec.weight, owner_id=handover.leaver_id,
            due_on=min(due.day, last) if last and last >= today() else due.day,
            due_provisional=due.provisional,
        ))  # fmt: skip
    session.flush()
