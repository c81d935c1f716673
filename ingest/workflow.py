"""The durable workflow of one version: its steps in order, each recorded when done; a crash repeats one at most.

Importing this loads DBOS. A refusal and a missing part are results of a step, never exceptions across its border,
because what a step ended with is written down and must read back as the same thing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from dbos import DBOS
from sqlalchemy.exc import OperationalError

from ingest import steps
from kb.errors import KbError, Unavailable

_log = logging.getLogger(__name__)
NAME = "ingest-version"
_MOST_RECOVERIES = 20
_MOST_WAITS = 30
_LONGEST_WAIT_SECONDS = 60
stopping = threading.Event()
"""Set while the process shuts down: what fails then is not the file's fault."""
active: set[str] = set()
"""Ids of the workflows that run in this process now."""
FAILED = "处理这份文件时程序出错，原件已保存。请重新上传一次；仍不行请联系管理员。"


class _Refused(Exception):
    def __init__(self, reason: dict[str, Any]) -> None:
        super().__init__(reason["slug"])
        self.reason = reason


@DBOS.workflow(name=NAME, max_recovery_attempts=_MOST_RECOVERIES)
def ingest_version(version_id: str) -> None:
    """Stored → parsing → chunking → embedding → storing → ready, or refused with its reason."""
    running = str(DBOS.workflow_id)
    active.add(running)
    try:
        _step(steps.parse, version_id)
        _step(steps.chunk, version_id)
        first = 0
        while written := _step(steps.embed, version_id, first):
            first += written
        _step(steps.store, version_id)
    except _Refused as refused:
        reason = refused.reason
        DBOS.run_step(
            {"name": "refuse"}, steps.refuse, version_id, reason["slug"], reason["message"], reason["params"]
        )
    finally:
        active.discard(running)


def _step(function: Callable[..., Any], *args: Any) -> Any:
    """Run a step; while a part it needs does not answer, wait longer and longer and try again."""
    for wait in range(_MOST_WAITS):
        outcome = DBOS.run_step({"name": function.__name__}, _outcome, function, *args)
        if not outcome.get("again"):
            break
        DBOS.sleep(min(2**wait, _LONGEST_WAIT_SECONDS))
    if "reason" in outcome:
        raise _Refused(outcome["reason"])
    return outcome["value"]


def _outcome(function: Callable[..., Any], *args: Any) -> dict[str, Any]:
    try:
        return {"value": function(*args)}
    except KbError as error:
        if isinstance(error, Unavailable):
            _log.warning("step %s of %s waits: %s", function.__name__, args, error)
        reason = {"slug": error.slug, "message": error.message, "params": _plain(error.params)}
        return {"reason": reason, "again": isinstance(error, Unavailable)}
    except OperationalError as error:  # the database is away, locked or without room: not the file's fault either
        _log.warning("step %s of %s waits for the database: %s", function.__name__, args, error.orig)
        return {"reason": {"slug": "database.failed", "message": FAILED, "params": {}}, "again": True}
    except Exception:  # the worker's edge: one file's trouble must not end the others' work
        if stopping.is_set():
            raise
        _log.exception("step %s of %s", function.__name__, args)
        return {"reason": {"slug": "document.failed", "message": FAILED, "params": {}}}


def _plain(params: dict[str, object]) -> dict[str, object]:
    return {k: v if isinstance(v, str | int | float | bool) else str(v) for k, v in params.items()}
