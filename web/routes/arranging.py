"""/handovers/{id}/arrange: HR's arrangements – receivers, deputies, reviewer, pause, urgency, limits, letting off."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb.access import Module
from kb.directory import list_people
from kb.errors import Conflict, Invalid, KbError
from kb.handover import appointing, arranging, obligations
from kb.handover.agreements import limits_signed
from kb.handover.case import Deliverable
from kb.handover.contents import by_deliverable, files_of
from kb.handover.participation import receivers_of
from kb.handover.workdays import day_from
from kb.people import Person, find_person, names_of
from kb.viewing import Viewer
from web.deps import Db, Me
from web.i18n import explain
from web.templating import render

router = APIRouter(prefix="/handovers/{handover_id}/arrange")
Words = Annotated[str, Form()]
Several = Annotated[list[str], Form()]
_NONE: list[str] = []

_PLACES = {
    "receivers": "receivers", "deputy": "receivers", "head": "checking", "limits": "checking", "returns": "returned",
}  # fmt: skip
"""Where on the page an arrangement stands; one goes on from there."""


@router.get("")
def page(request: Request, handover_id: str, db: Db, me: Me) -> HTMLResponse:
    """Everything HR can arrange, with what is in force."""
    return _page(request, db, me, handover_id)


def _page(
    request: Request, db: Session, me: Viewer, handover_id: str, *, status: int = 200, error: str = ""
) -> HTMLResponse:
    handover = arranging.arrangeable(db, me, handover_id)
    owed = db.exec(
        select(Deliverable).where(Deliverable.handover_id == handover_id).order_by(col(Deliverable.ordinal))
    ).all()
    receivers = receivers_of(db, handover_id).rows
    named = {i for r in receivers.values() for i in (r.person_id, r.deputy_id) if i}
    named |= {d.owner_id for d in owed} | {handover.leaver_id, handover.head_id or ""}
    return render(
        request, "arranging/page.html", status=status, handover=handover, receivers=receivers, owed=owed, error=error,
        handed=by_deliverable(files_of(db, handover_id)), people=[p for p in list_people(db, me) if p.active],
        names=names_of(db, named), limits_fixed=limits_signed(db, handover),
    )  # fmt: skip


@router.post("/{what}")
def arrange(
    request: Request, handover_id: str, what: str, db: Db, me: Me, modules: Several = _NONE, person: Words = "",
    until: Words = "", reason: Words = "", limits: Words = "", deliverable: Words = "", urgent: Words = "",
) -> Response:  # fmt: skip
    """One arrangement, named by the last part of the address."""
    arranging.arrangeable(db, me, handover_id)  # before anybody is looked up: whether a name exists is for HR to know
    try:
        if what == "receivers":
            appointing.name_receivers(db, me, handover_id, _modules(modules), _person(db, person))
        elif what == "deputy":
            for module in _modules(modules):
                deputy = _person(db, person) if person else None
                appointing.appoint_deputy(db, me, handover_id, module, deputy, day_from(until))
        elif what == "head":
            appointing.name_head(db, me, handover_id, _person(db, person))
        elif what == "owner":
            appointing.reassign(db, me, deliverable, _person(db, person), day_from(until))
        else:
            _clock(db, me, handover_id, what, reason, limits, deliverable, urgent, until)
    except (Invalid, Conflict) as error:
        db.rollback()
        return _again(request, db, me, handover_id, error)
    if what == "cancel":
        return RedirectResponse(f"/handovers/{handover_id}", 303)
    place = f"d-{deliverable}" if deliverable else _PLACES.get(what, "progress")
    return RedirectResponse(f"/handovers/{handover_id}/arrange#{place}", 303)


def _clock(
    db: Session, me: Viewer, handover_id: str, what: str, reason: str, limits: str, deliverable: str, urgent: str,
    until: str,
) -> None:
    if what == "pause":
        arranging.pause(db, me, handover_id, reason)
    elif what == "resume":
        arranging.resume(db, me, handover_id)
    elif what == "cancel":
        arranging.cancel(db, me, handover_id, reason)
    elif what == "urgency":
        arranging.set_urgency(db, me, handover_id, bool(urgent))
    elif what == "last_day":
        arranging.set_last_day(db, me, handover_id, day_from(until))
    elif what == "limits":
        arranging.set_limits(db, me, handover_id, limits)
    elif what == "returns":
        obligations.confirm_returns(db, me, handover_id, reason)
    elif what == "excuse":
        arranging.excuse(db, me, deliverable, reason)
    else:
        raise Invalid("arrange.unknown", "没有这项安排，请从页面上操作。")


def _again(request: Request, db: Session, me: Viewer, handover_id: str, error: KbError) -> HTMLResponse:
    return _page(request, db, me, handover_id, status=422, error=explain(request.state.locale, error))


def _modules(keys: list[str]) -> list[Module]:
    chosen = [Module(k) for k in keys if k in list(Module)]
    if not chosen:
        raise Invalid("module.choose", "请先选择模块。")
    return chosen


def _person(db: Session, who: str) -> Person:
    if not who:
        raise Invalid("person.choose", "请选择人员。")
    return find_person(db, who)
