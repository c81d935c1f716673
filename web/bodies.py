"""How much a request may carry: refused before it is read, so that nobody fills the disk without an account."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.credentials import person_of_session, person_of_token
from kb.db import transaction
from kb.settings import settings
from web.errors import TOO_LARGE, answer
from web.security import SAFE_METHODS, bearer, session_cookie

FILES_AT_ONCE = 100
"""How many files of the largest permitted size one upload may carry."""
SMALL_BODY = 1024 * 1024
"""Bytes of any other request, and of everything a stranger sends."""


class BodyLimit:
    """Refuses bodies that are too large; only a known person may send files."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        limit = await _limit(request)
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            refused = await answer(request, TOO_LARGE, status=413)
            await refused(scope, receive, send)
            return
        await self.app(scope, _counted(receive, limit), send)


async def _limit(request: Request) -> int:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return SMALL_BODY
    if not await run_in_threadpool(_known, request):
        return SMALL_BODY
    return settings().max_file_mb * 1024 * 1024 * FILES_AT_ONCE


def _known(request: Request) -> bool:
    cookie, token = request.cookies.get(session_cookie(), ""), bearer(request)
    with transaction(writes=False) as session:
        return bool((token and person_of_token(session, token)) or (cookie and person_of_session(session, cookie)))


def _counted(receive: Receive, limit: int) -> Receive:
    """A ``receive`` that stops a body without a declared length once it grows past the limit."""
    taken = 0

    async def take() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413)
        return message

    return take
