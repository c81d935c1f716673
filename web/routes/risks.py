"""Risks: the leaver states them, whoever takes over reads each high one and answers its check question."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb.access import Module
from kb.errors import Conflict, Invalid
from kb.handover import risk_check, risks
from kb.handover.participation import receivers_of, visible_handover
from kb.handover.risks import RiskLevel
from kb.people import names_of
from kb.viewing import Viewer
from web.deps import Db, Me, WritingDb
from web.i18n import explain
from web.templating import render

router = APIRouter()
Words = Annotated[str, Form()]


@router.get("/handovers/{handover_id}/risks")
def list_page(request: Request, handover_id: str, db: Db, me: Me) -> HTMLResponse:
    """The standing risks of the modules that are open to the viewer; the leaver states new ones here."""
    return _list(request, db, me, handover_id)


def _list(
    request: Request, db: Session, me: Viewer, handover_id: str, *, status: int = 200, error: str = "",
    **typed: str,
) -> HTMLResponse:
    handover = visible_handover(db, me, handover_id)
    shown = risks.visible_risks(db, me, handover_id)
    given = {"module": "projects", "title": "", "level": "high", "countermeasure": "", "department": ""} | typed
    return render(
        request, "risks/list.html", status=status, handover=handover, risks=shown, error=error, given=given,
        readings=risk_check.readings_by(db, me.person_id, shown), mine=me.person_id == handover.leaver_id,
        receives=receivers_of(db, handover_id).modules_of(me.person_id),
    )  # fmt: skip


@router.post("/handovers/{handover_id}/risks")
def state(
    request: Request, handover_id: str, db: Db, me: Me, module: Words = "", title: Words = "", level: Words = "",
    countermeasure: Words = "", department: Words = "",
) -> Response:
    """State a risk."""
    try:
        if module not in list(Module) or level not in list(RiskLevel):
            raise Invalid("risk.choose", "请选择模块和风险等级。")
        risks.state_risk(db, me, handover_id, Module(module), title=title, level=RiskLevel(level),
                         countermeasure=countermeasure, department=department)
    except (Invalid, Conflict) as error:
        db.rollback()
        return _list(request, db, me, handover_id, status=422, error=explain(request.state.locale, error),
                     module=module, title=title, level=level, countermeasure=countermeasure, department=department)
    return RedirectResponse(f"/handovers/{handover_id}/risks", 303)


@router.get("/risks/{risk_id}")
def risk_page(request: Request, risk_id: str, db: WritingDb, me: Me, wrong: bool = False) -> HTMLResponse:
    """One risk; for whoever takes its module over, opening it is recorded, and the check question follows."""
    risk = risk_check.open_risk(db, me, risk_id)
    handover = visible_handover(db, me, risk.handover_id)
    siblings = risks.risks_of(db, risk.handover_id)
    receives = risk.module in receivers_of(db, risk.handover_id).modules_of(me.person_id)
    waiting = risk_check.unread_by(db, me.person_id, [r for r in siblings if r.module is risk.module])
    return render(
        request, "risks/item.html", handover=handover, risk=risk, receives=receives, wrong=wrong,
        question=risk_check.check_question(risk, siblings),
        reading=risk_check.readings_by(db, me.person_id, [risk]).get(risk.id),
        following=next((r for r in waiting if r.id != risk.id), None), names=names_of(db, [risk.stated_by]),
        mine=me.person_id == handover.leaver_id,
    )  # fmt: skip


@router.post("/risks/{risk_id}/answer")
def answer(risk_id: str, db: Db, me: Me, choice: Words = "") -> Response:
    """Answer the check question."""
    right = risk_check.answer_check(db, me, risk_id, choice)
    return RedirectResponse(f"/risks/{risk_id}" + ("" if right else "?wrong=true"), 303)


@router.post("/risks/{risk_id}/withdraw")
def withdraw(risk_id: str, db: Db, me: Me, reason: Words = "") -> Response:
    """Take a risk back with a reason."""
    gone = risks.withdraw_risk(db, me, risk_id, reason)
    return RedirectResponse(f"/handovers/{gone.handover_id}/risks", 303)
