"""Who takes part in a handover: who may know that it exists, who takes over what, and who may put documents into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from kb.access import Classification, Module, Permission, cell_of
from kb.clock import today
from kb.errors import Conflict, NotAllowed, NotFound
from kb.handover.case import Deliverable, Gap, GapState, Handover, Receiver
from kb.viewing import Viewer


@dataclass(frozen=True)
class Receivers:
    """Who takes over which module of one handover; modules without one are absent. ``on`` is the day asked for."""

    rows: Mapping[Module, Receiver]
    on: date

    def acting_for(self, module: Module) -> tuple[str, ...]:
        """Ids of the people who may sign for a module on that day: its receiver, and their deputy while appointed."""
        row = self.rows.get(module)
        if row is None:
            return ()
        deputising = row.deputy_id and (row.deputy_until is None or self.on <= row.deputy_until)
        return (row.person_id, row.deputy_id) if deputising and row.deputy_id else (row.person_id,)

    def modules_of(self, person_id: str) -> tuple[Module, ...]:
        """The modules that the person may sign for on that day, in their fixed order."""
        return tuple(m for m in Module if person_id in self.acting_for(m))

    def people(self) -> frozenset[str]:
        """Ids of all receivers and appointed deputies."""
        return frozenset(p for m in self.rows for p in self.acting_for(m))


def receivers_of(session: Session, handover_id: str) -> Receivers:
    """Who takes over which module today."""
    return receivers_of_all(session, [handover_id])[handover_id]


def receivers_of_all(session: Session, handover_ids: Sequence[str]) -> dict[str, Receivers]:
    """By handover id, in one query: who takes over which module today."""
    found: dict[str, dict[Module, Receiver]] = {handover_id: {} for handover_id in handover_ids}
    for row in session.exec(select(Receiver).where(col(Receiver.handover_id).in_(handover_ids))):
        found[row.handover_id][row.module] = row
    return {handover_id: Receivers(rows, today()) for handover_id, rows in found.items()}


def takers(session: Session, handover: Handover) -> list[str]:
    """Ids of those who take something over: the successor first, then every receiver and deputy."""
    others = receivers_of(session, handover.id).people() - {handover.successor_id}
    return [*([handover.successor_id] if handover.successor_id else []), *sorted(others)]


def takes_part(session: Session, viewer: Viewer, handover: Handover) -> bool:
    """Whether the viewer leaves, or takes something over."""
    return viewer.person_id in (handover.leaver_id, *takers(session, handover))


def knows(session: Session, viewer: Viewer, handover: Handover) -> bool:
    """Whether the viewer may know of the handover: by role, by being named on it, or by any grant in it."""
    if viewer.person_id in (handover.leaver_id, handover.successor_id, handover.head_id):
        return True
    if viewer.may(Permission.view_every_checklist) or handover.id in viewer.scope.handovers():
        return True
    return viewer.person_id in receivers_of(session, handover.id).people()


def visible_handover(session: Session, viewer: Viewer, handover_id: str) -> Handover:
    """The handover.

    Raises:
        NotFound: it does not exist, or the viewer may not know of it.
    """
    found = session.get(Handover, handover_id)
    if found is None or not knows(session, viewer, found):
        raise NotFound("handover.unknown", "没有这个交接，请检查编号。")
    return found


def visible_handovers(session: Session, viewer: Viewer) -> list[Handover]:
    """Every handover the viewer may know of, the newest first."""
    wanted = select(Handover).order_by(col(Handover.opened_at).desc(), Handover.id)
    if not viewer.may(Permission.view_every_checklist):
        me, day = viewer.person_id, today()
        receives = select(Receiver.handover_id).where(or_(
            col(Receiver.person_id) == me,
            and_(col(Receiver.deputy_id) == me,
                 or_(col(Receiver.deputy_until).is_(None), col(Receiver.deputy_until) >= day)),
        ))
        wanted = wanted.where(or_(
            col(Handover.leaver_id) == me, col(Handover.successor_id) == me, col(Handover.head_id) == me,
            col(Handover.id).in_(sorted(viewer.scope.handovers())), col(Handover.id).in_(receives),
        ))
    return list(session.exec(wanted))


def may_contribute(viewer: Viewer, handover: Handover) -> bool:
    """Whether the viewer may add documents to some part of the handover; the page offers uploading by this."""
    if handover.ended:
        return False
    return _for_anyone(viewer) or viewer.person_id == handover.leaver_id


def contributable_handovers(session: Session, viewer: Viewer) -> list[Handover]:
    """Every handover to some part of which the viewer may add documents, the newest first."""
    return [h for h in visible_handovers(session, viewer) if may_contribute(viewer, h)]


def _for_anyone(viewer: Viewer) -> bool:
    """HR and the operator put documents into any handover; a leaver, whatever their role, into their own."""
    return viewer.may(Permission.contribute) and viewer.may(Permission.view_every_checklist)


def reads_log(viewer: Viewer, handover: Handover) -> bool:
    """Whether a handover's operation log is open to the viewer: to its three parties and to whoever oversees it."""
    named = (handover.leaver_id, handover.successor_id, handover.head_id)
    return viewer.may(Permission.view_every_checklist) or viewer.person_id in named


def require_contribution(
    session: Session, viewer: Viewer, handover_id: str, module: Module, classification: Classification
) -> Handover:
    """Stop here unless the viewer may put a document of that classification into that module of the handover.

    The leaver may in their own handover, as far as their grants reach; HR in any, also where they may not read; and
    after its end whoever was sent a question about the module, what is internal.

    Raises:
        NotFound: the viewer may not know of the handover.
        NotAllowed: they know of it and may not contribute there.
        Conflict: the handover is closed.
    """
    asked = session.get(Handover, handover_id) if classification is Classification.internal else None
    if asked is not None and not may_contribute(viewer, asked) and _is_asked(session, viewer, asked, module):
        return asked
    handover = visible_handover(session, viewer, handover_id)
    if handover.ended:
        raise Conflict("handover.archived", "这个交接已经结束，不能再提交资料。")
    if not may_contribute(viewer, handover):
        raise NotAllowed("document.not_contributor", "只有离任者本人和人事可以向这个交接提交资料。")
    if not _for_anyone(viewer) and not viewer.scope.sees(cell_of(handover_id, module, classification)):
        raise NotAllowed("document.cell_closed", "您没有这个模块或密级的权限，请改选，或联系人事开通。")
    return handover


def _is_asked(session: Session, viewer: Viewer, handover: Handover, module: Module) -> bool:
    """Whether the viewer is who may be asked, and a question about the module was sent to them and is still open."""
    sent = select(Gap.id).where(Gap.handover_id == handover.id, Gap.module == module, Gap.state == GapState.open,
                                Gap.asked_of == viewer.person_id)
    return viewer.person_id == handover.deputy_id and session.exec(sent.limit(1)).first() is not None


def deliverable_in(session: Session, handover_id: str, deliverable_id: str) -> Deliverable:
    """The deliverable of a handover that something is handed in for.

    Raises:
        NotFound: the handover owes no such thing.
    """
    found = session.get(Deliverable, deliverable_id)
    if found is None or found.handover_id != handover_id:
        raise NotFound("deliverable.unknown", "没有这个交付物，请刷新页面后重试。")
    return found
