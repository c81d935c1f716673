"""Searching as somebody who takes over: what they would find in a handover, shown to those who prepare it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlmodel import Session

from kb.handover.examination import require_examiner
from kb.handover.participation import visible_handover
from kb.people import Person
from kb.viewing import Viewer, viewer_within
from search.query import Query, Results
from search.service import search


@dataclass(frozen=True)
class Preview:
    """What they would find. ``results`` holds the hits that are open to the viewer as well, ``withheld`` counts others.

    Facets and the total are only there when everything open to them is open to the viewer; else they are empty and 0.
    """

    results: Results
    withheld: int


def preview(session: Session, viewer: Viewer, handover_id: str, person_id: str, query: Query) -> Preview:
    """Search one handover with the rights that a person has in it right now. Nothing is recorded as a search.

    Raises:
        NotFound: there is no such handover for the viewer.
        NotAllowed: they may not examine it with that person's rights.
        Invalid, Unavailable: as ``search``.
    """
    handover = visible_handover(session, viewer, handover_id)
    require_examiner(session, viewer, handover, person_id)
    asker = viewer_within(session, session.get_one(Person, person_id), handover.id)
    found = search(session, asker, replace(query, handover_id=handover.id), record=False)
    if viewer.scope.everything or asker.scope.cells <= viewer.scope.cells:
        return Preview(found, 0)
    shown = tuple(hit for hit in found.hits if viewer.scope.sees(hit.cell))
    newer = {hit.document_id for hit in shown}
    shown = tuple(hit if hit.superseded_by in newer else replace(hit, superseded_by="") for hit in shown)
    return Preview(replace(found, hits=shown, facets={}, total=0), len(found.hits) - len(shown))
