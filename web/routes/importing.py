"""/import: an archive of old files with a list, planned first, then carried out as it was shown."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest import archive, manifest, migration
from kb.access import Classification, Module
from kb.db import transaction
from kb.errors import Conflict, Invalid, NotAllowed
from kb.handover.participation import contributable_handovers
from kb.spreadsheet import as_csv
from kb.viewing import Viewer
from web import importing, staging
from web.deps import Db, Me
from web.i18n import explain, phrase
from web.templating import render
from web.vocabularies import chosen, known

router = APIRouter()
_RECEIPTS = 200
"""Receipts shown on one page."""
Words = Annotated[str, Form()]


@router.get("/import")
def form_page(request: Request, db: Db, me: Me, handover: str = "") -> HTMLResponse:
    """Choose an archive and a list, and what holds for lines that say nothing else."""
    return _form(request, db, me, handover=handover)


def _form(
    request: Request, db: Session, me: Viewer, *, handover: str, status: int = 200, error: str = ""
) -> HTMLResponse:
    return render(request, "import/page.html", status=status, error=error, handovers=contributable_handovers(db, me),
                  chosen=handover, head=manifest.HEAD)


def _require_contributor(me: Viewer) -> None:
    with transaction(writes=False) as db:
        if not contributable_handovers(db, me):
            raise NotAllowed("document.not_contributor", "只有离任者本人和人事可以向这个交接提交资料。")


@router.get("/import/list.csv")
def blank_list(me: Me) -> Response:
    """A list to fill in: the head and one line as an example."""
    example = ("战略/2019年扩张计划.docx", "2019 年城市扩张计划", "", "战略规划", "三年战略；扩张", "内部", "何静远",
               "2019-03-01", "战略文档", "")
    return Response(as_csv(manifest.HEAD, [example]), media_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="list.csv"'})


@router.post("/import")
def plan(
    request: Request, me: Me, files: Annotated[UploadFile, File()],
    given: Annotated[UploadFile | None, File()] = None, handover: Words = "", module: Words = "",
    classification: Words = "internal",
) -> Response:
    """Keep the archive, and show what would become of each file. Nothing is taken in."""
    _require_contributor(me)
    staged, defaults = staging.keep(me, files, given), _defaults(handover, module, classification)
    try:
        with _unpacked(me, staged) as (folder, found):
            planned = migration.planned_in(folder, me, found, defaults)
    except (Invalid, Conflict) as error:
        staging.drop(me, staged)
        with transaction(writes=False) as db:
            return _form(request, db, me, handover=handover, status=422, error=explain(request.state.locale, error))
    return _shown(request, planned, staged=staged, handover=handover, module=module, classification=classification)


@contextmanager
def _unpacked(me: Viewer, staged: str) -> Iterator[tuple[Path, manifest.Manifest | None]]:
    zipped, given = staging.kept(me, staged)
    with tempfile.TemporaryDirectory(prefix="kb-import-") as name:
        archive.unpack(zipped, Path(name))
        yield Path(name), manifest.find(Path(name), given)


def _defaults(handover: str, module: str, classification: str) -> migration.Defaults:
    return migration.Defaults(handover, next(iter(known(Module, [module])), None),
                              chosen(classification, Classification.internal))


def _shown(
    request: Request, planned: list[migration.Planned], *, staged: str, handover: str, module: str, classification: str
) -> HTMLResponse:
    def say(message: str, params: dict[str, object]) -> str:
        return phrase(request.state.locale, message, params)

    rows = [importing.row(p, (), say) for p in planned]
    return render(request, "import/plan.html", rows=rows, counts=Counter(r["outcome"] for r in rows),
                  outcome_names=importing.OUTCOME_NAMES, staged=staged, handover=handover, module=module,
                  classification=classification)


@router.post("/import/{staged_id}/go")
def carry_out(
    staged_id: str, me: Me, handover: Words = "", module: Words = "", classification: Words = "internal"
) -> Response:
    """Take in what was planned; the archive is planned again with today's rights, and let go of afterwards."""
    _require_contributor(me)
    defaults = _defaults(handover, module, classification)
    with _unpacked(me, staged_id) as (folder, found):
        done = migration.carry_out(me, migration.planned_in(folder, me, found, defaults))
    staging.drop(me, staged_id)
    ids = [r.document_id for _, receipts in done for r in receipts if r.document_id]
    if not ids:
        raise Invalid("import.nothing", "没有可以导入的文件，请按试运行的说明修改清单。")
    return RedirectResponse("/upload/receipts?" + "&".join(f"id={i}" for i in ids[:_RECEIPTS]), 303)
