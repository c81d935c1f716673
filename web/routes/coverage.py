"""/coverage: which module of which handover or post is covered, and which topics – counts for HR and auditors.

``by=post`` adds the handovers of a post up; ``handover=…`` (several to compare) goes down to topics; ``format`` csv,
pdf or png gives the same as a file.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from kb.handover import editions
from kb.handover.overrides import agreement
from kb.people import names_of
from kb.spreadsheet import as_csv
from search.coverage import paper
from search.coverage.matrix import HEAT_NAMES, by_post, coverage, lines
from search.coverage.topics import chosen_handovers, topics
from web.deps import Db, Me
from web.templating import render

router = APIRouter()
_MOST_COMPARED = 6


@router.get("/coverage")
def page(
    request: Request, db: Db, me: Me, by: str = "", format: str = "",
    handover: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """The heat map, or the topics of the chosen handovers."""
    chosen = chosen_handovers(db, me, (handover or [])[:_MOST_COMPARED])
    if chosen:
        found = topics(db, me, chosen)
        if format:
            return _file(format, paper.by_topic(chosen, found), "；".join(h.title for h in chosen))
        return render(request, "coverage/topics.html", handovers=chosen, rows=found)
    rows = coverage(db, me)
    titles = {key: editions.current(db, key).title for key in editions.roles(db)} if by == "post" else {}
    shown = by_post(rows, titles) if by == "post" else lines(rows)
    if format:
        return _file(format, paper.matrix(shown), "按岗位" if by == "post" else "按交接")
    tally = Counter(cell.heat for line in shown for cell in line.cells.values())
    return render(request, "coverage/page.html", rows=shown, by=by, heat_names=HEAT_NAMES, tally=tally,
                  advice=agreement(db, me), names=names_of(db, {line.leaver_id for line in shown if line.leaver_id}))


def _file(format: str, table: paper.Rows, subtitle: str) -> Response:
    if format == "pdf":
        content, kind, ending = paper.as_pdf(table, subtitle), "application/pdf", "pdf"
    elif format == "png":
        content, kind, ending = paper.as_png(table, subtitle), "image/png", "png"
    else:
        content, kind, ending = as_csv(*table).encode(), "text/csv; charset=utf-8", "csv"
    return Response(content, media_type=kind,
                    headers={"Content-Disposition": f'attachment; filename="coverage.{ending}"'})
