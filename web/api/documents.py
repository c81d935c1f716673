"""/documents: hand in, list, read, tag, move, delete; and the receipt of what was handed in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import FileResponse

from ingest.batch import accept_files
from ingest.intake import Target
from kb import ledger, library, originals
from kb.access import Classification, Module
from kb.documents import Document, Kind, Stage, Version
from kb.receipts import Status
from web.api.listing import Listing, refusals
from web.api.receipts import ReceiptOut
from web.deps import Db, Locale, Me, WritingDb
from web.uploads import received

router = APIRouter(prefix="/documents", tags=["documents"], responses=refusals(404))
WantedVersion = Annotated[str, Query(max_length=64, description="Id or number; the current one when absent")]


class DocumentOut(BaseModel):
    """A document."""

    id: str
    title: str
    file_name: str
    handover_id: str
    module: Module
    classification: Classification
    kind: Kind
    author: str
    authored_on: date | None
    created_at: datetime
    tags: list[str]
    uploader: str = Field(description="Name of the person who handed it in")
    version_number: int = Field(description="Of the version shown")
    stage: Stage

    @classmethod
    def of(cls, row: Document, version: Version, tags: tuple[str, ...], uploader: str) -> DocumentOut:
        """The document as the API shows it."""
        plain = {n: getattr(row, n) for n in cls.model_fields if hasattr(row, n)}
        return cls(**plain, tags=list(tags), uploader=uploader, version_number=version.number, stage=version.stage)


class VersionOut(BaseModel):
    """One file of a document as it was handed in."""

    id: str
    number: int
    file_name: str
    sha256: str
    size_bytes: int
    stage: Stage
    created_at: datetime


class DocumentDetail(DocumentOut):
    """A document with what belongs to it."""

    version_id: str
    is_current: bool = Field(description="Whether the version shown is the one that is found")
    editable: bool
    versions: list[VersionOut]
    deliverable_ids: list[str]
    attachment_ids: list[str]
    parent_id: str | None = Field(description="The mail or archive it came with")


class TextOut(BaseModel):
    """A version's text as parsed; passages and citations are substrings of it."""

    document_id: str
    version_id: str
    sha256: str = Field(description="Of the original file: cite it together with the offsets")
    text: str
    blocks: list[dict[str, object]] = Field(description="Layout: kind, start, end, level, page, html of tables")


class DocumentChange(BaseModel):
    """What to change about a document; what is absent stays."""

    tags: list[str] | None = Field(default=None, max_length=30, description="Exactly these, by key, label or free text")
    module: Module | None = None
    classification: Classification | None = None


class DocumentFilters(BaseModel):
    """What the list is narrowed to. Values of one filter are alternatives, except tags, of which all must be there."""

    q: str = Field(default="", max_length=100, description="Part of a title or file name")
    handover_id: str = Field(default="", max_length=64)
    deliverable_id: str = Field(default="", max_length=64)
    module: list[Module] = Field(default=[], max_length=5)
    classification: list[Classification] = Field(default=[], max_length=3)
    kind: list[Kind] = Field(default=[], max_length=10)
    author: list[str] = Field(default=[], max_length=20)
    tag: list[str] = Field(default=[], max_length=20)
    status: Status | None = None
    sort: str = Field(default="newest", pattern="^(newest|oldest|title|date)$")
    limit: int = Field(default=50, ge=1, le=200)
    offset: int = Field(default=0, ge=0, le=100_000)


@router.get("", summary="List documents", responses=refusals(422))
def list_documents(wanted: Annotated[DocumentFilters, Query()], db: Db, me: Me) -> Listing[DocumentOut]:
    """Documents this person may see, each with its latest version."""
    page = library.list_documents(db, me, library.Filters(
        handover_id=wanted.handover_id, modules=tuple(wanted.module), classifications=tuple(wanted.classification),
        kinds=tuple(wanted.kind), authors=tuple(wanted.author), tags=tuple(wanted.tag), status=wanted.status,
        deliverable_id=wanted.deliverable_id, text=wanted.q, sort=wanted.sort, limit=wanted.limit,
        offset=wanted.offset,
    ))
    items = [DocumentOut.of(r.document, r.version, r.tags, r.uploader) for r in page.rows]
    return Listing(items=items, total=page.total, limit=wanted.limit, offset=wanted.offset)


@router.post("", status_code=202, summary="Hand in files", responses=refusals(403, 409, 413, 422))
def hand_in(
    me: Me, locale: Locale,
    files: Annotated[list[UploadFile], File(description="Any number of files; a zip is taken apart")],
    handover_id: Annotated[str, Form(max_length=64)], module: Annotated[Module, Form()],
    classification: Annotated[Classification, Form()] = Classification.internal,
    tags: Annotated[list[str] | None, Form(description="Repeat the field for several")] = None,
    deliverable_id: Annotated[str, Form(max_length=64, description="Hand them in for this deliverable")] = "",
) -> list[ReceiptOut]:
    """Store the files and begin to read them. A receipt each; one that is refused does not stop the others."""
    target = Target(handover_id, module, classification, tuple(tags or ()), deliverable_id)
    with received(files) as kept:
        return [ReceiptOut.of(receipt, locale) for receipt in accept_files(me, kept, target)]


@router.get("/{document_id}", summary="Read a document")
def read(document_id: str, db: Db, me: Me, version: WantedVersion = "") -> DocumentDetail:
    """What is known about it; its text is at `/documents/{id}/text`."""
    return _detail(library.read_document(db, me, document_id, version or None))


@router.get("/{document_id}/text", summary="Read a document's text")
def read_text(document_id: str, db: Db, me: Me, version: WantedVersion = "") -> TextOut:
    """The text as parsed, with its layout; empty while the version is under way."""
    view = library.read_document(db, me, document_id, version or None)
    return TextOut(document_id=document_id, version_id=view.version.id, sha256=view.version.sha256, text=view.text,
                   blocks=list(view.blocks))


@router.get("/{document_id}/original", summary="Download the original", response_class=FileResponse)
def original(document_id: str, db: WritingDb, me: Me, version: WantedVersion = "") -> FileResponse:
    """The file as it was handed in, byte for byte; the download is written to the operation log."""
    view = library.read_document(db, me, document_id, version or None)
    ledger.record(db, me.person_id, "document.downloaded", document_id, version=view.version.number)
    name = quote(view.version.file_name, safe="")
    return FileResponse(originals.path_of(view.version.sha256), media_type="application/octet-stream",
                        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


@router.get("/{document_id}/receipt", summary="Read a receipt")
def receipt(
    document_id: str, db: Db, me: Me, locale: Locale, version_id: Annotated[str, Query(max_length=64)] = ""
) -> ReceiptOut:
    """How far the latest (or the given) version has come; poll it while `finished` is false."""
    return ReceiptOut.of(library.receipt(db, me, document_id, version_id), locale)


@router.patch("/{document_id}", summary="Change a document", responses=refusals(403, 409, 422))
def change(document_id: str, wanted: DocumentChange, db: Db, me: Me) -> DocumentDetail:
    """Tags, module, classification. Moving works on everybody's next request."""
    if wanted.tags is not None:
        library.retag(db, me, document_id, wanted.tags)
    if wanted.module is not None or wanted.classification is not None:
        library.move_document(db, me, document_id, module=wanted.module, classification=wanted.classification)
    db.flush()
    return _detail(library.read_document(db, me, document_id))


@router.delete("/{document_id}", status_code=204, summary="Delete a document", responses=refusals(403, 409))
def delete(document_id: str, db: Db, me: Me) -> None:
    """Delete it for everyone and for good, with its attachments."""
    library.delete_document(db, me, document_id)


def _detail(view: library.DocumentView) -> DocumentDetail:
    shown = DocumentOut.of(view.document, view.version, view.tags, view.uploader)
    return DocumentDetail(
        **shown.model_dump(), version_id=view.version.id, is_current=view.is_current, editable=view.editable,
        versions=[VersionOut.model_validate(v, from_attributes=True) for v in view.versions],
        deliverable_ids=[d.id for d in view.deliverables], attachment_ids=[a.id for a in view.attachments],
        parent_id=view.parent.id if view.parent else None,
    )
