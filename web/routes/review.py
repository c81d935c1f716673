"""/handovers/{id}/review: the reviewer's list, and one deliverable with a verdict per criterion."""

from __future__ import annotations

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import Conflict, Invalid
from kb.evidence.verdict import Verdict
from kb.handover import review
from kb.handover.advice import advise
from kb.handover.case import Decision, Handover
from kb.handover.participation import visible_handover
from kb.handover.review import Reviewed, require_reviewer, review_of, reviewed
from kb.viewing import Viewer
from web.deps import Db, Me, Sent
from web.i18n import explain
from web.templating import render
from web.vocabularies import number_in

router = APIRouter()


@router.get("/handovers/{handover_id}/review")
def list_page(request: Request, handover_id: str, db: Db, me: Me) -> HTMLResponse:
    """Every deliverable by module, with how far its review has come."""
    handover = visible_handover(db, me, handover_id)
    require_reviewer(me, handover)
    return render(request, "review/list.html", handover=handover, rows=reviewed(db, handover))


@router.get("/deliverables/{deliverable_id}/review")
def item_page(request: Request, deliverable_id: str, db: Db, me: Me) -> HTMLResponse:
    """One deliverable: its files on one side, its criteria on the other."""
    handover, row = review_of(db, me, deliverable_id)
    return _page(request, db, handover, row)


def _page(
    request: Request, db: Session, handover: Handover, row: Reviewed, *, status: int = 200, error: str = "",
    typed: dict[int, tuple[str, str]] | None = None, reason: str = "",
) -> HTMLResponse:
    held = {n: (v.verdict.value, v.note) for n, v in row.verdicts.items()}
    return render(request, "review/item.html", status=status, handover=handover, row=row, error=error,
                  advice=advise(db, row.criteria, [f.version_id for f in row.files]), given=held | (typed or {}),
                  reason=reason or row.deliverable.reason)


@router.post("/deliverables/{deliverable_id}/review")
def judge(request: Request, deliverable_id: str, db: Db, me: Me, form: Sent) -> Response:
    """Keep the verdicts; ``decision`` approve or return decides on the deliverable as well."""
    typed = _typed({str(k): str(v) for k, v in form.items()})
    reason, wanted, digest = str(form.get("reason", "")), str(form.get("decision", "")), str(form.get("digest", ""))
    try:
        _judge(db, me, deliverable_id, typed, wanted, reason, digest)
    except (Invalid, Conflict) as error:
        db.rollback()
        handover, row = review_of(db, me, deliverable_id)
        return _page(request, db, handover, row, status=422, error=explain(request.state.locale, error), typed=typed,
                     reason=reason)
    handover, row = review_of(db, me, deliverable_id)
    following = _next(reviewed(db, handover), row) if wanted else None
    target = f"/deliverables/{following}/review" if following else f"/handovers/{handover.id}/review"
    return RedirectResponse(target if wanted else f"/deliverables/{deliverable_id}/review", 303)


def _judge(
    db: Session, me: Viewer, deliverable_id: str, typed: dict[int, tuple[str, str]], wanted: str, reason: str,
    digest: str,
) -> None:
    verdicts = {n: (Verdict(v), note) for n, (v, note) in typed.items() if v in list(Verdict)}
    review.judge(db, me, deliverable_id, verdicts, digest=digest)
    if wanted:
        decision = Decision.approved if wanted == "approve" else Decision.returned
        review.decide(db, me, deliverable_id, decision, reason=reason, digest=digest)


def _typed(form: dict[str, str]) -> dict[int, tuple[str, str]]:
    numbers = {number_in(k[2:], -1) for k in form if k[:2] in ("v-", "n-")} - {-1}
    return {n: (form.get(f"v-{n}", ""), form.get(f"n-{n}", "")) for n in numbers}


def _next(rows: list[Reviewed], row: Reviewed) -> str | None:
    """The next deliverable that has something to review, after this one and then from the top."""
    ids = [r.deliverable.id for r in rows]
    at = ids.index(row.deliverable.id)
    open_ones = [r.deliverable.id for r in (*rows[at + 1 :], *rows[:at]) if r.decision is None and not r.excused]
    return open_ones[0] if open_ones else None
