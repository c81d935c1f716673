"""Opening a handover: its deliverables are copied from the role template, and the leaver may see all of their own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlmodel import Session

from kb import ledger
from kb.access import Classification, Module, Permission
from kb.errors import Conflict, Invalid
from kb.grants import write_grant
from kb.handover import template
from kb.handover.case import Deliverable, Handover
from kb.people import Person
from kb.settings import settings
from kb.viewing import Viewer


def own_templates() -> Path:
    """Where the company keeps its edited copies of role templates; the folder need not exist."""
    return settings().home / "roles"


def open_handover(
    session: Session, viewer: Viewer, role: str, leaver: Person, successor: Person | None = None, *,
    head: Person | None = None, title: str = "", last_day: date | None = None,
) -> Handover:
    """Open the handover of ``leaver``'s post after the template ``role`` (``coo``). ``title`` empty means a made one.

    The leaver is granted all five modules up to restricted; successor and head are named on it and granted nothing.

    Raises:
        NotAllowed: the viewer may not open handovers.
        NotFound: there is no such template.
        Invalid: leaver and successor are the same person, or the title is over 120 characters.
        Conflict: somebody named on it is deactivated.
    """
    viewer.require(Permission.open_handover)
    plan = template.load(role, own_templates())
    _check(title, leaver, successor, head)
    handover = Handover(
        template=plan.key, title=title.strip() or f"{leaver.name}（{plan.title}）离任交接", leaver_id=leaver.id,
        successor_id=successor.id if successor else None, head_id=head.id if head else None,
        last_day=last_day, opened_by=viewer.person_id,
    )
    session.add(handover)
    session.flush()
    _copy_deliverables(session, handover, plan)
    ledger.record(session, viewer.person_id, "handover.opened", handover.id, template=plan.key, leaver=leaver.id,
                  successor=successor.id if successor else None, head=head.id if head else None)
    for module in Module:
        write_grant(session, viewer, leaver.id, handover.id, module, Classification.restricted)
    return handover


def _check(title: str, leaver: Person, successor: Person | None, head: Person | None) -> None:
    if successor is not None and successor.id == leaver.id:
        raise Invalid("handover.same_person", "离任者与接任者不能是同一个人，请重新选择。")
    if len(title.strip()) > 120:
        raise Invalid("handover.long_title", "交接名称最多 120 个字，请缩短。")
    for person in (leaver, successor, head):
        if person is not None and not person.active:
            raise Conflict("handover.inactive", "{name} 的账号已停用，不能列入交接。", name=person.name)


def _copy_deliverables(session: Session, handover: Handover, plan: template.Template) -> None:
    for ordinal, spec in enumerate(plan.deliverables):
        session.add(Deliverable(
            handover_id=handover.id, module=spec.module, key=spec.key, title=spec.title, title_en=spec.title_en,
            ordinal=ordinal, owner_id=handover.leaver_id, due_on=handover.last_day,
        ))
    session.flush()
