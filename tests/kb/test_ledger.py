"""The operation log: an unbroken chain, and every way of breaking it that a chain alone can see."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel

from kb import ledger
from kb.db import engine_for


@pytest.fixture
def session(tmp_path: Path) -> Session:
    engine = engine_for(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    SQLModel.metadata.create_all(engine, tables=[ledger.LedgerEntry.__table__])  # type: ignore[attr-defined]
    with Session(engine) as opened:
        for n in range(5):
            ledger.record(opened, "per-1", "document.deleted", f"doc-{n}", title=f"风险清单 {n}", amount="500000")
        opened.commit()
        yield opened


def test_a_whole_chain_has_no_broken_link(session: Session) -> None:
    assert ledger.verify(session) == []


def test_entries_are_numbered_without_a_gap(session: Session) -> None:
    numbers = session.execute(text("select number from ledger_entry order by number")).scalars().all()
    assert numbers == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "tampering",
    [
        "update ledger_entry set body = replace(body, '500000', '5000') where number = 3",
        "update ledger_entry set actor_id = 'per-2' where number = 3",
        "update ledger_entry set action = 'document.read' where number = 3",
        "update ledger_entry set hash = previous where number = 3",
        "delete from ledger_entry where number = 3",
    ],
)
def test_tampering_is_named(session: Session, tampering: str) -> None:
    session.execute(text(tampering))
    session.commit()
    session.expire_all()
    assert set(ledger.verify(session)) & {3, 4}


def test_a_rolled_back_deed_leaves_no_entry(session: Session) -> None:
    ledger.record(session, "per-1", "grant.given", "gra-1")
    session.rollback()
    assert ledger.record(session, "per-1", "grant.given", "gra-2").number == 6
