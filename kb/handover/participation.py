"""Who takes part in a handover: who may know that it exists, and who may put documents into it."""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import Session, col, select

from kb.access import Classification, Module, Permission, cell_of
from kb.errors import Conflict, NotAllowed, NotFound
from kb.handover.case import Handover, HandoverState
from kb.viewing import Viewer


def knows(viewer: Viewer, handover: Handover) -> bool:
    """Whether the viewer may know of the handover: by role, by being named on it, or by any grant in it."""
    named = viewer.person_id in (handover.leaver_id, handover.successor_id, handover.head_id)
    return named or viewer.may(Permission.view_every_checklist) or handover.id in viewer.scope.handovers()


def visible_handover(session: Session, viewer: Viewer, handover_id: str) -> Handover:
    """The handover.

    Raises:
        NotFound: it does not exist, or the viewer may not know of it.
    """
    found = session.get(Handover, handover_id)
    if found is None or not knows(viewer, found):
        raise NotFound("handover.unknown", "没有这个交接，请检查编号。")
    return found


def visible_handovers(session: Session, viewer: Viewer) -> list[Handover]:
    """Every handover the viewer may know of, the newest first."""
    wanted = select(Handover).order_by(col(Handover.opened_at).desc(), Handover.id)
    if not viewer.may(Permission.view_every_checklist):
        wanted = wanted.where(or_(
            col(Handover.leaver_id) == viewer.person_id, col(Handover.successor_id) == viewer.person_id,
            col(Handover.head_id) == viewer.person_id, col(Handover.id).in_(sorted(viewer.scope.handovers())),
        ))
    return list(session.exec(wanted))


def may_contribute(viewer: Viewer, handover: Handover) -> bool:
    """Whether the viewer may add documents to some part of the handover; the page offers uploading by this."""
    if handover.state is HandoverState.archived:
        return False
    return _for_anyone(viewer) or viewer.person_id == handover.leaver_id


def _for_anyone(viewer: Viewer) -> bool:
    """HR and the operator put documents into any handover; a leaver, whatever their role, into their own."""
    return viewer.may(Permission.contribute) and viewer.may(Permission.view_every_checklist)


def require_contribution(
    session: Session, viewer: Viewer, handover_id: str, module: Module, classification: Classification
) -> Handover:
    """Stop here unless the viewer may put a document of that classification into that module of the handover.

    The leaver may in their own handover, as far as their grants reach; HR in any, also where they may not read.

    Raises:
        NotFound: the viewer may not know of the handover.
        NotAllowed: they know of it and may not contribute there.
        Conflict: the handover is closed.
    """
    handover = visible_handover(session, viewer, handover_id)
    if handover.state is HandoverState.archived:
        raise Conflict("handover.archived", "这个交接已归档，不能再提交资料。")
    if not may_contribute(viewer, handover):
        raise NotAllowed("document.not_contributor", "只有离任者本人和人事可以向这个交接提交资料。")
    if not _for_anyone(viewer) and not viewer.scope.sees(cell_of(handover_id, module, classification)):
        raise NotAllowed("document.cell_closed", "您没有这个模块或密级的权限，请改选，或联系人事开通。")
    return handover
