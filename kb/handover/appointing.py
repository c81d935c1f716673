"""Who does what in a handover: receivers by module, their deputies, the reviewer, the owner of a deliverable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session

from kb import ledger
from kb.access import MODULE_NAMES, Module
from kb.clock import today
from kb.errors import Conflict, Invalid
from kb.handover import agreements
from kb.handover.arranging import arrangeable, deliverable_of
from kb.handover.case import Deliverable, Handover, Receiver
from kb.handover.participation import receivers_of
from kb.handover.turns import hr_ids, tell
from kb.people import Person, names_of
from kb.viewing import Viewer


def name_receivers(
    session: Session, viewer: Viewer, handover_id: str, modules: Iterable[Module], person: Person
) -> None:
    """Make a person the receiver of modules; a deputy of the former receiver goes with them.

    Raises:
        NotFound, NotAllowed, Conflict: as ``arrangeable``.
        Invalid: the person is the leaver or the reviewer.
        Conflict: the person is deactivated.
    """
    handover = arrangeable(session, viewer, handover_id)
    _check_receiver(handover, person)
    current = receivers_of(session, handover.id).rows
    for module in modules:
        row = current.get(module)
        before = row.person_id if row else ""
        if before == person.id:
            continue
        if row is None:
            session.add(Receiver(handover_id=handover.id, module=module, person_id=person.id))
        else:
            row.person_id, row.deputy_id, row.deputy_until = person.id, None, None
        ledger.record(session, viewer.person_id, "receiver.named", handover.id, module=module.value, before=before,
                      after=person.id)
    session.flush()
    handover.successor_id = handover.successor_id or person.id
    agreements.lock_again(session, handover, [person.id])
    tell(session, handover, [person.id], "您将在「{title}」中接收模块，请先签署协议并阅读资料。", title=handover.title)


def appoint_deputy(
    session: Session, viewer: Viewer, handover_id: str, module: Module, deputy: Person | None, until: date | None = None
) -> None:
    """Let somebody sign for a module's receiver until a day (inclusive; None: until taken back).

    None as deputy ends it.

    Raises:
        NotFound, NotAllowed, Conflict: as ``arrangeable``.
        Invalid: the module has no receiver, the deputy is the leaver or reviewer, or the day has passed.
    """
    handover = arrangeable(session, viewer, handover_id)
    row = receivers_of(session, handover.id).rows.get(module)
    if row is None:
        raise Invalid("receiver.none", "「{module}」还没有接收方，请先指定接收方。", module=MODULE_NAMES[module])
    if deputy is not None:
        _check_receiver(handover, deputy)
        if until is not None and until < today():
            raise Invalid("deputy.past", "代理截止日已经过去，请改选日期。")
    before = row.deputy_id or ""
    row.deputy_id, row.deputy_until = (deputy.id, until) if deputy else (None, None)
    ledger.record(session, viewer.person_id, "deputy.appointed" if deputy else "deputy.ended", handover.id,
                  module=module.value, before=before, after=row.deputy_id or "",
                  until=until.isoformat() if until and deputy else "")
    session.flush()
    if deputy is not None:
        agreements.lock_again(session, handover, [deputy.id])
        tell(session, handover, [deputy.id], "您被指定为「{title}」的代理接收人。", title=handover.title)


def name_head(session: Session, viewer: Viewer, handover_id: str, head: Person) -> Handover:
    """Name who reviews.

    Raises:
        NotFound, NotAllowed, Conflict: as ``arrangeable``.
        Invalid: the person is the leaver or a receiver.
        Conflict: the person is deactivated.
    """
    handover = arrangeable(session, viewer, handover_id)
    if head.id == handover.leaver_id or head.id in receivers_of(session, handover.id).people():
        raise Invalid("head.conflict", "审核人不能是离任者或接收方，请另选一位。")
    _check_active(head)
    before, handover.head_id = handover.head_id, head.id
    ledger.record(session, viewer.person_id, "head.named", handover.id, before=before or "", after=head.id)
    agreements.lock_again(session, handover, [head.id])
    tell(session, handover, [head.id], "您被指定审核「{title}」。", title=handover.title)
    return handover


def reassign(
    session: Session, viewer: Viewer, deliverable_id: str, owner: Person, due_on: date | None = None
) -> Deliverable:
    """Give a deliverable to another owner, and another day where ``due_on`` is given.

    Raises:
        NotFound: there is no such deliverable for the viewer.
        NotAllowed, Conflict: as ``arrangeable``.
        Conflict: the new owner is deactivated.
    """
    row = deliverable_of(session, deliverable_id)
    handover = arrangeable(session, viewer, row.handover_id)
    _check_active(owner)
    before = {"owner": row.owner_id, "due_on": row.due_on.isoformat() if row.due_on else ""}
    row.owner_id, row.due_on = owner.id, due_on or row.due_on
    ledger.record(session, viewer.person_id, "deliverable.reassigned", row.id, handover=handover.id,
                  module=row.module.value, title=row.title,
                  before=before, after={"owner": owner.id, "due_on": row.due_on.isoformat() if row.due_on else ""})
    tell(session, handover, [owner.id, *hr_ids(session)], "「{title}」改由 {name} 负责。", title=row.title,
         name=names_of(session, [owner.id]).get(owner.id, ""))
    return row


def _check_receiver(handover: Handover, person: Person) -> None:
    if person.id in (handover.leaver_id, handover.head_id):
        raise Invalid("receiver.conflict", "接收方不能是离任者或审核人，请另选一位。")
    _check_active(person)


def _check_active(person: Person) -> None:
    if not person.active:
        raise Conflict("handover.inactive", "{name} 的账号已停用，不能列入交接。", name=person.name)
