"""What an entry of the operation log is about, in words, as far as that is open to the viewer."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlmodel import Session, col, select

from kb.documents import Document
from kb.handover.case import Deliverable, Gap, Handover
from kb.people import names_of
from kb.viewing import Viewer


def subjects(session: Session, viewer: Viewer, object_ids: Collection[str]) -> dict[str, str]:
    """Object id → its name: people, handovers and deliverables; documents and gaps whose part is open to the viewer."""
    return names_of(session, set(object_ids)) | dict(_titles(session, viewer, sorted(object_ids)))


def _titles(session: Session, viewer: Viewer, ids: list[str]) -> Iterator[tuple[str, str]]:
    for table in (Handover, Deliverable):
        yield from session.exec(select(table.id, table.title).where(col(table.id).in_(ids)))
    yield from session.exec(select(Document.id, Document.title).where(
        col(Document.id).in_(ids), viewer.scope.visible(col(Document.cell))))  # fmt: skip
    for gap in session.exec(select(Gap).where(col(Gap.id).in_(ids))):
        if viewer.scope.opens(gap.handover_id, gap.module):
            yield gap.id, gap.zh
