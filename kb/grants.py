"""Granting and revoking: one module of one handover for one person, up to a classification.

Nothing is implied: who may see strategy sees no finance, and a successor of the whole post sees nothing until somebody
grants it. At most one grant per person, handover and module is live; a new one replaces it. The scope is computed anew
for every request, so both take effect with the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from kb import ledger
from kb.access import Classification, Clearance, Grant, Module, Permission
from kb.db import now
from kb.errors import Conflict, NotAllowed, NotFound
from kb.handover.case import Handover
from kb.people import Person
from kb.viewing import Viewer


@dataclass(frozen=True)
class GrantRow:
    """One person's live grants in a handover; a module without a grant is absent from ``by_module``."""

    person: Person
    by_module: dict[Module, Grant]


def grant(
    session: Session, viewer: Viewer, person: Person, handover_id: str, module: Module, up_to: Classification
) -> Grant:
    """Open a module of a handover to a person up to a classification; the same grant again changes nothing.

    Raises:
        NotAllowed: the viewer may not grant, or grants to themselves.
        NotFound: there is no such handover.
        Conflict: the person is deactivated.
    """
    viewer.require(Permission.manage_grants)
    if session.get(Handover, handover_id) is None:
        raise NotFound("handover.unknown", "没有这个交接，请检查编号。")
    if person.id == viewer.person_id:
        raise NotAllowed("grant.self", "不能给自己授权。请由另一位人事或管理员操作。")
    if not person.active:
        raise Conflict("grant.inactive", "{name} 的账号已停用。请先恢复账号，再授权。", name=person.name)
    return write_grant(session, viewer, person.id, handover_id, module, up_to)


def write_grant(
    session: Session, viewer: Viewer, person_id: str, handover_id: str, module: Module, up_to: Classification
) -> Grant:
    """Write a grant without asking whether the viewer may; for rules that decided it, such as opening a handover."""
    live = session.exec(_live(handover_id).where(Grant.person_id == person_id, Grant.module == module)).first()
    if live is not None and live.up_to == up_to:
        return live
    if live is not None:
        _end(session, viewer, live)
    made = Grant(
        person_id=person_id, handover_id=handover_id, module=module, up_to=up_to, granted_by=viewer.person_id,
        locked=must_sign_first(session, handover_id, person_id),
    )
    session.add(made)
    ledger.record(session, viewer.person_id, "grant.given", made.id, person=person_id, handover=handover_id,
                  module=module.value, up_to=up_to.value)
    return made


def must_sign_first(session: Session, handover_id: str, person_id: str) -> bool:
    """Whether the person still has to sign the handover's agreements before anything confidential opens to them."""
    handover = session.get(Handover, handover_id)
    if handover is None or not handover.agreements_required or person_id == handover.leaver_id:
        return False
    return session.get(Clearance, (person_id, handover_id)) is None


def revoke(session: Session, viewer: Viewer, grant_id: str) -> Grant:
    """End a grant; what it opened is closed with the person's next request.

    Raises:
        NotAllowed: the viewer may not manage grants.
        NotFound: there is no such grant, or it was revoked before.
    """
    viewer.require(Permission.manage_grants)
    found = session.get(Grant, grant_id)
    if found is None or found.revoked_at is not None:
        raise NotFound("grant.unknown", "没有这项授权，可能已被撤销。")
    _end(session, viewer, found)
    return found


def set_grants(
    session: Session, viewer: Viewer, person: Person, handover_id: str, wanted: Mapping[Module, Classification | None]
) -> None:
    """Make a person's live grants in a handover equal to ``wanted``; None revokes, an absent module stays as it is.

    Raises:
        NotAllowed, NotFound, Conflict: as ``grant`` and ``revoke``.
    """
    live = {g.module: g for g in list_grants(session, viewer, handover_id=handover_id, person_id=person.id)}
    for module, up_to in wanted.items():
        if up_to is not None:
            grant(session, viewer, person, handover_id, module, up_to)
        elif module in live:
            revoke(session, viewer, live[module].id)


def list_grants(
    session: Session, viewer: Viewer, *, handover_id: str = "", person_id: str = "", revoked: bool = False
) -> list[Grant]:
    """Grants, oldest first; ``revoked=True`` adds those that ended. Without the right to manage, only one's own.

    An empty ``handover_id`` or ``person_id`` does not restrict.
    """
    wanted = select(Grant).order_by(col(Grant.granted_at), Grant.id)
    if not _reads_all(viewer):
        wanted = wanted.where(Grant.person_id == viewer.person_id)
    if handover_id:
        wanted = wanted.where(Grant.handover_id == handover_id)
    if person_id:
        wanted = wanted.where(Grant.person_id == person_id)
    if not revoked:
        wanted = wanted.where(col(Grant.revoked_at).is_(None))
    return list(session.exec(wanted))


def grant_rows(session: Session, viewer: Viewer, handover_id: str) -> list[GrantRow]:
    """The matrix of a handover: every active person by name, with what is open to them.

    Raises:
        NotAllowed: the viewer may neither manage grants nor audit.
        NotFound: there is no such handover.
    """
    if not _reads_all(viewer):
        raise NotAllowed("viewer.not_allowed", "您的角色不能进行此操作。如有需要，请联系人事或管理员。")
    if session.get(Handover, handover_id) is None:
        raise NotFound("handover.unknown", "没有这个交接，请检查编号。")
    live = list(session.exec(_live(handover_id)))
    people = session.exec(select(Person).where(Person.active).order_by(Person.name, Person.id))
    return [GrantRow(person, _by_module(g for g in live if g.person_id == person.id)) for person in people]


def _reads_all(viewer: Viewer) -> bool:
    return viewer.may(Permission.manage_grants) or viewer.may(Permission.view_every_checklist)


def _by_module(grants: Iterable[Grant]) -> dict[Module, Grant]:
    return {g.module: g for g in grants}


def _live(handover_id: str) -> SelectOfScalar[Grant]:
    return select(Grant).where(Grant.handover_id == handover_id, col(Grant.revoked_at).is_(None))


def _end(session: Session, viewer: Viewer, found: Grant) -> None:
    found.revoked_at, found.revoked_by = now(), viewer.person_id
    session.add(found)
    ledger.record(session, viewer.person_id, "grant.revoked", found.id, person=found.person_id,
                  handover=found.handover_id, module=found.module.value)
