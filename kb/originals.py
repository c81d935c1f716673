"""The original files, each kept once under its SHA-256: written whole and synced before anything reads them."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, col, select

from kb import drawn_pages
from kb.documents import Document, Version
from kb.settings import settings

_BLOCK = 1 << 20
_LOCK = 0x6B620002


@dataclass(frozen=True)
class Stored:
    """A file in the store: its SHA-256 in hexadecimal and its size in bytes."""

    sha256: str
    size_bytes: int


def folder() -> Path:
    """Where the originals lie."""
    return settings().home.absolute() / "originals"


def path_of(sha256: str) -> Path:
    """Where the original with that hash lies or would lie. No part of it comes from a file's name."""
    return folder() / sha256[:2] / sha256


def store(source: Path) -> Stored:
    """Copy a file into the store; it is on the disk, whole, when this returns. The same bytes are kept once.

    Raises:
        OSError: the source cannot be read or the disk is full; nothing is left behind.
    """
    incoming = folder() / "incoming"
    incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = incoming / secrets.token_hex(8)
    try:
        found = _copy(source, fresh)
        target = path_of(found.sha256)
        if target.is_file() and target.stat().st_size == found.size_bytes:
            return found
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.replace(target)
        for directory in (target.parent, folder()):
            sync_folder(directory)
        return found
    finally:
        fresh.unlink(missing_ok=True)


def _copy(source: Path, fresh: Path) -> Stored:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read, fresh.open("xb") as written:
        os.fchmod(written.fileno(), 0o600)
        while block := read.read(_BLOCK):
            digest.update(block)
            written.write(block)
            size += len(block)
        written.flush()
        os.fsync(written.fileno())
    return Stored(digest.hexdigest(), size)


def sync_folder(directory: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def serialise(session: Session) -> None:
    """Let no other transaction add or remove an original until this one ends (SQLite writers are alone anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _LOCK})


def is_shared(session: Session, sha256: str) -> bool:
    """Whether a live document has a version with these bytes."""
    alive = select(Version.id).join(Document, col(Document.id) == col(Version.document_id)).where(
        Version.sha256 == sha256, col(Document.deleted_at).is_(None)
    )
    return session.exec(alive.limit(1)).first() is not None


def remove_unshared(session: Session, sha256s: list[str]) -> None:
    """Delete originals that no live document has any more, and their drawn pages. Runs in a writing transaction."""
    serialise(session)
    for sha256 in sha256s:
        if not is_shared(session, sha256):
            path_of(sha256).unlink(missing_ok=True)
            drawn_pages.forget(sha256)


def is_intact(sha256: str) -> bool:
    """Whether the original is there and its bytes still have that hash."""
    path = path_of(sha256)
    return path.is_file() and has_hash(path, sha256)


def has_hash(path: Path, sha256: str) -> bool:
    """Whether a file's bytes have that hash."""
    with path.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest() == sha256


def stored_hashes() -> Iterator[str]:
    """The hash of every file in the store."""
    for path in sorted(folder().glob("??/*")):
        if len(path.name) == 64:
            yield path.name
