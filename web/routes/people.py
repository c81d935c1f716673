"""People: the administrator's page for accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb import directory
from kb.errors import Conflict, Invalid, KbError
from kb.people import ROLE_NAMES, Role
from web.deps import Db, PeopleManager
from web.errors import status_of
from web.i18n import explain
from web.templating import render

router = APIRouter(prefix="/people")


@router.get("")
def people_page(request: Request, db: Db, me: PeopleManager, q: str = "") -> HTMLResponse:
    """Everybody with an account, and the form that adds one."""
    return _page(request, db, me, q=q)


@router.post("")
def add(
    request: Request, db: Db, me: PeopleManager,
    login: Annotated[str, Form()] = "", name: Annotated[str, Form()] = "", role: Annotated[str, Form()] = "",
) -> Response:
    """Add an account and show its one-time password, this once."""
    try:
        person, issued = directory.create_person(db, me, login, _role(role), name=name)
    except (Invalid, Conflict) as error:
        db.rollback()
        return _page(request, db, me, error=error, entered={"login": login, "name": name, "role": role})
    return render(request, "people/password.html", status=201, person=person, password=issued, added=True)


@router.post("/{person_id}/password")
def reset_password(request: Request, person_id: str, db: Db, me: PeopleManager) -> HTMLResponse:
    """Give somebody a one-time password and show it, this once."""
    person, issued = directory.reset_password(db, me, person_id)
    return render(request, "people/password.html", person=person, password=issued, added=False)


@router.post("/{person_id}/role")
def change_role(person_id: str, db: Db, me: PeopleManager, role: Annotated[str, Form()] = "") -> Response:
    """Give somebody another role."""
    directory.change_role(db, me, person_id, _role(role))
    return RedirectResponse(f"/people#p-{person_id}", 303)


@router.post("/{person_id}/deactivate")
def deactivate(person_id: str, db: Db, me: PeopleManager) -> Response:
    """Close an account."""
    directory.deactivate(db, me, person_id)
    return RedirectResponse(f"/people#p-{person_id}", 303)


@router.post("/{person_id}/reactivate")
def reactivate(person_id: str, db: Db, me: PeopleManager) -> Response:
    """Open a closed account again."""
    directory.reactivate(db, me, person_id)
    return RedirectResponse(f"/people#p-{person_id}", 303)


def _page(
    request: Request, db: Db, me: PeopleManager, *, q: str = "", error: KbError | None = None,
    entered: dict[str, str] | None = None,
) -> HTMLResponse:
    return render(
        request, "people/page.html", status=status_of(error) if error else 200,
        people=directory.list_people(db, me, text=q), roles=ROLE_NAMES, q=q,
        entered={"login": "", "name": "", "role": "", **(entered or {})},
        error=explain(request.state.locale, error) if error else "",
    )


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise Invalid("person.bad_role", "请选择一个角色。") from None
