"""/notices: one's own notices, and where else they go."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb import notices, posting
from kb.errors import Conflict, Invalid
from kb.notices import CHANNEL_NAMES, ChannelKind
from kb.viewing import Viewer
from web.deps import Db, Me
from web.i18n import explain
from web.security import local_path
from web.templating import render

router = APIRouter(prefix="/notices")
Words = Annotated[str, Form()]


@router.get("")
def page(request: Request, db: Db, me: Me) -> HTMLResponse:
    """The inbox, unread ones first, and the channels."""
    return _page(request, db, me)


def _page(
    request: Request, db: Session, me: Viewer, *, status: int = 200, error: str = "", sent: str = ""
) -> HTMLResponse:
    return render(
        request, "notices/page.html", status=status, found=notices.notices_of(db, me), error=error, sent=sent,
        channels=notices.channels_of(db, me), kinds=CHANNEL_NAMES, failures=posting.failures_of(db, me.person_id),
    )  # fmt: skip


@router.post("/read")
def read_all(db: Db, me: Me) -> Response:
    """Mark all of them read."""
    notices.mark_read(db, me)
    return RedirectResponse("/notices", 303)


@router.post("/channels")
def add(request: Request, db: Db, me: Me, kind: Words = "", address: Words = "") -> Response:
    """Add a channel."""
    try:
        if kind not in list(ChannelKind):
            raise Invalid("channel.kind", "请选择通知方式。")
        notices.add_channel(db, me, ChannelKind(kind), address)
    except Invalid as error:
        db.rollback()
        return _page(request, db, me, status=422, error=explain(request.state.locale, error))
    return RedirectResponse("/notices#channels", 303)


@router.post("/channels/{channel_id}/remove")
def remove(channel_id: str, db: Db, me: Me) -> Response:
    """Remove one."""
    notices.remove_channel(db, me, channel_id)
    return RedirectResponse("/notices#channels", 303)


@router.post("/channels/{channel_id}/test")
def test(request: Request, channel_id: str, db: Db, me: Me) -> Response:
    """Send a test message now, and say what became of it."""
    problem = posting.send(notices.own_channel(db, me, channel_id), "这是一条测试通知。", "")
    if problem:
        said = explain(request.state.locale, Conflict("channel.test", problem))
        return _page(request, db, me, status=409, error=said)
    return _page(request, db, me, sent="已发出测试通知。")


@router.post("/retry")
def retry(db: Db, me: Me) -> Response:
    """Try what failed once more."""
    posting.retry(db, me.person_id)
    return RedirectResponse("/notices#channels", 303)


@router.post("/{notice_id}/read")
def read(notice_id: str, db: Db, me: Me) -> Response:
    """Mark one read and go where it points."""
    found = notices.mark_read(db, me, notice_id)
    return RedirectResponse(local_path(found.link if found else "/notices"), 303)
