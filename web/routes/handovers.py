"""/handovers: all handovers, opening one, and the room of one: checklist on one side, search on the other."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import search
from kb.access import Permission
from kb.clock import today
from kb.directory import list_people
from kb.errors import Invalid, KbError
from kb.handover import editions, examination, obligations
from kb.handover.alerts import alerts
from kb.handover.checklist import ITEM_STATE_NAMES, checklist, checklists
from kb.handover.opening import open_handover
from kb.handover.participation import may_contribute, visible_handover, visible_handovers
from kb.handover.review import reviewed
from kb.handover.risks import visible_risks
from kb.handover.signing import signatures_of, speaks_to
from kb.handover.standing import next_steps, reason_said
from kb.handover.turns import receipts_of
from kb.handover.workdays import day_from
from kb.people import find_person, names_of
from kb.viewing import Viewer
from search import aftercare
from web import searching
from web.deps import Db, Me, allowed
from web.i18n import explain
from web.questions import example_questions
from web.templating import render

router = APIRouter()
Opener = Annotated[Viewer, Depends(allowed(Permission.open_handover))]


@router.get("/handovers")
def list_page(request: Request, db: Db, me: Me) -> HTMLResponse:
    """Every handover the viewer may know of, with how far it has come."""
    lists = checklists(db, me, visible_handovers(db, me))
    named = {i for c in lists for i in (c.handover.leaver_id, c.handover.successor_id) if i}
    return render(request, "handovers/list.html", checklists=lists, names=names_of(db, named))


@router.get("/handovers/new")
def new_page(request: Request, db: Db, me: Opener) -> HTMLResponse:
    """The form to open a handover."""
    return _form(request, db, me)


def _form(request: Request, db: Session, me: Viewer, *, status: int = 200, **given: Any) -> HTMLResponse:
    templates = [editions.current(db, key) for key in editions.roles(db)]
    people = [p for p in list_people(db, me) if p.active]
    given = {"error": "", "role": "coo", "leaver": "", "successor": "", "head": "", "last_day": "",
             "urgent": False, "agreements": True} | given
    return render(request, "handovers/new.html", status=status, templates=templates, people=people, **given)


@router.post("/handovers/new")
def open_one(
    request: Request, db: Db, me: Opener, role: Annotated[str, Form()], leaver: Annotated[str, Form()] = "",
    successor: Annotated[str, Form()] = "", head: Annotated[str, Form()] = "", last_day: Annotated[str, Form()] = "",
    urgent: Annotated[str, Form()] = "", agreements: Annotated[str, Form()] = "",
) -> Response:
    """Open it; then the page where its rights are granted, because nobody but the leaver sees anything yet."""
    try:
        if not leaver:
            raise Invalid("handover.no_leaver", "请选择离任者。")
        named = [find_person(db, who) if who else None for who in (leaver, successor, head)]
        made = open_handover(
            db, me, role, find_person(db, leaver), named[1], head=named[2],
            last_day=day_from(last_day), urgent=bool(urgent), agreements=bool(agreements),
        )
    except KbError as error:
        db.rollback()
        return _form(request, db, me, status=422, error=explain(request.state.locale, error), role=role, leaver=leaver,
                     successor=successor, head=head, last_day=last_day, urgent=urgent, agreements=agreements)
    return RedirectResponse(f"/grants/{made.id}", 303)


@router.get("/handovers/{handover_id}")
def room(
    request: Request, handover_id: str, db: Db, me: Me, q: str = "", side: str = "check", done: str = ""
) -> HTMLResponse:
    """The checklist beside the search; on a phone ``side`` chooses which is shown."""
    handover = visible_handover(db, me, handover_id)
    query = search.Query(text=q[:500], handover_id=handover_id, limit=8)
    results = searching.find(db, me, query) if q.strip() else None
    context: dict[str, Any] = {"handover": handover, "results": results, "q": q}
    if request.headers.get("hx-target") == "found":
        return render(request, "handovers/_found.html", **context)
    rows, signatures = reviewed(db, handover), signatures_of(db, handover_id)
    receipts = receipts_of(db, handover, rows)
    people = {i for i in (handover.leaver_id, handover.successor_id, handover.head_id) if i}
    said = reason_said(db, me, handover)
    people |= {said.by} if said else set()
    people |= {s.signer_id for s in signatures} | {i for r in receipts for i in (r.receiver_id, r.deputy_id) if i}
    return render(
        request, "handovers/room.html", checklist=checklist(db, me, handover_id), names=names_of(db, people),
        contributes=may_contribute(me, handover), state_names=ITEM_STATE_NAMES,
        steps=next_steps(db, me, handover, rows), alerts=alerts(db, me, handover, today(), rows),
        told=[s.id for s in signatures if speaks_to(me, handover, s)],
        receipts=receipts, obligations=obligations.standings(db, handover),
        exports=me.may(Permission.view_every_checklist) or me.person_id == handover.leaver_id,
        previews=examination.prepares(me, handover), aftercare=aftercare.may_read(db, me, handover),
        obligation_names=obligations.OBLIGATION_NAMES,
        signatures=signatures, risks=visible_risks(db, me, handover_id), done=done, said=said,
        reviews={r.deliverable.id: r for r in rows},
        arranges=me.may(Permission.open_handover) and me.person_id != handover.leaver_id and not handover.ended,
        examples=example_questions(db, me, handover_id), side="search" if side == "search" or q else "check", **context,
    )  # fmt: skip
