"""/documents: the list, and what is done to one document; reading it is in ``reader.py``."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb import library
from kb.access import Classification, Module
from kb.errors import Invalid
from kb.handover.participation import visible_handovers
from kb.receipts import Status
from web.deps import Db, Me
from web.templating import render
from web.vocabularies import known, number_in

router = APIRouter()
PAGE, MOST_PAGES = 50, 100_000


@router.get("/documents")
def list_page(request: Request, db: Db, me: Me) -> HTMLResponse:
    """The documents the viewer may see, narrowed and sorted by what is in the address."""
    given = request.query_params
    page = min(MOST_PAGES, number_in(given.get("page", ""), 1))
    filters = library.Filters(
        handover_id=given.get("handover", ""), modules=known(Module, given.getlist("module")),
        classifications=known(Classification, given.getlist("classification")),
        status=next(iter(known(Status, [given.get("status", "")])), None), text=given.get("text", "")[:100],
        sort=given.get("sort", "newest"), limit=PAGE, offset=(max(1, page) - 1) * PAGE,
    )  # fmt: skip
    kept = [(k, v) for k, v in given.multi_items() if k != "page" and v]
    return render(
        request, "documents/page.html", page=library.list_documents(db, me, filters), filters=filters, number=page,
        size=PAGE, handovers=visible_handovers(db, me), link=f"/documents?{urlencode(kept)}",
    )  # fmt: skip


@router.get("/documents/{document_id}/delete")
def confirm_page(request: Request, document_id: str, db: Db, me: Me) -> HTMLResponse:
    """Ask once more: deleting cannot be taken back."""
    return render(request, "documents/delete.html", doc=library.visible_document(db, me, document_id))


@router.post("/documents/{document_id}/delete")
def delete(document_id: str, db: Db, me: Me) -> Response:
    """Delete it for everyone and for good."""
    library.delete_document(db, me, document_id)
    return RedirectResponse("/documents", 303)


@router.post("/documents/{document_id}/tags")
def retag(document_id: str, db: Db, me: Me, tags: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Give it these tags, separated by commas (Chinese ones too) or 、."""
    for separator in ("，", "、", "；", ";", "\n"):
        tags = tags.replace(separator, ",")
    library.retag(db, me, document_id, [t.strip() for t in tags.split(",") if t.strip()])
    return RedirectResponse(f"/documents/{document_id}#known", 303)


@router.post("/documents/{document_id}/move")
def move(
    document_id: str, db: Db, me: Me, module: Annotated[str, Form()] = "", classification: Annotated[str, Form()] = ""
) -> Response:
    """Put it into another module or classification."""
    modules, classes = known(Module, [module]), known(Classification, [classification])
    if not modules or not classes:
        raise Invalid("document.no_place", "请选择模块和密级。")
    library.move_document(db, me, document_id, module=modules[0], classification=classes[0])
    return RedirectResponse(f"/documents/{document_id}#known", 303)


@router.post("/documents/{document_id}/suggestions")
def decide(
    document_id: str, db: Db, me: Me, field: Annotated[str, Form()], value: Annotated[str, Form()],
    verdict: Annotated[str, Form()],
) -> Response:
    """Accept or reject a suggestion."""
    library.decide_suggestion(db, me, document_id, field, value, accept=verdict == "accept")
    return RedirectResponse(f"/documents/{document_id}#known", 303)
