"""The rows behind candidates: every hit is checked again in SQL before it is counted or shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from kb.access import Scope
from kb.chunks import Chunk
from kb.documents import Document, Stage, Version
from kb.handover.case import Submission
from kb.tags import DocumentTag
from search.query import Query
from search.supersede import Titled, newer_editions, says_it_is_old

_BATCH = 500


@dataclass(frozen=True)
class Source:
    """A passage with the version and document it stands in; all three visible to the viewer."""

    chunk: Chunk
    version: Version
    document: Document


def visible_sources(session: Session, scope: Scope, points: Sequence[str], *, include_old: bool) -> dict[str, Source]:
    """Point id → source, for those that are live, current (or old where asked for) and within scope."""
    found: dict[str, Source] = {}
    current = col(Document.current_version_id) == col(Version.id)
    wanted = or_(current, col(Version.stage) == Stage.ready) if include_old else current
    for start in range(0, len(points), _BATCH):
        rows = session.exec(
            select(Chunk, Version, Document)
            .join(Version, col(Version.id) == col(Chunk.version_id))
            .join(Document, col(Document.id) == col(Version.document_id))
            .where(
                col(Chunk.point_id).in_(points[start : start + _BATCH]), col(Document.deleted_at).is_(None),
                col(Document.current_version_id).is_not(None), scope.visible(col(Document.cell)), wanted,
            )
        )  # fmt: skip
        found |= {chunk.point_id: Source(chunk, version, document) for chunk, version, document in rows}
    return found


def listed_documents(session: Session, scope: Scope, query: Query, document_ids: tuple[str, ...] | None) -> list[str]:
    """The ids of the documents that the filters leave, the newest first; for a search without a question."""
    wanted = select(Document.id).where(
        col(Document.deleted_at).is_(None), col(Document.current_version_id).is_not(None),
        scope.visible(col(Document.cell)),
    )  # fmt: skip
    fields = (
        (Document.module, query.modules), (Document.kind, query.kinds), (Document.author, query.authors),
        (Document.classification, query.classifications),
        (Document.handover_id, (query.handover_id,) if query.handover_id else ()),
    )  # fmt: skip
    for field, values in fields:
        if values:
            wanted = wanted.where(col(field).in_(values))
    for tag in query.tags:
        wanted = wanted.where(col(Document.id).in_(select(DocumentTag.document_id).where(DocumentTag.tag == tag)))
    if query.date_from:
        wanted = wanted.where(col(Document.authored_on) >= query.date_from)
    if query.date_to:
        wanted = wanted.where(col(Document.authored_on) <= query.date_to)
    if document_ids is not None:
        wanted = wanted.where(col(Document.id).in_(document_ids))
    return list(session.exec(wanted.order_by(col(Document.created_at).desc(), Document.id)))


def first_points(session: Session, document_ids: Sequence[str]) -> list[str]:
    """The point of each document's first passage in its current version."""
    return list(
        session.exec(
            select(Chunk.point_id).join(Document, col(Document.current_version_id) == col(Chunk.version_id))
            .where(col(Document.id).in_(document_ids), Chunk.ordinal == 0)
        )
    )  # fmt: skip


def submitted_for(session: Session, deliverable_id: str) -> tuple[str, ...]:
    """The documents handed in for a deliverable; what the viewer may not see falls out later."""
    return tuple(session.exec(select(Submission.document_id).where(Submission.deliverable_id == deliverable_id)))


def tags_of(session: Session, document_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Document id → its tags in order."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = select(DocumentTag).where(col(DocumentTag.document_id).in_(sorted(document_ids)))
    for row in session.exec(rows.order_by(DocumentTag.tag)):
        found[row.document_id].append(row.tag)
    return {document: tuple(tags) for document, tags in found.items()}


def editions(session: Session, scope: Scope, documents: Iterable[Document]) -> dict[str, str]:
    """Old → newest edition among the visible documents of the same handovers as the given ones."""
    handovers = sorted({d.handover_id for d in documents})
    rows = session.exec(
        select(Document).where(
            col(Document.handover_id).in_(handovers), col(Document.deleted_at).is_(None),
            col(Document.current_version_id).is_not(None), scope.visible(col(Document.cell)),
        )
    )  # fmt: skip
    return newer_editions(Titled(d.id, d.handover_id, d.title, d.authored_on) for d in rows)


def outdated(session: Session, version_ids: Iterable[str]) -> set[str]:
    """The documents among these versions whose beginning says that they are out of date."""
    rows = session.exec(
        select(Chunk.document_id, Chunk.text).where(col(Chunk.version_id).in_(sorted(version_ids)), Chunk.ordinal == 0)
    )
    return {document for document, text in rows if says_it_is_old(text)}
