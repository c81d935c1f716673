"""/documents/{id}: reading one document at the passage that was asked for, its pages as pictures, its original."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

import search
from ingest import page_drawing
from kb import ledger, library, originals
from kb.chunks import Chunk
from kb.errors import NotFound
from kb.library import DocumentView
from kb.viewing import Viewer
from search.highlight import highlights
from web import searching
from web.deps import Db, Me, WritingDb
from web.reading import Span, answer_in, contents, layout
from web.templating import render

router = APIRouter()
_PICTURES = ("application/pdf",)


@dataclass(frozen=True)
class Stop:
    """Where the reader stands among the passages that answer the question: the passage and its neighbours' points."""

    chunk: Chunk | None
    number: int = 0
    total: int = 0
    previous: str = ""
    next: str = ""


@router.get("/documents/{document_id}")
def read(
    request: Request, document_id: str, db: Db, me: Me, q: Annotated[str, Query(max_length=500)] = "",
    at: Annotated[str, Query(max_length=40)] = "", version: Annotated[str, Query(max_length=40)] = "",
    answer: Annotated[str, Query(max_length=11)] = "",
) -> HTMLResponse:
    """The text with the passage marked; without ``at``, the best passage for ``q``; without both, from the start.

    ``answer`` is the range of the passage that answers (``12-40``).
    """
    view = library.read_document(db, me, document_id, version or None)
    stop = _stop(db, me, view, q, at)
    passage = _span(stop.chunk, q, answer_in(answer)) if stop.chunk else None
    parts = layout(view.text, view.blocks, passage)
    if q:
        searching.opened(me, document_id, q)
    return render(
        request, "reader/page.html", view=view, doc=view.document, parts=parts, contents=contents(parts), stop=stop,
        q=q, newer=search.newer_edition(db, me, view.document),
        pictured=view.version.media_type in _PICTURES and view.version.pages_total > 0,
        page_shown=(stop.chunk.page_first if stop.chunk else None) or 1,
    )  # fmt: skip


def _stop(db: Session, me: Viewer, view: DocumentView, q: str, at: str) -> Stop:
    answers = _answers(db, me, view, q) if q.strip() else []
    chunk = db.get(Chunk, at) if at else None
    if chunk is None or chunk.version_id != view.version.id:
        chunk = answers[0] if answers else None
    if chunk is None:
        return Stop(None)
    if all(a.point_id != chunk.point_id for a in answers):
        answers.append(chunk)
    ordered = sorted(answers, key=lambda c: c.ordinal)
    here = next(n for n, c in enumerate(ordered) if c.point_id == chunk.point_id)
    return Stop(
        chunk, here + 1, len(ordered), ordered[here - 1].point_id if here else "",
        ordered[here + 1].point_id if here + 1 < len(ordered) else "",
    )  # fmt: skip


def _answers(db: Session, me: Viewer, view: DocumentView, q: str) -> list[Chunk]:
    """The passages of this version that the question finds, the best first."""
    points = search.passages_in(db, me, view.document.id, view.version.id, q)
    found = {c.point_id: c for c in db.exec(select(Chunk).where(col(Chunk.point_id).in_(points)))}
    return [found[p] for p in points if p in found]


def _span(chunk: Chunk, q: str, answer: tuple[int, int] | None) -> Span:
    return Span(chunk.start, chunk.end, highlights(chunk.text, q) if q else (), answer)


@router.get("/documents/{document_id}/pages/{number}.png")
def page_image(
    document_id: str, number: int, db: Db, me: Me, version: Annotated[str, Query(max_length=40)] = "",
    at: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """One page of a PDF as a picture, the passage framed."""
    view = library.read_document(db, me, document_id, version or None)
    if view.version.media_type not in _PICTURES or not 1 <= number <= view.version.pages_total:
        raise NotFound("page.unknown", "没有这一页。")
    chunk = db.get(Chunk, at) if at else None
    text = chunk.text if chunk is not None and chunk.version_id == view.version.id else ""
    return Response(page_drawing.draw(view.version.sha256, number, text), media_type="image/png")


@router.get("/documents/{document_id}/original")
def original(
    document_id: str, db: WritingDb, me: Me, version: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """The file as it was handed in, always as a download; written to the operation log."""
    view = library.read_document(db, me, document_id, version or None)
    ledger.record(db, me.person_id, "document.downloaded", document_id, version=view.version.number)
    name = quote(view.version.file_name, safe="")
    return FileResponse(
        originals.path_of(view.version.sha256), media_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"},
    )  # fmt: skip


@router.get("/documents/{document_id}/receipt")
def receipt(request: Request, document_id: str, db: Db, me: Me) -> HTMLResponse:
    """What became of the file, refreshed while it is under way."""
    return render(request, "upload/_receipt.html", receipt=library.receipt(db, me, document_id))
