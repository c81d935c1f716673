"""The contradictions radar over one handover: what two of its current documents say differently.

It is a question to the author, not a finding: the same figure may be meant for another year or place.
"""

from __future__ import annotations

from functools import lru_cache

from sqlmodel import Session, col, select

from kb.chunks import Chunk
from kb.contradictions import Contradiction, Statement, contradictions
from kb.documents import Document
from kb.handover.participation import visible_handover
from kb.viewing import Viewer
from search.editions.standing import superseded

MOST = 5000
"""Passages compared at most, the newest documents first: enough for a handover, and a few seconds of work."""


def radar(session: Session, viewer: Viewer, handover_id: str) -> list[Contradiction]:
    """Pairs of claims that differ, the surest first; superseded documents and those outside the scope are left out.

    Raises:
        NotFound: the viewer may not know of the handover.
    """
    visible_handover(session, viewer, handover_id)
    rows = session.exec(
        select(Document, Chunk).join(Chunk, col(Chunk.version_id) == col(Document.current_version_id))
        .where(Document.handover_id == handover_id, col(Document.deleted_at).is_(None),
               viewer.scope.visible(col(Document.cell)))
        .order_by(col(Document.created_at).desc(), Document.id, col(Chunk.ordinal)).limit(MOST)
    ).all()  # fmt: skip
    old = superseded(session, viewer.scope, {document.id: document.handover_id for document, _ in rows})
    return list(_compared(tuple(
        Statement(d.id, d.title, " › ".join(chunk.heading_path), chunk.text, d.authored_on)
        for d, chunk in rows if d.id not in old
    )))  # fmt: skip


@lru_cache(maxsize=8)
def _compared(statements: tuple[Statement, ...]) -> tuple[Contradiction, ...]:
    """The same passages are compared once: it takes seconds for thousands."""
    return tuple(contradictions(statements))
