"""Changing a document: tags, suggestions, its place, its deletion. Each is logged, and the index follows the commit."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, delete, select

from kb import ledger, mirror
from kb.access import Classification, Module, cell_of
from kb.chunks import Chunk
from kb.db import now
from kb.documents import Document, ParsedText, Version
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.handover.case import Handover, Submission
from kb.handover.participation import may_contribute
from kb.handover.signing import is_signed
from kb.library.listing import listed
from kb.tags import DocumentTag, Suggestion
from kb.viewing import Viewer
from kb.vocabulary import canonical

MOST_TAGS = 30


def may_edit(session: Session, viewer: Viewer, document: Document) -> bool:
    """Whether the viewer may change or delete the document: its uploader, the leaver, HR – as far as they see it."""
    handover = session.get(Handover, document.handover_id)
    if handover is None or handover.ended or not viewer.scope.sees(document.cell):
        return False
    return document.uploader_id == viewer.person_id or may_contribute(viewer, handover)


def retag(session: Session, viewer: Viewer, document_id: str, tags: Iterable[str]) -> tuple[str, ...]:
    """Give the document exactly these tags, named by key, label or synonym, or free; returns them as stored.

    Raises:
        NotFound: the viewer may not see it; NotAllowed: not change it.
        Invalid: more than ``MOST_TAGS``.
    """
    document = _editable(session, viewer, document_id)
    wanted = list(dict.fromkeys(t for t in map(canonical, tags) if t))
    if len(wanted) > MOST_TAGS:
        raise Invalid("document.many_tags", "一份资料最多 {limit} 个标签，请删减。", limit=MOST_TAGS)
    before = {
        t.tag: t for t in session.exec(select(DocumentTag).where(DocumentTag.document_id == document_id))
    }
    if set(before) == set(wanted):
        return tuple(wanted)
    for tag in set(before) - set(wanted):
        session.delete(before[tag])
    for tag in wanted:
        if tag not in before:
            session.add(DocumentTag(document_id=document_id, tag=tag, added_by=viewer.person_id))
    ledger.record(session, viewer.person_id, "document.retagged", document_id, before=sorted(before), after=wanted)
    mirror.owe(session, document.id)
    return tuple(wanted)


def move_document(
    session: Session, viewer: Viewer, document_id: str, *, module: Module | None = None,
    classification: Classification | None = None,
) -> Document:
    """Put the document, with its attachments, into another module or classification; None keeps what it is.

    Works on the next request: what somebody may no longer see there is gone for them at once.

    Raises:
        NotFound: the viewer may not see it; NotAllowed: not change it, or not see the place it is to go to.
    """
    document = _editable(session, viewer, document_id)
    module, classification = module or document.module, classification or document.classification
    cell = cell_of(document.handover_id, module, classification)
    if not viewer.scope.sees(cell):
        raise NotAllowed("document.cell_closed", "您没有这个模块或密级的权限，请改选，或联系人事开通。")
    if cell != document.cell:
        for moved in [document, *_attached(session, document)]:
            _move(session, viewer, moved, module, classification, cell)
    return document


def decide_suggestion(
    session: Session, viewer: Viewer, document_id: str, field: str, value: str, *, accept: bool
) -> Suggestion:
    """Accept or reject a suggested ``module`` or ``tag``; accepting carries it out.

    Raises:
        NotFound: no such document for this viewer, or no such open suggestion; NotAllowed: as ``retag`` and moving.
    """
    _editable(session, viewer, document_id)
    found = session.get(Suggestion, (document_id, field, value))
    if found is None or found.decided:
        raise NotFound("suggestion.unknown", "这条建议已处理过，请刷新页面。")
    if accept and field == "module":
        move_document(session, viewer, document_id, module=Module(value))
    elif accept:
        tags = session.exec(select(DocumentTag.tag).where(DocumentTag.document_id == document_id)).all()
        retag(session, viewer, document_id, [*tags, value])
    found.decided = "accepted" if accept else "rejected"
    found.decided_by, found.decided_at = viewer.person_id, now()
    session.add(found)
    ledger.record(session, viewer.person_id, "suggestion.decided", document_id, field=field, value=value,
                  accepted=accept)
    return found


def delete_document(session: Session, viewer: Viewer, document_id: str) -> None:
    """Delete the document and its attachments for everyone and for good; nothing finds it once this commits.

    Text, passages, tags and the link to deliverables go in this transaction; the index, the original (unless another
    document has the same file) and the entry in the deletion journal follow the commit, after a crash with the sweep.

    Raises:
        NotFound: the viewer may not see it; NotAllowed: not delete it.
        Conflict: a signature covers it: it is evidence.
    """
    document = _editable(session, viewer, document_id)
    for doomed in [document, *_attached(session, document)]:
        if not may_edit(session, viewer, doomed):
            raise NotAllowed("document.not_editor", "只有上传者、离任者本人和人事可以修改这份资料。")
        if is_signed(session, doomed.handover_id, doomed.id):
            raise Conflict("document.signed", "这份资料已被签名覆盖，是交接的证据，不能删除。可以上传新版本取代它。")
        bury(session, viewer.person_id, doomed)


def bury(session: Session, actor_id: str, document: Document) -> None:
    """Delete one document without asking who may; for rules that decided it, such as a restore after a deletion."""
    document.deleted_at = now()
    document.current_version_id = None
    session.add(document)
    session.flush()
    versions = select(Version.id).where(Version.document_id == document.id)
    session.exec(delete(Chunk).where(col(Chunk.document_id) == document.id))
    session.exec(delete(ParsedText).where(col(ParsedText.version_id).in_(versions)))
    for table in (DocumentTag, Suggestion, Submission):
        session.exec(delete(table).where(col(table.document_id) == document.id))
    ledger.record(session, actor_id, "document.deleted", document.id, cell=document.cell)
    mirror.owe(session, document.id)


def _editable(session: Session, viewer: Viewer, document_id: str) -> Document:
    found = session.exec(select(Document).where(Document.id == document_id, listed(viewer))).first()
    if found is None:
        raise NotFound("document.unknown", "没有这份资料，可能已被删除。")
    handover = session.get(Handover, found.handover_id)
    if handover is not None and handover.ended:
        raise Conflict("handover.archived", "这个交接已经结束，不能再修改资料。")
    if not may_edit(session, viewer, found):
        raise NotAllowed("document.not_editor", "只有上传者、离任者本人和人事可以修改这份资料。")
    return found


def _move(
    session: Session, viewer: Viewer, document: Document, module: Module, classification: Classification, cell: str
) -> None:
    before = document.cell
    document.module, document.classification, document.cell = module, classification, cell
    session.add(document)
    ledger.record(session, viewer.person_id, "document.moved", document.id, before=before, after=cell)
    mirror.owe(session, document.id)


def _attached(session: Session, document: Document) -> list[Document]:
    """The document's attachments and theirs that lie in its cell, live."""
    found: list[Document] = []
    parents = [document.id]
    while parents:
        rows = session.exec(select(Document).where(
            col(Document.parent_id).in_(parents), Document.cell == document.cell, col(Document.deleted_at).is_(None)
        )).all()  # fmt: skip
        found += rows
        parents = [row.id for row in rows]
    return found
