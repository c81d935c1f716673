"""The index is a mirror of SQL: a change of a document leaves a debt in its own transaction, settled after the commit.

A crash between the two leaves the debt, and the next sweep settles it. Settling is idempotent: it always brings the
index to what SQL says now.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, delete, select

from kb import deletions, originals, vectors
from kb.committed import after_commit
from kb.db import UtcDateTime, now, transaction
from kb.documents import Document, Version
from kb.tags import DocumentTag

_log = logging.getLogger(__name__)


class IndexDebt(SQLModel, table=True):
    """A document whose points in the index may not yet say what SQL says."""

    __tablename__ = "index_debt"
    document_id: str = Field(primary_key=True)
    since: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def owe(session: Session, document_id: str) -> None:
    """Write down that the index has to follow a change of the document, and settle it right after the commit."""
    debt = session.get(IndexDebt, document_id) or IndexDebt(document_id=document_id)
    debt.since = now()
    session.add(debt)
    session.flush()
    after_commit(session, lambda: settle(document_id))


def settle(document_id: str) -> None:
    """Bring the index to what SQL says about a document: its payload, or nothing at all once it is deleted.

    Raises:
        Unavailable, Conflict: the index cannot be reached; the debt stays.
    """
    with transaction(writes=False) as session:
        debt = session.get(IndexDebt, document_id)
        document = session.get(Document, document_id)
        wanted = payload(session, document) if document and document.deleted_at is None else None
    if wanted is not None:
        vectors.index().update(document_id, **wanted)
    elif document is not None:
        deletions.note([document_id])
        vectors.index().remove(document_id=document_id)
    _discharge(document_id, debt.since if debt else None, removed=wanted is None)


def _discharge(document_id: str, since: datetime | None, *, removed: bool) -> None:
    """Cross the debt out, unless it was renewed in the meantime; a deleted document's files go with it."""
    with transaction() as session:
        if removed:
            hashes = session.exec(select(Version.sha256).where(Version.document_id == document_id).distinct()).all()
            originals.remove_unshared(session, list(hashes))
        if since is not None:
            session.exec(delete(IndexDebt).where(
                col(IndexDebt.document_id) == document_id, col(IndexDebt.since) <= since
            ))


def settle_all() -> int:
    """Settle every debt there is; returns how many were settled. What cannot be settled is logged and stays."""
    with transaction(writes=False) as session:
        owed = session.exec(select(IndexDebt.document_id).order_by(col(IndexDebt.since))).all()
    settled = 0
    for document_id in owed:
        try:
            settle(document_id)
            settled += 1
        except Exception:  # one document's trouble must not keep the others waiting
            _log.exception("the index does not follow document %s yet", document_id)
    return settled


def payload(session: Session, document: Document) -> dict[str, Any]:
    """What every point of a document has to carry, as the index stores it; dates are proleptic ordinals."""
    tags = session.exec(
        select(DocumentTag.tag).where(DocumentTag.document_id == document.id).order_by(DocumentTag.tag)
    ).all()
    return {
        "cell": document.cell, "handover_id": document.handover_id, "module": document.module.value,
        "classification": document.classification.value, "kind": document.kind.value, "author": document.author,
        "authored_on": document.authored_on.toordinal() if document.authored_on else None, "tags": list(tags),
    }  # fmt: skip
