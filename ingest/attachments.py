"""Attachments of a mail: documents of their own in the mail's cell, each stored before it is put down."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlmodel import Session

from ingest import archive, intake
from ingest.intake import Admitted, Target
from ingest.parsed import Attachment
from kb import originals
from kb.access import Scope
from kb.documents import Document, Version
from kb.errors import Invalid
from kb.originals import Stored
from kb.viewing import Viewer

DEEPEST = 5
"""Mails in mails: what is attached further down is not taken out."""

Found = tuple[str, Stored, Invalid | None]
"""File name, its original in the store, and why it is refused at once (None: it is worked on)."""


def stored(attachments: Iterable[Attachment], work_dir: Path) -> list[Found]:
    """Put attachments into the store; a zip is taken apart, one that cannot be is kept as it is and refused."""
    found: list[Found] = []
    for number, attachment in enumerate(attachments):
        if not archive.is_archive(attachment.file_name):
            found.append((attachment.file_name, originals.store(attachment.path), None))
            continue
        try:
            inside = archive.members(attachment.path, work_dir / f"zip-{number}")
        except Invalid as error:
            found.append((attachment.file_name, originals.store(attachment.path), error))
        else:
            found += [(a.file_name, originals.store(a.path), None) for a in inside]
    return found


def add(session: Session, version_id: str, found: list[Found]) -> None:
    """Put attachments down as children of the version's document, in its cell and in the name of its uploader.

    One that is in this cell already is not taken in a second time; a further edition of one becomes its next version.
    """
    version = session.get_one(Version, version_id)
    document = session.get_one(Document, version.document_id)
    if document.deleted_at is not None or not found or _depth(session, document) >= DEEPEST:
        return
    target = Target(document.handover_id, document.module, document.classification, parent_id=document.id)
    uploader = Viewer(version.uploader_id, "", "", None, Scope(frozenset({document.cell})))
    for file_name, original, refused in found:
        _keep_notice(version, file_name, intake.admit(session, uploader, original, file_name, target, refused=refused))
    session.add(version)
    session.flush()


def _keep_notice(version: Version, file_name: str, admitted: Admitted) -> None:
    if admitted.linked and admitted.document.parent_id != version.document_id:
        notice = {
            "slug": "document.attachment_known", "message": "附件「{name}」此前已收录，未重复收录。",
            "params": {"name": file_name},
        }  # fmt: skip
        version.notices = [*version.notices, notice]


def _depth(session: Session, document: Document) -> int:
    depth, parent_id = 0, document.parent_id
    while parent_id and depth < DEEPEST:
        parent = session.get(Document, parent_id)
        depth, parent_id = depth + 1, parent.parent_id if parent else ""
    return depth
