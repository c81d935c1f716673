"""What is handed in and what is missing: a handover's deliverables by module, as far as the viewer may know.

HR, auditors and administrators see every state and count: that is their work. They read titles only where a grant
opens them. Everybody else sees states and counts of what is open to them: a module in which no cell is open is
*withheld*, and where only a part is open the item says so (``partial``): even a count would tell that there is
something.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from kb.access import Classification, Module, Permission, cell_of
from kb.documents import Document, Stage, Version
from kb.handover import editions, template
from kb.handover.case import Deliverable, Handover, Submission
from kb.handover.participation import visible_handover
from kb.people import names_of
from kb.viewing import Viewer


class ItemState(StrEnum):
    """Whether something was handed in. ``withheld`` means that the viewer may not know."""

    missing = "missing"
    submitted = "submitted"
    withheld = "withheld"


ITEM_STATE_NAMES = {ItemState.missing: "待提交", ItemState.submitted: "已提交", ItemState.withheld: "未授权"}


@dataclass(frozen=True)
class Item:
    """One deliverable. ``documents`` are those the viewer may open; ``count`` may be larger for HR and auditors.

    ``spec`` is its guidance and criteria, None when the template no longer has it. ``owner`` is empty when nobody is
    named; ``submitted_at`` is the latest hand-in, None while missing or withheld.
    """

    deliverable: Deliverable
    spec: template.DeliverableSpec | None
    state: ItemState
    documents: tuple[Document, ...]
    count: int
    owner: str
    submitted_at: datetime | None
    partial: bool = False

    @property
    def due_on(self) -> date | None:
        """The day it is due; None when no day is set."""
        return self.deliverable.due_on

    @property
    def let_off(self) -> bool:
        """Whether it is not handed in and HR does not ask for it."""
        return self.state is ItemState.missing and bool(self.deliverable.excused_by)


@dataclass(frozen=True)
class Checklist:
    """A handover with its five modules in their fixed order, each with its items; a module may be empty."""

    handover: Handover
    modules: tuple[tuple[Module, tuple[Item, ...]], ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in order."""
        return tuple(item for _, items in self.modules for item in items)

    @property
    def submitted(self) -> int:
        """How many items are handed in, as far as the viewer may know."""
        return sum(item.state is ItemState.submitted for item in self.items)

    @property
    def missing(self) -> int:
        """How many items are still missing, as far as the viewer may know; what HR let off is not."""
        return sum(item.state is ItemState.missing and not item.let_off for item in self.items)

    @property
    def total(self) -> int:
        """How many items the viewer may know the state of."""
        return self.submitted + self.missing


@dataclass(frozen=True)
class _Handed:
    document: Document
    at: datetime


def checklist(session: Session, viewer: Viewer, handover_id: str) -> Checklist:
    """The checklist of a handover as the viewer may see it. Costs a fixed number of queries.

    Raises:
        NotFound: there is no such handover, or the viewer may not know of it.
    """
    return checklists(session, viewer, [visible_handover(session, viewer, handover_id)])[0]


def checklists(session: Session, viewer: Viewer, handovers: Sequence[Handover]) -> list[Checklist]:
    """The checklists of handovers that the viewer may know of, in the same order, in as many queries as for one."""
    owed = session.exec(
        select(Deliverable).where(col(Deliverable.handover_id).in_([h.id for h in handovers]))
        .order_by(col(Deliverable.ordinal))
    ).all()
    handed = _handed_in(session, [d.id for d in owed])
    owners = names_of(session, {d.owner_id for d in owed})
    specs = editions.specs_for_all(session, [(h.template, h.template_version) for h in handovers])
    made = []
    for handover in handovers:
        spec_of = specs[handover.template, handover.template_version]
        items = [
            _item(viewer, d, spec_of.get(d.key), handed[d.id], owners.get(d.owner_id, ""))
            for d in owed if d.handover_id == handover.id
        ]
        by_module = tuple((m, tuple(i for i in items if i.deliverable.module is m)) for m in Module)
        made.append(Checklist(handover, by_module))
    return made


def _item(
    viewer: Viewer, deliverable: Deliverable, spec: template.DeliverableSpec | None, handed: list[_Handed], owner: str
) -> Item:
    cells = [cell_of(deliverable.handover_id, deliverable.module, c) for c in Classification]
    opened = [viewer.scope.sees(cell) for cell in cells]
    readable = [h for h in handed if viewer.scope.sees(h.document.cell)]
    oversees = viewer.may(Permission.view_every_checklist)
    known = handed if oversees else readable
    if not oversees and not any(opened):
        return Item(deliverable, spec, ItemState.withheld, (), 0, owner, None)
    return Item(
        deliverable, spec, ItemState.submitted if known else ItemState.missing,
        documents=tuple(h.document for h in readable), count=len(known), owner=owner,
        submitted_at=max((h.at for h in known), default=None), partial=not oversees and not all(opened),
    )


def _handed_in(session: Session, deliverable_ids: list[str]) -> dict[str, list[_Handed]]:
    """By deliverable: the documents that are live and not refused, the latest first."""
    usable = select(Version.document_id).where(Version.stage != Stage.refused)
    rows = session.exec(
        select(Submission, Document)
        .join(Document, col(Document.id) == col(Submission.document_id))
        .where(col(Submission.deliverable_id).in_(deliverable_ids), col(Document.deleted_at).is_(None),
               col(Document.id).in_(usable))
        .order_by(col(Submission.submitted_at).desc(), Document.id)
    )
    found: dict[str, list[_Handed]] = defaultdict(list)
    for submission, document in rows:
        found[submission.deliverable_id].append(_Handed(document, submission.submitted_at))
    return found
