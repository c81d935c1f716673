"""The list of documents a viewer may see, narrowed, with a fixed number of queries whatever its length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, func, select

from kb.access import Classification, Module, Permission
from kb.documents import Document, Kind, Stage, Version
from kb.handover.case import Handover, Submission
from kb.people import names_of
from kb.receipts import Receipt, Status, receipt_of
from kb.tags import DocumentTag
from kb.viewing import Viewer

_ENDS = (Stage.ready, Stage.refused)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. Values of one field are alternatives, fields add up; empty asks for nothing.

    ``text`` is part of a title or file name; ``tags`` must all be present; ``status`` is ``ready``, ``processing`` or
    ``refused``; ``parent_id`` lists a mail's attachments; ``sort`` is a key of ``_order``. ``limit`` is at most 200.
    """

    handover_id: str = ""
    modules: tuple[Module, ...] = ()
    classifications: tuple[Classification, ...] = ()
    kinds: tuple[Kind, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    deliverable_id: str = ""
    parent_id: str = ""
    status: Status | None = None
    text: str = ""
    sort: str = "newest"
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class DocumentRow:
    """One document of the list with its latest version, which may still be under way."""

    document: Document
    version: Version
    tags: tuple[str, ...]
    uploader: str
    handover_title: str

    @property
    def receipt(self) -> Receipt:
        """How far the latest version has come."""
        return receipt_of(self.document, self.version)


@dataclass(frozen=True)
class DocumentPage:
    """One page of the list; ``total`` counts all pages' rows."""

    rows: tuple[DocumentRow, ...]
    total: int


def list_documents(session: Session, viewer: Viewer, filters: Filters | None = None) -> DocumentPage:
    """The documents that the viewer may see and that fit the filters. Costs five queries.

    Whoever only reads sees a document once a version of it is ready; contributors see theirs on the way, too.
    """
    filters = filters or Filters()
    conditions = [listed(viewer), *_narrowed(filters)]
    latest = col(Version.number) == (
        select(func.max(Version.number)).where(Version.document_id == Document.id).correlate(Document).scalar_subquery()
    )
    joined = select(Document, Version, Handover.title).join(
        Version, and_(col(Version.document_id) == col(Document.id), latest)
    ).join(Handover, col(Handover.id) == col(Document.handover_id)).where(*conditions)
    total = session.exec(select(func.count()).select_from(joined.order_by(None).subquery())).one()
    limit = max(1, min(filters.limit, 200))
    rows = session.exec(joined.order_by(*_order(filters.sort)).limit(limit).offset(max(0, filters.offset))).all()
    tags = _tags(session, [document.id for document, _, _ in rows])
    names = names_of(session, (document.uploader_id for document, _, _ in rows))
    return DocumentPage(
        tuple(
            DocumentRow(document, version, tags.get(document.id, ()), names.get(document.uploader_id, ""), title)
            for document, version, title in rows
        ),
        total,
    )


def listed(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a live document is in the viewer's list: in scope, and ready or in their care."""
    mine = col(Document.uploader_id) == viewer.person_id
    led = col(Document.handover_id).in_(select(Handover.id).where(Handover.leaver_id == viewer.person_id))
    begun = col(Document.current_version_id).is_not(None)
    seen = viewer.scope.visible(col(Document.cell))
    if not (viewer.may(Permission.contribute) and viewer.may(Permission.view_every_checklist)):
        seen = and_(seen, or_(begun, mine, led))
    return and_(col(Document.deleted_at).is_(None), seen)


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    for column, values in (
        (Document.module, filters.modules), (Document.classification, filters.classifications),
        (Document.kind, filters.kinds), (Document.author, filters.authors),
    ):  # fmt: skip
        if values:
            wanted.append(col(column).in_(values))
    if filters.handover_id:
        wanted.append(col(Document.handover_id) == filters.handover_id)
    if filters.parent_id:
        wanted.append(col(Document.parent_id) == filters.parent_id)
    if filters.deliverable_id:
        handed = select(Submission.document_id).where(Submission.deliverable_id == filters.deliverable_id)
        wanted.append(col(Document.id).in_(handed))
    for tag in filters.tags:
        wanted.append(col(Document.id).in_(select(DocumentTag.document_id).where(DocumentTag.tag == tag)))
    if filters.text.strip():
        part = filters.text.strip()
        wanted.append(or_(col(Document.title).icontains(part, autoescape=True),
                          col(Document.file_name).icontains(part, autoescape=True)))
    return [*wanted, *_of_status(filters.status)]


def _of_status(status: Status | None) -> list[ColumnElement[bool]]:
    if status is None:
        return []
    if status is Status.processing:
        return [col(Version.stage).not_in(_ENDS)]
    return [col(Version.stage) == (Stage.refused if status is Status.refused else Stage.ready)]


def _order(sort: str) -> Sequence[ColumnElement[Any]]:
    orders: dict[str, ColumnElement[Any]] = {
        "newest": col(Version.created_at).desc(), "oldest": col(Version.created_at).asc(),
        "title": col(Document.title).asc(), "date": col(Document.authored_on).desc().nulls_last(),
    }
    return [orders.get(sort, orders["newest"]), col(Document.id).asc()]


def _tags(session: Session, document_ids: list[str]) -> dict[str, tuple[str, ...]]:
    rows = session.exec(
        select(DocumentTag).where(col(DocumentTag.document_id).in_(document_ids)).order_by(DocumentTag.tag)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row.document_id] = (*found.get(row.document_id, ()), row.tag)
    return found
