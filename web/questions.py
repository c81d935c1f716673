"""Example questions for somebody who has not asked anything yet; only where the demo company is in this home."""

from __future__ import annotations

from sqlalchemy import true
from sqlmodel import Session, col, select

from kb.documents import Document
from kb.viewing import Viewer


def example_questions(session: Session, viewer: Viewer, handover_id: str = "") -> list[dict[str, str]]:
    """Questions ``{"zh", "en"}`` that the demo's documents answer; none where the viewer sees none of them.

    With ``handover_id``, only where the documents lie in that handover.
    """
    from web.demo import plan

    demo = plan.load()
    names = [file.file_name for file in demo.files[:10]]
    seen = session.exec(
        select(Document.id).where(
            col(Document.file_name).in_(names), col(Document.deleted_at).is_(None),
            viewer.scope.visible(col(Document.cell)),
            col(Document.handover_id) == handover_id if handover_id else true(),
        ).limit(1)
    ).first()  # fmt: skip
    return [{"zh": q.zh, "en": q.en} for q in demo.questions] if seen else []
