"""/coverage: which module of which handover is covered, thin or bare – counts for HR and auditors, also as CSV."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kb.people import names_of
from search.coverage import as_csv, coverage
from web.deps import Db, Me
from web.templating import render

router = APIRouter()


@router.get("/coverage")
def page(request: Request, db: Db, me: Me, format: str = "") -> Response:
    """The heat map; ``format=csv`` gives the same as a table."""
    rows = coverage(db, me)
    if format == "csv":
        return Response(as_csv(rows), media_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": 'attachment; filename="coverage.csv"'})
    shown: Response = render(request, "coverage/page.html", rows=rows,
                             names=names_of(db, {r.handover.leaver_id for r in rows}))
    return shown
