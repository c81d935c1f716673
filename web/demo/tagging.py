"""The leavers look through the tags suggested for their documents: accept, reject, and add what nobody suggested."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from kb import library
from kb.db import transaction
from kb.documents import Document
from kb.tags import DocumentTag, Suggestion
from kb.vocabulary import canonical
from web.demo.cast import handover_of, viewer_of
from web.demo.plan import Plan
from web.demo.story import Tagging


def tag(plan: Plan, told: Iterable[Tagging]) -> None:
    """Do it by the services that the document's page calls; what is decided or tagged already is left."""
    for one in told:
        with transaction() as session:
            _tag(session, plan, one)


def _tag(session: Session, plan: Plan, told: Tagging) -> None:
    handover = handover_of(session, plan, told.handover)
    if handover.ended:
        return
    leaver, document = viewer_of(session, handover.leaver_id), _document(session, plan, told, handover.id)
    wanted = {canonical(name) for name in told.tags}
    present = set(session.exec(select(DocumentTag.tag).where(DocumentTag.document_id == document.id)))
    for row in session.exec(select(Suggestion).where(
        Suggestion.document_id == document.id, Suggestion.field == "tag", Suggestion.decided == "")
    ).all():  # fmt: skip
        if row.value in wanted - present or row.value in told.no:
            library.decide_suggestion(session, leaver, document.id, "tag", row.value, accept=row.value in wanted)
    session.flush()
    present = set(session.exec(select(DocumentTag.tag).where(DocumentTag.document_id == document.id)))
    if not wanted <= present:
        library.retag(session, leaver, document.id, sorted(present | wanted))


def _document(session: Session, plan: Plan, told: Tagging, handover_id: str) -> Document:
    names = {file.key: file.file_name for file in plan.files}
    by_name = col(Document.file_name) == names[told.of] if told.of in names else col(Document.title).startswith(told.of)
    live = select(Document).where(Document.handover_id == handover_id, col(Document.deleted_at).is_(None), by_name)
    return session.exec(live).one()
