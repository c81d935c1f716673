"""Handover, deliverables and gaps: what one leaver owes by module, which documents were handed in, what is missing."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from kb.access import Module
from kb.db import UtcDateTime, new_id, now
from kb.handover.workflow import Node


class HandoverState(StrEnum):
    """The coarse state of a handover; ``Handover.node`` says more."""

    running = "running"
    archived = "archived"
    cancelled = "cancelled"


class Handover(SQLModel, table=True):
    """One executive leaving one post. ``template`` is the role template's key (``coo``), ``template_version`` its
    edition, empty for the one that comes with the product.

    ``node_due`` is None before a deadline is known and at an end; ``due_provisional`` that it lies past the table of
    public holidays. ``round`` counts from 1 and grows each time the handover is sent back. ``paused_at`` None means
    that it runs. ``agreements_required``: nobody but the leaver reads anything confidential before they have signed.
    ``approval_limits`` is what the receiver may approve, in HR's words; it is quoted in the statement they sign.
    ``returned_at`` is when HR confirmed that assets and accounts were given back; None means not yet. ``exam_percent``
    is the share of examination questions to be answered before a module is received; 0 asks for no examination.
    ``deputy_id`` is who stays and may be asked once the leaver is gone.
    """

    __tablename__ = "handover"
    id: str = Field(default_factory=lambda: new_id("hov"), primary_key=True)
    template: str
    template_version: str = ""
    title: str
    leaver_id: str = Field(foreign_key="person.id", index=True)
    successor_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    head_id: str | None = Field(default=None, foreign_key="person.id")
    node: Node = Field(default=Node.delivering, index=True)
    node_since: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    node_due: date | None = None
    due_provisional: bool = False
    round: int = 1
    urgent: bool = False
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    pause_reason: str = ""
    agreements_required: bool = False
    approval_limits: str = ""
    returned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    returned_by: str = ""
    returned_note: str = ""
    exam_percent: int = 0
    deputy_id: str | None = None
    last_day: date | None = None
    opened_by: str = ""
    opened_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def state(self) -> HandoverState:
        """Running, archived or cancelled."""
        return HandoverState(self.node.value) if self.ended else HandoverState.running

    @property
    def paused(self) -> bool:
        """Whether its clock stands still."""
        return self.paused_at is not None

    @property
    def ended(self) -> bool:
        """Whether nothing more may be handed in or decided."""
        return self.node in (Node.archived, Node.cancelled)


class Receiver(SQLModel, table=True):
    """Who takes over one module. A deputy may act for them until ``deputy_until`` inclusive; None means no deputy."""

    __tablename__ = "receiver"
    handover_id: str = Field(primary_key=True, foreign_key="handover.id")
    module: Module = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    deputy_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    deputy_until: date | None = None


class Decision(StrEnum):
    """What the reviewer said of a deliverable."""

    approved = "approved"
    returned = "returned"


class Deliverable(SQLModel, table=True):
    """One thing owed, copied from the template at the opening; ``key`` finds its guidance in the template.

    ``decision`` None means not reviewed. It holds only while ``decided_digest`` is the digest of what is handed in:
    a changed file voids it. ``reason`` is why it was returned. ``weight`` is 1–5.
    ``excused_by`` not empty: HR let it off for ``excused_reason``.
    """

    __tablename__ = "deliverable"
    id: str = Field(default_factory=lambda: new_id("del"), primary_key=True)
    handover_id: str = Field(foreign_key="handover.id", index=True)
    module: Module
    key: str
    title: str
    title_en: str = ""
    ordinal: int
    weight: int = 1
    owner_id: str = ""
    due_on: date | None = None
    due_provisional: bool = False
    decision: Decision | None = None
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_digest: str = ""
    reason: str = ""
    excused_by: str = ""
    excused_reason: str = ""
    __table_args__ = (UniqueConstraint("handover_id", "key"),)


class Submission(SQLModel, table=True):
    """A document handed in for a deliverable; one document may serve several."""

    __tablename__ = "submission"
    deliverable_id: str = Field(primary_key=True, foreign_key="deliverable.id")
    document_id: str = Field(primary_key=True, foreign_key="document.id", index=True)
    submitted_by: str = ""
    submitted_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class GapSource(StrEnum):
    """Where a gap was seen: in the examination, in a criterion that is not met, in a search that found nothing."""

    exam = "exam"
    criterion = "criterion"
    search = "search"


GAP_SOURCE_NAMES = {GapSource.exam: "离任考核", GapSource.criterion: "验收标准", GapSource.search: "搜索未果"}


class GapState(StrEnum):
    """Whether it is still open. ``unknown``: the leaver said, with a reason, that they do not know either."""

    open = "open"
    closed = "closed"
    unknown = "unknown"


GAP_STATE_NAMES = {GapState.open: "待补", GapState.closed: "已补上", GapState.unknown: "无法补"}


class Gap(SQLModel, table=True):
    """One missing piece of knowledge, put as a question. ``reference`` is unique for its source in a handover.

    ``document_id`` is what closed it, or was given for it and is waiting to be tested again; ``tries`` counts answers.
    ``deliverable_id`` is the deliverable whose criterion is not met, empty for other sources. ``asked_of`` is who is to
    answer after the handover instead of the leaver, ``asked_by`` who sent it to them; empty before.
    """

    __tablename__ = "gap"
    __table_args__ = (UniqueConstraint("handover_id", "source", "reference"),)
    id: str = Field(default_factory=lambda: new_id("gap"), primary_key=True)
    handover_id: str = Field(foreign_key="handover.id", index=True)
    module: Module
    source: GapSource
    reference: str
    zh: str
    en: str = ""
    state: GapState = GapState.open
    reason: str = ""
    deliverable_id: str = ""
    document_id: str = ""
    tries: int = 0
    asked_of: str = Field(default="", index=True)
    asked_by: str = ""
    opened_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def criterion(self) -> int:
        """The place of its criterion among the deliverable's, from 0; only where the source is a criterion."""
        return int(self.reference.rpartition(":")[2])
