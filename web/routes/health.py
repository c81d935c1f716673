"""Whether this process serves: for load balancers and containers; says nothing about content."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import text
from starlette.responses import JSONResponse

from kb.db import transaction

router = APIRouter()


@router.get("/healthz")
def healthz() -> JSONResponse:
    """200 when the database answers; a failure becomes the ordinary 500."""
    with transaction(writes=False) as session:
        session.execute(text("SELECT 1"))
    return JSONResponse({"status": "ok"})
