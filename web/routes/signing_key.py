"""/settings/key: one's own signing key, opened by a PIN that nobody else knows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb import keys
from kb.errors import Conflict, Invalid, NotFound
from kb.people import find_person
from kb.viewing import Viewer
from web.deps import Db, Me
from web.i18n import explain
from web.security import local_path
from web.templating import render

router = APIRouter(prefix="/settings/key")
Pin = Annotated[str, Form()]


@router.get("")
def page(request: Request, db: Db, me: Me, next: str = "", saved: bool = False) -> HTMLResponse:
    """Create the key, or change its PIN."""
    return _page(request, db, me, next, saved=saved)


def _page(
    request: Request, db: Session, me: Viewer, following: str, *, status: int = 200, error: str = "",
    saved: bool = False,
) -> HTMLResponse:
    return render(request, "settings/key.html", status=status, key=keys.key_of(db, me.person_id), next=following,
                  error=error, saved=saved)


@router.post("")
def save(
    request: Request, db: Db, me: Me, pin: Pin = "", again: Pin = "", old: Pin = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Make the key with a PIN, or give it another one."""
    try:
        if pin != again:
            raise Invalid("key.differs", "两次输入的口令不一样，请重新输入。")
        if keys.has_key(db, me.person_id):
            keys.change_pin(db, find_person(db, me.person_id), old, pin)
        else:
            keys.create_key(db, find_person(db, me.person_id), pin)
    except (Invalid, Conflict, NotFound) as error:
        db.rollback()
        return _page(request, db, me, next, status=422, error=explain(request.state.locale, error))
    return RedirectResponse(local_path(next) if next else "/settings/key?saved=true", 303)
