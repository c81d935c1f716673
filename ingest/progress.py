"""How far a version has come, written where every page and process can read it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from kb.db import now, transaction
from kb.documents import Document, Stage, Version

_SECONDS_BETWEEN_WRITES = 1.0


def enter(version_id: str, stage: Stage, **figures: Any) -> bool:
    """Note that a version enters a stage; False when there is nothing to do any more: it has ended or was deleted."""
    with transaction() as session:
        version = session.get(Version, version_id)
        if version is None or version.stage in (Stage.ready, Stage.refused):
            return False
        document = session.get(Document, version.document_id)
        if document is None or document.deleted_at is not None:
            return False
        if version.stage is not stage:
            version.stage, version.stage_at = stage, now()
        for name, value in figures.items():
            setattr(version, name, value)
        session.add(version)
        return True


def page_counter(version_id: str) -> Callable[[int, int], None]:
    """What the parser calls with pages done and pages in all; written at most once a second."""
    written = time.monotonic()

    def count(done: int, total: int) -> None:
        nonlocal written
        if time.monotonic() - written < _SECONDS_BETWEEN_WRITES and done != 1:
            return
        written = time.monotonic()
        enter(version_id, Stage.parsing, pages_done=done, pages_total=total)

    return count
