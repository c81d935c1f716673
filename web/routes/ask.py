"""/ask: a question and the passages that answer it; the prose over them comes by a second request."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kb.db import transaction
from kb.handover.participation import visible_handovers
from kb.settings import settings
from search.answer import Answer, Prose
from web import answering
from web.deps import Me
from web.routes.search import Asked, read_query
from web.templating import render

router = APIRouter()


@router.get("/ask")
def ask_page(request: Request, me: Me) -> HTMLResponse:
    """The page; with ``prose=1`` the prose as well, for those without JavaScript."""
    asked = read_query(request)
    answered = answering.ask(me, asked.query) if asked.query.text.strip() else None
    written = answering.write(me, answered) if answered and request.query_params.get("prose") == "1" else None
    with transaction(writes=False) as session:
        titles = {h.id: h.title for h in visible_handovers(session, me)}
    return render(request, "ask/page.html", titles=titles, **_shown(asked, answered, written))


@router.get("/ask/prose")
def prose(request: Request, me: Me) -> HTMLResponse:
    """The prose alone, over the same quotes; not a second search on record."""
    asked = read_query(request)
    answered = answering.ask(me, asked.query, record=False)
    return render(request, "ask/_prose.html", **_shown(asked, answered, answering.write(me, answered)))


def _shown(asked: Asked, answered: Answer | None, written: Prose | None) -> dict[str, Any]:
    return {
        "asked": asked, "answer": answered, "prose": written, "configured": bool(settings().answer_url),
        "link": answering.reader_link,
    }  # fmt: skip
