"""Which document of a handover a file is already, or would be a further version of.

Only documents the viewer may see are compared with; what they may not see, they do not learn of in this way either.
After the end of a handover nothing of it changes: whoever is still asked adds documents of their own.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, and_, col, func, select

from kb.access import Module
from kb.documents import Document, Version
from kb.handover.case import Handover
from kb.viewing import Viewer

Among = ColumnElement[bool]
"""The condition on the documents that are compared with."""


def comparable(session: Session, viewer: Viewer, handover_id: str) -> Among:
    """The live documents of a handover that the viewer may see; after its end those alone that they brought."""
    handover = session.get(Handover, handover_id)
    own = col(Document.uploader_id) == viewer.person_id if handover and handover.ended else true()
    return and_(col(Document.handover_id) == handover_id, col(Document.deleted_at).is_(None),
                viewer.scope.visible(col(Document.cell)), own)


def identical(session: Session, among: Among, sha256: str, cell: str) -> tuple[Document, Version] | None:
    """The document whose current or latest file has the same bytes; one in the same cell before others."""
    rows = session.exec(
        select(Document, Version).join(Version, col(Version.document_id) == col(Document.id))
        .where(Version.sha256 == sha256, among).order_by(col(Version.number).desc())
    ).all()
    rows = [(d, v) for d, v in rows if v.number == last_number(session, d.id)]
    return min(rows, key=lambda r: (r[0].cell != cell, r[0].created_at), default=None)


def same_name(session: Session, among: Among, module: Module, file_name: str, parent_id: str) -> Document | None:
    """The document of a module whose file has the same name, and among attachments the same mail."""
    return session.exec(
        select(Document)
        .where(Document.module == module, Document.file_name == file_name, Document.parent_id == parent_id, among)
        .order_by(col(Document.created_at)).limit(1)
    ).first()  # fmt: skip


def last_number(session: Session, document_id: str) -> int:
    """The number of a document's latest version, 0 where it has none."""
    return session.exec(select(func.max(Version.number)).where(Version.document_id == document_id)).one() or 0
