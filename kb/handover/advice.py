"""Advice to the reviewer: what the files handed in say of each criterion.

The reviewer decides; how often they differ from the advice is kept beside their verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from kb.chunks import Chunk
from kb.documents import Document
from kb.evidence.judging import Advice, judge
from kb.evidence.units import Passage


def advise(session: Session, criteria: Sequence[str], version_ids: Sequence[str]) -> list[Advice]:
    """Advice on each criterion from these versions' passages, in the criteria's order."""
    return judge(criteria, passages_of(session, version_ids))


def passages_of(session: Session, version_ids: Sequence[str]) -> list[Passage]:
    """The passages of versions in reading order, version by version."""
    rows = session.exec(
        select(Chunk, Document.title).join(Document, col(Document.id) == col(Chunk.document_id))
        .where(col(Chunk.version_id).in_(version_ids)).order_by(Chunk.version_id, col(Chunk.ordinal))
    )
    return [
        Passage(chunk.document_id, chunk.version_id, title, tuple(chunk.heading_path), chunk.text, chunk.start)
        for chunk, title in rows
    ]
