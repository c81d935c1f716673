"""/log and /handovers/{id}/log: the operation log with filters, and as CSV."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kb import logbook
from kb.handover.participation import visible_handover
from kb.handover.workdays import day_from
from kb.log_words import DETAIL_NAMES, ENTRY_NAMES
from web.deps import Db, Me
from web.templating import render

router = APIRouter()
Before = Annotated[int | None, Query(ge=1, lt=2**53)]


def _filters(action: str, since: str, until: str, before: int | None) -> logbook.Filters:
    return logbook.Filters(action=action, since=day_from(since), until=day_from(until), before=before)


@router.get("/log")
def whole(
    request: Request, db: Db, me: Me, action: str = "", since: str = "", until: str = "", before: Before = None,
    format: str = "",
) -> Response:
    """Everything, for those who oversee handovers."""
    entries = logbook.all_entries(db, me, _filters(action, since, until, before))
    return _answer(request, entries, format, None, action, since, until)


@router.get("/handovers/{handover_id}/log")
def of_handover(
    request: Request, handover_id: str, db: Db, me: Me, action: str = "", since: str = "", until: str = "",
    before: Before = None, format: str = "",
) -> Response:
    """One handover's entries, for its parties and those who oversee it."""
    entries = logbook.entries_of(db, me, handover_id, _filters(action, since, until, before))
    return _answer(request, entries, format, visible_handover(db, me, handover_id), action, since, until)


def _answer(
    request: Request, entries: list[logbook.Entry], format: str, handover: object, action: str, since: str, until: str
) -> Response:
    if format == "csv":
        return Response(logbook.as_csv(entries), media_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": 'attachment; filename="log.csv"'})
    page: HTMLResponse = render(
        request, "log/page.html", entries=entries, handover=handover, words=ENTRY_NAMES, detail_names=DETAIL_NAMES,
        given={"action": action, "since": since, "until": until},
        older=entries[-1].number if len(entries) == logbook.PAGE else None,
    )  # fmt: skip
    return page
