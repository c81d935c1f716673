"""Backup and restore of an embedded home: database, originals, keys, checkpoints and deletion journal in one tar.

A backup is taken while people work: the database is copied at one instant, originals never change once written. The
index is not in it, a restore makes it anew. What was deleted after the backup stays deleted: the journal of the home
that is restored into is kept and obeyed, the one inside the backup is added to it.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from kb import checkpoints, db, deletions, ledger, originals, reconciliation, schema, vectors
from kb.db import now, transaction
from kb.documents import Document
from kb.errors import Conflict, Invalid
from kb.library.editing import bury
from kb.originals import path_of
from kb.settings import settings

_FORMAT = 1
_ORIGINAL = re.compile(r"originals/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_PROOFS = ("keys", "checkpoints", "certificates")
"""Folders of the company's keys, the log's checkpoints and the issued certificates: a log goes with what proves it."""
_PROOF = re.compile(r"(keys/[a-z]+\.pem|checkpoints/log\.jsonl|certificates/[a-z0-9-]+\.pdf)")
_REPLACED = ("kb.sqlite", "kb.sqlite-wal", "kb.sqlite-shm", "durable.sqlite", "durable.sqlite-wal",
             "durable.sqlite-shm", "originals", "pages", "qdrant", "work", *_PROOFS)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What was packed or brought back: live documents, originals, bytes of the file; what the journal deleted again."""

    file: str
    documents: int
    originals: int
    bytes: int
    deleted_again: int = 0
    clean: bool = True

    def as_dict(self) -> dict[str, Any]:
        """The outcome as plain JSON values."""
        return asdict(self)


def back_up(target: Path) -> Outcome:
    """Write a backup, whole and synced, or nothing. Only the owner may read it: it holds everything.

    Raises:
        Invalid: the database is not the embedded one (its own tools back it up), or the folder does not exist.
    """
    _require_embedded()
    if not target.parent.is_dir():
        raise Invalid("backup.no_folder", "文件夹不存在：{folder}。请先建立。", folder=str(target.parent))
    handle, name = tempfile.mkstemp(prefix=target.name, suffix=".part", dir=target.parent)
    fresh = Path(name)
    try:
        with tempfile.TemporaryDirectory(dir=settings().home) as work, os.fdopen(handle, "wb") as written:
            copy = _copied_database(Path(work))
            documents, hashes = _contents(copy)
            with tarfile.open(fileobj=written, mode="w") as tar:
                _add_text(tar, "manifest.json", json.dumps({
                    "format": _FORMAT, "at": now().isoformat(), "documents": documents, "originals": len(hashes),
                }))  # fmt: skip
                tar.add(copy, "kb.sqlite")
                packed = sum(_add_original(tar, sha256) for sha256 in hashes)
                _add_proofs(tar, copy)
                if deletions.journal().is_file():
                    tar.add(deletions.journal(), "deletions.jsonl")
            written.flush()
            os.fsync(written.fileno())
        fresh.replace(target)
        originals.sync_folder(target.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return Outcome(str(target), documents, packed, target.stat().st_size)


def restore(source: Path, *, force: bool = False) -> Outcome:
    """Bring a backup back into the home and make its index. Nobody else may use the home meanwhile.

    The backup is unpacked and checked before anything of the home is touched.

    Raises:
        Invalid: the file is not a whole backup of ours.
        Conflict: the home holds data and ``force`` was not given.
    """
    _require_embedded()
    home = settings().home.absolute()
    if (home / "kb.sqlite").exists() and not force:
        raise Conflict("restore.not_empty", "数据目录里已有数据。确认要覆盖时，请加 --force：{home}", home=str(home))
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=home, prefix="restoring-") as name:
        unpacked = Path(name)
        packed = _unpack(source, unpacked)
        _switch(home, unpacked)
    schema.upgrade()
    again = _delete_again()
    with transaction() as session:
        ledger.record(session, "operator", "system.restored", deleted_again=again)
        checkpoints.checkpoint_now(session)
    report = reconciliation.rebuild()
    with transaction(writes=False) as session:
        documents = len(session.exec(select(Document.id).where(col(Document.deleted_at).is_(None))).all())
    return Outcome(str(source), documents, packed, source.stat().st_size, again, not report.differences)


def _require_embedded() -> None:
    if settings().database_url or settings().qdrant_url:
        raise Invalid(
            "backup.not_embedded",
            "使用 PostgreSQL 或 Qdrant 服务器时，请用 pg_dump 备份数据库，"
            "并复制 KB_HOME 下的 originals、keys、checkpoints、certificates 与 deletions.jsonl；"
            "恢复后运行 kb reconcile。",
        )


def _copied_database(work: Path) -> Path:
    copy = work / "kb.sqlite"
    source = settings().home.absolute() / "kb.sqlite"
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(copy)) as to:
        live.backup(to)
    return copy


def _contents(copy: Path) -> tuple[int, list[str]]:
    with closing(sqlite3.connect(copy)) as read:
        documents = read.execute("SELECT count(*) FROM document WHERE deleted_at IS NULL").fetchone()[0]
        rows = read.execute(
            "SELECT DISTINCT v.sha256 FROM version v JOIN document d ON d.id = v.document_id WHERE d.deleted_at IS NULL"
        )
        return int(documents), sorted(row[0] for row in rows)


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(text.encode())
    tar.addfile(entry, io.BytesIO(text.encode()))


def _add_proofs(tar: tarfile.TarFile, copy: Path) -> None:
    """Pack keys, certificates and checkpoints; those made after the database was copied would pin what it lacks."""
    with closing(sqlite3.connect(copy)) as read:
        length = read.execute("SELECT coalesce(max(number), 0) FROM ledger_entry").fetchone()[0]
    for name in sorted(f"{d}/{f.name}" for d in _PROOFS for f in (settings().home / d).glob("[a-z]*.*")):
        if name.startswith("checkpoints/"):
            lines = (settings().home / name).read_text("utf-8").splitlines()
            _add_text(tar, name, "".join(f"{line}\n" for line in lines if json.loads(line)["number"] <= length))
        elif _PROOF.fullmatch(name):
            tar.add(settings().home / name, name)


def _add_original(tar: tarfile.TarFile, sha256: str) -> bool:
    """Pack an original; one that was deleted since the database was copied is left out, the journal names it."""
    try:
        tar.add(path_of(sha256), f"originals/{sha256[:2]}/{sha256}")
    except FileNotFoundError:
        return False
    return True


def _unpack(source: Path, folder: Path) -> int:
    """Unpack what belongs into a backup and nothing else, check it, and return the number of originals."""
    packed = 0
    try:
        with tarfile.open(source) as tar:
            for entry in tar:
                if not entry.isreg() or not _belongs(entry.name):
                    raise _broken(entry.name)
                target = folder / entry.name
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                read = tar.extractfile(entry)
                assert read is not None
                with target.open("wb") as written:
                    shutil.copyfileobj(read, written)
                packed += entry.name.startswith("originals/")
    except (tarfile.TarError, EOFError) as error:
        raise _broken(str(error)) from error
    _check(folder)
    return packed


def _belongs(name: str) -> bool:
    return name in ("manifest.json", "kb.sqlite", "deletions.jsonl") or any(
        known.fullmatch(name) for known in (_ORIGINAL, _PROOF)
    )


def _check(folder: Path) -> None:
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        with closing(sqlite3.connect(folder / "kb.sqlite")) as read:
            whole = read.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    except (OSError, ValueError, sqlite3.DatabaseError) as error:
        raise _broken(type(error).__name__) from error
    if manifest.get("format") != _FORMAT or not whole:
        raise _broken("manifest")
    for path in (folder / "originals").glob("*/*"):
        if not originals.has_hash(path, path.name):
            raise _broken(path.name)


def _broken(detail: str) -> Invalid:
    return Invalid("backup.broken", "这不是完整的备份文件（{detail}）。请换一份备份。", detail=detail[:80])


def _switch(home: Path, unpacked: Path) -> None:
    """Put the unpacked home into the place of the old one; the old one goes only when the new one stands."""
    vectors.close()
    db.engine().dispose()
    old = Path(tempfile.mkdtemp(dir=home, prefix="replaced-"))
    for name in _REPLACED:
        if (home / name).exists():
            (home / name).rename(old / name)
    deletions.note(deletions.deleted_ids(unpacked / "deletions.jsonl"))
    for name in ("originals", *_PROOFS, "kb.sqlite"):
        if (unpacked / name).exists():
            (unpacked / name).rename(home / name)
    originals.sync_folder(home)
    shutil.rmtree(old)


def _delete_again() -> int:
    """Delete what the journal names and the backup brought back; returns how many documents."""
    gone = deletions.deleted_ids()
    with transaction() as session:
        back = session.exec(select(Document).where(col(Document.deleted_at).is_(None))).all()
        doomed = [d for d in back if d.id in gone]
        for document in doomed:
            bury(session, "operator", document)
    return len(doomed)
