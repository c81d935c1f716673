"""Notices (first version)."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel

from kb.db import UtcDateTime, new_id, now


class NoticeKind(StrEnum):
    """What a notice is about."""
    turn = "turn"

class Notice(SQLModel, table=True):
    """One notice."""
    __tablename__ = "notice"
    id: str = Field(default_factory=lambda: new_id("ntc"), primary_key=True)
    person_id: str = Field(index=True)
    kind: NoticeKind
    handover_id: str = ""
    message: str
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    link: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

def notify(session: Session, person_ids: Iterable[str], kind: NoticeKind, message: str, *, link: str, handover_id: str = "", **params: Any) -> None:
    """Put a notice before people."""
    for p in person_ids:
        session.add(Notice(person_id=p, kind=kind, handover_id=handover_id, message=message, params=params, link=link))
