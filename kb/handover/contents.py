"""What is handed in right now, file by file, and its digest: what reviewers decide on and signers sign."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import rfc8785
from sqlmodel import Session, col, select

from kb.access import Module
from kb.documents import Document, Stage, Version
from kb.handover.case import Deliverable, Submission


@dataclass(frozen=True)
class FileOf:
    """One file handed in for one deliverable, pinned by version number and SHA-256 (hex). ``cell`` says who sees it."""

    deliverable_id: str
    deliverable_key: str
    deliverable_title: str
    module: Module
    document_id: str
    version_id: str
    title: str
    file_name: str
    version: int
    sha256: str
    size_bytes: int
    cell: str

    def pinned(self) -> dict[str, str | int]:
        """The file as a signature's manifest names it."""
        return {
            "deliverable": self.deliverable_key, "title": self.title, "document": self.document_id,
            "file_name": self.file_name, "version": self.version, "sha256": self.sha256,
        }  # fmt: skip


def files_of(session: Session, handover_id: str, module: Module | None = None) -> list[FileOf]:
    """The newest version, not refused, of everything handed in, in the checklist's order; one module where given."""
    return files_of_all(session, [handover_id], module)


def files_of_all(session: Session, handover_ids: Collection[str], module: Module | None = None) -> list[FileOf]:
    """What ``files_of`` gives, of several handovers together, in one query."""
    wanted = (
        select(Deliverable, Document, Version)
        .join(Submission, col(Submission.deliverable_id) == col(Deliverable.id))
        .join(Document, col(Document.id) == col(Submission.document_id))
        .join(Version, col(Version.document_id) == col(Document.id))
        .where(col(Deliverable.handover_id).in_(handover_ids), col(Document.deleted_at).is_(None),
               col(Version.stage) != Stage.refused)
    )
    if module is not None:
        wanted = wanted.where(Deliverable.module == module)
    newest: dict[tuple[str, str], FileOf] = {}
    rows = session.exec(wanted.order_by(col(Deliverable.ordinal), col(Document.id), col(Version.number)))
    for deliverable, document, version in rows:
        newest[deliverable.id, document.id] = FileOf(
            deliverable.id, deliverable.key, deliverable.title, deliverable.module, document.id, version.id,
            document.title, version.file_name, version.number, version.sha256, version.size_bytes, document.cell,
        )
    return list(newest.values())


def digest_of(files: Iterable[FileOf]) -> str:
    """SHA-256 (hex) over the pinned files; the same files in any order give the same one."""
    pinned = sorted((f.deliverable_key, f.document_id, str(f.version), f.sha256) for f in files)
    return hashlib.sha256(rfc8785.dumps([list(row) for row in pinned])).hexdigest()


def by_deliverable(files: Sequence[FileOf]) -> dict[str, list[FileOf]]:
    """The files by deliverable id; a deliverable without files is absent."""
    grouped: dict[str, list[FileOf]] = {}
    for file in files:
        grouped.setdefault(file.deliverable_id, []).append(file)
    return grouped
