"""As you type: titles and tags within scope, and the person's own recent questions."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from kb.documents import Document
from kb.lexical import fold
from kb.tags import DocumentTag
from kb.viewing import Viewer
from search.history import recent_searches


@dataclass(frozen=True)
class Suggestion:
    """A completion; ``kind`` is ``recent``, ``title`` or ``tag``."""

    text: str
    kind: str


def suggest(session: Session, viewer: Viewer, prefix: str, limit: int = 8) -> list[Suggestion]:
    """Completions that hold what was typed, the person's own questions first; empty for an empty prefix."""
    typed = fold(prefix).strip()
    if not typed:
        return []
    live = (col(Document.deleted_at).is_(None), col(Document.current_version_id).is_not(None),
            viewer.scope.visible(col(Document.cell)))  # fmt: skip
    titles = session.exec(select(Document.title).where(*live).order_by(Document.title).distinct())
    tags = session.exec(
        select(DocumentTag.tag).join(Document, col(Document.id) == col(DocumentTag.document_id)).where(*live)
        .order_by(DocumentTag.tag).distinct()
    )  # fmt: skip
    found = [Suggestion(r.text, "recent") for r in recent_searches(session, viewer, 20)]
    found += [Suggestion(t, "title") for t in titles] + [Suggestion(t, "tag") for t in tags]
    return list({s.text: s for s in found if typed in fold(s.text)}.values())[:limit]
