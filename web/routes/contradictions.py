"""/handovers/{id}/contradictions: what two current documents say differently, side by side, for their author."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kb.handover.participation import visible_handover
from search.radar import radar
from web.deps import Db, Me
from web.templating import render

router = APIRouter()


@router.get("/handovers/{handover_id}/contradictions")
def page(request: Request, handover_id: str, db: Db, me: Me) -> HTMLResponse:
    """The pairs within what is open to the viewer, the surest first."""
    handover = visible_handover(db, me, handover_id)
    return render(request, "contradictions/page.html", handover=handover, pairs=radar(db, me, handover_id)[:100])
