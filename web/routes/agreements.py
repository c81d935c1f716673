"""/handovers/{id}/agreements: what a person signs before anything confidential opens to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb import keys
from kb.errors import Conflict, Invalid, NotFound
from kb.handover import agreements
from kb.handover.participation import visible_handover
from kb.handover.signing import Purpose
from kb.people import names_of
from kb.viewing import Viewer
from web.deps import Db, Me
from web.i18n import explain, phrase
from web.templating import render

router = APIRouter(prefix="/handovers/{handover_id}/agreements")


@router.get("")
def page(request: Request, handover_id: str, db: Db, me: Me) -> HTMLResponse:
    """The viewer's own agreements, word for word; HR also sees who has signed."""
    return _page(request, db, me, handover_id)


def _page(
    request: Request, db: Session, me: Viewer, handover_id: str, *, status: int = 200, error: str = ""
) -> HTMLResponse:
    handover = visible_handover(db, me, handover_id)
    signed = agreements.signed_by(db, handover.id, me.person_id)
    locale = request.state.locale
    mine = [
        (p, agreements.text_of(handover, p), p in signed,
         "" if locale == "zh" else phrase(locale, *agreements.wording_of(handover, p)))
        for p in agreements.required_of(db, handover, me.person_id)
    ]  # fmt: skip
    others = agreements.standing(db, me, handover)
    return render(
        request, "agreements/page.html", status=status, handover=handover, mine=mine, others=others,
        names=names_of(db, others), has_key=keys.has_key(db, me.person_id), error=error,
    )  # fmt: skip


@router.post("")
def sign(
    request: Request, handover_id: str, db: Db, me: Me, purpose: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Sign one."""
    try:
        if purpose not in list(Purpose):
            raise Invalid("agreement.not_required", "您在这个交接里不需要签署这份文件。")
        agreements.sign_agreement(db, me, handover_id, Purpose(purpose), pin)
    except (Invalid, Conflict, NotFound) as error:
        if isinstance(error, NotFound) and error.slug != "key.none":
            raise
        db.rollback()
        return _page(request, db, me, handover_id, status=422, error=explain(request.state.locale, error))
    return RedirectResponse(f"/handovers/{handover_id}/agreements", 303)
