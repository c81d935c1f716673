"""/upload: many files at once, and what becomes of each, live."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Query, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest import batch
from ingest.intake import Target
from kb import library
from kb.access import Classification, Module
from kb.errors import Invalid
from kb.handover.checklist import checklist
from kb.handover.participation import contributable_handovers
from kb.settings import settings
from web.deps import Db, Me
from web.templating import render
from web.uploads import received
from web.vocabularies import known

router = APIRouter()
_MOST = 200


@router.get("/upload")
def form_page(
    request: Request, db: Db, me: Me, handover: str = "", module: str = "", deliverable: str = ""
) -> HTMLResponse:
    """The form; only handovers the viewer may contribute to can be chosen."""
    open_ones = contributable_handovers(db, me)
    chosen = next((h for h in open_ones if h.id == handover), open_ones[0] if len(open_ones) == 1 else None)
    items = checklist(db, me, chosen.id).items if chosen else ()
    return render(
        request, "upload/page.html", handovers=open_ones, chosen=chosen, items=items, module=module,
        deliverable=deliverable, limit=settings().max_file_mb,
    )  # fmt: skip


@router.post("/upload")
def upload(
    request: Request, me: Me, files: Annotated[list[UploadFile], File()], handover: Annotated[str, Form()],
    module: Annotated[str, Form()] = "", classification: Annotated[str, Form()] = "internal",
    tags: Annotated[str, Form(max_length=500)] = "", deliverable: Annotated[str, Form()] = "",
) -> Response:
    """Store every file, then show the receipts. One bad file stops none of the others."""
    modules, classes = known(Module, [module]), known(Classification, [classification])
    given = [f for f in files if f.filename]
    if not given:
        raise Invalid("upload.nothing", "没有选择文件。请先选择要上传的文件。")
    if not modules or not classes:
        raise Invalid("document.no_place", "请选择模块和密级。")
    listed = tuple(t.strip() for t in tags.replace("，", ",").replace("、", ",").split(",") if t.strip())
    target = Target(handover, modules[0], classes[0], listed, deliverable)
    with received(given[:_MOST]) as written:
        receipts = batch.accept_files(me, written, target)
    lost = [r for r in receipts if not r.document_id]
    if lost:
        return render(request, "upload/receipts.html", status=422, receipts=receipts, back=handover)
    ids = "&".join(f"id={r.document_id}" for r in receipts)
    return RedirectResponse(f"/upload/receipts?{ids}", 303)


@router.get("/upload/receipts")
def receipts_page(request: Request, db: Db, me: Me, id: Annotated[list[str], Query(max_length=_MOST)]) -> HTMLResponse:
    """The receipts of files just handed in; refreshed until all have ended."""
    receipts = library.receipts(db, me, [*id, *library.attachment_ids(db, id)])
    template = "upload/_receipts.html" if request.headers.get("hx-target") == "receipts" else "upload/receipts.html"
    back = receipts[0].handover_id if receipts else ""
    return render(request, template, receipts=receipts, back=back)
