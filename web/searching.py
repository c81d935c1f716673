"""Searching from a page: the search only reads; what is written down about it goes into a short transaction after."""

from __future__ import annotations

from sqlmodel import Session

import search
from kb.db import transaction
from kb.viewing import Viewer
from search import history


def find(session: Session, viewer: Viewer, query: search.Query) -> search.Results:
    """Search, then record it; the database is not locked for writing while the question is embedded.

    Raises:
        Invalid, Unavailable: as ``search.search``.
    """
    results = search.search(session, viewer, query, record=False)
    with transaction() as writing:
        history.record_search(writing, viewer, query, results)
    return results


def opened(viewer: Viewer, document_id: str, question: str) -> None:
    """Record that a document was opened from a search."""
    with transaction() as writing:
        history.record_opened(writing, viewer, document_id, question)
