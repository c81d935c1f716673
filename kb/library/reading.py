"""One document: its text, layout, versions and receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from kb.documents import Document, ParsedText, Stage, Version
from kb.errors import NotFound
from kb.handover.case import Deliverable, Handover, Submission
from kb.library.editing import may_edit
from kb.library.listing import listed
from kb.people import names_of
from kb.receipts import Receipt, receipt_of
from kb.tags import DocumentTag, Suggestion
from kb.viewing import Viewer


@dataclass(frozen=True)
class DocumentView:
    """A document as one viewer may read it, at one version.

    ``text`` and ``blocks`` are empty while the version is under way or refused; offsets in ``blocks`` (see
    ``ParsedText``) count characters of ``text``. ``versions`` run from the newest to the oldest. ``suggestions`` are
    the open ones, best first, and empty for whoever may not edit; ``parent`` is the mail this was attached to, None
    if there is none or the viewer may not see it.
    """

    document: Document
    version: Version
    text: str
    blocks: tuple[dict[str, Any], ...]
    versions: tuple[Version, ...]
    tags: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    attachments: tuple[Document, ...]
    parent: Document | None
    deliverables: tuple[Deliverable, ...]
    handover: Handover
    uploader: str
    editable: bool

    @property
    def is_current(self) -> bool:
        """Whether this is the version that is found."""
        return self.version.id == self.document.current_version_id

    @property
    def receipt(self) -> Receipt:
        """What became of this version's file."""
        return receipt_of(self.document, self.version)


def visible_document(session: Session, viewer: Viewer, document_id: str) -> Document:
    """The document.

    Raises:
        NotFound: it does not exist, is deleted, or the viewer may not see it (yet).
    """
    found = session.exec(select(Document).where(Document.id == document_id, listed(viewer))).first()
    if found is None:
        raise NotFound("document.unknown", "没有这份资料，可能已被删除。")
    return found


def read_document(session: Session, viewer: Viewer, document_id: str, version: str | int | None = None) -> DocumentView:
    """A document at a version (its id or number; None: the current one, else the latest).

    Raises:
        NotFound: there is no such document or version for this viewer.
    """
    document = visible_document(session, viewer, document_id)
    versions = _versions(session, document_id)
    shown = _chosen(document, versions, version)
    editable = may_edit(session, viewer, document)
    parsed = session.get(ParsedText, shown.id) if shown.stage is Stage.ready else None
    return DocumentView(
        document=document, version=shown, text=parsed.text if parsed else "",
        blocks=tuple(parsed.blocks) if parsed else (),
        versions=versions if editable else tuple(v for v in versions if v.stage is Stage.ready or v is shown),
        tags=_tags(session, document_id), suggestions=_suggestions(session, document_id) if editable else (),
        attachments=_attachments(session, viewer, document_id), parent=_parent(session, viewer, document.parent_id),
        deliverables=_deliverables(session, document_id), handover=session.get_one(Handover, document.handover_id),
        uploader=names_of(session, [document.uploader_id]).get(document.uploader_id, ""), editable=editable,
    )  # fmt: skip


def receipt(session: Session, viewer: Viewer, document_id: str, version_id: str = "") -> Receipt:
    """The receipt of a document's latest version, or of the given one; whoever handed it in may always have it.

    Raises:
        NotFound: there is no such document for this viewer.
    """
    found = receipts(session, viewer, [document_id])
    if version_id and found:
        version = session.get(Version, version_id)
        if version is not None and version.document_id == document_id:
            return receipt_of(session.get_one(Document, document_id), version)
    if not found:
        raise NotFound("document.unknown", "没有这份资料，可能已被删除。")
    return found[0]


def receipts(session: Session, viewer: Viewer, document_ids: Sequence[str]) -> list[Receipt]:
    """The receipts of the documents' latest versions, in order and in two queries; without those not visible."""
    visible = listed(viewer) | (
        (col(Document.uploader_id) == viewer.person_id) & col(Document.deleted_at).is_(None)
    )
    documents = {
        d.id: d for d in session.exec(select(Document).where(col(Document.id).in_(list(document_ids)), visible))
    }
    latest: dict[str, Version] = {}
    for row in session.exec(
        select(Version).where(col(Version.document_id).in_(list(documents))).order_by(col(Version.number))
    ):
        latest[row.document_id] = row
    return [receipt_of(documents[i], latest[i]) for i in dict.fromkeys(document_ids) if i in latest]


def attachment_ids(session: Session, document_ids: Sequence[str]) -> list[str]:
    """Ids of the live documents that were attached to these, oldest first; asks nobody's rights."""
    return list(session.exec(
        select(Document.id).where(col(Document.parent_id).in_(list(document_ids)), col(Document.deleted_at).is_(None))
        .order_by(col(Document.created_at), Document.id)
    ))  # fmt: skip


def _versions(session: Session, document_id: str) -> tuple[Version, ...]:
    rows = session.exec(
        select(Version).where(Version.document_id == document_id).order_by(col(Version.number).desc())
    )
    return tuple(rows)


def _chosen(document: Document, versions: tuple[Version, ...], wanted: str | int | None) -> Version:
    if wanted is None or wanted == "":
        current = next((v for v in versions if v.id == document.current_version_id), None)
        return current or versions[0]
    for version in versions:
        if str(wanted) in (version.id, str(version.number)):
            return version
    raise NotFound("version.unknown", "这份资料没有这个版本。")


def _tags(session: Session, document_id: str) -> tuple[str, ...]:
    return tuple(session.exec(
        select(DocumentTag.tag).where(DocumentTag.document_id == document_id).order_by(DocumentTag.tag)
    ))  # fmt: skip


def _suggestions(session: Session, document_id: str) -> tuple[Suggestion, ...]:
    rows = session.exec(
        select(Suggestion).where(Suggestion.document_id == document_id, Suggestion.decided == "")
        .order_by(col(Suggestion.score).desc(), Suggestion.field, Suggestion.value)
    ).all()  # fmt: skip
    tags = set(_tags(session, document_id))
    return tuple(s for s in rows if not (s.field == "tag" and s.value in tags))


def _attachments(session: Session, viewer: Viewer, document_id: str) -> tuple[Document, ...]:
    rows = select(Document).where(Document.parent_id == document_id, listed(viewer)).order_by(col(Document.created_at))
    return tuple(session.exec(rows))


def _parent(session: Session, viewer: Viewer, parent_id: str) -> Document | None:
    if not parent_id:
        return None
    return session.exec(select(Document).where(Document.id == parent_id, listed(viewer))).first()


def _deliverables(session: Session, document_id: str) -> tuple[Deliverable, ...]:
    rows = session.exec(
        select(Deliverable).join(Submission, col(Submission.deliverable_id) == col(Deliverable.id))
        .where(Submission.document_id == document_id).order_by(col(Deliverable.ordinal))
    )  # fmt: skip
    return tuple(rows)
