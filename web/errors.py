"""From a refusal to an answer: status and page for people, ``application/problem+json`` under ``/api``.

Every 404 is one and the same answer, whatever the slug inside: a thing one may not see cannot be told from a thing that
is not there.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from kb.errors import Conflict, Invalid, KbError, NotAllowed, NotFound, Unavailable
from kb.throttle import TooManyAttempts
from web.i18n import explain
from web.security import HEADERS, SAFE_METHODS, page_of

_LOG = logging.getLogger(__name__)
_STATUS: dict[type[KbError], int] = {
    NotFound: 404, TooManyAttempts: 429, NotAllowed: 403, Conflict: 409, Invalid: 422, Unavailable: 503,
}
_ABSENT = NotFound("not_found", "没有这一页，或者您无权查看。请检查地址，或联系人事开通权限。")
_FAILED = Unavailable("server.failed", "系统出了点问题，您的操作没有生效。请稍后重试；如果一直这样，请联系管理员。")
_BAD_REQUEST = Invalid("request.invalid", "提交的内容不完整或格式不对。请检查后重试。")
_STRANGER = NotAllowed("login.required", "请先登录，或在请求中带上有效的 API 令牌。")
_TEMPORARY = NotAllowed("password.temporary", "您的密码是临时的。请先登录网页并设置新密码。")
TOO_LARGE = Invalid("request.too_large", "发送的内容太大。请分批上传。")
_BAD_METHOD = Invalid("request.method", "这个地址不支持这种操作。请从页面上的按钮进入。")


class LogInRequired(Exception):
    """Nobody is logged in: pages lead to the log-in form, the API answers 401."""


class PasswordChangeRequired(Exception):
    """A password set by somebody else must be replaced before anything else."""


def status_of(error: KbError) -> int:
    """The HTTP status of a refusal."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def problem(request: Request, error: KbError, *, status: int | None = None, **more: object) -> JSONResponse:
    """A refusal as RFC 9457 problem details in the reader's language, with the stable ``slug``."""
    status = status or status_of(error)
    body = {
        "type": f"urn:handover-kb:{error.slug}", "title": HTTPStatus(status).phrase, "status": status,
        "slug": error.slug, "detail": explain(request.state.locale, error), **more,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


async def answer(request: Request, error: KbError, *, status: int | None = None) -> Response:
    """The answer to a refusal, for a program or for a person."""
    if isinstance(error, NotFound):
        error = _ABSENT
    if for_program(request):
        return problem(request, error, status=status)
    return await run_in_threadpool(_page, request, error, status or status_of(error))


def for_program(request: Request) -> bool:
    """Whether the request came to the API."""
    return request.url.path.startswith("/api/")


def _page(request: Request, error: KbError, status: int) -> Response:
    from web.deps import identify  # deps imports this module; the page needs the viewer for its navigation
    from web.templating import render

    identify(request)
    template = "_error.html" if request.headers.get("hx-request") else "error.html"
    answered = render(request, template, status=status, error=error, slug=error.slug, status_code=status,
                      message=explain(request.state.locale, error))
    if request.headers.get("hx-request"):
        answered.headers["HX-Retarget"], answered.headers["HX-Reswap"] = "#notices", "innerHTML"
    return answered


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, KbError)
    return await answer(request, error)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: _ABSENT, 405: _BAD_METHOD, 413: TOO_LARGE}.get(error.status_code, _BAD_REQUEST)
    answered = await answer(request, known, status=error.status_code)
    answered.headers.update(error.headers or {})
    return answered


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if for_program(request):
        fields = [{"field": ".".join(map(str, e["loc"])), "detail": e["msg"]} for e in error.errors()]
        return problem(request, _BAD_REQUEST, fields=fields)
    return await answer(request, _BAD_REQUEST)


async def _on_log_in_required(request: Request, _error: Exception) -> Response:
    if for_program(request):
        refused = problem(request, _STRANGER, status=401)
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    target = page_of(request)
    ended = "" if request.method in SAFE_METHODS else "&ended=true"
    return _lead(request, f"/login?next={quote(target)}{ended}" if target != "/" or ended else "/login")


async def _on_password_change(request: Request, _error: Exception) -> Response:
    if for_program(request):
        return problem(request, _TEMPORARY)
    return _lead(request, "/settings/password")


def _lead(request: Request, address: str) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


async def _on_failure(request: Request, error: Exception) -> Response:
    """The answer when something broke; it is sent outside ``Doorway``, so it brings the headers itself."""
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    try:
        answered = await answer(request, _FAILED, status=500)
    except Exception:  # the page itself may be what failed
        _LOG.exception("the error page failed")
        answered = PlainTextResponse(explain(request.state.locale, _FAILED), 500)
    answered.headers.update({**HEADERS, "Cache-Control": "no-store"})
    return answered


def install(app: FastAPI) -> None:
    """Let the application answer every refusal and failure through this module."""
    app.add_exception_handler(KbError, _on_refusal)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(LogInRequired, _on_log_in_required)
    app.add_exception_handler(PasswordChangeRequired, _on_password_change)
    app.add_exception_handler(Exception, _on_failure)
