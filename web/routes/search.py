"""/search: the question, its filters in the URL, the hits; the same template serves a whole page and a swap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import APIRouter, Form, Query
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import search
from kb.access import Classification, Module
from kb.documents import Document, Kind
from kb.handover.case import Deliverable
from kb.handover.participation import visible_handovers
from kb.viewing import Viewer
from search import history
from web import searching
from web.deps import Db, Me
from web.questions import example_questions
from web.templating import render
from web.vocabularies import known, number_in

router = APIRouter()
PAGE = 10


@dataclass(frozen=True)
class Asked:
    """The page's query string, checked: unknown values of a closed vocabulary are left out."""

    query: search.Query
    page: int = 1

    def link(self, **changes: str | int | None) -> str:
        """The address of this search with some parameters changed; None takes one away."""
        return "/search?" + urlencode(self.pairs(**changes))

    def pairs(self, **changes: str | int | None) -> list[tuple[str, str]]:
        """The parameters that are set, in a fixed order."""
        q = self.query
        plain = {
            "q": q.text, "handover": q.handover_id, "deliverable": q.deliverable_id, "from": q.date_from,
            "to": q.date_to, "old": "1" if q.include_old else "",
        }  # fmt: skip
        many = {"module": q.modules, "tag": q.tags, "kind": q.kinds, "author": q.authors,
                "classification": q.classifications}  # fmt: skip
        pairs = [(k, str(v)) for k, v in plain.items() if v and k not in changes]
        pairs += [(k, str(v)) for k, values in many.items() for v in values if k not in changes]
        return pairs + [(k, str(v)) for k, v in changes.items() if v is not None]

    @property
    def filtered(self) -> bool:
        """Whether anything but the question is set."""
        return any(key != "q" for key, _ in self.pairs())


def read_query(request: Request) -> Asked:
    """The search that an address asks for."""
    given = request.query_params
    many = given.getlist
    query = search.Query(
        text=given.get("q", "")[:500], handover_id=given.get("handover") or None,
        deliverable_id=given.get("deliverable") or None, include_old=given.get("old") == "1",
        modules=known(Module, many("module")),
        kinds=known(Kind, many("kind")),
        classifications=known(Classification, many("classification")),
        tags=tuple(t for t in many("tag") if t), authors=tuple(a for a in many("author") if a),
        date_from=_day(given.get("from", "")), date_to=_day(given.get("to", "")), limit=PAGE,
    )  # fmt: skip
    number = min(50, max(1, number_in(given.get("page", ""), 1)))
    return Asked(replace(query, offset=(number - 1) * PAGE), number)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@router.get("/search")
def search_page(request: Request, db: Db, me: Me) -> Response:
    """The page; asked by htmx for ``#results``, only the hits and facets, which stay while the box is empty."""
    asked = read_query(request)
    searched = bool(asked.query.text.strip()) or asked.filtered
    fragment = request.headers.get("hx-target") == "results"
    if fragment and not searched:
        return Response(status_code=204)
    results = searching.find(db, me, asked.query) if searched else None
    template = "search/_results.html" if fragment else "search/page.html"
    page = render(request, template, asked=asked, results=results, **_around(db, me, asked, results))
    if fragment:
        page.headers["HX-Replace-Url" if _goes_on(request, asked) else "HX-Push-Url"] = asked.link()
    return page


def _goes_on(request: Request, asked: Asked) -> bool:
    """Whether a question is typed on from the one before: the way back then does not lead through its letters."""
    before = parse_qs(urlsplit(request.headers.get("hx-current-url", "")).query)
    was, now = before.pop("q", [""])[-1].strip(), asked.query.text.strip()
    narrowed = {(key, value) for key, values in before.items() for value in values if key != "page"}
    same = narrowed == {pair for pair in asked.pairs() if pair[0] != "q"}
    return same and bool(was) and (now.startswith(was) or was.startswith(now))


def _around(db: Session, me: Viewer, asked: Asked, results: search.Results | None) -> dict[str, Any]:
    newer = {h.superseded_by for h in results.hits if h.superseded_by} if results else set()
    named = {i: d.title for i in sorted(newer) if (d := db.get(Document, i))}
    owed = db.get(Deliverable, asked.query.deliverable_id) if asked.query.deliverable_id else None
    visible = {h.id: h.title for h in visible_handovers(db, me)} if asked.query.handover_id else {}
    return {
        "newer_titles": named, "handover_titles": visible,
        "deliverable": owed if owed and owed.handover_id in {h.id for h in visible_handovers(db, me)} else None,
        "recent": history.recent_searches(db, me) if results is None else [],
        "saved": history.saved_searches(db, me) if results is None else [],
        "examples": example_questions(db, me) if results is None else [],
    }  # fmt: skip


@router.get("/search/completions")
def completions(request: Request, db: Db, me: Me, q: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
    """What could be meant, while typing."""
    return render(request, "search/_completions.html", suggestions=search.suggest(db, me, q))


@router.post("/search/saved")
def save(
    db: Db, me: Me, name: Annotated[str, Form(max_length=200)] = "", query: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Keep a search, and go on with it."""
    kept = history.save_search(db, me, name, query)
    return RedirectResponse(f"/search?{kept.query_string}&saved=1", 303)


@router.post("/search/saved/{saved_id}/delete")
def drop(saved_id: str, db: Db, me: Me) -> Response:
    """Forget a saved search."""
    history.drop_saved(db, me, saved_id)
    return RedirectResponse("/search", 303)


@router.post("/search/recent/delete")
def forget(db: Db, me: Me) -> Response:
    """Blank the words of one's own past searches."""
    history.forget_searches(db, me)
    return RedirectResponse("/search", 303)
