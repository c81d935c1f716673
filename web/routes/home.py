"""/: what waits for the one who logged in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from fastapi import APIRouter
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kb import library
from kb.access import Permission
from kb.cards import drafts
from kb.clock import today
from kb.documents import Document
from kb.handover import examination, gaps
from kb.handover.alerts import Alert, Severity, alerts
from kb.handover.case import Handover
from kb.handover.checklist import ItemState, checklists
from kb.handover.participation import visible_handovers
from kb.handover.standing import waiting_for
from kb.people import names_of
from kb.receipts import Status
from kb.viewing import Viewer
from search import history
from web.deps import Db, Me
from web.questions import example_questions
from web.templating import render

router = APIRouter()
_NEWEST = 6
_HANDOVERS = 12
_TROUBLED = 5
_LOOKED_AT, _URGENT = 30, 8
"""Running handovers that are looked at for what is stuck, the nearest deadline first, and red boxes shown."""


@router.get("/")
def home(request: Request, db: Db, me: Me) -> HTMLResponse:
    """Open work first: what the viewer owes, then how their handovers stand, then what is new for them."""
    visible = visible_handovers(db, me)
    lists = checklists(db, me, visible[:_HANDOVERS])
    mine = [c for c in lists if c.handover.leaver_id == me.person_id]
    owed = [(c.handover, i) for c in mine for i in c.items if i.state is ItemState.missing and not i.let_off]
    named = {i for c in lists for i in (c.handover.leaver_id, c.handover.successor_id) if i}
    newest = db.exec(
        select(Document).where(
            col(Document.deleted_at).is_(None), col(Document.current_version_id).is_not(None),
            me.scope.visible(col(Document.cell)),
        ).order_by(col(Document.created_at).desc(), Document.id).limit(_NEWEST)
    ).all()  # fmt: skip
    counts = history.search_counts(db, me) if me.may(Permission.view_search_counts) else []
    refused = library.Filters(status=Status.refused, limit=_TROUBLED)
    troubled = library.list_documents(db, me, refused).rows if me.may(Permission.contribute) else ()
    return render(
        request, "home/page.html", checklists=lists, owed=owed, names=names_of(db, named), newest=newest,
        troubled=troubled, recent=history.recent_searches(db, me), examples=example_questions(db, me), counts=counts,
        steps=waiting_for(db, me), urgent=_urgent(db, me, visible),
        waiting=gaps.open_counts(db, [c.handover.id for c in mine if not c.handover.ended]),
        drafts=drafts.unfinished(db, me), to_check=examination.to_check(db, me),
        asked=gaps.asked_of(db, me), titles={c.handover.id: c.handover.title for c in lists},
    )  # fmt: skip


def _urgent(db: Session, me: Viewer, visible: Sequence[Handover]) -> list[tuple[Handover, Alert]]:
    """The red boxes of running handovers, for whoever arranges them: what is stuck is seen without opening each."""
    if not me.may(Permission.open_handover):
        return []
    running = sorted((h for h in visible if not h.ended), key=lambda h: h.node_due or h.opened_at.date())
    found = ((h, a) for h in running[:_LOOKED_AT] for a in alerts(db, me, h, today()) if a.severity is Severity.red)
    return list(islice(found, _URGENT))
