"""Contradictions that somebody looked at and put aside with a reason: not shown again until a text changes."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, select

from kb import ledger
from kb.contradictions import Contradiction
from kb.db import UtcDateTime, now
from kb.errors import Conflict, Invalid, NotAllowed
from kb.handover.case import Handover
from kb.handover.participation import takes_part
from kb.viewing import Viewer


class Dismissal(SQLModel, table=True):
    """That a pair of quotes was put aside. ``pair`` is the digest of both documents and quotes."""

    __tablename__ = "contradiction_dismissal"
    handover_id: str = Field(primary_key=True, foreign_key="handover.id")
    pair: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    reason: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def pair_key(found: Contradiction) -> str:
    """What names a pair: other words on either side make another pair."""
    sides = sorted((side.statement.document_id, side.quote) for side in (found.left, found.right))
    return hashlib.sha256(repr(sides).encode()).hexdigest()


def may_dismiss(session: Session, viewer: Viewer, handover: Handover) -> bool:
    """Whether the viewer may put a contradiction aside: the leaver, the head and whoever takes something over."""
    return viewer.person_id == handover.head_id or takes_part(session, viewer, handover)


def dismissals_of(session: Session, handover_id: str) -> dict[str, Dismissal]:
    """Those of a handover by pair."""
    return {d.pair: d for d in session.exec(select(Dismissal).where(Dismissal.handover_id == handover_id))}


def dismiss(
    session: Session, viewer: Viewer, handover: Handover, found: Contradiction | None, reason: str
) -> Dismissal:
    """Put a pair aside that the viewer was shown, with a reason (up to 300 characters).

    ``found`` None: the pair that was named is no longer there.

    Raises:
        NotAllowed: they have no part in the handover.
        Conflict: it is no longer there.
        Invalid: there is no reason.
    """
    if not may_dismiss(session, viewer, handover):
        raise NotAllowed("contradiction.not_yours", "只有离任者、审核人和接收方可以处理。")
    if found is None:
        raise Conflict("contradiction.unknown", "没有这一对说法，可能资料已经改过。请刷新页面。")
    if not reason.strip():
        raise Invalid("contradiction.no_reason", "请写明理由：以哪一份为准，或为什么说的不是同一件事。")
    key = pair_key(found)
    kept = session.get(Dismissal, (handover.id, key)) or Dismissal(
        handover_id=handover.id, pair=key, person_id=viewer.person_id, reason="")  # fmt: skip
    kept.person_id, kept.reason, kept.at = viewer.person_id, reason.strip()[:300], now()
    session.add(kept)
    ledger.record(session, viewer.person_id, "contradiction.dismissed", handover.id, pair=key, reason=kept.reason,
                  documents=sorted({found.left.statement.document_id, found.right.statement.document_id}))
    session.flush()
    return kept


def take_back(session: Session, viewer: Viewer, handover: Handover, pair: str) -> None:
    """Show a pair again; nothing happens where it is not put aside.

    Raises:
        NotAllowed: they have no part in the handover.
    """
    if not may_dismiss(session, viewer, handover):
        raise NotAllowed("contradiction.not_yours", "只有离任者、审核人和接收方可以处理。")
    kept = session.get(Dismissal, (handover.id, pair))
    if kept is not None:
        session.delete(kept)
        ledger.record(session, viewer.person_id, "contradiction.shown_again", handover.id, pair=pair)
        session.flush()
