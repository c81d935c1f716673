"""/handovers/{id}/preview: search as somebody who takes over, before they do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

import search
from kb.errors import NotAllowed
from kb.handover import examination
from kb.handover.participation import takers as takers_of
from kb.handover.participation import visible_handover
from kb.people import names_of
from search.preview import preview
from web.deps import Db, Me
from web.questions import example_questions
from web.templating import render

router = APIRouter()


@router.get("/handovers/{handover_id}/preview")
def page(
    request: Request, handover_id: str, db: Db, me: Me, person: str = "",
    q: Annotated[str, Query(max_length=500)] = "",
) -> HTMLResponse:
    """The question, whose rights it is asked with, and what they would find; the first taker where nobody is named."""
    handover = visible_handover(db, me, handover_id)
    takers = takers_of(db, handover)
    if takers:
        examination.require_examiner(db, me, handover, person or takers[0])
    elif not examination.prepares(me, handover):
        raise NotAllowed("preview.not_yours", "只有离任者和人事可以预览。")
    asked = search.Query(text=q, limit=10)
    seen = preview(db, me, handover_id, person or takers[0], asked) if takers and q.strip() else None
    return render(
        request, "preview/page.html", handover=handover, takers=takers, names=names_of(db, set(takers)),
        person=person or (takers[0] if takers else ""), q=q, preview=seen,
        examples=example_questions(db, me, handover_id) if seen is None else [],
    )  # fmt: skip
