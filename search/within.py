"""Inside one document: its passages that answer a question, and the edition that replaced it."""

from __future__ import annotations

from sqlmodel import Session

from kb import vectors
from kb.documents import Document
from kb.vectors import Narrowing
from kb.viewing import Viewer
from search import sources
from search.editions.standing import editions
from search.fuse import fuse
from search.retrieve import retrieve

_MOST = 12
_GOOD = 0.6
"""A passage belongs to the answers while it scores this part of the best one."""


def passages_in(session: Session, viewer: Viewer, document_id: str, version_id: str, text: str) -> list[str]:
    """Point ids of a version's passages that answer the question, the best first; empty for an empty question."""
    if not text.strip():
        return []
    narrowing = Narrowing(document_ids=(document_id,), include_old=True)
    retrieved = retrieve(vectors.index(), text, viewer.scope, narrowing)
    seen = sources.visible_sources(session, viewer.scope, retrieved.points(), include_old=True)
    wanted = retrieved.among({point: source for point, source in seen.items() if source.version_id == version_id})
    found = sorted((-score, point) for point, score in fuse(wanted.dense, wanted.words).points.items())
    return [point for score, point in found[:_MOST] if score <= _GOOD * found[0][0]]


def newer_edition(session: Session, viewer: Viewer, document: Document) -> str:
    """The id of the newest edition of the document that the viewer may see; empty where there is none."""
    return editions(session, viewer.scope, [document]).get(document.id, "")
