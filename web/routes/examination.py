"""/handovers/{id}/exam: the exit examination – held with a receiver's rights, read by module, with HR's gate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb.access import Module
from kb.db import transaction
from kb.documents import Document
from kb.errors import Conflict, Invalid
from kb.handover import bank, examination, gaps
from kb.handover.case import GAP_STATE_NAMES, GapSource, GapState, Handover
from kb.handover.examination import ExamAnswer
from kb.handover.participation import takers as takers_of
from kb.handover.participation import visible_handover
from kb.people import Person, names_of
from kb.viewing import Viewer, viewer_for
from search.examine import examine, note_unanswered, quoted
from web.deps import Db, Me
from web.i18n import explain
from web.templating import render
from web.vocabularies import chosen, number_in

router = APIRouter()
Words = Annotated[str, Form()]


@router.get("/handovers/{handover_id}/exam")
def page(request: Request, handover_id: str, db: Db, me: Me, held: str = "") -> HTMLResponse:
    """The latest examination (or an earlier one), by module; passages only where they are open to the viewer."""
    return _page(request, db, me, handover_id, held=held)


def _page(
    request: Request, db: Session, me: Viewer, handover_id: str, *, held: str = "", status: int = 200, error: str = ""
) -> HTMLResponse:
    handover = visible_handover(db, me, handover_id)
    all_held = examination.examinations(db, handover_id)
    shown = next((e for e in all_held if held in ("", e.id)), None)
    answers = examination.answers_of(db, shown.id) if shown else []
    found = gaps.gaps_of(db, handover_id)
    takers = takers_of(db, handover)
    mine = [me.person_id] if me.person_id in takers else []
    leads = examination.prepares(me, handover)
    readable = _readable(db, me, answers)
    return render(
        request, "examination/page.html", status=status, handover=handover, held=all_held, shown=shown, error=error,
        answers=answers, scores=examination.scores(answers, found),
        readable=readable, quotes=quoted(db, [a for a in answers if _stands(a, readable)]),
        names=names_of(db, {*takers, *(e.person_id for e in all_held)}),
        askable=takers if leads else mine, gap_of={g.reference: g for g in found if g.source is GapSource.exam},
        open_gaps=sum(g.state is GapState.open for g in found),
        gates=examination.oversees(me) and me.person_id != handover.leaver_id and not handover.ended,
        asked=len(bank.questions_for(db, handover)), gap_states=GAP_STATE_NAMES,
        closed=_closed(db, handover, shown.person_id, answers) if shown else (),
        checks=me.person_id in (handover.leaver_id, *takers),
    )  # fmt: skip


def _closed(db: Session, handover: Handover, person_id: str, answers: list[ExamAnswer]) -> list[Module]:
    """The modules with questions that are not open to whoever is examined: no file in them can answer."""
    scope = viewer_for(db, db.get_one(Person, person_id)).scope
    return [m for m in Module if any(a.module is m for a in answers) and not scope.opens(handover.id, m)]


def _readable(db: Session, me: Viewer, answers: list[ExamAnswer]) -> dict[str, Document]:
    """By id: the documents that answer something and are open to the viewer."""
    found = (db.get(Document, i) for i in {a.document_id for a in answers if a.document_id})
    return {d.id: d for d in found if d is not None and d.deleted_at is None and me.scope.sees(d.cell)}


def _stands(answer: ExamAnswer, readable: dict[str, Document]) -> bool:
    """Whether the answer's document is open to the viewer and still the version that answered."""
    document = readable.get(answer.document_id)
    return document is not None and document.current_version_id == answer.version_id


@router.post("/handovers/{handover_id}/exam")
def hold(request: Request, handover_id: str, me: Me, person: Words = "") -> Response:
    """Put every question with a person's rights; it only reads while asking, and writes what came of it at the end."""
    try:
        with transaction(writes=False) as reading:
            handover = visible_handover(reading, me, handover_id)
            examination.require_examiner(reading, me, handover, person)
            answers = examine(reading, handover, reading.get_one(Person, person))
        if not answers:
            raise Conflict("examination.no_questions", "这个岗位的问题库还是空的。请人事先补充问题。")
        with transaction() as writing:
            handover = visible_handover(writing, me, handover_id)
            examination.keep(writing, me, handover, person, answers)
            note_unanswered(writing, handover)
    except Conflict as error:
        with transaction(writes=False) as reading:
            return _page(request, reading, me, handover_id, status=422, error=explain(request.state.locale, error))
    return RedirectResponse(f"/handovers/{handover_id}/exam", 303)


@router.post("/handovers/{handover_id}/exam/gate")
def gate(request: Request, handover_id: str, db: Db, me: Me, percent: Words = "0") -> Response:
    """Set the share of answered questions that receiving a module asks for."""
    try:
        examination.set_gate(db, me, handover_id, number_in(percent, -1))
    except Invalid as error:
        db.rollback()
        return _page(request, db, me, handover_id, status=422, error=explain(request.state.locale, error))
    return RedirectResponse(f"/handovers/{handover_id}/exam", 303)


@router.post("/handovers/{handover_id}/exam/check")
def check(handover_id: str, db: Db, me: Me, held: Words = "", key: Words = "", answers: Words = "") -> Response:
    """Say whether a doubtful passage answers its question."""
    handover = visible_handover(db, me, handover_id)
    answer = examination.check(db, me, handover, held, key, answers=answers == "yes")
    return RedirectResponse(f"/handovers/{handover_id}/exam?held={held}#m-{answer.module.value}", 303)


@router.get("/templates/{role}/questions")
def bank_page(request: Request, role: str, db: Db, me: Me) -> HTMLResponse:
    """The questions of a role; HR adds, changes and leaves out."""
    return _bank(request, db, me, role)


def _bank(request: Request, db: Session, me: Viewer, role: str, *, status: int = 200, error: str = "") -> HTMLResponse:
    return render(request, "examination/bank.html", status=status, role=role, error=error,
                  questions=bank.editable_bank(db, me, role))


@router.post("/templates/{role}/questions")
def write(
    request: Request, role: str, db: Db, me: Me, module: Words = "", zh: Words = "", en: Words = "", key: Words = "",
    then: Words = "",
) -> Response:
    """Add or change a question, or leave it out."""
    try:
        if then == "leave_out":
            bank.leave_out(db, me, role, key)
        else:
            bank.write_question(db, me, role, chosen(module, Module.strategy), zh, en, key)
    except Invalid as error:
        db.rollback()
        return _bank(request, db, me, role, status=422, error=explain(request.state.locale, error))
    return RedirectResponse(f"/templates/{role}/questions", 303)
