"""/handovers/{id}/ruling: was it not stated, or not confirmed? Asked in words, answered by a table of rules."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kb.access import Module
from kb.errors import Invalid
from kb.handover import incident, ruling
from kb.handover.incident import Claim, Ruling
from kb.handover.participation import visible_handover
from kb.handover.risks import visible_risks
from kb.handover.ruling_paper import pdf_of
from kb.viewing import Viewer
from web.deps import Db, Me
from web.i18n import explain
from web.templating import render

router = APIRouter(prefix="/handovers/{handover_id}/ruling")
Words = Annotated[str, Form()]


@router.get("")
def form(request: Request, handover_id: str, db: Db, me: Me) -> HTMLResponse:
    """Describe what happened."""
    return _page(request, db, me, handover_id, Claim(""))


def _page(
    request: Request, db: Session, me: Viewer, handover_id: str, claim: Claim, *, found: Ruling | None = None,
    status: int = 200, error: str = "",
) -> HTMLResponse:
    handover = visible_handover(db, me, handover_id)
    incident.require_party(db, me, handover)
    return render(
        request, "ruling/page.html", status=status, handover=handover, claim=claim, found=found, error=error,
        risks=visible_risks(db, me, handover_id), rules=ruling.RULES, outcomes=ruling.OUTCOME_NAMES,
        means=ruling.OUTCOME_MEANS,
    )  # fmt: skip


@router.post("")
def rule(
    request: Request, handover_id: str, db: Db, me: Me, words: Words = "", project: Words = "", client: Words = "",
    amount: Words = "", module: Words = "", risk: Words = "", format: Words = "",
) -> Response:
    """Rule; ``format`` pdf answers with the sealed paper instead of the page."""
    known = Module(module) if module in list(Module) else None
    claim = Claim(words.strip(), project.strip(), client.strip(), amount.strip(), known, risk)
    try:
        found = incident.rule_on(db, me, handover_id, claim)
    except Invalid as error:
        db.rollback()
        return _page(request, db, me, handover_id, claim, status=422, error=explain(request.state.locale, error))
    if format == "pdf":
        name = quote(f"责任界定-{found.handover.title}.pdf")
        return Response(pdf_of(found), media_type="application/pdf",
                        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})
    return _page(request, db, me, handover_id, claim, found=found)
