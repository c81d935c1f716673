"""/handovers/{id}/steps: taking a handover further. A page shows what is signed and takes the PIN or a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb import keys
from kb.access import MODULE_NAMES, Module
from kb.errors import Conflict, Invalid, NotFound
from kb.handover import proceeding
from kb.handover.declaring import PURPOSES, Preview, preview
from kb.handover.workflow import Action, way_back
from kb.viewing import Viewer
from web.deps import Db, Me
from web.i18n import explain, phrase
from web.templating import render

router = APIRouter(prefix="/handovers/{handover_id}/steps")
Pin = Annotated[str, Form()]
Words = Annotated[str, Form()]

_SIGN_NAMES = {
    Action.submit: "签字提交审核", Action.approve: "签字通过审核", Action.confirm: "签字确认",
    Action.receive: "签字接收", Action.archive: "签字归档",
}  # fmt: skip
_SIGNED: dict[Action, Callable[[Session, Viewer, str, str], object]] = {
    Action.approve: proceeding.approve, Action.confirm: proceeding.confirm, Action.archive: proceeding.archive,
}  # fmt: skip


@router.get("/{action}")
def step_page(request: Request, handover_id: str, action: Action, db: Db, me: Me, module: str = "") -> HTMLResponse:
    """What the step declares: files, verdicts, risks, and what still stands in its way."""
    return _page(request, db, me, handover_id, action, module)


def _page(
    request: Request, db: Session, me: Viewer, handover_id: str, action: Action, module: str, *, status: int = 200,
    error: str = "", words: str = "",
) -> HTMLResponse:
    shown: Preview = preview(db, me, handover_id, action, _module(module) if module else None)
    return render(
        request, "steps/page.html", status=status, shown=shown, handover=shown.handover, action=action, module=module,
        has_key=keys.has_key(db, me.person_id), error=error, words=words,
        sign_names=_SIGN_NAMES, meaning=_meaning(request.state.locale, shown),
        back=way_back(shown.step) if shown.step.signed else None,
    )  # fmt: skip


def _meaning(locale: str, shown: Preview) -> str:
    """The Chinese statement in the reader's language, to be understood and not signed; empty in Chinese."""
    purpose = PURPOSES.get(shown.step.action)
    if purpose is None or locale == "zh":
        return ""
    module = MODULE_NAMES[shown.module] if shown.module else ""
    return phrase(locale, proceeding.STATEMENTS[purpose], {"title": shown.handover.title, "module": module})


@router.post("/{action}")
def take(
    request: Request, handover_id: str, action: Action, db: Db, me: Me, pin: Pin = "", reason: Words = "",
    reservations: Words = "", module: Words = "",
) -> Response:
    """Take the step."""
    try:
        _take(db, me, handover_id, action, pin, reason, reservations, module)
    except (Invalid, Conflict, NotFound) as error:
        if isinstance(error, NotFound) and error.slug != "key.none":
            raise
        db.rollback()
        return _page(request, db, me, handover_id, action, module, status=422,
                     error=explain(request.state.locale, error), words=reservations or reason)
    return RedirectResponse(f"/handovers/{handover_id}?done={action.value}", 303)


def _take(
    db: Session, me: Viewer, handover_id: str, action: Action, pin: str, reason: str, reservations: str, module: str
) -> None:
    if action in _SIGNED:
        _SIGNED[action](db, me, handover_id, pin)
    elif action is Action.submit:
        proceeding.submit(db, me, handover_id, pin, reservations=reservations)
    elif action is Action.receive:
        proceeding.receive(db, me, handover_id, _module(module), pin, reservations=reservations)
    elif action is Action.send_back:
        proceeding.send_back(db, me, handover_id, reason)
    elif action is Action.reject:
        proceeding.reject(db, me, handover_id, _module(module), reason)
    else:
        raise Invalid("step.elsewhere", "请在「安排」页面取消交接。")


def _module(key: str) -> Module:
    try:
        return Module(key)
    except ValueError:
        raise Invalid("module.choose", "请先选择模块。") from None
