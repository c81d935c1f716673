"""Engine and session: one request or one ingestion step is one transaction; services flush, the edge commits."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Engine, event
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, create_engine

from kb.settings import settings

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_WRITERS = 0x6B620003
"""PostgreSQL's advisory lock that one writing transaction holds at a time."""
_MAPPED = f"mmap_size={2**30}"
"""Reads up to 1 GiB of the file through the page cache in place; looking up some hundred rows takes half the time."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime in every database; SQLite keeps it without its zone, so the zone is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime to UTC; a naive one is a programming error."""
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware datetime."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


def new_id(prefix: str) -> str:
    """A random identifier such as ``doc-7k2m9x4qwz3p`` (58 bits): safe in URLs, and nobody can count or guess it."""
    return f"{prefix}-" + "".join(secrets.choice(_ALPHABET) for _ in range(12))


@lru_cache(maxsize=4)
def engine_for(url: str) -> Engine:
    """The engine of a database URL; SQLite is made durable (WAL, ``synchronous=FULL``) and checks foreign keys."""
    return _sqlite(url) if url.startswith("sqlite") else _postgresql(url)


def _postgresql(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("kb_writes", False):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")

    return engine


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _durable(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below, not sqlite3's late one
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", _MAPPED):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        immediate = connection.get_execution_options().get("kb_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def engine() -> Engine:
    """The engine of the configured database."""
    return engine_for(settings().sql_url)


@contextmanager
def transaction(*, writes: bool = True) -> Iterator[Session]:
    """A session that commits at the end and rolls back on any error.

    ``writes=True`` takes SQLite's write lock at the start, or an advisory lock of PostgreSQL, so that read-then-write
    rules cannot interleave.
    """
    bound = engine().execution_options(kb_writes=writes)
    with Session(bound, expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
