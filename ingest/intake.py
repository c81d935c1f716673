"""Intake: a file is stored first, then put down as a document, a further version, or a link to what is there already.

    the same bytes, in the same handover         → linked, nothing is indexed twice
    the same name, in the same handover+module   → the next version of that document
    otherwise                                    → a new document
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session

from ingest import matching, pipeline
from ingest.formats.names import shown_name
from kb import ledger, mirror, originals
from kb.access import CLASSIFICATION_NAMES, MODULE_NAMES, Classification, Module, cell_of
from kb.committed import after_commit
from kb.db import now
from kb.documents import Document, Kind, Stage, Version
from kb.errors import Conflict, Invalid
from kb.handover.case import Submission
from kb.handover.participation import deliverable_in, require_contribution
from kb.originals import Stored
from kb.receipts import Receipt, receipt_of, refusal
from kb.settings import settings
from kb.tags import DocumentTag
from kb.viewing import Viewer
from kb.vocabulary import canonical

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Given:
    """What somebody knows of a file; it holds before what the file says of itself. Empty and None: nothing known."""

    title: str = ""
    author: str = ""
    authored_on: date | None = None
    kind: Kind | None = None


@dataclass(frozen=True)
class Target:
    """Where a file is to go. ``deliverable_id`` empty: it is handed in for no deliverable; ``parent_id``: a mail's.

    ``form`` is the key of the form a card was written with, empty for a file. ``given`` is what is known of it.
    """

    handover_id: str
    module: Module
    classification: Classification = Classification.internal
    tags: tuple[str, ...] = ()
    deliverable_id: str = ""
    parent_id: str = ""
    form: str = ""
    given: Given = Given()

    @property
    def cell(self) -> str:
        """The cell it will lie in."""
        return cell_of(self.handover_id, self.module, self.classification)


@dataclass(frozen=True)
class Admitted:
    """What became of a file at the door; ``name`` is the one it came with, whatever the same bytes are called here."""

    document: Document
    version: Version
    name: str
    linked: bool = False
    notices: tuple[dict[str, Any], ...] = ()

    def receipt(self) -> Receipt:
        """Its receipt now."""
        return receipt_of(self.document, self.version, name=self.name, linked=self.linked, notices=self.notices)


def accept(
    session: Session, viewer: Viewer, file: Path, file_name: str, handover_id: str, module: Module,
    classification: Classification = Classification.internal, tags: tuple[str, ...] = (),
    deliverable_id: str | None = None,
) -> Receipt:
    """Store a file and have it worked on as soon as the session commits. Archives: see ``ingest.batch``.

    A file over the size limit is refused in the receipt without being kept.

    Raises:
        NotFound, NotAllowed, Conflict: the viewer may not put it there, or there is no such deliverable.
    """
    target = Target(handover_id, module, classification, tags, deliverable_id or "")
    check_target(session, viewer, target)
    too_large = refusal_of_size(file, file_name)
    if too_large is not None:
        return too_large
    return admit(session, viewer, originals.store(file), file_name, target, source=file).receipt()


def check_target(session: Session, viewer: Viewer, target: Target) -> None:
    """Stop here unless the viewer may put documents there.

    Raises:
        NotFound, NotAllowed, Conflict: as ``require_contribution``; no such deliverable, or its handover has ended.
    """
    handover = require_contribution(session, viewer, target.handover_id, target.module, target.classification)
    if not target.deliverable_id:
        return
    if handover.ended:
        raise Conflict("handover.archived", "这个交接已经结束，不能再提交资料。")
    deliverable_in(session, target.handover_id, target.deliverable_id)


def refusal_of_size(file: Path, file_name: str) -> Receipt | None:
    """The refusing receipt of a file over the limit, else None."""
    limit = settings().max_file_mb
    if file.stat().st_size <= limit * _MEBIBYTE:
        return None
    return refusal(shown_name(file_name, "未命名文件"), {
        "slug": "document.too_large", "params": {"limit": limit},
        "message": "文件超过 {limit} MB。请拆成几份，或压缩其中的图片后再上传。",
    })  # fmt: skip


def admit(
    session: Session, viewer: Viewer, stored: Stored, file_name: str, target: Target, *, source: Path | None = None,
    refused: Invalid | None = None,
) -> Admitted:
    """Put a stored file down in SQL and enqueue it after the commit. Rights have been checked.

    ``source`` puts the original back should a deletion have removed it since it was stored. ``refused`` keeps the file
    as refused for that reason without working on it.
    """
    originals.serialise(session)
    if source is not None and not originals.path_of(stored.sha256).is_file():
        originals.store(source)
    target = replace(target, tags=tuple(t for t in (canonical(tag) for tag in target.tags) if t))
    name = shown_name(file_name, "未命名文件")
    same = _identical(session, viewer, stored.sha256, target)
    if same is not None:
        return _link(session, viewer, *same, target, name)
    admitted = _add(session, viewer, stored, name, target)
    if refused is not None:
        _refuse(session, admitted.version, refused)
    else:
        after_commit(session, lambda: pipeline.enqueue(admitted.version.id))
    return admitted


def foresee(session: Session, viewer: Viewer, sha256: str, file_name: str, target: Target) -> str:
    """What ``admit`` would make of a file: ``same`` (linked, not indexed again), ``version`` or ``new``."""
    if _identical(session, viewer, sha256, target) is not None:
        return "same"
    name = shown_name(file_name, "未命名文件")
    return "version" if _same_name(session, viewer, name, target) is not None else "new"


def _identical(session: Session, viewer: Viewer, sha256: str, target: Target) -> tuple[Document, Version] | None:
    among = matching.comparable(session, viewer, target.handover_id)
    return matching.identical(session, among, sha256, target.cell)


def _same_name(session: Session, viewer: Viewer, name: str, target: Target) -> Document | None:
    among = matching.comparable(session, viewer, target.handover_id)
    return matching.same_name(session, among, target.module, name, target.parent_id)


def _link(
    session: Session, viewer: Viewer, document: Document, version: Version, target: Target, name: str
) -> Admitted:
    if version.stage is Stage.refused:
        return _retry(session, viewer, document, version, target, name)
    _hand_in(session, viewer, document.id, target)
    _tag(session, viewer, document.id, target.tags)
    ledger.record(session, viewer.person_id, "document.linked", document.id, version=version.id,
                  deliverable=target.deliverable_id, sha256=version.sha256)
    if target.tags:
        mirror.owe(session, document.id)
    notice = {
        "slug": "document.same_file",
        "message": "同一份文件已在「{module}」（{classification}）中，未重复收录，已直接关联。"
        if name == version.file_name else
        "同一份文件已以「{name}」收录在「{module}」（{classification}）中，未重复收录，已直接关联。",
        "params": {"module": MODULE_NAMES[document.module], "name": version.file_name,
                   "classification": CLASSIFICATION_NAMES[document.classification]},
    }  # fmt: skip
    return Admitted(document, version, name, linked=True, notices=(notice,))


def _retry(
    session: Session, viewer: Viewer, document: Document, version: Version, target: Target, name: str
) -> Admitted:
    """The same file again after a refusal: another try, as the limits or the parser may have changed."""
    _hand_in(session, viewer, document.id, target)
    start_anew(session, version)
    ledger.record(session, viewer.person_id, "document.retried", document.id, version=version.id)
    return Admitted(document, version, name)


def start_anew(session: Session, version: Version) -> None:
    """Set a version back to the first stage and enqueue it once more after the commit."""
    version.stage, version.stage_at, version.finished_at = Stage.stored, now(), None
    version.reason_slug, version.reason_message, version.reason_params = "", "", {}
    version.attempts += 1
    session.add(version)
    session.flush()
    after_commit(session, lambda: pipeline.enqueue(version.id))


def _add(session: Session, viewer: Viewer, stored: Stored, name: str, target: Target) -> Admitted:
    earlier = _same_name(session, viewer, name, target)
    document = earlier or _new_document(session, viewer, name, target)
    notices = _stricter(session, document, target) if earlier else ()
    version = Version(
        document_id=document.id, number=matching.last_number(session, document.id) + 1, sha256=stored.sha256,
        file_name=name, media_type=mimetypes.guess_type(name)[0] or "", size_bytes=stored.size_bytes,
        uploader_id=viewer.person_id, form=target.form, title=target.given.title, author=target.given.author,
        authored_on=target.given.authored_on, kind=target.given.kind or Kind.other,
    )
    session.add(version)
    session.flush()
    _hand_in(session, viewer, document.id, target)
    _tag(session, viewer, document.id, target.tags)
    action = "document.version_added" if earlier else "document.added"
    ledger.record(session, viewer.person_id, action, document.id, version=version.id, number=version.number,
                  file=name, sha256=stored.sha256, cell=document.cell, parent=document.parent_id)
    return Admitted(document, version, name, notices=notices)


def _new_document(session: Session, viewer: Viewer, name: str, target: Target) -> Document:
    document = Document(
        handover_id=target.handover_id, module=target.module, classification=target.classification, cell=target.cell,
        title=Path(name).stem or name, file_name=name, uploader_id=viewer.person_id, parent_id=target.parent_id,
    )
    session.add(document)
    session.flush()
    return document


def _stricter(session: Session, document: Document, target: Target) -> tuple[dict[str, Any], ...]:
    """A further version never opens its document: the stricter classification of the two holds."""
    if document.classification is target.classification:
        return ()
    order = list(Classification)
    wanted = max(document.classification, target.classification, key=order.index)
    document.classification = wanted
    document.cell = cell_of(document.handover_id, document.module, wanted)
    session.add(document)
    mirror.owe(session, document.id)
    return ({
        "slug": "document.stricter", "message": "两个版本的密级不同，整份资料按较严的「{classification}」处理。",
        "params": {"classification": CLASSIFICATION_NAMES[wanted]},
    },)  # fmt: skip


def _refuse(session: Session, version: Version, reason: Invalid) -> None:
    version.stage, version.finished_at = Stage.refused, now()
    version.reason_slug, version.reason_message = reason.slug, reason.message
    version.reason_params = dict(reason.params)
    session.add(version)
    session.flush()


def _hand_in(session: Session, viewer: Viewer, document_id: str, target: Target) -> None:
    if target.deliverable_id and session.get(Submission, (target.deliverable_id, document_id)) is None:
        session.add(Submission(
            deliverable_id=target.deliverable_id, document_id=document_id, submitted_by=viewer.person_id
        ))
        session.flush()


def _tag(session: Session, viewer: Viewer, document_id: str, tags: tuple[str, ...]) -> None:
    for tag in dict.fromkeys(tags):
        if session.get(DocumentTag, (document_id, tag)) is None:
            session.add(DocumentTag(document_id=document_id, tag=tag, added_by=viewer.person_id))
    session.flush()
