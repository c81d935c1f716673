"""What keeps a browser's session safe: response headers, cookies, and the check against forged requests.

Forgery (CSRF): every form carries ``<input type="hidden" name="csrf_token" value="{{ csrf_token }}">`` and htmx sends
``X-CSRF-Token`` (set once by ``hx-headers`` on ``<body>``). The token is a hash of the cookie's secret, so it needs no
storage and changes with every log-in. A request with an API token needs none: a browser never sends that by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb import ledger
from kb.errors import NotAllowed
from kb.settings import settings
from web.i18n import COOKIE as LOCALE_COOKIE
from web.i18n import negotiate

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def session_cookie() -> str:
    """The name of the log-in cookie; behind TLS it carries the prefix that stops other hosts from planting one."""
    return "__Host-kb_session" if settings().secure_cookies else "kb_session"


def visitor_cookie() -> str:
    """The name of the cookie that ties the log-in form to the browser that fetched it."""
    return "__Host-kb_visitor" if settings().secure_cookies else "kb_visitor"


def csrf_token_for(secret: str) -> str:
    """The token a form must carry when it is sent with the cookie of that secret."""
    return hashlib.sha256(f"csrf:{secret}".encode()).hexdigest()


def give_cookie(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites do not send; ``max_age`` in seconds, None until closing."""
    response.set_cookie(
        name, value, max_age=max_age, path="/", httponly=True, samesite="lax", secure=settings().secure_cookies
    )


def take_cookie(response: Response, name: str) -> None:
    """Remove a cookie from the browser."""
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=settings().secure_cookies)


def bearer(request: Request) -> str:
    """The API token of a request to the API; empty when there is none."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and request.url.path.startswith("/api/") else ""


async def guard_forgery(request: Request) -> None:
    """Refuse a changing request that this site's own page did not send.

    Raises:
        NotAllowed: it comes from another site, or carries no or a wrong token.
    """
    stranger_to_api = request.url.path.startswith("/api/") and request.state.viewer is None
    if request.method in SAFE_METHODS or bearer(request) or stranger_to_api:
        return  # a stranger's call to the API is refused for that, which says more
    sent = request.headers.get("x-csrf-token", "")
    if not sent and "form" in request.headers.get("content-type", ""):
        sent = str((await request.form()).get("csrf_token", ""))
    if _foreign(request) or not hmac.compare_digest(sent.encode(), request.state.csrf_token.encode()):
        raise NotAllowed("csrf.refused", "这个页面已过期或请求来自其他网站。请刷新页面后重试。")


def _foreign(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    known = {request.headers.get("host", ""), urlsplit(settings().public_url).netloc} - {""}
    return origin is not None and urlsplit(origin).netloc not in known


class Doorway:
    """The outermost layer: fills the request's state and sets the response's headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        ledger.origin.set(request.client.host if request.client else "")
        new_visitor = _prepare(request)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _decorate(MutableHeaders(scope=message), request.url.path, new_visitor)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _prepare(request: Request) -> str:
    """Fill the request's state; returns the secret of a visitor seen for the first time, else an empty string."""
    cookies = request.cookies
    secret = cookies.get(session_cookie()) or cookies.get(visitor_cookie())
    page = not request.url.path.startswith(("/static", "/api/", "/healthz"))
    new_visitor = secrets.token_urlsafe(32) if page and not secret else ""
    state = request.state
    state.csrf_token = csrf_token_for(secret or new_visitor or secrets.token_urlsafe(32))
    state.locale = negotiate(cookies.get(LOCALE_COOKIE, ""), "", request.headers.get("accept-language", ""))
    state.viewer, state.password_temporary = None, False
    return new_visitor


def _decorate(headers: MutableHeaders, path: str, new_visitor: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    if settings().secure_cookies:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if not path.startswith("/static"):
        headers["Cache-Control"] = "no-store"  # whatever a route says: a revoked right must not live on in a cache
        headers.add_vary_header("Cookie")
    if new_visitor:
        headers.append("Set-Cookie", _visitor_header(new_visitor))


def _visitor_header(secret: str) -> str:
    made: SimpleCookie = SimpleCookie()
    made[visitor_cookie()] = secret
    morsel = made[visitor_cookie()]
    morsel["path"], morsel["httponly"], morsel["samesite"] = "/", True, "lax"
    if settings().secure_cookies:
        morsel["secure"] = True
    return morsel.OutputString()


def page_of(request: Request) -> str:
    """The page somebody looks at: the one that was asked for, or the one that sent this form or fragment's request."""
    sender = request.headers.get("hx-current-url", "")
    if not sender and request.method not in SAFE_METHODS:
        sender = request.headers.get("referer", "/")
    parts = urlsplit(sender or str(request.url))
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def local_path(address: str) -> str:
    """The address if it is a path of this site, else the home page: a link must not lead to another site."""
    parts = urlsplit(address)
    safe = address.startswith("/") and not parts.netloc and not parts.scheme and address.isprintable()
    return address if safe and "\\" not in address and not address.startswith("//") else "/"
