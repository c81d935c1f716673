"""What a route may ask for. Read this before writing one.

**A route** is a plain ``def`` (it runs in a thread; use ``async def`` only to stream, and ``Sent`` for a form whose
fields are not known beforehand) in ``web/routes/<noun>.py`` with
a module-level ``router = APIRouter()``; ``web.app`` includes every such module by itself. It parses the request, calls
ONE service with ``session`` and ``viewer``, and renders::

    from web.deps import Db, Me
    from web.templating import render

    router = APIRouter()

    @router.get("/documents")
    def list_page(request: Request, db: Db, me: Me) -> HTMLResponse:
        return render(request, "documents/page.html", documents=library.list_documents(db, me, filters))

    @router.post("/documents/{document_id}/delete")
    def delete(document_id: str, db: Db, me: Me) -> Response:
        library.delete_document(db, me, document_id)
        return RedirectResponse("/documents", 303)

**Who asks.** ``Me`` is the ``Viewer``; a visitor is sent to ``/login?next=…`` (API: 401). A route without ``Me`` is
public and must be named in ``tests/web/test_access_matrix.py``. ``MayBe`` is ``Viewer | None``. Rights are checked by
the services; ``Annotated[Viewer, Depends(allowed(Permission.x))]`` is a ``Viewer`` that has a permission, for pages
with no service of their own (``PeopleManager``, ``GrantManager``, ``GrantReader`` exist).

**The session.** ``Db`` is one transaction: committed when the route returns and before the answer leaves, rolled back
on any exception. In a GET it only reads; a GET that must record something asks for ``WritingDb`` (it takes SQLite's
write lock with its first statement). Never commit yourself. Rows stay readable after the commit.

**Errors.** Let every ``KbError`` pass: ``web.errors`` answers 404/403/409/422/503 as a page (``error.html``), as a
fragment for htmx (``_error.html``, retargeted to ``#notices``), or as ``application/problem+json`` under ``/api``. A
form that wants to show the error beside its field catches ``Invalid`` or ``Conflict``, calls ``db.rollback()`` and
renders itself again with ``status=422`` and ``error=explain(request.state.locale, e)`` (``web.i18n.explain``).

**Templates.** ``request.state`` carries ``viewer`` (``Viewer | None``), ``locale`` (``zh`` | ``en``), ``csrf_token``;
``render`` passes them on. Every form with method=post needs ``csrf_token``; multipart too. htmx: ``X-CSRF-Token``.

**Sentences** are Chinese msgids: ``_("…")`` in templates; in Python any whole sentence is one.
Add its English to ``web/locale/en.po`` (or leave it: ``tests/web/test_i18n.py`` lists what is missing).
htmx's own files are served under ``/static/htmx/`` (``/static/htmx/htmx.min.js``, ``/static/htmx/ext/sse.js``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request

from kb import credentials, notices
from kb.access import Permission
from kb.db import transaction
from kb.people import Person
from kb.viewing import Viewer, viewer_for
from web.errors import LogInRequired, PasswordChangeRequired
from web.i18n import COOKIE, negotiate
from web.security import SAFE_METHODS, bearer, session_cookie

_OPEN_TO_TEMPORARY = ("/settings/password", "/logout", "/language")


def identify(request: Request) -> None:
    """Find out who asks and in which language, into ``request.state``. Runs before every route."""
    if request.state.viewer is not None:
        return
    token, cookie = bearer(request), request.cookies.get(session_cookie(), "")
    if not token and not cookie:
        return
    with transaction(writes=False) as session:
        found = credentials.person_of_token(session, token) if token else credentials.person_of_session(session, cookie)
        if found is None:
            return
        _remember(request, session, found)
        due = (credentials.token_needs_touch(session, token) if token
               else credentials.session_needs_touch(session, cookie))
    if due:
        with transaction() as session:
            if token:
                credentials.touch_token(session, token)
            else:
                credentials.touch_session(session, cookie)


def _remember(request: Request, session: Session, person: Person) -> None:
    state = request.state
    state.viewer = viewer_for(session, person)
    state.unread = notices.unread(session, state.viewer)
    state.password_temporary = person.password_temporary
    state.locale = negotiate(
        request.cookies.get(COOKIE, ""), person.locale, request.headers.get("accept-language", "")
    )


def current(request: Request) -> Viewer:
    """The viewer.

    Raises:
        LogInRequired: nobody is logged in.
        PasswordChangeRequired: a password set by somebody else must be replaced first.
    """
    viewer: Viewer | None = request.state.viewer
    if viewer is None:
        raise LogInRequired
    if request.state.password_temporary and not request.url.path.startswith(_OPEN_TO_TEMPORARY):
        raise PasswordChangeRequired
    return viewer


def allowed(permission: Permission) -> Callable[[Request], Viewer]:
    """A dependency that gives the viewer if their role has the permission, and refuses otherwise."""

    def check(request: Request) -> Viewer:
        viewer = current(request)
        viewer.require(permission)
        return viewer

    return check


def open_transaction(request: Request) -> Iterator[Session]:
    """The request's transaction; it reads in a GET and writes otherwise."""
    with transaction(writes=request.method not in SAFE_METHODS) as session:
        yield session


def open_writing_transaction() -> Iterator[Session]:
    """A transaction that writes also in a GET."""
    with transaction() as session:
        yield session


def _maybe(request: Request) -> Viewer | None:
    viewer: Viewer | None = request.state.viewer
    return viewer


def _locale(request: Request) -> str:
    return str(request.state.locale)


async def sent_form(request: Request) -> FormData:
    """The form that was sent, for routes whose fields are not known beforehand."""
    return await request.form()


Db = Annotated[Session, Depends(open_transaction, scope="function")]
WritingDb = Annotated[Session, Depends(open_writing_transaction, scope="function")]
Me = Annotated[Viewer, Depends(current)]
MayBe = Annotated[Viewer | None, Depends(_maybe)]
Sent = Annotated[FormData, Depends(sent_form)]
Locale = Annotated[str, Depends(_locale)]
PeopleManager = Annotated[Viewer, Depends(allowed(Permission.manage_people))]
GrantManager = Annotated[Viewer, Depends(allowed(Permission.manage_grants))]
GrantReader = Annotated[Viewer, Depends(allowed(Permission.view_every_checklist))]
