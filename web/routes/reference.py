"""The API reference as a page of our own: the policy on scripts admits no ready-made viewer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from web.deps import Me
from web.templating import render

router = APIRouter(prefix="/settings/api")


@router.get("")
def reference_page(request: Request, me: Me) -> HTMLResponse:
    """Every call of ``/api/v1`` by noun, from the OpenAPI description."""
    described = request.app.openapi()
    return render(request, "settings/api.html", about=described["info"]["description"], nouns=_by_noun(described))


def _by_noun(described: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    nouns: dict[str, list[dict[str, Any]]] = {}
    for path, calls in described["paths"].items():
        for method, call in calls.items():
            entry = {"method": method.upper(), "path": path, "summary": call.get("summary", ""),
                     "description": call.get("description", ""), "parameters": call.get("parameters", [])}
            nouns.setdefault(call.get("tags", ["other"])[0], []).append(entry)
    return dict(sorted(nouns.items()))
