"""Counting what a page or a rule asks of the database."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event

from kb import db


def queries_of(act: Callable[[], object]) -> int:
    """How many statements the database saw meanwhile."""
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)
    return len(seen)
