"""Signed checkpoints of the operation log, kept in a file outside the database.

A hash chain alone cannot show that its tail was cut or that it was rebuilt from the first entry. A checkpoint pins
number and hash of the newest entry under an Ed25519 key; one follows every signature and every hundredth entry, after
the commit. The file is itself a chain of lines. Whoever holds a line – every certificate prints one – can show later
that the log was longer, or other.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Engine, NullPool, event, or_
from sqlalchemy.orm import Mapper, object_session
from sqlmodel import Session, col, create_engine, func, select

from kb import authority, ledger
from kb.committed import after_commit
from kb.db import now
from kb.ledger import LedgerEntry
from kb.settings import settings

EVERY = 100
"""Entries between two checkpoints at most."""
SIGNED, ISSUED, EXPORTED = "signature.made", "certificate.issued", "evidence.exported"
PINNED = (SIGNED, ISSUED, EXPORTED)
"""Actions whose entries have a checkpoint each, written after the commit by itself (``_after_each``), so that none of
them rests on the entries after it."""


@dataclass(frozen=True)
class Checkpoint:
    """One line: the log's newest entry at a time, the SHA-256 of the line before (empty for the first), signed."""

    number: int
    hash: str
    at: str
    previous: str
    signature: str = ""

    def signed_bytes(self) -> bytes:
        """What the signature covers."""
        return rfc8785.dumps({"at": self.at, "hash": self.hash, "number": self.number, "previous": self.previous})

    def line(self) -> str:
        """The line of the file, without its end."""
        return json.dumps(asdict(self), sort_keys=True)


def path() -> Path:
    """The file of checkpoints."""
    return settings().home / "checkpoints" / "log.jsonl"


def public_key_pem() -> str:
    """The public half of the key that signs checkpoints (PEM)."""
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return _key().public_key().public_bytes(encoding, form).decode()


def fingerprint() -> str:
    """SHA-256 (hex) of the public key, as printed on certificates: who holds it can tell a log that was made anew."""
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(_key().public_key().public_bytes(encoding, form)).hexdigest()


def checkpoint_now(session: Session) -> None:
    """Write a checkpoint as soon as the session's transaction has committed."""
    after_commit(session, write)


def write() -> None:
    """Pin the log's newest entry, and each one since the last line that needs its own; nothing where that is done.

    What a crash between commit and checkpoint left out is made up by the next call.
    """
    path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path().open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last_line(file)
        with Session(_reader(settings().sql_url)) as session:
            due = _due(session, json.loads(last)["number"] if last else 0)
        for number, digest in due:
            draft = Checkpoint(number, digest, now().isoformat(), _digest(last) if last else "")
            signature = base64.b64encode(_key().sign(draft.signed_bytes())).decode()
            last = replace(draft, signature=signature).line()
            file.write(f"{last}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _last_line(file: BinaryIO) -> str:
    """The last whole line, read from the end of the file; empty where it has none. What a crash tore is cut off."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 4096))
    whole, _, torn = file.read().rpartition(b"\n")
    if torn:
        file.truncate(size - len(torn))
    return whole.rpartition(b"\n")[2].decode()


@lru_cache(maxsize=4)
def _reader(url: str) -> Engine:
    # A connection of its own: after a commit the committer still holds one of the pool's, and if all of them wanted a
    # second one, nobody would get it.
    return create_engine(url, poolclass=NullPool)


def _due(session: Session, after: int) -> list[tuple[int, str]]:
    newest = select(func.max(LedgerEntry.number)).scalar_subquery()
    wanted = select(LedgerEntry.number, LedgerEntry.hash).where(
        LedgerEntry.number > after, or_(col(LedgerEntry.action).in_(PINNED), col(LedgerEntry.number) == newest)
    )
    return [(number, digest) for number, digest in session.exec(wanted.order_by(col(LedgerEntry.number)))]


def read() -> list[Checkpoint]:
    """Every line; empty where there is no file.

    Raises:
        ValueError: a line is no checkpoint; the message is its number, from 1.
    """
    if not path().is_file():
        return []
    found = []
    for number, line in enumerate(path().read_text("utf-8").splitlines(), 1):
        try:
            found.append(Checkpoint(**json.loads(line)))
        except (ValueError, TypeError):
            raise ValueError(str(number)) from None
    return found


def faults(session: Session) -> list[str]:
    """What does not hold between log and checkpoints, in words with the place; empty where everything does."""
    try:
        lines = read()
    except ValueError as bad:
        return [f"检查点第 {bad} 行无法读取"]
    newest = ledger.head(session)
    length = newest.number if newest else 0
    found = list(_broken_lines(lines))
    hashes = _hashes(session, [c.number for c in lines])
    for line, pinned in enumerate(lines, 1):
        if pinned.number > length:
            found.append(f"日志被截短：检查点第 {line} 行记到第 {pinned.number} 条，现在只有 {length} 条")
        elif hashes.get(pinned.number) != pinned.hash:
            found.append(f"日志第 {pinned.number} 条与检查点第 {line} 行不符，日志被改写过")
    last, full = max((c.number for c in lines), default=0), length - length % EVERY
    if full > last:
        found.append(f"检查点缺失：第 {last} 条之后本应有第 {full} 条的检查点")
    for number in sorted(_needing(session) - {c.number for c in lines}):
        found.append(f"检查点缺失：日志第 {number} 条（签名、证书或证据）没有检查点")
    return found


def _broken_lines(lines: list[Checkpoint]) -> Iterator[str]:
    public, before = _key().public_key(), ""
    for number, line in enumerate(lines, 1):
        if line.previous != before:
            yield f"检查点第 {number} 行与上一行不相连"
        if not _genuine(public, line):
            yield f"检查点第 {number} 行的签名无效"
        before = _digest(line.line())


def _genuine(public: Ed25519PublicKey, line: Checkpoint) -> bool:
    try:
        public.verify(base64.b64decode(line.signature), line.signed_bytes())
    except (InvalidSignature, ValueError):
        return False
    return True


def _hashes(session: Session, numbers: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(numbers), 500):
        wanted = select(LedgerEntry.number, LedgerEntry.hash).where(
            col(LedgerEntry.number).in_(numbers[start : start + 500])
        )
        found |= dict(session.exec(wanted).all())
    return found


def _needing(session: Session) -> set[int]:
    return set(session.exec(select(LedgerEntry.number).where(col(LedgerEntry.action).in_(PINNED))))


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _key() -> Ed25519PrivateKey:
    file = authority.folder() / "checkpoint.pem"
    if not file.exists():
        content = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with contextlib.suppress(FileExistsError):
            authority.write_private(file, content)
    found = serialization.load_pem_private_key(file.read_bytes(), None)
    if not isinstance(found, Ed25519PrivateKey):
        raise TypeError("checkpoint.pem: not an Ed25519 key")
    return found


@event.listens_for(LedgerEntry, "after_insert")
def _after_each(_mapper: Mapper[LedgerEntry], _connection: object, entry: LedgerEntry) -> None:
    session = object_session(entry)
    if isinstance(session, Session) and (entry.number % EVERY == 0 or entry.action in PINNED):
        checkpoint_now(session)
