"""The rows behind candidates: every hit is checked again in SQL before it is counted or shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy
from sqlmodel import Session, col, or_, select

from kb.access import Classification, Module, Scope
from kb.chunks import Chunk
from kb.documents import Document, Kind, Stage, Version
from kb.handover.case import Submission
from kb.tags import DocumentTag
from search.query import Query

_BATCH = 500


class Described(NamedTuple):
    """A document as ranking, counting and showing need it: plain values, as mapped rows take ten times as long."""

    id: str
    handover_id: str
    title: str
    module: Module
    kind: Kind
    classification: Classification
    author: str
    authored_on: date | None
    current_version_id: str | None


class Source(NamedTuple):
    """A passage with the version and document it stands in; all three visible to the viewer."""

    point_id: str
    version_id: str
    ordinal: int
    version_number: int
    file_name: str
    document: Described


class Wording(NamedTuple):
    """What a passage says, and where: ``text == parsed_text[start:end]``; ``page`` None where there are no pages."""

    text: str
    start: int
    end: int
    heading_path: list[str]
    page: int | None


def one_of(column: str, name: str) -> sqlalchemy.ColumnElement[bool]:
    """The condition that a column is in the list given as parameter ``name`` of ``plain_rows``.

    A statement that holds it is built once: building one anew costs as much as running it.
    """
    return col(column).in_(sqlalchemy.bindparam(name, expanding=True))


_DESCRIBED = (
    Document.id, Document.handover_id, Document.title, Document.module, Document.kind, Document.classification,
    Document.author, Document.authored_on, Document.current_version_id,
)  # fmt: skip
_OF_POINTS = one_of(Chunk.point_id, "points")
_PLACES = sqlalchemy.select(*map(col, (Chunk.point_id, Chunk.version_id, Chunk.ordinal))).where(_OF_POINTS)
_VERSIONS = (
    sqlalchemy.select(*map(col, (Version.id, Version.number, Version.file_name)), *map(col, _DESCRIBED))
    .select_from(Version)
    .join(Document, col(Document.id) == col(Version.document_id))
    .where(
        col(Document.deleted_at).is_(None), col(Document.current_version_id).is_not(None),
        one_of(Version.id, "wanted"),
    )
)  # fmt: skip
_WORDINGS = sqlalchemy.select(
    *map(col, (Chunk.point_id, Chunk.text, Chunk.start, Chunk.end, Chunk.heading_path, Chunk.page_first))
).where(_OF_POINTS)
_TAGS = (
    sqlalchemy.select(col(DocumentTag.document_id), col(DocumentTag.tag))
    .where(one_of(DocumentTag.document_id, "wanted"))
    .order_by(DocumentTag.tag)
)


def plain_rows(
    session: Session, statement: sqlalchemy.Select[*tuple[Any, ...]], **given: Sequence[str]
) -> Sequence[Sequence[Any]]:
    """The rows of a statement, past the object mapper: it costs more than the database for hundreds of rows.

    ``given`` are the statement's parameters.
    """
    session.flush()
    return session.connection().execute(statement, given).all()


def visible_sources(session: Session, scope: Scope, points: Sequence[str], *, include_old: bool) -> dict[str, Source]:
    """Point id → source, for those that are live, current (or old where asked for) and within scope."""
    places = [
        place for start in range(0, len(points), _BATCH)
        for place in plain_rows(session, _PLACES, points=points[start : start + _BATCH])
    ]  # fmt: skip
    open_ = _visible_versions(session, scope, sorted({version for _, version, _ in places}), include_old=include_old)
    return {
        point: Source(point, version, ordinal, *open_[version])
        for point, version, ordinal in places if version in open_
    }  # fmt: skip


def _visible_versions(
    session: Session, scope: Scope, versions: Sequence[str], *, include_old: bool
) -> dict[str, tuple[int, str, Described]]:
    """Version id → its number, file name and document: read once each, however many of its passages were found."""
    found: dict[str, tuple[int, str, Described]] = {}
    statement = _open_versions(scope, include_old=include_old)
    for start in range(0, len(versions), _BATCH):
        rows = plain_rows(session, statement, wanted=versions[start : start + _BATCH])
        found |= {row[0]: (row[1], row[2], Described._make(row[3:])) for row in rows}
    return found


@lru_cache(maxsize=256)
def _open_versions(scope: Scope, *, include_old: bool) -> sqlalchemy.Select[*tuple[Any, ...]]:
    """The statement alone is kept for a scope, never a row."""
    current = col(Document.current_version_id) == col(Version.id)
    cell = col(Document.cell) + ""  # hides the index on cells: SQLite would read every open version for these few
    wanted = or_(current, col(Version.stage) == Stage.ready) if include_old else current
    return _VERSIONS.where(scope.visible(cell), wanted)


def wordings(session: Session, points: Iterable[str]) -> dict[str, Wording]:
    """Point id → what it says, for points whose sources the viewer may see; read apart, as few of them are shown."""
    rows = plain_rows(session, _WORDINGS, points=sorted(points))
    return {row[0]: Wording._make(row[1:]) for row in rows}


def described(session: Session, scope: Scope, document_ids: Sequence[str]) -> list[Described]:
    """The visible ones among documents."""
    wanted = sqlalchemy.select(*map(col, _DESCRIBED)).where(col(Document.id).in_(document_ids))
    return [Described._make(row) for row in plain_rows(session, wanted.where(scope.visible(col(Document.cell))))]


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


def of_file(session: Session, scope: Scope, file_name: str) -> tuple[str, ...]:
    """The visible documents whose file has exactly this name; a hidden one costs no further statement."""
    named = select(Document.id).where(scope.visible(col(Document.cell)), Document.file_name == file_name)
    return tuple(session.exec(named))


def tags_of(session: Session, document_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Document id → its tags in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for document_id, tag in plain_rows(session, _TAGS, wanted=sorted(document_ids)):
        found[document_id].append(tag)
    return {document: tuple(tags) for document, tags in found.items()}
