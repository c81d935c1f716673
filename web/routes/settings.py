"""Settings: a person's own language, password and a look at what is open to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb import credentials, directory, grants, throttle
from kb.access import CLASSIFICATION_NAMES, MODULE_NAMES
from kb.db import transaction
from kb.errors import Invalid, KbError
from kb.handover.participation import visible_handovers
from kb.people import ROLE_NAMES, find_person
from kb.viewing import Viewer
from web.deps import Db, Me
from web.errors import status_of
from web.i18n import explain
from web.security import give_cookie, session_cookie
from web.templating import render

router = APIRouter(prefix="/settings")


@router.get("")
def settings_page(request: Request, db: Db, me: Me, saved: str = "") -> HTMLResponse:
    """Language, ways to password and tokens, and one's own grants."""
    titles = {h.id: h.title for h in visible_handovers(db, me)}
    mine = grants.list_grants(db, me, person_id=me.person_id)
    return render(request, "settings/page.html", grants=mine, titles=titles, modules=MODULE_NAMES,
                  classifications=CLASSIFICATION_NAMES, roles=ROLE_NAMES, saved=saved)


@router.get("/password")
def password_page(request: Request, me: Me) -> HTMLResponse:
    """The form for a new password."""
    return _password_form(request)


@router.post("/password")
def change_password(
    request: Request, db: Db, me: Me,
    old: Annotated[str, Form()] = "", new: Annotated[str, Form()] = "", again: Annotated[str, Form()] = "",
) -> Response:
    """Change one's own password: every other browser is logged out, this one gets a new session."""
    try:
        if new != again:
            raise Invalid("password.differs", "两次输入的新密码不一致，请重新输入。")
        _count_attempt(me)
        directory.change_password(db, me, old, new)
    except Invalid as error:
        db.rollback()
        return _password_form(request, error)
    throttle.forgive_again(db, me.person_id)
    answered = RedirectResponse("/settings?saved=password", 303)
    give_cookie(answered, session_cookie(), credentials.open_session(db, find_person(db, me.person_id)))
    return answered


def _count_attempt(me: Viewer) -> None:
    """In a transaction of its own: a wrong password rolls the request's back."""
    with transaction() as counting:
        wait = throttle.attempt_again(counting, me.person_id)
    if wait:
        raise throttle.TooManyAttempts(wait)


def _password_form(request: Request, error: KbError | None = None) -> HTMLResponse:
    return render(
        request, "settings/password.html", status=status_of(error) if error else 200,
        error=explain(request.state.locale, error) if error else "", temporary=request.state.password_temporary,
        least=credentials.PASSWORD_LENGTH,
    )
