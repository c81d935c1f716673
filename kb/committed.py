"""What is to happen once a transaction has committed, and never when it was rolled back."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import event
from sqlmodel import Session

_log = logging.getLogger(__name__)
_KEY = "kb_after_commit"


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run ``action`` when the session's transaction has committed; forget it on a rollback.

    The action runs in the committing thread with transactions of its own. What it raises is logged, not passed on:
    the commit has happened. Whatever must not be lost is therefore also a row that a later sweep finds.
    """
    if _KEY not in session.info:
        session.info[_KEY] = []
        event.listen(session, "after_commit", _run)
        event.listen(session, "after_rollback", _forget)
    session.info[_KEY].append(action)


def _run(session: Session) -> None:
    if session.in_nested_transaction():
        return
    actions, session.info[_KEY] = session.info[_KEY], []
    for action in actions:
        try:
            action()
        except Exception:  # the business transaction is done; a sweep repeats what failed here
            _log.exception("after commit")


def _forget(session: Session) -> None:
    session.info[_KEY] = []
