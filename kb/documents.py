"""Document, its versions and the stage each version has reached. SQL is the truth; the index can be rebuilt from it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from kb.access import Classification, Module
from kb.db import UtcDateTime, new_id, now


class Kind(StrEnum):
    """What sort of writing a document is; a filter and a hint for ranking."""

    strategy_doc = "strategy_doc"
    five_w2h = "5w2h"
    star = "star"
    client_note = "client_note"
    minutes = "minutes"
    ledger = "ledger"
    contract = "contract"
    decision = "decision"
    mind_map = "mind_map"
    risk = "risk"
    answer = "answer"
    other = "other"


KIND_NAMES = {
    Kind.strategy_doc: "战略文档", Kind.five_w2h: "5W2H 决策记录", Kind.star: "STAR 复盘", Kind.client_note: "客户手记",
    Kind.minutes: "会议纪要", Kind.ledger: "台账清单", Kind.contract: "合同",
    Kind.decision: "决策卡", Kind.mind_map: "团队知识图", Kind.risk: "风险条目", Kind.answer: "问答",
    Kind.other: "其他",
}  # fmt: skip


class Stage(StrEnum):
    """How far a version has come. The first five are on the way; ``ready`` and ``refused`` are ends."""

    stored = "stored"
    parsing = "parsing"
    chunking = "chunking"
    embedding = "embedding"
    storing = "storing"
    ready = "ready"
    refused = "refused"


STAGE_NAMES = {
    Stage.stored: "已保存，排队中", Stage.parsing: "正在解析", Stage.chunking: "正在切分",
    Stage.embedding: "正在编入检索", Stage.storing: "正在写入索引", Stage.ready: "可检索", Stage.refused: "未收录",
}  # fmt: skip


class Document(SQLModel, table=True):
    """One thing that was written down. ``cell`` repeats handover, module and classification for the scope's condition.

    ``current_version_id`` is None until a version is ready: such a document is in no search and no count.
    ``deleted_at`` set means gone for everyone; the row stays so that the log can name it.
    """

    __tablename__ = "document"
    id: str = Field(default_factory=lambda: new_id("doc"), primary_key=True)
    handover_id: str = Field(index=True)
    module: Module
    classification: Classification = Classification.internal
    cell: str = Field(index=True)
    title: str
    kind: Kind = Kind.other
    author: str = Field(default="", index=True)
    authored_on: date | None = None
    file_name: str = Field(index=True)
    uploader_id: str = ""
    parent_id: str = Field(default="", index=True)
    current_version_id: str | None = Field(default=None, index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Version(SQLModel, table=True):
    """One file of a document as it was handed in, and what became of it.

    ``pages_total``/``pages_done`` count pages, slides or sheets (0 where the format has none). ``failed_pages`` names
    those that could not be read while the rest was kept. ``notices`` are ``{"slug", "message", "params"}`` for the
    receipt (a hidden sheet, comments taken in). ``characters`` is the length of the parsed text; ``chunk_count`` what
    SQL holds, ``vector_count`` what the index confirmed. ``reason_*`` say why a version was refused. ``title`` to
    ``authored_on`` are what this file says of itself; the document takes them over when the version becomes current.
    ``stage_at`` is when the stage began; ``attempts`` counts how often the version was set to be worked on anew.
    ``form`` is the key of the form it was written with here, empty for an uploaded file.
    """

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)
    id: str = Field(default_factory=lambda: new_id("ver"), primary_key=True)
    document_id: str = Field(foreign_key="document.id", index=True)
    number: int
    sha256: str = Field(index=True)
    file_name: str
    media_type: str = ""
    size_bytes: int
    form: str = ""
    title: str = ""
    kind: Kind = Kind.other
    author: str = ""
    authored_on: date | None = None
    stage: Stage = Field(default=Stage.stored, index=True)
    stage_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    attempts: int = 0
    pages_total: int = 0
    pages_done: int = 0
    failed_pages: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    notices: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    characters: int = 0
    chunk_count: int = 0
    vector_count: int = 0
    reason_slug: str = ""
    reason_message: str = ""
    reason_params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    uploader_id: str = ""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ParsedText(SQLModel, table=True):
    """The text of a version as parsed, whole; chunks and quotes are substrings of it.

    ``blocks`` is the reader's layout: a list of
    ``{"kind": "heading|paragraph|list_item|table|caption|note", "start", "end", "level", "page", "html"}``
    with character offsets into ``text``; ``html`` only for tables.
    """

    __tablename__ = "parsed_text"
    version_id: str = Field(primary_key=True, foreign_key="version.id")
    text: str
    blocks: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
