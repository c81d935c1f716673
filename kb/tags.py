"""Tags of documents: a vocabulary of two levels, free tags, and suggestions that a person decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from kb.db import UtcDateTime, now
from kb.errors import Invalid
from kb.vocabulary import canonical

MAX_TAGS = 30


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


def add_tags(session: Session, document_id: str, tags: Iterable[str], added_by: str) -> list[str]:
    """Put tags on a document by key, label, synonym or free text; the stored tags that are new, in the order given.

    Empty ones and those the document has already are passed over. ``added_by`` is a person's id.

    Raises:
        Invalid: ``tags.too_many``, the document would have more than ``MAX_TAGS``.
    """
    present = set(tags_of(session, [document_id]).get(document_id, ()))
    wanted = [tag for tag in dict.fromkeys(map(canonical, tags)) if tag and tag not in present]
    if len(present) + len(wanted) > MAX_TAGS:
        raise Invalid("tags.too_many", "一份资料最多 {limit} 个标签。请先去掉一些再添加。", limit=MAX_TAGS)
    session.add_all(DocumentTag(document_id=document_id, tag=tag, added_by=added_by) for tag in wanted)
    session.flush()
    return wanted


def remove_tags(session: Session, document_id: str, tags: Iterable[str]) -> list[str]:
    """Take tags off a document, named like in ``add_tags``; the stored tags that were removed."""
    removed = []
    for tag in dict.fromkeys(map(canonical, tags)):
        stored = session.get(DocumentTag, (document_id, tag))
        if stored is not None:
            session.delete(stored)
            removed.append(tag)
    session.flush()
    return removed


def tags_of(session: Session, document_ids: Collection[str]) -> dict[str, list[str]]:
    """Document id → its stored tags in alphabetical order; documents without tags are left out. One query."""
    if not document_ids:
        return {}
    statement = (
        select(DocumentTag.document_id, DocumentTag.tag)
        .where(col(DocumentTag.document_id).in_(document_ids))
        .order_by(col(DocumentTag.tag))
    )
    found: dict[str, list[str]] = {}
    for document_id, tag in session.exec(statement):
        found.setdefault(document_id, []).append(tag)
    return found
