"""Inside one document: its passages that answer a question, and the edition that replaced it."""

from __future__ import annotations

from sqlmodel import Session

from kb import vectors
from kb.documents import Document
from kb.vectors import Narrowing
from kb.viewing import Viewer
from search import sources
from search.retrieve import question_vector, retrieve

_MOST = 12
_GOOD = 0.6
"""A passage belongs to the answers while it scores this part of the best one."""


def passages_in(session: Session, viewer: Viewer, document_id: str, version_id: str, text: str) -> list[str]:
    """Point ids of a version's passages that answer the question, the best first; empty for an empty question."""
    if not text.strip():
        return []
    index = vectors.index()
    narrowing = Narrowing(document_ids=(document_id,), include_old=True)
    retrieved = retrieve(index, text, viewer.scope, narrowing, vector=question_vector(index, text))
    seen = sources.visible_sources(session, viewer.scope, sorted(retrieved.scores), include_old=True)
    found = sorted(
        (-score, point) for point, score in retrieved.scores.items()
        if point in seen and seen[point].version.id == version_id
    )  # fmt: skip
    return [point for score, point in found[:_MOST] if score <= _GOOD * found[0][0]]


def newer_edition(session: Session, viewer: Viewer, document: Document) -> str:
    """The id of the newest edition of the document that the viewer may see; empty where there is none."""
    return sources.editions(session, viewer.scope, [document]).get(document.id, "")
