"""Asking from a page or program: quotes first; prose with no transaction open, as an endpoint may be slow."""

from __future__ import annotations

import search
from kb.db import transaction
from kb.viewing import Viewer
from search import answer
from search.answer import Answer, Citation, Prose
from web import searching
from web.reading import reader_address


def ask(viewer: Viewer, query: search.Query, *, record: bool = True) -> Answer:
    """The quotes that answer; recorded as one search.

    Raises:
        Invalid, Unavailable: as ``search.answer.ask``.
    """
    asked = answer.wanted(query)
    with transaction(writes=False) as session:
        if not record:
            return answer.ask(session, viewer, asked, record=False)
        return answer.quoted(session, asked, searching.find(session, viewer, asked))


def write(viewer: Viewer, answered: Answer) -> Prose:
    """The prose over the quotes; what is sent for it is in the operation log before it leaves."""
    if answer.sendable(answered):
        with transaction() as session:
            answer.note_sent(session, viewer, answered)
    return answer.write(answered)


def reader_link(cited: Citation, question: str) -> str:
    """The address of the reader at the quote."""
    return reader_address(cited.document_id, question, cited.passage, cited.version_number)
