"""/handovers/{id}/notes and /notes/{id}: paste or upload meeting notes and split them into cards by hand."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest.parse import parse
from kb.access import Classification, Module
from kb.cards import notes
from kb.cards.forms import forms
from kb.db import transaction
from kb.errors import Conflict, Invalid
from kb.handover.participation import require_contribution, visible_handover
from kb.viewing import Viewer
from web.deps import Db, Me, Sent
from web.i18n import explain
from web.templating import render
from web.uploads import received
from web.vocabularies import chosen, number_in

router = APIRouter()
Words = Annotated[str, Form()]


@router.get("/handovers/{handover_id}/notes/new")
def new_page(request: Request, handover_id: str, db: Db, me: Me) -> HTMLResponse:
    """Where the text is pasted or its file chosen."""
    handover = require_contribution(db, me, handover_id, Module.strategy, Classification.internal)
    return render(request, "cards/new_notes.html", handover=handover, error="", given={})


@router.post("/handovers/{handover_id}/notes/new")
def keep(
    request: Request, handover_id: str, me: Me, module: Words = "strategy", title: Words = "",
    text: Words = "", files: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Keep the text; a file is read like any upload, outside any transaction, without becoming a document."""
    place = chosen(module, Module.strategy)
    with transaction(writes=False) as db:
        handover = require_contribution(db, me, handover_id, place, Classification.internal)
    try:
        name, read = _read([f for f in files or [] if f.filename])
        with transaction() as db:
            kept = notes.keep(db, me, handover_id, place, title=title or name, text=read or text)
    except (Invalid, Conflict) as error:
        return render(request, "cards/new_notes.html", status=422, handover=handover,
                      error=explain(request.state.locale, error),
                      given={"title": title, "text": text, "module": module})
    return RedirectResponse(f"/notes/{kept.id}", 303)


def _read(files: list[UploadFile]) -> tuple[str, str]:
    """Title and text of the chosen file; empty where none was chosen."""
    if not files:
        return "", ""
    with received(files[:1]) as kept, tempfile.TemporaryDirectory() as folder:
        path, name = kept[0]
        named = path.rename(path.with_name(f"notes{Path(name).suffix.lower()}"))
        parsed = parse(named, name, Path(folder))
    return parsed.title, parsed.text


@router.get("/notes/{notes_id}")
def split_page(request: Request, notes_id: str, db: Db, me: Me) -> HTMLResponse:
    """The text with a box beside each paragraph, and the forms."""
    return _page(request, db, me, notes_id)


def _page(
    request: Request, db: Session, me: Viewer, notes_id: str, *, status: int = 200, error: str = ""
) -> HTMLResponse:
    found = notes.notes_of(db, me, notes_id)
    return render(request, "cards/notes.html", status=status, notes=found, forms=forms(), error=error,
                  handover=visible_handover(db, me, found.handover_id))


@router.post("/notes/{notes_id}")
def make_card(request: Request, notes_id: str, db: Db, me: Me, sent: Sent) -> Response:
    """A card from the chosen paragraphs."""
    ticked = [number_in(str(v), -1) for v in sent.getlist("p")]
    form, _, field = str(sent.get("into", "")).partition(":")
    try:
        made = notes.make_card(db, me, notes_id, ticked, form, field)
    except Invalid as error:
        db.rollback()
        return _page(request, db, me, notes_id, status=422, error=explain(request.state.locale, error))
    return RedirectResponse(f"/cards/{made.id}", 303)
