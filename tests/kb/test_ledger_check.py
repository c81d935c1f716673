"""The walk over the log: what is wrong is named by number and kind, and it is quick."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlmodel import Session

from kb import checkpoints, ledger, ledger_check, schema
from kb.db import transaction
from kb.ledger import GENESIS
from kb.ledger_check import FaultKind
from kb.settings import settings
from tests.conftest import forget

COUNT = 12


@pytest.fixture
def log(session: Session) -> Session:
    for n in range(COUNT):
        token = ledger.origin.set("10.0.0.7" if n % 2 else "")
        ledger.record(session, "per-1", "document.read", f'doc-"{n}"', title="供应商名单")
        ledger.origin.reset(token)
    session.commit()
    return session


def _found(log: Session) -> list[tuple[int, FaultKind]]:
    return [(f.number, f.kind) for f in ledger_check.faults(log.connection(), GENESIS)]


def test_a_whole_log_has_no_fault_whatever_it_says(log: Session) -> None:
    assert _found(log) == []


@pytest.mark.parametrize(
    ("tampering", "expected"),
    [
        ("UPDATE ledger_entry SET body = body || ' ' WHERE number = 4", (4, FaultKind.hash)),
        ("UPDATE ledger_entry SET at = '2020-01-01 00:00:00.000000' WHERE number = 4", (4, FaultKind.columns)),
        ("UPDATE ledger_entry SET actor_id = 'per-2' WHERE number = 4", (4, FaultKind.columns)),
        ("UPDATE ledger_entry SET body = 'kaputt' WHERE number = 4", (4, FaultKind.columns)),
        ("UPDATE ledger_entry SET previous = hash WHERE number = 4", (4, FaultKind.link)),
        ("UPDATE ledger_entry SET hash = previous WHERE number = 4", (5, FaultKind.link)),
        ("DELETE FROM ledger_entry WHERE number = 4", (5, FaultKind.number)),
        ("DELETE FROM ledger_entry WHERE number = 1", (2, FaultKind.link)),
    ],
)
def test_a_fault_is_named_by_number_and_kind(log: Session, tampering: str, expected: tuple[int, FaultKind]) -> None:
    log.execute(text(tampering))
    assert expected in _found(log)


def test_where_it_came_from_is_part_of_the_entry(session: Session) -> None:
    token = ledger.origin.set("192.0.2.9")
    entry = ledger.record(session, "per-1", "session.started", "per-1")
    ledger.origin.reset(token)
    assert '"from":"192.0.2.9"' in entry.body
    assert '"from"' not in ledger.record(session, "per-1", "session.ended", "per-1").body


@pytest.mark.integration
def test_several_processes_append_to_one_chain_and_a_walk_is_quick() -> None:
    from tests.bench import log_speed

    speed = log_speed.measure(appends=200, entries=50_000)
    assert speed.verify_seconds < 5  # half a second alone; a busy machine is no fault


@pytest.mark.integration
def test_a_walk_on_postgresql_finds_the_same(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget()
    with create_engine(postgres, isolation_level="AUTOCOMMIT").connect() as server:
        server.execute(text("CREATE DATABASE kb_walk"))  # other tests use the server's own
    own = make_url(postgres).set(database="kb_walk").render_as_string(hide_password=False)
    monkeypatch.setenv("KB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KB_DATABASE_URL", own)
    settings.cache_clear()
    schema.upgrade()

    def act(n: int) -> None:
        with transaction() as session:
            ledger.record(session, "per-1", "signature.made" if n % 7 == 0 else "document.read", f"doc-{n}")

    try:
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(act, range(120)))
        with transaction() as session:
            assert (_found(session), checkpoints.faults(session)) == ([], [])
            session.execute(text("UPDATE ledger_entry SET at = at + interval '1 hour' WHERE number = 40"))
            session.execute(text("UPDATE ledger_entry SET body = body || ' ' WHERE number = 50"))
            assert _found(session) == [(40, FaultKind.columns), (50, FaultKind.hash)]
            session.rollback()
    finally:
        forget()
