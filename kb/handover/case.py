"""Handover and its deliverables: what one leaver owes, by module, and which documents were handed in for it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from kb.access import Module
from kb.db import UtcDateTime, new_id, now


class HandoverState(StrEnum):
    """Where a handover stands; this release knows running and closed, the nodes come with the workflow."""

    running = "running"
    archived = "archived"


class Handover(SQLModel, table=True):
    """One executive leaving one post. ``template`` is the role template's key (``coo``)."""

    __tablename__ = "handover"
    id: str = Field(default_factory=lambda: new_id("hov"), primary_key=True)
    template: str
    title: str
    leaver_id: str = Field(foreign_key="person.id", index=True)
    successor_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    head_id: str | None = Field(default=None, foreign_key="person.id")
    state: HandoverState = HandoverState.running
    last_day: date | None = None
    opened_by: str = ""
    opened_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Deliverable(SQLModel, table=True):
    """One thing owed, copied from the template at the opening; ``key`` finds its guidance in the template."""

    __tablename__ = "deliverable"
    id: str = Field(default_factory=lambda: new_id("del"), primary_key=True)
    handover_id: str = Field(foreign_key="handover.id", index=True)
    module: Module
    key: str
    title: str
    title_en: str = ""
    ordinal: int
    owner_id: str = ""
    due_on: date | None = None


class Submission(SQLModel, table=True):
    """A document handed in for a deliverable; one document may serve several."""

    __tablename__ = "submission"
    deliverable_id: str = Field(primary_key=True, foreign_key="deliverable.id")
    document_id: str = Field(primary_key=True, foreign_key="document.id", index=True)
    submitted_by: str = ""
    submitted_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
