"""/handovers/{id}/after: how the handover answers now that nobody is left to ask, and sending on what it does not."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb.access import MODULE_NAMES, Module, Permission
from kb.directory import list_people
from kb.errors import Conflict, Invalid, KbError
from kb.handover import enquiries, examination, gaps
from kb.handover.case import GAP_STATE_NAMES
from kb.handover.participation import visible_handover
from kb.people import find_person, names_of
from kb.viewing import Viewer
from search import aftercare
from web.deps import Db, Me
from web.i18n import explain
from web.templating import render
from web.vocabularies import chosen

router = APIRouter()
Words = Annotated[str, Form()]


@router.get("/handovers/{handover_id}/after")
def page(request: Request, handover_id: str, db: Db, me: Me) -> HTMLResponse:
    """Scores at 30 and 90 days, one's own unanswered questions, and what was sent on."""
    return _page(request, db, me, handover_id)


def _page(
    request: Request, db: Session, me: Viewer, handover_id: str, *, status: int = 200, error: str = ""
) -> HTMLResponse:
    handover = visible_handover(db, me, handover_id)
    aftercare.require_reader(db, me, handover)
    sent = [g for g in gaps.gaps_of(db, handover_id) if g.asked_by and me.person_id in (g.asked_by, g.asked_of)]
    told = {g.zh for g in sent}
    names = examination.oversees(me)
    return render(
        request, "aftercare/page.html", status=status, error=error, handover=handover,
        scores=aftercare.scores(db, handover), sent=sent, state_names=GAP_STATE_NAMES,
        unanswered=[text for text in aftercare.unanswered(db, me, handover) if text[:500] not in told],
        modules=[m for m in MODULE_NAMES if me.scope.opens(handover.id, m)], deputies=names,
        people=[p for p in list_people(db, me) if p.active and p.id != handover.leaver_id] if names else [],
        names=names_of(db, {i for i in (handover.deputy_id, *(g.asked_of for g in sent)) if i}),
    )  # fmt: skip


@router.post("/handovers/{handover_id}/after/deputy")
def name_deputy(request: Request, handover_id: str, db: Db, me: Me, person: Words = "") -> Response:
    """Name who stayed and may be asked; empty names nobody."""
    visible_handover(db, me, handover_id)
    me.require(Permission.open_handover)  # before anybody is looked up: whether a name exists is for HR to know
    try:
        enquiries.name_deputy(db, me, handover_id, find_person(db, person) if person else None)
    except (Invalid, Conflict) as error:
        return _again(request, db, me, handover_id, error)
    return RedirectResponse(f"/handovers/{handover_id}/after", 303)


@router.post("/handovers/{handover_id}/after/ask")
def ask(
    request: Request, handover_id: str, db: Db, me: Me, question: Words = "", module: Words = ""
) -> Response:
    """Send a question to them."""
    try:
        handover = visible_handover(db, me, handover_id)
        aftercare.require_reader(db, me, handover)
        enquiries.send(db, me, handover, chosen(module, Module.strategy), question)
    except (Invalid, Conflict) as error:
        return _again(request, db, me, handover_id, error)
    return RedirectResponse(f"/handovers/{handover_id}/after", 303)


def _again(request: Request, db: Session, me: Viewer, handover_id: str, error: KbError) -> HTMLResponse:
    db.rollback()
    return _page(request, db, me, handover_id, status=422, error=explain(request.state.locale, error))
