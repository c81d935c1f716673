"""Stored → parsing → chunking → embedding → storing → ready, as durable work that survives kill -9.

SQL says which versions are unfinished; DBOS remembers how far each one's workflow has come. ``enqueue`` is quick and
may fail without loss: the sweep enqueues every unfinished version that has no live workflow.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from kb import mirror
from kb.db import now, transaction
from kb.documents import Document, Stage, Version
from kb.settings import settings

_log = logging.getLogger(__name__)
_QUEUE = "ingest"
_APPLICATION_VERSION = "1"
"""Fixed: DBOS would else tie waiting work to a hash of the source and leave it lying after an update."""
_SWEEP_SECONDS = 20.0
_POLL_SECONDS = 0.2
_SECONDS_TO_END = 5.0
_MOST_ATTEMPTS = 5
_SECONDS_LEFT_ALONE = 86_400
_ENDS = (Stage.ready, Stage.refused)
_stopping, _wake = threading.Event(), threading.Event()
_state = threading.Lock()
_sweeper: threading.Thread | None = None


def start() -> None:
    """Start the durable workers of this process and enqueue what is unfinished. Starting twice changes nothing.

    With ``KB_WORKERS=0`` this process only enqueues, and others do the work. The schema must be the newest: whoever
    opens the home (``kb serve``, ``kb worker``, a command) sees to that first.
    """
    global _sweeper
    with _state:
        if _sweeper is not None:
            return
        _clear_work()
        _launch()
        _stopping.clear()
        _wake.clear()
        _sweeper = threading.Thread(target=_sweep_until_stopped, name="kb-sweep", daemon=True)
        _sweeper.start()


def stop() -> None:
    """Stop: steps under way may end (for a few seconds), the rest is taken up again by the next start."""
    global _sweeper
    with _state:
        if _sweeper is None:
            return
        _stopping.set()
        _wake.set()
        _sweeper.join(timeout=10)
        _sweeper = None
        _halt()


def _clear_work() -> None:
    """Remove what killed processes left in the work folder; where others may be at work there, only what is old."""
    old = time.time() - _SECONDS_LEFT_ALONE
    for left in (settings().home.absolute() / "work").glob("*"):
        with suppress(FileNotFoundError):
            if settings().embedded or left.stat().st_mtime < old:
                shutil.rmtree(left, ignore_errors=True)


def is_running() -> bool:
    """Whether this process takes part in the durable work."""
    return _sweeper is not None


def is_alive() -> bool:
    """Whether a worker of this home and ``KB_EXECUTOR_ID``, in whatever process, swept lately."""
    sign = _sign_of_life()
    return sign.is_file() and time.time() - sign.stat().st_mtime < 3 * _SWEEP_SECONDS


def _sign_of_life() -> Path:
    return settings().home.absolute() / f"alive-{sha256(settings().executor_id.encode()).hexdigest()[:8]}"


def enqueue(version_id: str) -> None:
    """Have a version worked on. Without a running pipeline nothing happens now: the next start finds it."""
    if not is_running():
        return
    from dbos import DBOS

    if DBOS.workflow_id is not None:  # an attachment, found inside its mail's step, where DBOS takes no new work
        _wake.set()
        return
    with transaction(writes=False) as session:
        version = session.get(Version, version_id)
    if version is not None and version.stage not in _ENDS:
        _enqueue(version)


def wait(
    version_ids: Iterable[str], timeout: float | None = None, *, tick: Callable[[list[Version]], None] | None = None
) -> bool:
    """Wait until all versions are ready or refused; False when ``timeout`` seconds were not enough.

    ``tick`` is called with the unfinished ones at every look, a few times a second.
    """
    wanted, deadline = list(version_ids), time.monotonic() + (timeout or 1e9)
    while True:
        with transaction(writes=False) as session:
            open_ones = session.exec(
                _unfinished().where(col(Version.id).in_(wanted))
            ).all()  # fmt: skip
        if not open_ones:
            return True
        if time.monotonic() > deadline:
            return False
        if tick is not None:
            tick(list(open_ones))
        time.sleep(_POLL_SECONDS)


def sweep() -> int:
    """Enqueue every unfinished version without a live workflow, and settle what the index owes; returns how many."""
    mirror.settle_all()
    with transaction(writes=False) as session:
        unfinished = session.exec(_unfinished().order_by(col(Version.created_at))).all()
    return sum(_revive(version) for version in unfinished)


def _unfinished() -> SelectOfScalar[Version]:
    return select(Version).join(Document, col(Document.id) == col(Version.document_id)).where(
        col(Version.stage).not_in(_ENDS), col(Document.deleted_at).is_(None)
    )


def _launch() -> None:
    from dbos import DBOS

    configured = settings()
    url = _system_url()
    logging.getLogger("dbos").setLevel(logging.ERROR)
    DBOS(config={
        "name": "handover-kb", "system_database_url": url, "application_version": _APPLICATION_VERSION,
        "executor_id": configured.executor_id, "log_level": "ERROR", "enable_otlp": False,
        "max_executor_threads": 16, "notification_listener_polling_interval_sec": 1.0,
    })  # fmt: skip
    from ingest import workflow  # registers the workflow before the launch recovers what was under way

    workflow.stopping.clear()
    DBOS.listen_queues([_QUEUE] if configured.workers else [])
    DBOS.launch()
    DBOS.register_queue(
        _QUEUE, worker_concurrency=max(1, configured.workers), polling_interval_sec=_POLL_SECONDS,
        on_conflict="always_update" if configured.workers else "never_update",
    )


def _halt() -> None:
    from dbos import DBOS

    from ingest import sandbox, workflow

    workflow.stopping.set()
    deadline = time.monotonic() + _SECONDS_TO_END
    for running in sorted(workflow.active):
        DBOS.cancel_workflow(running)
    while workflow.active and time.monotonic() < deadline:
        time.sleep(0.05)
    DBOS.destroy(workflow_completion_timeout_sec=0)
    sandbox.close()


def _system_url() -> str:
    """DBOS keeps its tables beside ours on PostgreSQL, on SQLite in a file of their own (WAL: 4 ms a step, not 20)."""
    if settings().database_url:
        return settings().database_url
    path = settings().home.absolute() / "durable.sqlite"
    if not _is_sound(path):
        _log.error("%s is damaged and put aside; what is unfinished starts over", path)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.replace(path.with_name("durable.sqlite.damaged"))
        _is_sound(path)
    return f"sqlite:///{path}"


def _is_sound(path: Path) -> bool:
    """Whether SQLite reads the file throughout; makes it where there is none."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        except sqlite3.OperationalError:  # locked, full: its content is not to blame
            raise
        except sqlite3.DatabaseError:
            return False


def _workflow_id(version: Version) -> str:
    return f"ingest-{version.id}-{version.attempts}"


def _enqueue(version: Version) -> None:
    from dbos import DBOS, SetWorkflowID

    from ingest.workflow import ingest_version

    with SetWorkflowID(_workflow_id(version)):
        DBOS.enqueue_workflow(_QUEUE, ingest_version, version.id)


def _revive(version: Version) -> bool:
    """See that an unfinished version is worked on; True when something had to be done."""
    from dbos import DBOS

    status: Any = DBOS.get_workflow_status(_workflow_id(version))
    if status is None:
        _enqueue(version)
        return True
    if status.status in ("PENDING", "ENQUEUED", "DELAYED"):
        if not (status.status == "PENDING" and _is_stale(version)):
            return False
        DBOS.resume_workflow(_workflow_id(version), queue_name=_QUEUE)
        return True
    if status.status == "CANCELLED":  # by an orderly stop
        DBOS.resume_workflow(_workflow_id(version), queue_name=_QUEUE)
        return True
    return _start_again(version)


def _is_stale(version: Version) -> bool:
    """Whether its worker must be gone: no stage lasts that long without a sign. Steps may run twice without harm."""
    quiet = now() - version.stage_at
    return quiet > timedelta(seconds=settings().parse_seconds * 2 + 3600)


def _start_again(version: Version) -> bool:
    """Its workflow ended without ending the version: try anew, and give up after a few attempts."""
    from ingest import intake, steps
    from ingest.workflow import FAILED

    if version.attempts >= _MOST_ATTEMPTS:
        steps.refuse(version.id, "document.failed", FAILED, {})
        return True
    with transaction() as session:
        found = session.get(Version, version.id)
        if found is not None and found.stage not in _ENDS:
            intake.start_anew(session, found)
    return True


def _sweep_until_stopped() -> None:
    while not _stopping.is_set():
        try:
            _sign_of_life().touch()
            sweep()
        except Exception:  # the sweep goes on whatever one round met
            _log.exception("sweep")
        _wake.wait(_SWEEP_SECONDS)
        _wake.clear()
