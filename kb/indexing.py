"""From passages in SQL to points in the index: used by ingestion, by reconciling and after a restore alike."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from kb import embedding, lexical, mirror, vectors
from kb.chunks import Chunk, passage_text
from kb.db import transaction
from kb.documents import Document, Stage, Version
from kb.embedding import Vectors
from kb.errors import KbError
from kb.vectors import IndexedPassage, VectorIndex

BATCH = 128
"""Passages embedded and written at a time: enough to keep the model busy, little to repeat after a crash."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Batch:
    document: Document
    title: str
    tags: tuple[str, ...]
    chunks: list[Chunk]


def write_batch(version_id: str, first: int, *, into: VectorIndex | None = None) -> int:
    """Embed and write up to ``BATCH`` passages of a version from ordinal ``first`` on, hidden until published.

    Returns how many were written: 0 when there are no more, or the document is gone. ``into`` None means the serving
    index. Writing a passage again overwrites it.
    """
    with transaction(writes=False) as session:
        batch = _read(session, version_id, first)
    if batch is None or not batch.chunks:
        return 0
    index = into or vectors.index()
    dense = _embedded(index.model, [passage_text(batch.title, c.heading_path, c.text) for c in batch.chunks])
    index.write([_passage(batch, c, None if dense is None else dense[n]) for n, c in enumerate(batch.chunks)])
    return len(batch.chunks)


def write_version(version_id: str, *, into: VectorIndex | None = None) -> int:
    """Write every passage of a version anew; returns how many."""
    index = into or vectors.index()
    index.remove(version_id=version_id)
    written = 0
    while batch := write_batch(version_id, written, into=index):
        written += batch
    return written


def publish_document(document_id: str, *, into: VectorIndex | None = None) -> None:
    """Make the points of a document say what SQL says: which versions are live, which one is current, and its payload.

    Versions are published from the oldest to the current one, so that the last stays current.
    """
    with transaction(writes=False) as session:
        document = session.get(Document, document_id)
        if document is None or document.deleted_at is not None or document.current_version_id is None:
            return
        live = session.exec(
            select(Version.id).where(Version.document_id == document_id, Version.stage == Stage.ready)
            .order_by(col(Version.number))
        ).all()
        wanted = mirror.payload(session, document)
    index = into or vectors.index()
    for version_id in [*(v for v in live if v != document.current_version_id), document.current_version_id]:
        index.publish(document_id, version_id)
    index.update(document_id, **wanted)


def chunk_count(session: Session, version_id: str) -> int:
    """How many passages SQL holds of a version."""
    return int(session.exec(select(func.count()).select_from(Chunk).where(Chunk.version_id == version_id)).one())


def has_model(model: str) -> bool:
    """Whether passages get a vector of meaning; without one the search is by words only."""
    return _embedded(model, ["模型"]) is not None


def _read(session: Session, version_id: str, first: int) -> _Batch | None:
    version = session.get(Version, version_id)
    document = session.get(Document, version.document_id) if version else None
    if version is None or document is None or document.deleted_at is not None:
        return None
    chunks = session.exec(
        select(Chunk).where(Chunk.version_id == version_id, col(Chunk.ordinal) >= first)
        .order_by(col(Chunk.ordinal)).limit(BATCH)
    ).all()
    tags = tuple(mirror.payload(session, document)["tags"])
    return _Batch(document, version.title or document.title, tags, list(chunks))


def _embedded(model: str, texts: list[str]) -> Vectors | None:
    try:
        return embedding.embedder(model).embed_passages(texts)
    except KbError as error:
        _log.info("passages without vectors: %s", error)
    except (OSError, ImportError, ValueError) as error:
        _log.warning("the embedding model does not load, passages are found by words only: %s", error)
    return None


def _passage(batch: _Batch, chunk: Chunk, dense: Vectors | None) -> IndexedPassage:
    document = batch.document
    return IndexedPassage(
        point_id=chunk.point_id, document_id=document.id, version_id=chunk.version_id, cell=document.cell, dense=dense,
        terms=lexical.passage_terms(batch.title, chunk.heading_path, chunk.text), handover_id=document.handover_id,
        module=document.module.value, classification=document.classification.value, kind=document.kind.value,
        author=document.author, authored_on=document.authored_on, tags=batch.tags,
    )  # fmt: skip
