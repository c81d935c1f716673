"""Tags on documents, of the vocabulary or free, and suggestions that a person decides."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from kb.db import UtcDateTime, now


class DocumentTag(SQLModel, table=True):
    """A tag on a document: a vocabulary key (``strategy.rationale``) or a free tag as typed (NFKC, trimmed)."""

    __tablename__ = "document_tag"
    document_id: str = Field(primary_key=True, foreign_key="document.id")
    tag: str = Field(primary_key=True, index=True)
    added_by: str = ""
    added_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Suggestion(SQLModel, table=True):
    """A module or tag that the text of a document suggests. It changes nothing until a person accepts it."""

    __tablename__ = "suggestion"
    document_id: str = Field(primary_key=True, foreign_key="document.id")
    field: str = Field(primary_key=True, description="module | tag")
    value: str = Field(primary_key=True)
    score: float = 0.0
    decided: str = Field(default="", description="'' open, 'accepted' or 'rejected'")
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
