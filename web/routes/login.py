"""Log-in, log-out and the language of a visitor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb import credentials, directory, ledger, throttle
from kb.db import transaction
from kb.errors import Invalid, KbError, NotFound
from kb.people import Person, find_person
from web.deps import Db, MayBe
from web.errors import status_of
from web.i18n import COOKIE, LOCALES, explain
from web.security import give_cookie, local_path, session_cookie, take_cookie, visitor_cookie
from web.templating import render

router = APIRouter()
_YEAR = 365 * 24 * 3600
_WRONG = Invalid("login.wrong", "登录名或密码不对，请重新输入。")


@router.get("/login")
def login_page(request: Request, me: MayBe, next: str = "/", ended: bool = False) -> Response:
    """The log-in form; who is logged in already is led on. ``ended``: the session was over when a form was sent."""
    if me is not None:
        return RedirectResponse(local_path(next), 303)
    return _form(request, next=next, ended=ended)


@router.post("/login")
def log_in(
    request: Request,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Check log-in name and password. The password is checked outside any transaction: it takes a quarter second."""
    try:
        secret = _admit(login, password, request.client.host if request.client else "")
    except KbError as error:
        return _form(request, next=next, login=login, error=error)
    answered = RedirectResponse(local_path(next), 303)
    give_cookie(answered, session_cookie(), secret)
    take_cookie(answered, visitor_cookie())
    return answered


@router.post("/logout")
def log_out(request: Request, db: Db) -> Response:
    """End the session on the server, so that a copied cookie is worth nothing."""
    credentials.end_session(db, request.cookies.get(session_cookie(), ""))
    answered = RedirectResponse("/login", 303)
    take_cookie(answered, session_cookie())
    return answered


@router.post("/language")
def choose_language(
    db: Db, me: MayBe, locale: Annotated[str, Form()], next: Annotated[str, Form()] = "/"
) -> Response:
    """Switch between Chinese and English, for this browser and for the person if one is logged in."""
    if locale not in LOCALES:
        raise Invalid("locale.unknown", "只支持中文和英文。")
    if me is not None:
        directory.choose_locale(db, me, locale)
    answered = RedirectResponse(local_path(next), 303)
    give_cookie(answered, COOKIE, locale, max_age=_YEAR)
    return answered


def _form(
    request: Request, *, next: str, login: str = "", error: KbError | None = None, ended: bool = False
) -> HTMLResponse:
    message = explain(request.state.locale, error) if error else ""
    status = status_of(error) if error else 200
    answered = render(request, "login/page.html", status=status, next=local_path(next), login=login, error=message,
                      ended=ended)
    if isinstance(error, throttle.TooManyAttempts):
        answered.headers["Retry-After"] = str(error.seconds)
    return answered


def _admit(login: str, password: str, address: str) -> str:
    """The secret of a new session, when the password fits.

    Raises:
        TooManyAttempts: tried too often; the password was not looked at.
        Invalid: unknown, deactivated or wrong; which of them is not said.
    """
    with transaction() as session:
        wait = throttle.attempt(session, login, address)
    if wait:
        raise throttle.TooManyAttempts(wait)
    with transaction(writes=False) as session:
        person = _find(session, login)
    fits = credentials.check_password(person.password_hash if person else "", password)
    with transaction() as session:
        person = _find(session, login)
        if person is not None and fits and person.active:
            throttle.forgive(session, login, address)
            return credentials.open_session(session, person)
        known = person.id if person is not None else ""  # an entry for both: the time it takes must not tell them apart
        ledger.record(session, known or "system", "session.refused", known)
    raise _WRONG


def _find(session: Db, login: str) -> Person | None:
    try:
        found = find_person(session, login.strip())
    except NotFound:
        return None
    return found if found.login == login.strip() else None  # an id is no log-in name: it would be counted apart
