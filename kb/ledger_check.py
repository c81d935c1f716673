"""Walking the operation log: does every entry give its hash, follow the one before, and say what its columns say?

The stored bytes are hashed, not made anew, and the columns are compared with the text of the canonical JSON (whose
members stand in alphabetical order) before anything is parsed: a million entries take seconds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

_COLUMNS = "number, at, actor_id, action, object_id, body, previous, hash"
_CHUNK = 5_000


class FaultKind(StrEnum):
    """What is wrong with an entry."""

    number = "number"
    link = "link"
    hash = "hash"
    columns = "columns"


@dataclass(frozen=True)
class Fault:
    """An entry that does not hold, by its number, and why."""

    number: int
    kind: FaultKind


def faults(connection: Connection, genesis: str) -> Iterator[Fault]:
    """Every fault of the chain in order of number; none where it is whole."""
    previous, expected = genesis, 1
    for number, at, actor, action, about, body, before, digest in _rows(connection):
        if number != expected:
            yield Fault(number, FaultKind.number)
        if before != previous:
            yield Fault(number, FaultKind.link)
        if hashlib.sha256(before.encode() + body.encode()).hexdigest() != digest:
            yield Fault(number, FaultKind.hash)
        said = (number, at, actor, action, about, body)
        if not (_agrees(*said) or _agrees_parsed(*said)):
            yield Fault(number, FaultKind.columns)
        previous, expected = digest, number + 1


def _rows(connection: Connection) -> Iterator[Any]:
    # What the driver gives: SQLAlchemy's own rows would take most of the time.
    wanted = f"SELECT {_COLUMNS} FROM ledger_entry ORDER BY number"  # noqa: S608 - a constant
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None
        yield from driver.execute(wanted)
        return
    found = connection.execute(text(wanted), execution_options={"stream_results": True})
    for chunk in found.partitions(_CHUNK):
        yield from chunk


def _agrees(number: int, at: Any, actor: str, action: str, about: str, body: str) -> bool:
    moment = at.replace(" ", "T") + "+00:00" if isinstance(at, str) else at.astimezone(UTC).isoformat()
    start = f'{{"action":"{action}","actor":"{actor}","at":"{moment}","detail":'
    return body.startswith(start) and body.endswith(f',"number":{number},"object":"{about}"}}')


def _agrees_parsed(number: int, at: Any, actor: str, action: str, about: str, body: str) -> bool:
    """The slow way, for what needs escaping in JSON and for whole seconds."""
    try:
        said = json.loads(body)
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return bool(
            (said["number"], said["actor"], said["action"], said["object"]) == (number, actor, action, about)
            and datetime.fromisoformat(said["at"]) == moment
        )
    except (ValueError, KeyError, TypeError):
        return False
