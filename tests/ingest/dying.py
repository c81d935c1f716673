"""A nursery of processes that die: each is forked fresh, works on a real home, and is killed at its n-th boundary.

``python -m tests.ingest.dying`` reads one JSON command a line from stdin and answers with one JSON line::

    {"do": "accept", "files": ["/…/甲.md"], "handover": "hov-…", "die_at": 7}
    {"do": "delete", "document": "doc-…", "die_at": 2}
    {"do": "recover"}

A boundary is the moment before and after every committed transaction, every change of the index, every original stored
and every step. ``die_at`` 0 lets the process live. The answer is ``{"killed": bool, "seen": [names], "code": n}``.
Whatever an earlier process left unfinished is finished first and not counted, so that each death is at a known place.
The modules are loaded once, before forking; engines, threads and pipelines only ever live in the children.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dbos  # noqa: F401 - loaded before forking
import qdrant_edge  # noqa: F401
from sqlalchemy import event
from sqlmodel import Session

import ingest.formats.mail
import ingest.formats.markdown  # noqa: F401
from ingest import batch, pipeline, reading, steps, workflow
from ingest import parse as parsing
from ingest.intake import Target
from kb import lexical, library, originals, schema
from kb.access import Module
from kb.db import transaction
from kb.documents import Stage, Version
from kb.vectors import VectorIndex
from kb.viewing import OPERATOR_VIEWER

_EVENTS = Path(os.environ.get("KB_HOME", ".")) / "boundaries.txt"


class Boundaries:
    """Counts boundaries once armed, and dies at the wanted one."""

    def __init__(self, die_at: int) -> None:
        self.die_at, self.armed, self.seen = die_at, False, 0

    def cross(self, name: str) -> None:
        if not self.armed:
            return
        self.seen += 1
        with _EVENTS.open("a") as written:
            written.write(name + "\n")
        if self.seen == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str) -> None:
        inner: Callable[..., Any] = getattr(owner, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            self.cross(f"before {name}")
            result = inner(*args, **kwargs)
            self.cross(f"after {name}")
            return result

        watched.__name__ = name
        setattr(owner, name, watched)

    def install(self) -> None:
        for step in ("parse", "chunk", "embed", "store"):
            self.around(steps, step)
        for change in ("write", "publish", "update", "remove"):
            self.around(VectorIndex, change)
        self.around(originals, "store")
        self.around(originals, "remove_unshared")
        event.listen(Session, "before_commit", lambda s: self._commit(s, "before commit"))
        event.listen(Session, "after_commit", lambda s: self._commit(s, "after commit"))

    def _commit(self, session: Session, name: str) -> None:
        bind: Any = session.bind
        if bind.get_execution_options().get("kb_writes"):
            self.cross(name)


def _unfinished() -> list[str]:
    from sqlmodel import col, select

    with transaction(writes=False) as session:
        return list(session.exec(select(Version.id).where(col(Version.stage).not_in((Stage.ready, Stage.refused)))))


def _parse_here(path: Path, file_name: str, work_dir: Path, *, progress: Any) -> Any:
    work_dir.mkdir(parents=True, exist_ok=True)
    return reading.read(reading.Job(path, file_name, work_dir))


def child(command: dict[str, Any]) -> None:
    boundaries = Boundaries(command.get("die_at", 0))
    boundaries.install()
    if not command.get("sandbox"):
        parsing.parse = _parse_here
    pipeline.start()
    pipeline.sweep()
    assert pipeline.wait(_unfinished(), timeout=240), "what was left unfinished does not finish"
    if command["do"] == "accept":
        files = [(Path(f), Path(f).name) for f in command["files"]]
        boundaries.armed = True
        target = Target(command["handover"], Module.projects)
        receipts = batch.accept_files(OPERATOR_VIEWER, files, target)
        final = batch.finish(OPERATOR_VIEWER, receipts)
        assert all(r.ok for r in final), [r.reason for r in final]
    elif command["do"] == "delete":
        boundaries.armed = True
        with transaction() as session:
            library.delete_document(session, OPERATOR_VIEWER, command["document"])
    boundaries.armed = False


def nursery() -> None:
    lexical.query_terms("预热")  # dictionaries, shared by all children
    schema.metadata()
    workflow.stopping.clear()
    for line in sys.stdin:
        command = json.loads(line)
        _EVENTS.unlink(missing_ok=True)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(command)
                code = 0
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        seen = _EVENTS.read_text().split("\n")[:-1] if _EVENTS.exists() else []
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
        print(json.dumps({"killed": killed, "code": code, "seen": seen}), flush=True)


if __name__ == "__main__":
    nursery()
