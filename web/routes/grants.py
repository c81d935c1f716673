"""Grants: who may see which module of a handover, up to which classification."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb import grants
from kb.access import CLASSIFICATION_NAMES, MODULE_NAMES, Classification, Module, Permission
from kb.errors import Invalid
from kb.handover.participation import visible_handover, visible_handovers
from kb.people import ROLE_NAMES, find_person, names_of
from web.deps import Db, GrantManager, GrantReader
from web.templating import render

router = APIRouter(prefix="/grants")
Choice = Annotated[str | None, Form()]


@router.get("")
def handovers_page(request: Request, db: Db, me: GrantReader) -> HTMLResponse:
    """The handovers to choose from."""
    handovers = visible_handovers(db, me)
    names = names_of(db, [i for h in handovers for i in (h.leaver_id, h.successor_id or "")])
    return render(request, "grants/page.html", handovers=handovers, names=names)


@router.get("/{handover_id}")
def matrix_page(request: Request, handover_id: str, db: Db, me: GrantReader) -> HTMLResponse:
    """Every person by every module of one handover, and what was granted and revoked so far."""
    handover = visible_handover(db, me, handover_id)
    history = grants.list_grants(db, me, handover_id=handover_id, revoked=True)
    names = names_of(db, [i for g in history for i in (g.person_id, g.granted_by, g.revoked_by)])
    return render(
        request, "grants/matrix.html", handover=handover, rows=grants.grant_rows(db, me, handover_id),
        modules=MODULE_NAMES, classifications=CLASSIFICATION_NAMES, roles=ROLE_NAMES,
        history=history[::-1], names=names, may_change=me.may(Permission.manage_grants),
    )


@router.post("/{handover_id}/people/{person_id}")
def set_person(
    handover_id: str, person_id: str, db: Db, me: GrantManager,
    strategy: Choice = None, projects: Choice = None, team: Choice = None, finance: Choice = None,
    legal: Choice = None,
) -> Response:
    """Set the modules of one person: ``none`` revokes, a classification grants, an absent module stays as it is."""
    sent = dict(zip(Module, (strategy, projects, team, finance, legal), strict=True))
    wanted = {module: _classification(choice) for module, choice in sent.items() if choice is not None}
    grants.set_grants(db, me, find_person(db, person_id), handover_id, wanted)
    return RedirectResponse(f"/grants/{handover_id}#p-{person_id}", 303)


def _classification(choice: str) -> Classification | None:
    try:
        return None if choice == "none" else Classification(choice)
    except ValueError:
        raise Invalid("classification.unknown", "没有这个密级。可选：内部、机密、绝密。") from None
