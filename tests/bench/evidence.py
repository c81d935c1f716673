"""A home with two handovers that were walked to the end, files and all: what the tampering benchmark damages."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, select

from kb import checkpoints, db, keys, originals, schema
from kb.documents import Document, Version
from kb.handover import bundle
from kb.handover.case import Handover
from kb.settings import settings
from tests.kb.handover import walking


@dataclass(frozen=True)
class Evidence:
    """The home, the ids of its two handovers, and the evidence bundle of each."""

    home: Path
    handovers: tuple[str, str]
    bundles: tuple[bytes, bytes]


@contextmanager
def cheap_home(folder: Path) -> Iterator[None]:
    """The process's settings name this home while inside; opening signing keys costs little."""
    before, cost = os.environ.get("KB_HOME"), (keys.MEMORY_KIB, keys.PASSES)
    os.environ["KB_HOME"] = str(folder)
    keys.MEMORY_KIB, keys.PASSES = 64, 1
    settings.cache_clear()
    db.engine_for.cache_clear()
    try:
        schema.upgrade()
        schema.metadata().create_all(db.engine())
        yield
    finally:
        db.engine().dispose()
        keys.MEMORY_KIB, keys.PASSES = cost
        os.environ.pop("KB_HOME") if before is None else os.environ.update(KB_HOME=before)
        settings.cache_clear()
        db.engine_for.cache_clear()


def build(home: Path) -> Evidence:
    """Walk two handovers, keep their files, export both. Runs inside ``cheap_home``."""
    with db.transaction() as session:
        people = walking.cast(session)
        made = [walking.opened(session, people) for _ in range(2)]
    for handover in made:
        with db.transaction() as session:
            walking.finish(session, people, session.get_one(Handover, handover.id))
            _keep_files(session)
    with db.transaction() as session:
        viewer = walking.see(session, people["han"])
        packed = [bundle.export(session, viewer, handover.id) for handover in made]
    checkpoints.write()
    return Evidence(home, (made[0].id, made[1].id), (packed[0], packed[1]))


def _keep_files(session: Session) -> None:
    for document, version in session.exec(select(Document, Version).where(Document.id == Version.document_id)):
        with tempfile.NamedTemporaryFile() as file:
            file.write(f"{document.id}正文".encode())
            file.flush()
            assert originals.store(Path(file.name)).sha256 == version.sha256
