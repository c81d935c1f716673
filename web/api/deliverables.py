"""/handovers/{id}/checklist: what is owed, with guidance and acceptance criteria, and what is handed in."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from kb.access import Module
from kb.handover.checklist import Checklist, Item, ItemState, checklist
from web.api.listing import refusals
from web.deps import Db, Locale, Me

router = APIRouter(tags=["deliverables"], responses=refusals(404))


class HandedIn(BaseModel):
    """A document handed in that this person may open."""

    id: str
    title: str
    file_name: str


class DeliverableOut(BaseModel):
    """One thing owed."""

    id: str
    key: str
    module: Module
    title: str
    guidance: str = Field(description="How to prepare it; empty when the template no longer has it")
    criteria: list[str] = Field(description="When it is accepted")
    state: ItemState = Field(description="`withheld`: this person may not know")
    partial: bool = Field(description="State and count cover only what is open to this person")
    count: int = Field(description="Documents handed in; overseers may see more than they may open")
    documents: list[HandedIn]
    owner: str
    due_on: date | None
    submitted_at: datetime | None


class ChecklistOut(BaseModel):
    """All deliverables of a handover, in order, and how many of them are there."""

    handover_id: str
    title: str
    submitted: int
    missing: int
    withheld: int
    deliverables: list[DeliverableOut]


@router.get("/handovers/{handover_id}/checklist", summary="Read a checklist")
def read_checklist(handover_id: str, db: Db, me: Me, locale: Locale) -> ChecklistOut:
    """The five modules' deliverables; texts in the person's language."""
    found = checklist(db, me, handover_id)
    return _show(found, english=locale == "en")


def _show(found: Checklist, *, english: bool) -> ChecklistOut:
    return ChecklistOut(
        handover_id=found.handover.id, title=found.handover.title, submitted=found.submitted, missing=found.missing,
        withheld=len(found.items) - found.total, deliverables=[_item(item, english=english) for item in found.items],
    )


def _item(item: Item, *, english: bool) -> DeliverableOut:
    owed, spec = item.deliverable, item.spec
    guidance = (spec.guidance_en if english else spec.guidance) if spec else ""
    criteria = [c.text_en if english else c.text for c in spec.criteria] if spec else []
    return DeliverableOut(
        id=owed.id, key=owed.key, module=owed.module, title=(english and owed.title_en) or owed.title,
        guidance=guidance, criteria=criteria, state=item.state, partial=item.partial, count=item.count,
        documents=[HandedIn(id=d.id, title=d.title, file_name=d.file_name) for d in item.documents],
        owner=item.owner, due_on=item.due_on, submitted_at=item.submitted_at,
    )
