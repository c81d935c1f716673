"""Files carried through the real steps in this process, without the durable queue: quick, and each step for itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from ingest import batch, reading, steps
from ingest import parse as parsing
from ingest.intake import Target
from kb import db, schema
from kb.db import transaction
from kb.documents import Stage, Version
from kb.errors import Invalid
from kb.library import receipts as read_receipts
from kb.receipts import Receipt
from kb.settings import settings
from kb.viewing import OPERATOR_VIEWER, Viewer


def migrated(home: Path) -> None:
    """Replace the fixture's quick copy by a database that the migrations made, as other processes expect it."""
    db.engine().dispose()
    for name in ("kb.sqlite", "kb.sqlite-wal", "kb.sqlite-shm"):
        (home / name).unlink(missing_ok=True)
    schema.upgrade()


def without_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Index by words only, and parse in this process rather than in a child."""
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "none")
    settings.cache_clear()
    monkeypatch.setattr(parsing, "parse", _parse_here)


def _parse_here(path: Path, file_name: str, work_dir: Path, *, progress: Any = None) -> Any:
    work_dir.mkdir(parents=True, exist_ok=True)
    return reading.read(reading.Job(path, file_name, work_dir))


def take_in(target: Target, *files: Path, viewer: Viewer = OPERATOR_VIEWER) -> list[Receipt]:
    """Accept files and work on everything unfinished; the receipts of these files, then of what was attached."""
    first = batch.accept_files(viewer, [(f, f.name) for f in files], target)
    work()
    return batch.finish(viewer, first)


def work() -> None:
    """Carry every unfinished version to its end."""
    while unfinished := _unfinished():
        for version_id in unfinished:
            carry(version_id)


def carry(version_id: str) -> None:
    """One version through all steps, as the workflow does."""
    try:
        steps.parse(version_id)
        steps.chunk(version_id)
        first = 0
        while written := steps.embed(version_id, first):
            first += written
        steps.store(version_id)
    except Invalid as error:
        steps.refuse(version_id, error.slug, error.message, dict(error.params))


def latest(document_id: str) -> Receipt:
    """The receipt of a document's latest version as the operator sees it."""
    with transaction(writes=False) as session:
        return read_receipts(session, OPERATOR_VIEWER, [document_id])[0]


def _unfinished() -> list[str]:
    ends = (Stage.ready, Stage.refused)
    with transaction(writes=False) as session:
        from kb.documents import Document

        return list(session.exec(
            select(Version.id).join(Document, col(Document.id) == col(Version.document_id))
            .where(col(Version.stage).not_in(ends), col(Document.deleted_at).is_(None))
        ))  # fmt: skip


def write(folder: Path, name: str, text: str) -> Path:
    """A file with that name and text."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path
