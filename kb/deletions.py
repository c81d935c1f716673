"""The deletion journal: a file beside the database that no restore rolls back, so that the deleted stays deleted."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

from kb.originals import sync_folder
from kb.settings import settings


def journal() -> Path:
    """Where the journal lies: one JSON line a deleted document."""
    return settings().home.absolute() / "deletions.jsonl"


def deleted_ids(source: Path | None = None) -> set[str]:
    """Ids of every document that was ever deleted here, or that another journal names; a torn last line is skipped."""
    path = source or journal()
    if not path.is_file():
        return set()
    return set(_ids(path.read_text("utf-8", "replace").splitlines()))


def _ids(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            yield str(json.loads(line)["document"])
        except (ValueError, KeyError, TypeError):
            continue


def note(document_ids: Iterable[str]) -> None:
    """Add documents to the journal; they are on the disk when this returns. Known ones are not written again."""
    with _locked() as path:
        fresh = sorted(set(document_ids) - deleted_ids(path))
        if not fresh:
            return
        with path.open("ab") as written:
            written.write(b"".join(b"\n" + json.dumps({"document": i}).encode() + b"\n" for i in fresh))
            written.flush()
            os.fsync(written.fileno())
        sync_folder(path.parent)


@contextmanager
def _locked() -> Iterator[Path]:
    path = journal()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield path
