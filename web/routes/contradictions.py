"""/handovers/{id}/contradictions: what two current documents say differently, side by side, for their author."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import Conflict, Invalid
from kb.handover import dismissals
from kb.handover.participation import visible_handover
from kb.people import names_of
from kb.viewing import Viewer
from search.radar import radar
from web.deps import Db, Me
from web.i18n import explain
from web.templating import render

router = APIRouter()
_MOST = 100
Words = Annotated[str, Form()]


@router.get("/handovers/{handover_id}/contradictions")
def page(request: Request, handover_id: str, db: Db, me: Me) -> HTMLResponse:
    """The pairs within what is open to the viewer, the surest first; those put aside below."""
    return _page(request, db, me, handover_id)


def _page(
    request: Request, db: Session, me: Viewer, handover_id: str, *, status: int = 200, error: str = ""
) -> HTMLResponse:
    handover = visible_handover(db, me, handover_id)
    found = [(dismissals.pair_key(pair), pair) for pair in radar(db, me, handover_id)]
    aside = dismissals.dismissals_of(db, handover_id)
    return render(
        request, "contradictions/page.html", status=status, error=error, handover=handover,
        pairs=[(key, pair) for key, pair in found if key not in aside][:_MOST],
        aside=[(key, pair, aside[key]) for key, pair in found if key in aside][:_MOST],
        names=names_of(db, {d.person_id for d in aside.values()}),
        dismisses=dismissals.may_dismiss(db, me, handover),
    )  # fmt: skip


@router.post("/handovers/{handover_id}/contradictions")
def put_aside(
    request: Request, handover_id: str, db: Db, me: Me, pair: Words = "", reason: Words = "", then: Words = ""
) -> Response:
    """Put a pair aside with a reason, or show it again; only what the viewer is shown can be put aside."""
    handover = visible_handover(db, me, handover_id)
    try:
        if then == "show":
            dismissals.take_back(db, me, handover, pair)
        else:
            found = {dismissals.pair_key(p): p for p in radar(db, me, handover_id)}
            dismissals.dismiss(db, me, handover, found.get(pair), reason)
    except (Invalid, Conflict) as error:
        db.rollback()
        return _page(request, db, me, handover_id, status=422, error=explain(request.state.locale, error))
    return RedirectResponse(f"/handovers/{handover_id}/contradictions", 303)
