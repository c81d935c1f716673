"""Operation log: an append-only hash chain written in the transaction of what it records.

Each entry is RFC 8785 canonical JSON; its hash is SHA-256 over the previous hash and the stored bytes. A head row is
locked while appending, so two writers cannot both extend the same link.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel, col, select

from kb.db import UtcDateTime, now

GENESIS = "0" * 64
_LOCK = 0x6B620001


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
    last = session.exec(select(LedgerEntry).order_by(col(LedgerEntry.number).desc()).limit(1)).first()
    at = now()
    number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
    body = rfc8785.dumps(_normal({
        "number": number, "at": at.isoformat(), "actor": actor_id, "action": action, "object": object_id,
        "detail": detail,
    })).decode()
    digest = hashlib.sha256(previous.encode() + body.encode()).hexdigest()
    entry = LedgerEntry(
        number=number, at=at, actor_id=actor_id, action=action, object_id=object_id, body=body,
        previous=previous, hash=digest,
    )
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session) -> list[int]:
    """The numbers of the entries where the chain does not hold; empty means that it is whole."""
    broken: list[int] = []
    previous, expected = GENESIS, 1
    for entry in session.exec(select(LedgerEntry).order_by(col(LedgerEntry.number))):
        digest = hashlib.sha256(previous.encode() + entry.body.encode()).hexdigest()
        body = json.loads(entry.body)
        same = (body["number"], body["actor"], body["action"], body["object"]) == (
            entry.number, entry.actor_id, entry.action, entry.object_id,
        )
        if entry.number != expected or entry.previous != previous or entry.hash != digest or not same:
            broken.append(entry.number)
        previous, expected = entry.hash, entry.number + 1
    return broken
