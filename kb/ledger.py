"""Operation log: an append-only hash chain written in the transaction of what it records.

Each entry is RFC 8785 canonical JSON; its hash is SHA-256 over the previous hash and the stored bytes. SQLite's
write lock, or an advisory lock of PostgreSQL, is held from an append to the end of its transaction, so that two writers
cannot both extend the same link. ``kb.ledger_check`` walks the chain, ``kb.checkpoints`` pins its head outside the
database.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel, col, select

from kb import ledger_check
from kb.db import UtcDateTime, now

GENESIS = "0" * 64
ABOUT_KNOWLEDGE = ("gap.", "enquiry.", "contradiction.")
"""Beginnings of actions whose details may quote what is known, and by which nothing has to be proved."""
_LOCK = 0x6B620001
origin: ContextVar[str] = ContextVar("origin", default="")
"""From where the present request comes: an address, or ``cli``; empty where nobody said. It is part of an entry."""


class LedgerEntry(SQLModel, table=True):
    """One thing that was done. ``body`` is the canonical JSON that was hashed, kept byte for byte."""

    __tablename__ = "ledger_entry"
    number: int = Field(primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    actor_id: str = Field(index=True)
    action: str = Field(index=True)
    object_id: str = Field(default="", index=True)
    body: str
    previous: str
    hash: str


def canonical(said: Mapping[str, Any]) -> bytes:
    """RFC 8785 JSON of what is to be hashed or signed, its texts in Unicode's NFC."""
    return rfc8785.dumps(_normal(said))


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {_normal(k): _normal(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(v) for v in value]
    return value


def record(session: Session, actor_id: str, action: str, object_id: str = "", **detail: Any) -> LedgerEntry:
    """Append an entry in the caller's transaction; ``detail`` is JSON, money and large integers as strings."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _LOCK})
    session.flush()
    last = head(session)
    at = now()
    number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
    said = {"number": number, "at": at.isoformat(), "actor": actor_id, "action": action, "object": object_id,
            "detail": detail}
    if origin.get():
        said["from"] = origin.get()
    body = canonical(said).decode()
    digest = hashlib.sha256(previous.encode() + body.encode()).hexdigest()
    entry = LedgerEntry(
        number=number, at=at, actor_id=actor_id, action=action, object_id=object_id, body=body,
        previous=previous, hash=digest,
    )
    session.add(entry)
    session.flush()
    return entry


def head(session: Session) -> LedgerEntry | None:
    """The newest entry; None where nothing was recorded yet."""
    return session.exec(select(LedgerEntry).order_by(col(LedgerEntry.number).desc()).limit(1)).first()


def verify(session: Session) -> list[int]:
    """The numbers of the entries where the chain does not hold; empty means that it is whole."""
    return sorted({fault.number for fault in ledger_check.faults(session.connection(), GENESIS)})
