"""API tokens: a person's own keys for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb import credentials
from kb.errors import Invalid, KbError
from web.deps import Db, Me
from web.errors import status_of
from web.i18n import explain
from web.templating import render

router = APIRouter(prefix="/settings/tokens")


@router.get("")
def tokens_page(request: Request, db: Db, me: Me) -> HTMLResponse:
    """One's tokens and the form for another."""
    return _page(request, db, me)


@router.post("")
def create(
    request: Request, db: Db, me: Me, name: Annotated[str, Form()] = "", days: Annotated[int, Form()] = 90
) -> HTMLResponse:
    """Make a token and show its secret, this once."""
    try:
        _, secret = credentials.create_token(db, me.person_id, name, days=days)
    except Invalid as error:
        return _page(request, db, me, error=error, name=name)
    db.flush()
    return _page(request, db, me, secret=secret, status=201)


@router.post("/{token_id}/revoke")
def revoke(token_id: str, db: Db, me: Me) -> Response:
    """Revoke one of one's own tokens."""
    credentials.revoke_token(db, me.person_id, token_id)
    return RedirectResponse("/settings/tokens", 303)


def _page(
    request: Request, db: Db, me: Me, *, error: KbError | None = None, secret: str = "", name: str = "",
    status: int = 200,
) -> HTMLResponse:
    return render(
        request, "settings/tokens.html", status=status_of(error) if error else status,
        tokens=credentials.list_tokens(db, me.person_id), choices=credentials.TOKEN_DAYS, secret=secret, name=name,
        error=explain(request.state.locale, error) if error else "",
    )
