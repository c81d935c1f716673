"""/handovers/{id}/cards and /cards/{id}: choose a form, write with it, hand it in; drafts keep themselves."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest import cards
from kb.access import Classification, Module
from kb.cards import drafts, notes, outline
from kb.cards.drafts import CardDraft
from kb.cards.forms import HINTS, form_of, forms
from kb.errors import Conflict, Invalid
from kb.handover import gaps
from kb.handover.case import Deliverable
from kb.handover.participation import may_contribute, visible_handover
from kb.viewing import Viewer
from web.deps import Db, Me, Sent
from web.i18n import explain
from web.templating import render
from web.vocabularies import chosen, known, number_in

router = APIRouter()
Words = Annotated[str, Form()]


@router.get("/handovers/{handover_id}/cards")
def list_page(
    request: Request, handover_id: str, db: Db, me: Me, deliverable: str = "", module: str = "strategy"
) -> HTMLResponse:
    """The forms to choose from, one's own cards, and meeting notes to split."""
    handover = visible_handover(db, me, handover_id)
    owed = db.get(Deliverable, deliverable) if deliverable else None
    return render(
        request, "cards/list.html", handover=handover, forms=forms(), cards=drafts.drafts_of(db, me, handover_id),
        notes=notes.all_notes(db, me, handover_id), contributes=may_contribute(me, handover), given_module=module,
        deliverable=owed if owed and owed.handover_id == handover_id else None,
    )  # fmt: skip


@router.post("/handovers/{handover_id}/cards")
def begin(
    handover_id: str, db: Db, me: Me, form: Words = "", module: Words = "strategy", deliverable: Words = "",
    title: Words = "",
) -> Response:
    """Start a card."""
    place = chosen(module, Module.strategy)
    draft = drafts.begin(db, me, handover_id, form, place, deliverable_id=deliverable, title=title)
    return RedirectResponse(f"/cards/{draft.id}", 303)


@router.get("/cards/{card_id}")
def edit_page(request: Request, card_id: str, db: Db, me: Me, done: bool = False) -> HTMLResponse:
    """One's own card with its form."""
    return _page(request, db, drafts.draft_of(db, me, card_id), done=done)


def _page(
    request: Request, db: Session, draft: CardDraft, *, template: str = "cards/edit.html", status: int = 200,
    error: str = "", elsewhere: bool = False, done: bool = False,
) -> HTMLResponse:
    form = form_of(draft.form)
    hints = [(f, HINTS[lack]) for f in form.fields if (lack := f.lacks(draft.fields.get(f.key, "")))]
    return render(
        request, template, status=status, card=draft, form=form, error=error, elsewhere=elsewhere, done=done,
        hints=hints,
        missing=form.missing(draft.fields), complete=form.completeness(draft.fields),
        handover=visible_handover(db, request.state.viewer, draft.handover_id),
        deliverable=db.get(Deliverable, draft.deliverable_id) if draft.deliverable_id else None,
        drawing=outline.draw(draft.fields.get("outline", "")) if draft.form == "mind_map" else None,
    )  # fmt: skip


@router.post("/cards/{card_id}/autosave")
def autosave(request: Request, card_id: str, db: Db, me: Me, sent: Sent) -> HTMLResponse:
    """Keep what is typed so far; answers with the state of the card beside it."""
    try:
        draft = _saved(sent, db, me, card_id)
    except (Invalid, Conflict) as error:
        return _refused(request, db, me, card_id, sent, error, template="cards/_state.html", status=200)
    return _page(request, db, draft, template="cards/_state.html")


@router.post("/cards/{card_id}")
def save(request: Request, card_id: str, db: Db, me: Me, sent: Sent) -> Response:
    """Keep it; ``then`` hand_in makes a document of it as well."""
    try:
        draft = _saved(sent, db, me, card_id)
    except (Invalid, Conflict) as error:
        return _refused(request, db, me, card_id, sent, error, status=422)
    if sent.get("then") != "hand_in":
        return RedirectResponse(f"/cards/{draft.id}", 303)
    return _hand_in(request, db, me, draft)


def _hand_in(request: Request, db: Session, me: Viewer, draft: CardDraft) -> Response:
    """What was typed is kept, also where something is still missing."""
    try:
        drafts.ready_to_hand_in(draft)
    except Invalid as error:
        return _page(request, db, draft, status=422, error=explain(request.state.locale, error))
    receipt = cards.hand_in(db, me, draft.id)
    if draft.gap_id:
        gaps.answered_with(db, me, draft.gap_id, receipt.document_id)
    target = f"/gaps/{draft.gap_id}" if draft.gap_id else f"/cards/{draft.id}?done=true"
    return RedirectResponse(target, 303)


def _refused(
    request: Request, db: Session, me: Viewer, card_id: str, sent: FormData, error: Invalid | Conflict, *,
    status: int, template: str = "cards/edit.html",
) -> HTMLResponse:
    """What was typed stays on the page, on the revision it was typed on: sent again, it overwrites nothing either."""
    db.rollback()
    kept, typed = drafts.draft_of(db, me, card_id), _typed(sent)
    shown = CardDraft(**kept.model_dump() | {k: typed[k] for k in ("title", "fields", "revision")})
    return _page(request, db, shown, template=template, status=status, error=explain(request.state.locale, error),
                 elsewhere=isinstance(error, Conflict))


def _saved(sent: FormData, db: Session, me: Viewer, card_id: str) -> CardDraft:
    return drafts.save(db, me, card_id, **_typed(sent))


def _typed(sent: FormData) -> dict[str, Any]:
    given = {str(k): str(v) for k, v in sent.items()}
    return {
        "title": given.get("title", ""), "revision": number_in(given.get("revision", ""), 0),
        "fields": {k.removeprefix("f-"): v for k, v in given.items() if k.startswith("f-")},
        "module": next(iter(known(Module, [given.get("module", "")])), None),
        "classification": next(iter(known(Classification, [given.get("classification", "")])), None),
    }  # fmt: skip


@router.post("/cards/{card_id}/discard")
def discard(card_id: str, db: Db, me: Me) -> Response:
    """Throw an own card away."""
    return RedirectResponse(f"/handovers/{drafts.discard(db, me, card_id)}/cards", 303)
