"""The clock of the process: every minute reminders are written and notices go out, while the server runs."""

from __future__ import annotations

import logging
import threading

from kb import checkpoints, posting
from kb.clock import today
from kb.db import now, transaction
from kb.handover.sweep import Swept, sweep
from search import aftercare
from web.i18n import phrase

_log = logging.getLogger(__name__)
_SECONDS = 60.0
_stop = threading.Event()


def start() -> None:
    """Begin; the thread ends with the process or with ``stop``."""
    _stop.clear()
    threading.Thread(target=_run, name="sweep", daemon=True).start()


def stop() -> None:
    """End."""
    _stop.set()


def once() -> tuple[Swept, posting.Posted]:
    """One round: reminders and scores, then what waits to be sent, then a checkpoint of the log where one is due."""
    with transaction() as session:
        swept = sweep(session, today())
        aftercare.keep_scores(session, now())
    posted = posting.deliver_due(phrase)
    checkpoints.write()
    return swept, posted


def _run() -> None:
    while not _stop.wait(_SECONDS):
        try:
            once()
        except Exception:  # the next round tries again
            _log.exception("sweep")
