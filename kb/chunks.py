"""Chunk: a passage with its exact place in the parsed text, and the deterministic id of its point in the index."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

_NAMESPACE = UUID("6f1e6b52-6c1f-5c5e-9d2d-7b8f0b5a4e11")


class Chunk(SQLModel, table=True):
    """One passage of a version. ``text == parsed_text.text[start:end]`` always; offsets are in characters.

    ``heading_path`` runs from the outermost heading inwards; ``page_first``/``page_last`` count from 1, None where
    the format has no pages.
    """

    __tablename__ = "chunk"
    __table_args__ = (UniqueConstraint("version_id", "ordinal"),)
    point_id: str = Field(primary_key=True)
    version_id: str = Field(foreign_key="version.id", index=True)
    document_id: str = Field(index=True)
    ordinal: int
    start: int
    end: int
    text: str
    heading_path: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    page_first: int | None = None
    page_last: int | None = None


def point_id(document_id: str, version_id: str, ordinal: int) -> str:
    """The UUIDv5 of (document, version, chunk): the same chunk always gets the same point, so a retry overwrites."""
    return str(uuid5(_NAMESPACE, f"{document_id}/{version_id}/{ordinal}"))


def passage_text(title: str, heading_path: Sequence[str], text: str) -> str:
    """What is embedded for a chunk: the title and headings in front, so that it is found by its place too."""
    place = " › ".join(dict.fromkeys(part for part in (title, *heading_path) if part))
    return f"{place}\n{text}" if place else text
