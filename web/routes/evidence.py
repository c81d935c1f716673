"""/handovers/{id}/certificate and /evidence: the signed certificate, and the bundle that anybody can check."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from kb.errors import NotAllowed, NotFound
from kb.handover import bundle, certificate
from kb.handover.participation import visible_handover
from web.deps import Db, Me, WritingDb

router = APIRouter(prefix="/handovers/{handover_id}")


@router.get("/certificate")
def certificate_file(handover_id: str, db: Db, me: Me) -> Response:
    """The certificate, for the parties and those who oversee."""
    handover = visible_handover(db, me, handover_id)
    if not certificate.readable(db, me, handover):
        raise NotAllowed("certificate.closed",
                         "交接证书写有全部模块的内容，只对离任者、审核人、人事、审计和接收全部模块的人开放。")
    found = certificate.issued(handover_id)
    if found is None:
        raise NotFound("certificate.none", "这个交接还没有归档，证书在归档时出具。")
    name = quote(f"交接证书-{handover.title}.pdf", safe="")
    return Response(found, media_type="application/pdf",
                    headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}"})


@router.get("/evidence")
def evidence_file(handover_id: str, db: WritingDb, me: Me) -> Response:
    """The evidence bundle; taking it is recorded."""
    packed = bundle.export(db, me, handover_id)
    return Response(packed, media_type="application/zip",
                    headers={"Content-Disposition": f'attachment; filename="evidence-{handover_id}.zip"'})
