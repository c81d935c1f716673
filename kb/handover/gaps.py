"""Gaps: what is known to be missing, asked of the leaver one by one until it is closed or declared unknown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlmodel import Session, col, func, select

from kb import ledger
from kb.access import Module
from kb.db import now
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.handover.case import Gap, GapSource, GapState, Handover
from kb.handover.participation import visible_handover
from kb.viewing import Viewer


def note_gap(
    session: Session, handover_id: str, module: Module, source: GapSource, reference: str, zh: str, en: str = "",
    deliverable_id: str = "",
) -> Gap:
    """Put a gap down; one that is there already is left as it is."""
    found = session.exec(
        select(Gap).where(Gap.handover_id == handover_id, Gap.source == source, Gap.reference == reference)
    ).first()
    if found is None:
        found = Gap(handover_id=handover_id, module=module, source=source, reference=reference, zh=zh, en=en,
                    deliverable_id=deliverable_id)
        session.add(found)
        session.flush()
    return found


def open_counts(session: Session, handover_ids: Iterable[str]) -> dict[str, int]:
    """How many gaps wait for their leaver, by handover; those sent to somebody who stayed are left out."""
    wanted = select(Gap.handover_id, func.count()).where(
        col(Gap.handover_id).in_(list(handover_ids)), Gap.state == GapState.open, Gap.asked_of == ""
    ).group_by(Gap.handover_id)
    return dict(session.exec(wanted).all())


def search_reference(text: str) -> str:
    """What names the gap of a search: the same words make one gap."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:24]


def gaps_of(session: Session, handover_id: str) -> list[Gap]:
    """Every gap of a handover: open ones first, then by module and the time they were seen."""
    rows = session.exec(select(Gap).where(Gap.handover_id == handover_id).order_by(col(Gap.opened_at), Gap.id)).all()
    modules = list(Module)
    return sorted(rows, key=lambda g: (g.state is not GapState.open, modules.index(g.module)))


def gap_of(session: Session, viewer: Viewer, gap_id: str) -> tuple[Handover, Gap]:
    """A gap for the one who is to close it: the leaver, or whom it was sent to after the handover.

    Raises:
        NotFound: there is no such gap for the viewer.
        NotAllowed: it is not theirs to close.
    """
    gap = session.get(Gap, gap_id)
    if gap is None:
        raise NotFound("gap.unknown", "没有这个缺口，请检查链接。")
    handover = session.get_one(Handover, gap.handover_id)
    if gap.asked_of == viewer.person_id == handover.deputy_id:
        return handover, gap
    handover = visible_handover(session, viewer, gap.handover_id)
    require_leaver(viewer, handover)
    return handover, gap


def asked_of(session: Session, viewer: Viewer) -> list[Gap]:
    """The open questions that were sent to the viewer after a handover, the oldest first; while HR has them answer."""
    mine = select(Gap).join(Handover, col(Handover.id) == col(Gap.handover_id)).where(
        Gap.asked_of == viewer.person_id, Gap.state == GapState.open, Handover.deputy_id == viewer.person_id
    )
    return list(session.exec(mine.order_by(col(Gap.opened_at), Gap.id)))


def require_leaver(viewer: Viewer, handover: Handover) -> None:
    """Stop here unless the viewer is the leaver of the handover.

    Raises:
        NotAllowed: they are not.
    """
    if viewer.person_id != handover.leaver_id:
        raise NotAllowed("gap.not_leaver", "只有离任者本人可以回答。")


def answered_with(session: Session, viewer: Viewer, gap_id: str, document_id: str) -> Gap:
    """Put down which document the leaver gave for a gap; it stays open until it is tested again.

    Raises:
        NotFound, NotAllowed: as ``gap_of``.
    """
    handover, gap = gap_of(session, viewer, gap_id)
    gap.document_id, gap.tries = document_id, gap.tries + 1
    ledger.record(session, viewer.person_id, "gap.answered", gap.id, handover=handover.id,
                  module=gap.module.value, document=document_id)
    session.flush()
    return gap


def settle(gap: Gap, *, answered: bool) -> bool:
    """Close a gap whose question is answered now, open one whose answer is lost; whether it changed.

    What was declared unknown stays so.
    """
    wanted = GapState.closed if answered else GapState.open
    if gap.state in (wanted, GapState.unknown):
        return False
    gap.state, gap.closed_at = wanted, now() if answered else None
    return True


def retested(session: Session, viewer: Viewer, gap: Gap, *, closed: bool) -> Gap:
    """Put down what testing it again gave."""
    if settle(gap, answered=closed) and closed:
        ledger.record(session, viewer.person_id, "gap.closed", gap.id, handover=gap.handover_id,
                      module=gap.module.value, document=gap.document_id)
    session.add(gap)
    session.flush()
    return gap


def following(found: Iterable[Gap], gap: Gap) -> Gap | None:
    """The first open gap among those found that is not this one; None where no other is left."""
    return next((g for g in found if g.state is GapState.open and g.id != gap.id), None)


def declare_unknown(session: Session, viewer: Viewer, gap_id: str, reason: str) -> Gap:
    """The leaver does not know either, and says why (up to 500 characters).

    Raises:
        NotFound, NotAllowed: as ``gap_of``.
        Conflict: it is closed already, or the handover has ended.
        Invalid: there is no reason.
    """
    handover, gap = gap_of(session, viewer, gap_id)
    if (handover.ended and not gap.asked_of) or gap.state is GapState.closed:
        raise Conflict("gap.closed", "这个缺口已经补上，或交接已经结束。")
    if not reason.strip():
        raise Invalid("gap.no_reason", "请写明为什么无法补：不归您管、没有留下记录，还是谁知道。")
    gap.state, gap.reason, gap.closed_at = GapState.unknown, reason.strip()[:500], now()
    ledger.record(session, viewer.person_id, "gap.unknown", gap.id, handover=handover.id,
                  module=gap.module.value, question=gap.zh, reason=gap.reason)
    session.flush()
    return gap
