"""/handovers/{id}/gaps and /gaps/{id}: the gap interview – one question at a time, tested again at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest import batch, cards
from ingest.intake import Target
from kb.access import Classification, usual_classification
from kb.cards import drafts
from kb.cards.forms import forms
from kb.db import transaction
from kb.documents import Document
from kb.errors import Conflict, Invalid
from kb.handover import enquiries, gaps, shortfalls
from kb.handover.case import GAP_SOURCE_NAMES, GAP_STATE_NAMES, Deliverable, Gap, GapSource, GapState, Handover
from kb.handover.participation import takers, takes_part, visible_handover
from kb.people import Person
from kb.viewing import Viewer, viewer_for
from search import Hit
from search.examine import Reply, is_searchable, nearest, note_unanswered, point_at, retest
from web.deps import Db, Me
from web.i18n import explain
from web.templating import render
from web.uploads import received
from web.vocabularies import chosen

router = APIRouter()
Words = Annotated[str, Form()]


@router.get("/handovers/{handover_id}/gaps")
def list_page(request: Request, handover_id: str, db: Db, me: Me) -> HTMLResponse:
    """Every gap with its state; what somebody searched is quoted to the leaver and to those who take over only.

    Why the leaver does not know either is told where the module is open, as in the operation log.
    """
    handover = visible_handover(db, me, handover_id)
    found = gaps.gaps_of(db, handover_id)
    party = takes_part(db, me, handover)
    return render(
        request, "gaps/list.html", handover=handover, mine=me.person_id == handover.leaver_id,
        gaps=[g for g in found if party or g.source is not GapSource.search],
        hidden=0 if party else sum(g.source is GapSource.search for g in found),
        state_names=GAP_STATE_NAMES, source_names=GAP_SOURCE_NAMES,
    )  # fmt: skip


@router.post("/handovers/{handover_id}/gaps/collect")
def collect(handover_id: str, db: Db, me: Me) -> Response:
    """Put down what was searched in vain since, and what the files handed in lack of their criteria."""
    handover = visible_handover(db, me, handover_id)
    gaps.require_leaver(me, handover)
    note_unanswered(db, handover)
    shortfalls.note_shortfalls(db, handover)
    return RedirectResponse(f"/handovers/{handover_id}/gaps", 303)


@router.get("/gaps/{gap_id}")
def gap_page(request: Request, gap_id: str, db: Db, me: Me) -> HTMLResponse:
    """One question, and the three ways to answer it."""
    return _page(request, db, me, gap_id)


def _page(
    request: Request, db: Session, me: Viewer, gap_id: str, *, template: str = "gaps/item.html", status: int = 200,
    error: str = "", text: str = "", reply: Reply | None = None, wanted: Classification | None = None,
) -> HTMLResponse:
    handover, gap = gaps.gap_of(db, me, gap_id)
    asked = gap.asked_of == me.person_id
    found = gaps.asked_of(db, me) if asked else gaps.gaps_of(db, handover.id)
    lacks = gap.source is GapSource.criterion and gap.state is GapState.open and not asked
    return render(
        request, template, status=status, handover=handover, gap=gap, error=error, text=text, forms=forms(),
        asked=asked, usual=wanted or _usual(me, gap),
        near=_near(db, me, handover, gap) if template == "gaps/item.html" else (),
        advice=shortfalls.advice_on(db, handover, gap) if lacks else None,
        answerable=gap.state is not GapState.closed and (asked or not handover.ended),
        following=gaps.following(found, gap), left=sum(g.state is GapState.open for g in found), total=len(found),
        state_names=GAP_STATE_NAMES, source_names=GAP_SOURCE_NAMES, reply=reply,
        searchable=is_searchable(db, gap.document_id) if gap.document_id else None,
        unseen=_unseen(db, handover, gap),
    )  # fmt: skip


def _unseen(db: Session, handover: Handover, gap: Gap) -> Classification | None:
    """What the given answer is classified as, where whoever it is tested for may not read it; None else."""
    asker, given = _asker(db, handover, gap), db.get(Document, gap.document_id) if gap.document_id else None
    if asker is None or given is None or gap.source is GapSource.criterion:
        return None
    return None if viewer_for(db, asker).scope.sees(given.cell) else given.classification


def _near(db: Session, me: Viewer, handover: Handover, gap: Gap) -> tuple[Hit, ...]:
    """What is there already and may be the answer; nothing for a criterion, or for whom the handover is closed."""
    asker = _asker(db, handover, gap)
    if asker is None or gap.state is not GapState.open or gap.source is GapSource.criterion or handover.ended:
        return ()
    return nearest(db, me, gap, handover, asker)


def _asker(db: Session, handover: Handover, gap: Gap) -> Person | None:
    """Whose rights a gap is tested with: whoever asked, else the first who takes over; None where nobody does yet."""
    asker = next(iter([gap.asked_by] if gap.asked_by else takers(db, handover)), None)
    return db.get_one(Person, asker) if asker else None


@router.post("/gaps/{gap_id}/answer")
def answer(
    request: Request, gap_id: str, db: Db, me: Me, text: Words = "", form: Words = "",
    classification: Words = "",
) -> Response:
    """Answer in a few lines, which become a card at once; or start a card of a form with the question as its title."""
    handover, gap = gaps.gap_of(db, me, gap_id)
    wanted = chosen(classification, _usual(me, gap))
    try:
        if form and form != "answer":
            made = drafts.begin(db, me, handover.id, form, gap.module, title=_title(db, gap), gap_id=gap.id,
                                classification=wanted, deliverable_id=gap.deliverable_id)
            return RedirectResponse(f"/cards/{made.id}", 303)
        _answer_in_lines(db, me, handover, gap, text, wanted)
    except (Invalid, Conflict) as error:
        db.rollback()
        return _page(request, db, me, gap_id, status=422, error=explain(request.state.locale, error), text=text,
                     wanted=wanted)
    return RedirectResponse(f"/gaps/{gap_id}", 303)


def _usual(me: Viewer, gap: Gap) -> Classification:
    """As the module's files; but internal from somebody who stayed, who reads nothing else of the handover."""
    return Classification.internal if gap.asked_of == me.person_id else usual_classification(gap.module)


def _title(db: Session, gap: Gap) -> str:
    """The question; for a criterion its deliverable, as its own words on top of a card would seem to meet it."""
    if gap.source is not GapSource.criterion:
        return gap.zh
    return f"{db.get_one(Deliverable, gap.deliverable_id).title} 补充之{'一二三四五六七八九十'[gap.criterion % 10]}"


def _answer_in_lines(
    db: Session, me: Viewer, handover: Handover, gap: Gap, text: str, classification: Classification
) -> None:
    """One answer card a gap: a second try is its next version."""
    before = next((d for d in drafts.drafts_of(db, me, handover.id) if d.gap_id == gap.id and d.form == "answer"), None)
    if before is None:
        made = drafts.begin(db, me, handover.id, "answer", gap.module, title=_title(db, gap), fields={"answer": text},
                            classification=classification, gap_id=gap.id,
                            deliverable_id=gap.deliverable_id)  # fmt: skip
    else:
        made = drafts.save(db, me, before.id, title=_title(db, gap), fields={"answer": text}, revision=before.revision)
    receipt = cards.hand_in(db, me, made.id)
    gaps.answered_with(db, me, gap.id, receipt.document_id)


@router.post("/gaps/{gap_id}/file")
def hand_in_file(
    gap_id: str, me: Me, files: Annotated[list[UploadFile] | None, File()] = None, classification: Words = ""
) -> Response:
    """Answer with a file."""
    with transaction(writes=False) as db:
        handover, gap = gaps.gap_of(db, me, gap_id)
    wanted = chosen(classification, _usual(me, gap))
    target = Target(handover.id, gap.module, wanted, deliverable_id=gap.deliverable_id)
    with received(files or []) as kept:
        receipts = batch.accept_files(me, kept[:1], target)
    taken = next((r.document_id for r in receipts if r.document_id), "")
    if not taken:
        raise Invalid("gap.not_taken", "文件没有收下，请换一个格式，或直接写几句。")
    with transaction() as db:
        gaps.answered_with(db, me, gap_id, taken)
    return RedirectResponse(f"/gaps/{gap_id}", 303)


@router.post("/gaps/{gap_id}/point")
def point(gap_id: str, db: Db, me: Me, document: Words = "") -> Response:
    """Say that a document which is there already answers it; the next question follows."""
    handover, gap = gaps.gap_of(db, me, gap_id)
    asker = _asker(db, handover, gap)
    if asker is None or handover.ended:
        raise Conflict("gap.closed", "这个缺口已经补上，或交接已经结束。")
    point_at(db, me, gap, handover, asker, document)
    return _onward(db, gap)


@router.post("/gaps/{gap_id}/unknown")
def declare_unknown(request: Request, gap_id: str, db: Db, me: Me, reason: Words = "") -> Response:
    """Say that one does not know either, and why; the next question follows."""
    try:
        gap = gaps.declare_unknown(db, me, gap_id, reason)
        handover, _ = gaps.gap_of(db, me, gap_id)
        enquiries.tell_asker(db, gap, handover)
    except (Invalid, Conflict) as error:
        db.rollback()
        return _page(request, db, me, gap_id, status=422, error=explain(request.state.locale, error))
    return RedirectResponse("/", 303) if gap.asked_of == me.person_id else _onward(db, gap)


def _onward(db: Session, gap: Gap) -> Response:
    following = gaps.following(gaps.gaps_of(db, gap.handover_id), gap)
    return RedirectResponse(f"/gaps/{following.id}" if following else f"/handovers/{gap.handover_id}/gaps", 303)


@router.post("/gaps/{gap_id}/retest")
def test_again(request: Request, gap_id: str, me: Me) -> HTMLResponse:
    """Put the question again with the rights of whoever takes over; while the answer is being taken in, say so."""
    with transaction(writes=False) as db:
        handover, gap = gaps.gap_of(db, me, gap_id)
        ready = is_searchable(db, gap.document_id) if gap.document_id else True
    reply = _retested(me, gap_id, handover) if ready else None
    template = "gaps/_state.html" if request.headers.get("hx-request") else "gaps/item.html"
    with transaction(writes=False) as db:
        return _page(request, db, me, gap_id, template=template, reply=reply)


def _retested(me: Viewer, gap_id: str, handover: Handover) -> Reply | None:
    """None where nobody takes over yet."""
    with transaction() as db:
        _, gap = gaps.gap_of(db, me, gap_id)
        asker = _asker(db, handover, gap)
        return retest(db, me, gap, handover, asker) if asker else None
